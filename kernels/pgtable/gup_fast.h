/*
 * gup_fast.h - template: walks and references without a lock, as
 * get_user_pages_fast() makes them; changes are made under page_table_lock.
 *
 * A walker reads each entry once and a table is freed only after it has left,
 * so what it finds was so at some moment. What it does not find it asks for
 * again under the lock: an entry is empty for a moment while it is protected
 * or split.
 */
#include "pgtable.h"
#include "walkers.h"

struct P(space) {
	struct F(mm) mm;
	struct walkers walkers cacheline_aligned;
};

enum { P(max_threads) = KMB_MAX_THREADS };
enum { P(traits) = 0 };
static const char P(models)[] =
	"get_user_pages_fast(): 3.13, arch/x86/mm/gup.c; entries re-checked";

#define SPACE_LOCKED 1
#define SPACE_WALKERS 1
#define SPACE_SPLIT_LOCKS 0
#include "space_template.h"
#include "walk_loads.h"

static coldpath pfn_t P(walk_slow)(struct P(space) * s, uint64_t addr)
{
	pfn_t pfn;

	P(lock)(s);
	pfn = F(walk_pfn)(s->mm.mem, s->mm.pgd, addr);
	P(unlock)(s);
	return pfn;
}

forceinline pfn_t P(walk)(struct P(space) * s, unsigned cpu, uint64_t addr)
{
	pfn_t pfn;

	walkers_enter(&s->walkers, cpu);
	pfn = F(walk_pfn)(s->mm.mem, s->mm.pgd, addr);
	walkers_leave(&s->walkers, cpu);
	return likely(pfn != PFN_NONE) ? pfn : P(walk_slow)(s, addr);
}

/* In and out once for so many walks: whoever frees tables waits no longer. */
#define WALKS_INSIDE 64

forceinline void P(walk_many)(struct P(space) * s, unsigned cpu,
			      const uint64_t *addr, pfn_t *pfn, unsigned nr)
{
	while (nr) {
		unsigned part = nr < WALKS_INSIDE ? nr : WALKS_INSIDE;

		walkers_enter(&s->walkers, cpu);
		for (unsigned i = 0; i < part; i++)
			pfn[i] = F(walk_pfn)(s->mm.mem, s->mm.pgd, addr[i]);
		walkers_leave(&s->walkers, cpu);
		for (unsigned i = 0; i < part; i++)
			if (unlikely(pfn[i] == PFN_NONE))
				pfn[i] = P(walk_slow)(s, addr[i]);
		addr += part;
		pfn += part;
		nr -= part;
	}
}

#undef WALKS_INSIDE

static coldpath pfn_t P(get_slow)(struct P(space) * s, uint64_t addr,
				  bool write)
{
	pfn_t pfn;

	P(lock)(s);
	pfn = F(get_pfn)(&s->mm, addr, write);
	P(unlock)(s);
	return pfn;
}

/*
 * The frame may be freed, and be someone else's, between the entry's load and
 * the reference. So none is taken of what is free, and it counts only if the
 * entry stands as it was: then it was mapped when it was taken.
 */
static inline pfn_t P(get)(struct P(space) * s, unsigned cpu, uint64_t addr,
			   bool write)
{
	const struct physmem *mem = s->mm.mem;
	struct page *stale = NULL;
	struct F(leaf) leaf;
	pfn_t pfn;

	if (unlikely(!F(address_user)(addr)))
		return PFN_NONE;
	walkers_enter(&s->walkers, cpu);
	leaf = F(walk_leaf)(mem, s->mm.pgd, addr);
	pfn = F(gettable_pfn)(mem, leaf, addr, write);
	if (likely(pfn != PFN_NONE)) {
		if (unlikely(!get_page_unless_zero(pfn_to_page(mem, pfn)))) {
			pfn = PFN_NONE;
		} else if (unlikely(F(read)(leaf.ptep).v != leaf.pte.v)) {
			stale = pfn_to_page(mem, pfn);
			pfn = PFN_NONE;
		}
	}
	walkers_leave(&s->walkers, cpu);
	if (unlikely(stale))
		put_pages(s->mm.pages, cpu, stale, 0);
	return likely(pfn != PFN_NONE) ? pfn : P(get_slow)(s, addr, write);
}
