/* floor.h - the least that must move: every cache line is written once. */
#ifndef KMB_CLEAR_FLOOR_H
#define KMB_CLEAR_FLOOR_H

#include "clear.h"

enum { floor_reference = 1 };
static const char floor_models[] = "one store in every cache line";

forceinline void floor_clear(uint64_t *page)
{
	for (unsigned i = 0; i < CLEAR_WORDS; i += 8)
		*(volatile uint64_t *)&page[i] = 0;
}

#endif
