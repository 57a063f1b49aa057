/*
 * replicated.h - template: tables of their own on every node, all alike; a CPU
 * walks those of its node (Mitosis: Achermann et al., ASPLOS'20).
 *
 * What changes one copy changes all, and what needs memory draws it for all
 * copies before any is changed. Only the bits that a CPU sets by itself,
 * PAGE_ACCESSED and PAGE_DIRTY, differ: who asks for them is told what any copy
 * has, and clearing them clears them in all. Mitosis finds a table's copies by
 * a ring through their struct pages; here each copy is walked for its entry.
 *
 * On one node there is one copy: what is left is `walk`, with the pgd looked up
 * by CPU.
 */
#include "pgtable.h"

struct P(space) {
	F(pgd_t) * pgd[KMB_MAX_THREADS]; /* by CPU: its register CR3 */
	struct physmem *mem;
	unsigned nr_copies;
	struct F(mm) copy[MAX_NUMNODES]; /* by node */
};

enum { P(max_threads) = KMB_MAX_THREADS };
enum { P(traits) = PGTABLE_READERS_ONLY | PGTABLE_BRIEF };
static const char
	P(models)[] = "Mitosis: ASPLOS'20; a copy of the tables for each node";

static inline void P(destroy)(struct P(space) * s)
{
	while (s->nr_copies)
		F(mm_destroy)(&s->copy[--s->nr_copies], 0);
}

static inline int P(create)(struct P(space) * s,
			    struct page_source *const *pages, unsigned nr_nodes,
			    unsigned nr_cpus, const uint8_t *cpu_node)
{
	s->mem = pages[0]->mem;
	for (s->nr_copies = 0; s->nr_copies < nr_nodes; s->nr_copies++)
		if (F(mm_init)(&s->copy[s->nr_copies], 0,
			       pages[s->nr_copies])) {
			P(destroy)(s);
			return -ENOMEM;
		}
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		s->pgd[cpu] = s->copy[cpu_node[cpu]].pgd;
	return 0;
}

static inline int P(map)(struct P(space) * s, unsigned cpu, uint64_t addr,
			 pfn_t pfn, unsigned level, uint64_t flags)
{
	int err = F(check_page)(addr, pfn, level);
	F(pte_t) * ptep[MAX_NUMNODES];

	for (unsigned n = 0; n < s->nr_copies && !err; n++) {
		ptep[n] = F(alloc_path)(&s->copy[n], cpu, addr, level, &err);
		if (ptep[n])
			err = F(pte_none)(F(read)(ptep[n])) ? 0 : -EEXIST;
	}
	if (level > LEVEL_PTE)
		flags |= PAGE_PSE;
	for (unsigned n = 0; n < s->nr_copies && !err; n++)
		F(set)(ptep[n], F(pfn_pte)(pfn, flags));
	return err;
}

/* In every copy, or as much of it as there was memory for. */
static inline int P(split_ends)(struct P(space) * s, unsigned cpu,
				uint64_t start, uint64_t end)
{
	int err = 0;

	for (unsigned n = 0; n < s->nr_copies && !err; n++)
		err = F(split_ends)(&s->copy[n], cpu, start, end);
	return err;
}

static inline int64_t P(unmap)(struct P(space) * s, unsigned cpu,
			       uint64_t start, uint64_t end)
{
	int64_t nr = P(split_ends)(s, cpu, start, end);

	for (unsigned n = 0; n < s->nr_copies && nr >= 0; n++) {
		nr = F(unmap_range)(&s->copy[n], cpu, start, end);
		F(free_tables)(&s->copy[n], cpu, start, end);
	}
	return nr;
}

static inline int P(protect)(struct P(space) * s, unsigned cpu, uint64_t start,
			     uint64_t end, uint64_t set, uint64_t clear)
{
	int err = P(split_ends)(s, cpu, start, end);

	for (unsigned n = 0; n < s->nr_copies && !err; n++)
		err = F(protect_range)(&s->copy[n], cpu, start, end, set,
				       clear);
	return err;
}

forceinline pfn_t P(walk)(struct P(space) * s, unsigned cpu, uint64_t addr)
{
	return F(walk_pfn)(s->mem, s->pgd[cpu], addr);
}

/* On whose tables a CPU walks. */
static inline unsigned P(walk_node)(const struct P(space) * s, unsigned cpu)
{
	return page_to_nid(
		pfn_to_page(s->mem, virt_to_pfn(s->mem, s->pgd[cpu])));
}

static inline pfn_t P(get)(struct P(space) * s, unsigned cpu, uint64_t addr,
			   bool write)
{
	pfn_t pfn = PFN_NONE;

	if (F(address_user)(addr))
		pfn = F(gettable_pfn)(s->mem,
				      F(walk_leaf)(s->mem, s->pgd[cpu], addr),
				      addr, write);
	if (pfn != PFN_NONE)
		get_page(pfn_to_page(s->mem, pfn));
	return pfn;
}

/* The bits that CPUs set are those of any copy. */
static inline uint64_t P(flags)(struct P(space) * s, uint64_t addr)
{
	uint64_t flags = F(mm_flags)(&s->copy[0], addr);

	for (unsigned n = 1; n < s->nr_copies; n++)
		flags |= F(mm_flags)(&s->copy[n], addr) &
			 (PAGE_ACCESSED | PAGE_DIRTY);
	return flags;
}

/* Memory is that of all copies; what is mapped, and a walk to it, of one. */
static inline void P(stats)(struct P(space) * s, struct pgtable_stats *stats)
{
	*stats = (struct pgtable_stats){ 0 };
	for (unsigned n = 0; n < s->nr_copies; n++) {
		struct F(census) census = F(census)(&s->copy[n]);

		stats->mapped_pages = census.mapped_pages;
		stats->table_bytes += F(mm_table_bytes)(&s->copy[n]);
		for (unsigned l = LEVEL_PTE; l <= LEVEL_PGD; l++)
			stats->nr_tables += census.nr_tables[l];
	}
}

/* Every copy by itself, and each maps as much as the first. */
static inline bool P(validate)(struct P(space) * s)
{
	uint64_t mapped = F(census)(&s->copy[0]).mapped_pages;

	for (unsigned n = 0; n < s->nr_copies; n++)
		if (!F(mm_validate)(&s->copy[n]) ||
		    F(census)(&s->copy[n]).mapped_pages != mapped)
			return false;
	return true;
}

#include "walk_loop.h"

#include "walk_loads.h"
