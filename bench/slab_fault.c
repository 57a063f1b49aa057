/* slab_fault.c - what a checked build saw of a slab's objects, as one line. */
#include "slab_fault.h"

#include <stdio.h>

#define KNOWN_BYTES 160

/* Where an address lies that is not where an object begins. */
static void describe_place(char *known, const struct slab_fault *fault)
{
	if (fault->begins && fault->begins == fault->object)
		snprintf(known, KNOWN_BYTES, "an object of cache %s",
			 fault->owner);
	else if (fault->begins)
		snprintf(known, KNOWN_BYTES,
			 "byte %td of the object of cache %s at %p",
			 (const char *)fault->object -
				 (const char *)fault->begins,
			 fault->owner, fault->begins);
	else
		snprintf(known, KNOWN_BYTES,
			 "in a slab of cache %s, but in no object of it",
			 fault->owner);
}

static void describe(char *known, const struct slab_fault *fault)
{
	unsigned long long at = fault->offset;

	switch (fault->kind) {
	case SLAB_FREE_NULL:
		snprintf(known, KNOWN_BYTES, "no object");
		break;
	case SLAB_FREE_FOREIGN:
		snprintf(known, KNOWN_BYTES, "in no slab of this memory");
		break;
	case SLAB_FREE_OTHER:
	case SLAB_FREE_INSIDE:
		describe_place(known, fault);
		break;
	case SLAB_FREE_TWICE:
		snprintf(known, KNOWN_BYTES, "it is free already");
		break;
	case SLAB_OVERRUN:
		snprintf(known, KNOWN_BYTES,
			 "byte %llu, behind its end, was written", at);
		break;
	case SLAB_USE_AFTER:
		snprintf(known, KNOWN_BYTES,
			 "byte %llu was written while it was free", at);
		break;
	case SLAB_NR_FAULTS:
		snprintf(known, KNOWN_BYTES, "not known");
		break;
	}
}

void slab_fault_text(char *text, size_t bytes, const struct slab_fault *fault)
{
	char known[KNOWN_BYTES];

	describe(known, fault);
	snprintf(text, bytes, "cache %s: %s %p: %s", fault->cache,
		 fault->kind == SLAB_USE_AFTER ? "alloc of" : "free of",
		 fault->object, known);
}

void slab_fault_print(void *unused, const struct slab_fault *fault)
{
	char text[256];

	(void)unused;
	slab_fault_text(text, sizeof(text), fault);
	fprintf(stderr, "slab: %s\n", text);
}
