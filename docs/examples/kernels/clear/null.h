/* null.h - the reference with nothing in it: what the loop itself costs. */
#ifndef KMB_CLEAR_NULL_H
#define KMB_CLEAR_NULL_H

#include "clear.h"

enum { null_reference = 1 };
static const char null_models[] = "nothing: the cost of the timed loop itself";

forceinline void null_clear(uint64_t *page)
{
	(void)page;
}

#endif
