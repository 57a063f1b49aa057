/*
 * scan_template.h - template: schemes that keep nothing and look at every entry
 * of every process: what they are, and one look at one process.
 */
#include "rmap.h"
#include "unmap_one.h"

struct S(vma) {
	struct vm_area_struct vma;
};

struct S(mapping) {
	struct address_space file;
};

/* S(traits) is the includer's. */
enum { S(vma_bytes) = 0 };
enum { S(max_threads) = KMB_MAX_THREADS };

static inline void S(destroy)(struct S(rmap) * r)
{
	(void)r;
}

static inline bool S(validate)(struct S(rmap) * r)
{
	(void)r;
	return true;
}

static inline void S(stats)(struct S(rmap) * r, struct rmap_stats *stats)
{
	*stats = (struct rmap_stats){
		.walks = r->walks,
		.visited = r->visited,
		.found = r->found,
	};
}

#include "counted_anon.h"
#include "no_areas.h"

/* What a scan looks for, and what it does with what it finds. */
struct S(scan) {
	struct page *page;
	const struct physmem *mem;
	struct swap_area *swap;
	pfn_t pfn;
	/* For an entry that maps the page, at an address: false ends the scan.
	 */
	bool (*one)(struct S(scan) * scan, struct mm_struct *mm, uint64_t addr,
		    x86_64_pte_t *ptep, unsigned level);
	bool ages;   /* entries of other pages that were used become old */
	uint64_t at; /* the last entry looked at */
	uint64_t visited, found;
	int referenced;
	enum swap_status status;
	rmap_fn fn;
	void *arg;
};

static inline int S(scan_leaf)(struct x86_64_mm *tables, x86_64_pte_t *ptep,
			       uint64_t addr, unsigned level, void *arg)
{
	struct S(scan) *scan = arg;
	x86_64_pte_t pte = x86_64_read(ptep);
	pfn_t inside = scan->pfn - x86_64_pte_pfn(pte);

	/* A huge page belongs to the range that it begins in: once a round. */
	if (level > LEVEL_PTE && addr & (x86_64_level_size(level) - 1))
		return 0;
	scan->visited++;
	scan->at = addr;
	if (!x86_64_pte_present(pte))
		return 0;
	if (inside >= x86_64_level_size(level) >> PAGE_SHIFT) {
		if (scan->ages)
			ptep_clear_young(ptep);
		return 0;
	}
	scan->found++;
	return !scan->one(scan, container_of(tables, struct mm_struct, tables),
			  addr + (inside << PAGE_SHIFT), ptep, level);
}

/* One process's entries of [start, end), under its page_table_lock. False: the
 * scan has ended. */
static inline bool S(scan_range)(struct S(scan) * scan, struct mm_struct *mm,
				 uint64_t start, uint64_t end)
{
	return !x86_64_walk_page_range(&mm->tables, start, end, S(scan_leaf),
				       scan);
}

static inline bool S(referenced_one)(struct S(scan) * scan,
				     struct mm_struct *mm, uint64_t addr,
				     x86_64_pte_t *ptep, unsigned level)
{
	(void)mm, (void)addr, (void)level;
	scan->referenced += ptep_clear_young(ptep);
	return scan->found < page_mapcount(scan->page);
}

static inline bool S(unmap_one)(struct S(scan) * scan, struct mm_struct *mm,
				uint64_t addr, x86_64_pte_t *ptep,
				unsigned level)
{
	scan->status = may_unmap(find_vma(mm, addr), scan->page, ptep, level);
	if (scan->status == SWAP_SUCCESS) {
		unmap_entry(mm, scan->swap, scan->page, ptep);
		fetch_add_relaxed(&scan->page->_mapcount, -1);
	}
	return scan->status == SWAP_SUCCESS && page_mapcount(scan->page);
}

static inline bool S(walk_one)(struct S(scan) * scan, struct mm_struct *mm,
			       uint64_t addr, x86_64_pte_t *ptep,
			       unsigned level)
{
	(void)level;
	return scan->fn(scan->arg, mm, addr, ptep);
}

/* S(scan_all)(r, scan): the processes, in the scheme's order. */
static inline void S(scan_all)(struct S(rmap) * r, struct S(scan) * scan);

static inline void S(run)(struct S(rmap) * r, struct S(scan) * scan)
{
	scan->mem = r->host->pages->mem;
	scan->swap = r->host->swap;
	scan->pfn = page_to_pfn(scan->mem, scan->page);
	S(scan_all)(r, scan);
	fetch_add_relaxed(&r->walks, 1);
	fetch_add_relaxed(&r->visited, scan->visited);
	fetch_add_relaxed(&r->found, scan->found);
}

static inline int S(page_referenced)(struct S(rmap) * r, unsigned cpu,
				     struct page *page)
{
	struct S(scan) scan = { .page = page, .one = S(referenced_one) };

	(void)cpu;
	if (page_mapcount(page))
		S(run)(r, &scan);
	return scan.referenced;
}

static inline enum swap_status S(try_to_unmap)(struct S(rmap) * r, unsigned cpu,
					       struct page *page)
{
	struct S(scan) scan = {
		.page = page,
		.one = S(unmap_one),
		.ages = S(traits) & RMAP_NO_SEARCH,
	};

	(void)cpu;
	if (page_mapcount(page))
		S(run)(r, &scan);
	if (scan.status == SWAP_SUCCESS && page_mapcount(page))
		return SWAP_AGAIN;
	return scan.status;
}

static inline int64_t S(rmap_walk)(struct S(rmap) * r, unsigned cpu,
				   struct page *page, rmap_fn fn, void *arg)
{
	struct S(scan) scan = {
		.page = page, .one = S(walk_one), .fn = fn, .arg = arg
	};

	(void)cpu;
	S(run)(r, &scan);
	return (int64_t)scan.found;
}
