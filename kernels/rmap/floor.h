/*
 * floor.h - the least that finding a page's entries can cost: an exact array of
 * them for each page, one behind the other, built beforehand.
 *
 * Adding and removing is counted, as in null; floor_build() then writes the
 * arrays of all pages, which are true until anything is mapped or unmapped.
 */
#ifndef KMB_RMAP_FLOOR_H
#define KMB_RMAP_FLOOR_H

#include "rmap.h"
#include "unmap_one.h"

struct floor_entry {
	x86_64_pte_t *ptep;
	struct mm_struct *mm;
	uint64_t addr;
};

/* Of a CPU, so that counting costs next to nothing. */
struct floor_counts {
	uint64_t walks, found;
} cacheline_aligned;

struct floor_rmap {
	const struct rmap_host *host;
	struct floor_entry *entries; /* page->private: its first one */
	size_t bytes;
	struct floor_counts *counts; /* [host->nr_cpus] */
};

struct floor_vma {
	struct vm_area_struct vma;
};

struct floor_mapping {
	struct address_space file;
};

enum { floor_vma_bytes = 0 };
enum { floor_max_threads = KMB_MAX_THREADS };
enum { floor_traits = RMAP_REFERENCE };
static const char floor_models[] =
	"the least memory traffic: each page's entries in an array";

#define STRATEGY floor
#include "counted_anon.h"
#include "no_areas.h"
#undef STRATEGY

static inline size_t floor_counts_bytes(const struct rmap_host *host)
{
	return align_up(host->nr_cpus * sizeof(struct floor_counts), PAGE_SIZE);
}

static inline int floor_create(struct floor_rmap *r,
			       const struct rmap_host *host)
{
	struct host_memory *from = host->pages->mem->host;

	*r = (struct floor_rmap){ .host = host };
	r->counts = from->map(from, floor_counts_bytes(host));
	return r->counts ? 0 : -ENOMEM;
}

static inline void floor_drop(struct floor_rmap *r)
{
	struct host_memory *from = r->host->pages->mem->host;

	if (r->entries)
		from->unmap(from, r->entries, r->bytes);
	r->entries = NULL;
}

static inline void floor_destroy(struct floor_rmap *r)
{
	struct host_memory *from = r->host->pages->mem->host;

	floor_drop(r);
	from->unmap(from, r->counts, floor_counts_bytes(r->host));
}

static inline bool floor_validate(struct floor_rmap *r)
{
	(void)r;
	return true;
}

static inline void floor_stats(struct floor_rmap *r, struct rmap_stats *stats)
{
	*stats = (struct rmap_stats){ .bytes = r->bytes };
	for (unsigned cpu = 0; cpu < r->host->nr_cpus; cpu++) {
		stats->walks += r->counts[cpu].walks;
		stats->found += r->counts[cpu].found;
	}
	stats->visited = stats->found;
}

/* Found is what was looked at. */
forceinline void floor_count(struct floor_rmap *r, unsigned cpu, uint64_t nr)
{
	r->counts[cpu].walks++;
	r->counts[cpu].found += nr;
}

/* How many entries map a page; a slab's has something else in its place. */
forceinline uint64_t floor_nr_entries(const struct page *page)
{
	return page_test(page, PG_slab) ? 0 : page_mapcount(page);
}

/* A page's place is behind those of all pages below it. */
static inline int floor_put_leaf(struct x86_64_mm *tables, x86_64_pte_t *ptep,
				 uint64_t addr, unsigned level, void *arg)
{
	struct floor_rmap *r = arg;
	x86_64_pte_t pte = x86_64_read(ptep);
	uint64_t nr = x86_64_level_size(level) >> PAGE_SHIFT;
	struct page *page = pfn_to_page(tables->mem, x86_64_pte_pfn(pte));

	if (!x86_64_pte_present(pte))
		return 0;
	for (uint64_t i = 0; i < nr; i++, page++)
		if (page_mapcount(page))
			r->entries[page->private ++] = (struct floor_entry){
				ptep,
				container_of(tables, struct mm_struct, tables),
				addr + i * PAGE_SIZE
			};
	return 0;
}

/* Write the arrays. 0 or -ENOMEM. No other call may run, and no page be in
 * swap's cache: page->private is used. */
static inline int floor_build(struct floor_rmap *r)
{
	struct physmem *mem = r->host->pages->mem;
	struct page *end = mem->mem_map + mem->nr_pages;
	uint64_t nr = 0;

	floor_drop(r);
	for (struct page *page = mem->mem_map; page < end; page++)
		if (floor_nr_entries(page)) {
			page->private = nr;
			nr += floor_nr_entries(page);
		}
	r->bytes = align_up(nr * sizeof(*r->entries) + 1, PAGE_SIZE);
	r->entries = host_map_on(mem->host, r->bytes, 0);
	if (!r->entries)
		return -ENOMEM;
	for (struct list_head *l = r->host->mmlist->next; l != r->host->mmlist;
	     l = l->next)
		x86_64_walk_page_range(
			&list_entry(l, struct mm_struct, mmlist)->tables, 0,
			x86_64_user_top, floor_put_leaf, r);
	for (struct page *page = mem->mem_map; page < end; page++)
		if (floor_nr_entries(page))
			page->private -= floor_nr_entries(page);
	return 0;
}

static inline int floor_page_referenced(struct floor_rmap *r, unsigned cpu,
					struct page *page)
{
	const struct floor_entry *entry = &r->entries[page->private];
	uint64_t nr = page_mapcount(page);
	int referenced = 0;

	for (uint64_t i = 0; i < nr; i++)
		referenced += ptep_clear_young(entry[i].ptep);
	floor_count(r, cpu, nr);
	return referenced;
}

static inline enum swap_status
floor_try_to_unmap(struct floor_rmap *r, unsigned cpu, struct page *page)
{
	const struct floor_entry *entry = &r->entries[page->private];
	uint64_t nr = page_mapcount(page);

	for (uint64_t i = 0; i < nr; i++)
		x86_64_get_and_clear(entry[i].ptep);
	floor_count(r, cpu, nr);
	page->_mapcount = -1;
	return SWAP_SUCCESS;
}

static inline int64_t floor_rmap_walk(struct floor_rmap *r, unsigned cpu,
				      struct page *page, rmap_fn fn, void *arg)
{
	const struct floor_entry *entry = &r->entries[page->private];
	uint64_t nr = page_mapcount(page), i = 0;

	while (i < nr && fn(arg, entry[i].mm, entry[i].addr, entry[i].ptep))
		i++;
	floor_count(r, cpu, i);
	return (int64_t)i;
}

#endif
