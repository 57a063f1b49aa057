/*
 * null.h - the reference that keeps nothing but each page's count of mappings:
 * what everything else costs.
 */
#ifndef KMB_RMAP_NULL_H
#define KMB_RMAP_NULL_H

#include "rmap.h"

struct null_rmap {
	char nothing;
};

struct null_vma {
	struct vm_area_struct vma;
};

struct null_mapping {
	struct address_space file;
};

enum { null_vma_bytes = 0 };
enum { null_max_threads = KMB_MAX_THREADS };
enum { null_traits = RMAP_REFERENCE | RMAP_NULL };
static const char null_models[] = "nothing: what all but the rmap costs";

static inline int null_create(struct null_rmap *r, const struct rmap_host *host)
{
	(void)r, (void)host;
	return 0;
}

static inline void null_destroy(struct null_rmap *r)
{
	(void)r;
}

static inline bool null_validate(struct null_rmap *r)
{
	(void)r;
	return true;
}

static inline void null_stats(struct null_rmap *r, struct rmap_stats *stats)
{
	(void)r;
	*stats = (struct rmap_stats){ 0 };
}

static inline void null_mapping_init(struct null_mapping *mapping)
{
	(void)mapping;
}

static inline void null_vma_init(struct null_vma *vma)
{
	(void)vma;
}

static inline int null_vma_prepare(struct null_rmap *r, unsigned cpu,
				   struct null_vma *vma, struct null_vma *near)
{
	(void)r, (void)cpu, (void)vma, (void)near;
	return 0;
}

static inline int null_vma_fork(struct null_rmap *r, unsigned cpu,
				struct null_vma *child, struct null_vma *parent)
{
	(void)r, (void)cpu, (void)child, (void)parent;
	return 0;
}

static inline int null_vma_clone(struct null_rmap *r, unsigned cpu,
				 struct null_vma *to, struct null_vma *from)
{
	(void)r, (void)cpu, (void)to, (void)from;
	return 0;
}

static inline void null_vma_resize(struct null_rmap *r, unsigned cpu,
				   struct null_vma *vma, uint64_t start,
				   uint64_t end, uint64_t pgoff)
{
	(void)r, (void)cpu;
	vma->vma.vm_start = start;
	vma->vma.vm_end = end;
	vma->vma.vm_pgoff = pgoff;
}

static inline void null_vma_unlink(struct null_rmap *r, unsigned cpu,
				   struct null_vma *vma)
{
	(void)r, (void)cpu, (void)vma;
}

static inline void null_vma_link_file(struct null_rmap *r, unsigned cpu,
				      struct null_vma *vma)
{
	(void)r, (void)cpu, (void)vma;
}

forceinline int null_reserve(struct null_rmap *r, unsigned cpu)
{
	(void)r, (void)cpu;
	return 0;
}

forceinline void null_page_add_anon(struct null_rmap *r, unsigned cpu,
				    struct page *page, struct null_vma *vma,
				    uint64_t addr, x86_64_pte_t *ptep)
{
	(void)r, (void)cpu, (void)vma, (void)addr, (void)ptep;
	fetch_add_relaxed(&page->_mapcount, 1);
}

forceinline void null_page_add_new_anon(struct null_rmap *r, unsigned cpu,
					struct page *page, struct null_vma *vma,
					uint64_t addr, x86_64_pte_t *ptep)
{
	null_page_add_anon(r, cpu, page, vma, addr, ptep);
}

forceinline void null_page_add_file(struct null_rmap *r, unsigned cpu,
				    struct page *page, struct null_vma *vma,
				    uint64_t addr, x86_64_pte_t *ptep)
{
	null_page_add_anon(r, cpu, page, vma, addr, ptep);
}

forceinline void null_page_dup(struct null_rmap *r, unsigned cpu,
			       struct page *page, struct null_vma *vma,
			       uint64_t addr, x86_64_pte_t *ptep)
{
	null_page_add_anon(r, cpu, page, vma, addr, ptep);
}

forceinline void null_page_remove(struct null_rmap *r, unsigned cpu,
				  struct page *page, x86_64_pte_t *ptep)
{
	(void)r, (void)cpu, (void)ptep;
	fetch_add_relaxed(&page->_mapcount, -1);
}

forceinline void null_page_move(struct null_rmap *r, unsigned cpu,
				struct page *page, x86_64_pte_t *from,
				x86_64_pte_t *to)
{
	(void)r, (void)cpu, (void)page, (void)from, (void)to;
}

static inline int null_page_referenced(struct null_rmap *r, unsigned cpu,
				       struct page *page)
{
	(void)r, (void)cpu, (void)page;
	return 0;
}

static inline enum swap_status
null_try_to_unmap(struct null_rmap *r, unsigned cpu, struct page *page)
{
	(void)r, (void)cpu, (void)page;
	return SWAP_AGAIN;
}

static inline int64_t null_rmap_walk(struct null_rmap *r, unsigned cpu,
				     struct page *page, rmap_fn fn, void *arg)
{
	(void)r, (void)cpu, (void)page, (void)fn, (void)arg;
	return 0;
}

#endif
