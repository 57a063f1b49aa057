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

#define STRATEGY null
#include "counted_anon.h"
#include "no_areas.h"
#undef STRATEGY

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
