/*
 * walkers.h - which CPUs are in a walk without locks, so that a table is freed
 * only when all that may still be in it have left.
 *
 * x86's get_user_pages_fast() turns interrupts off, and who frees tables
 * interrupts every CPU first. Here a CPU says that it walks by storing the
 * generation that it began in, and a full fence puts that store before the
 * walk's loads; who frees has a fence between unlinking a table and looking
 * who walks. So either is seen by the other: a walker that is missed finds the
 * table unlinked.
 *
 * A table that was unlinked in generation g can be met only by walks that
 * began in g or before. The generation is raised for WALKERS_BATCH tables at
 * once, so a table costs the walkers' lines a batch's share of one look each.
 */
#ifndef KMB_PGTABLE_WALKERS_H
#define KMB_PGTABLE_WALKERS_H

#include <errno.h>

#include "../mm/page_source.h"

#ifndef WALKERS_BATCH /* tests have it smaller */
#define WALKERS_BATCH 64
#define WALKERS_MAX_DEFERRED 512 /* 2 MiB of tables */
#endif

struct walkers_cpu {
	uint64_t since; /* the generation its walk began in; 0: it does not */
} cacheline_aligned;

/* All but cpu[] is written under the lock that changes of tables take. */
struct walkers {
	uint64_t generation; /* from 1 */
	struct walkers_cpu *cpu;
	unsigned nr_cpus, order;
	struct page_source *pages;
	unsigned nr_deferred cacheline_aligned;
	/* Oldest first; a page's index is its generation, private its order. */
	struct list_head deferred;
};

/* 0 or -ENOMEM. */
static inline int walkers_init(struct walkers *w, struct page_source *pages,
			       unsigned nr_cpus)
{
	size_t bytes = nr_cpus * sizeof(*w->cpu);
	struct page *page;

	*w = (struct walkers){
		.generation = 1,
		.nr_cpus = nr_cpus,
		.pages = pages,
	};
	list_init(&w->deferred);
	while (PAGE_SIZE << w->order < bytes)
		w->order++;
	page = pages->alloc_pages(pages->self, 0, w->order);
	if (!page)
		return -ENOMEM;
	set_page_count(page, 1);
	w->cpu = pfn_to_virt(pages->mem, page_to_pfn(pages->mem, page));
	__builtin_memset(w->cpu, 0, bytes);
	return 0;
}

/* Memory of it, with the tables that wait. */
static inline uint64_t walkers_bytes(const struct walkers *w)
{
	uint64_t bytes = PAGE_SIZE << w->order;
	struct list_head *pos;

	list_for_each (pos, &w->deferred)
		bytes += PAGE_SIZE
			 << list_entry(pos, struct page, lru)->private;
	return bytes;
}

forceinline void walkers_enter(struct walkers *w, unsigned cpu)
{
	/* release: who frees then comes after this CPU's last walk */
	smp_store_release(&w->cpu[cpu].since, READ_ONCE(w->generation));
	smp_mb(); /* pairs with the one in walkers_free() */
}

forceinline void walkers_leave(struct walkers *w, unsigned cpu)
{
	/* pairs with the acquire in walkers_oldest() */
	smp_store_release(&w->cpu[cpu].since, 0);
}

/* The generation that the oldest walk under way began in. */
static inline uint64_t walkers_oldest(const struct walkers *w)
{
	uint64_t oldest = UINT64_MAX;

	for (unsigned c = 0; c < w->nr_cpus; c++) {
		uint64_t since = smp_load_acquire(&w->cpu[c].since);

		if (since && since < oldest)
			oldest = since;
	}
	return oldest;
}

/* Begin a generation, and free what none of the walks before it can meet. */
static inline void walkers_free(struct walkers *w, unsigned cpu)
{
	uint64_t oldest;

	WRITE_ONCE(w->generation, w->generation + 1);
	smp_mb(); /* pairs with the one in walkers_enter() */
	oldest = walkers_oldest(w);
	while (!list_empty(&w->deferred)) {
		struct page *page =
			list_first_entry(&w->deferred, struct page, lru);

		if (page->index >= oldest)
			return;
		list_del(&page->lru);
		w->nr_deferred--;
		put_pages(w->pages, cpu, page, (unsigned)page->private);
	}
}

/*
 * Free an unlinked table when nobody can be in it any more. Waits for walks to
 * end when too many wait already; so the caller is in none, nor holds what one
 * may wait for.
 */
static inline void walkers_defer(struct walkers *w, unsigned cpu,
				 struct page *page, unsigned order)
{
	page->index = w->generation;
	page->private = order;
	list_add_tail(&page->lru, &w->deferred);
	if (++w->nr_deferred % WALKERS_BATCH == 0)
		walkers_free(w, cpu);
	while (w->nr_deferred >= WALKERS_MAX_DEFERRED) {
		cpu_relax();
		walkers_free(w, cpu);
	}
}

/* Nobody walks any more. */
static inline void walkers_destroy(struct walkers *w)
{
	walkers_free(w, 0);
	put_pages(
		w->pages, 0,
		pfn_to_page(w->pages->mem, virt_to_pfn(w->pages->mem, w->cpu)),
		w->order);
}

#endif
