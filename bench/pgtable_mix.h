/*
 * pgtable_mix.h - an area with pages of every kind, and what follow_page() is
 * asked for in it: which FOLL_*, and whether there is a page to give.
 */
#ifndef KMB_PGTABLE_MIX_H
#define KMB_PGTABLE_MIX_H

#include "pgtable_bench.h"

#include "../kernels/base/bitops.h"
#include "../kernels/pgtable/follow.h"

enum pgtable_kind {
	PGTABLE_WRITABLE,
	PGTABLE_READ_ONLY,
	PGTABLE_ZERO,	 /* the page of zeros, to be read */
	PGTABLE_SPECIAL, /* a frame that is not counted */
	PGTABLE_HOLE,
	PGTABLE_HUGE, /* a part of a transparent huge page, writable */
};

/* A huge page in place of each fourth table; in the others, eight by eight. */
#define PGTABLE_TABLES_A_HUGE 4
#define PGTABLE_KINDS 8

forceinline enum pgtable_kind pgtable_kind(const struct pgtable_span *span,
					   uint64_t addr)
{
	static const uint8_t kinds[PGTABLE_KINDS] = {
		PGTABLE_WRITABLE, PGTABLE_WRITABLE,  PGTABLE_WRITABLE,
		PGTABLE_WRITABLE, PGTABLE_READ_ONLY, PGTABLE_ZERO,
		PGTABLE_SPECIAL,  PGTABLE_HOLE,
	};

	if (addr / span->table_step % PGTABLE_TABLES_A_HUGE ==
	    PGTABLE_TABLES_A_HUGE - 1)
		return PGTABLE_HUGE;
	return kinds[addr % span->table_step / span->page_step % PGTABLE_KINDS];
}

/* Pages of 4 KiB that such an area maps, `huge_pages` by each huge one. */
static inline uint64_t pgtable_mix_pages(const struct pgtable_span *span,
					 uint64_t huge_pages)
{
	uint64_t nr_huge = span->nr_tables / PGTABLE_TABLES_A_HUGE;

	return nr_huge * huge_pages +
	       (span->nr_tables - nr_huge) *
		       (span->per_table - span->per_table / PGTABLE_KINDS);
}

/* As fork() and follow_page() see it: private, locked, without a file. */
static inline struct vm_area_struct
pgtable_mix_area(const struct pgtable_span *span)
{
	return (struct vm_area_struct){
		.vm_end = span->nr_tables * span->table_step,
		.vm_flags = VM_READ | VM_WRITE | VM_MAYWRITE | VM_LOCKED,
	};
}

/*
 * An address to follow has in its offset, which nobody looks at, the flags to
 * ask with and whether a page will be found. FOLL_SPLIT is none of them: the
 * huge pages would be gone after a while.
 */
#define PGTABLE_FOLLOW_FLAGS 0x7ffu
#define PGTABLE_FOLLOW_FOUND 0x800u

/* As who calls it does (mm/ of 2.6.38 and 3.13). */
static const uint16_t pgtable_follow_flags[] = {
	0,
	FOLL_GET,			      /* KSM */
	FOLL_GET | FOLL_MIGRATION,	      /* KSM, to break COW */
	FOLL_GET | FOLL_TOUCH,		      /* get_user_pages() to read */
	FOLL_GET | FOLL_TOUCH | FOLL_WRITE,   /* ... to write */
	FOLL_GET | FOLL_TOUCH | FOLL_NUMA,    /* ... of 3.13 */
	FOLL_GET | FOLL_FORCE | FOLL_DUMP,    /* a core dump */
	FOLL_TOUCH | FOLL_FORCE | FOLL_MLOCK, /* mlock() */
};

static inline bool pgtable_follow_finds(enum pgtable_kind kind, unsigned flags)
{
	switch (kind) {
	case PGTABLE_WRITABLE:
	case PGTABLE_HUGE:
		return true;
	case PGTABLE_READ_ONLY:
		return !(flags & FOLL_WRITE);
	case PGTABLE_ZERO:
		return !(flags & (FOLL_WRITE | FOLL_DUMP));
	default:
		return false;
	}
}

/* pgtable_thread_init() for addresses to follow. */
static inline int pgtable_thread_follow(struct bench_thread *self)
{
	int err = pgtable_thread_init(self);
	struct pgtable_thread *t = self->local;
	struct random r = { self->env->point.seed + self->cpu };

	for (uint64_t i = 0; !err && i < t->nr_addrs; i++) {
		unsigned flags = pgtable_follow_flags[random_below(
			&r, ARRAY_SIZE(pgtable_follow_flags))];
		bool found = pgtable_follow_finds(
			pgtable_kind(&t->bench->span, t->addr[i]), flags);

		t->addr[i] |= flags | (found ? PGTABLE_FOLLOW_FOUND : 0);
	}
	return err;
}

#endif
