/*
 * null.h - template: the reference with nothing in it, each address its own
 * frame: what the loop itself costs.
 */
#include "pgtable.h"

struct P(space) {
	char nothing;
};

enum { P(max_threads) = KMB_MAX_THREADS };
enum { P(traits) = PGTABLE_REFERENCE | PGTABLE_NULL };
static const char P(models)[] = "nothing: the cost of the timed loop itself";

static inline int P(create)(struct P(space) * s,
			    struct page_source *const *pages, unsigned nr_nodes,
			    unsigned nr_cpus, const uint8_t *cpu_node)
{
	(void)s, (void)pages, (void)nr_nodes, (void)nr_cpus, (void)cpu_node;
	return 0;
}

static inline int P(map)(struct P(space) * s, unsigned cpu, uint64_t addr,
			 pfn_t pfn, unsigned level, uint64_t flags)
{
	(void)s, (void)cpu, (void)addr, (void)pfn, (void)level, (void)flags;
	return 0;
}

static inline int64_t P(unmap)(struct P(space) * s, unsigned cpu,
			       uint64_t start, uint64_t end)
{
	(void)s, (void)cpu;
	return (int64_t)((end - start) >> PAGE_SHIFT);
}

static inline int P(protect)(struct P(space) * s, unsigned cpu, uint64_t start,
			     uint64_t end, uint64_t set, uint64_t clear)
{
	(void)s, (void)cpu, (void)start, (void)end, (void)set, (void)clear;
	return 0;
}

forceinline pfn_t P(walk)(struct P(space) * s, unsigned cpu, uint64_t addr)
{
	(void)s, (void)cpu;
	return addr >> PAGE_SHIFT;
}

static inline unsigned P(loads)(struct P(space) * s, unsigned cpu,
				uint64_t addr)
{
	(void)s, (void)cpu, (void)addr;
	return 0;
}

static inline uint64_t P(flags)(struct P(space) * s, uint64_t addr)
{
	(void)s, (void)addr;
	return PAGE_PRESENT;
}

static inline void P(stats)(struct P(space) * s, struct pgtable_stats *stats)
{
	(void)s;
	*stats = (struct pgtable_stats){ 0 };
}

static inline bool P(validate)(struct P(space) * s)
{
	(void)s;
	return true;
}

static inline void P(destroy)(struct P(space) * s)
{
	(void)s;
}

#include "walk_loop.h"
