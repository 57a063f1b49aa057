/* words.h - one 8-byte store after the other, as a plain loop in C does it. */
#ifndef KMB_CLEAR_WORDS_H
#define KMB_CLEAR_WORDS_H

#include "clear.h"

enum { words_reference = 0 };
static const char words_models[] = "eight bytes at a time, no vectors";

forceinline void words_clear(uint64_t *page)
{
	/* volatile: or the compiler makes it a call of memset. */
	for (unsigned i = 0; i < CLEAR_WORDS; i++)
		*(volatile uint64_t *)&page[i] = 0;
}

#endif
