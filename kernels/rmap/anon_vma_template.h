/*
 * anon_vma_template.h - template: one list of areas for all that a fork or a
 * split has made of one area (mm/rmap.c of 2.6.7 to 2.6.33), and of the areas
 * of files what I_MMAP says.
 *
 * A page points to its anon_vma from its first mapping until it is freed. The
 * anon_vma may go away meanwhile, but its memory stays one (type-stable: its
 * cache gives no page back while any call runs), so that its lock may be taken
 * before it is known to be still the page's.
 */
#include "i_mmap.h"
#include "rmap.h"
#include "objects.h"
#include "unmap_one.h"

struct S(anon_vma) {
	struct spinlock lock;
	struct list_head head; /* areas, by anon_node */
};

struct S(vma) {
	struct vm_area_struct vma;
	struct S(anon_vma) * anon_vma; /* NULL: no page of its own yet */
	struct list_head anon_node;
	struct I_MMAP_TYPE(node) shared;
};

struct S(rmap) {
	const struct rmap_host *host;
	struct rmap_cache anon_vmas;
	uint64_t links; /* areas on lists */
	uint64_t walks, visited, found;
};

enum { S(vma_bytes) = sizeof(struct S(vma)) - sizeof(struct vm_area_struct) };
enum { S(max_threads) = KMB_MAX_THREADS };

static void S(anon_vma_ctor)(void *object)
{
	struct S(anon_vma) *anon_vma = object;

	spin_lock_init(&anon_vma->lock);
	list_init(&anon_vma->head);
}

static inline int S(create)(struct S(rmap) * r, const struct rmap_host *host)
{
	*r = (struct S(rmap)){ .host = host };
	return rmap_cache_create(&r->anon_vmas, "anon_vma",
				 sizeof(struct S(anon_vma)), 0,
				 S(anon_vma_ctor), host->slab);
}

static inline void S(destroy)(struct S(rmap) * r)
{
	uint64_t left = rmap_cache_destroy(&r->anon_vmas);

	KMB_BUG_ON(left);
	(void)left;
}

static inline bool S(validate)(struct S(rmap) * r)
{
	return rmap_cache_live(&r->anon_vmas) <= r->links;
}

static inline void S(stats)(struct S(rmap) * r, struct rmap_stats *stats)
{
	*stats = (struct rmap_stats){
		.bytes = rmap_cache_bytes(&r->anon_vmas),
		.links = r->links,
		.anon_vmas = rmap_cache_live(&r->anon_vmas),
		.walks = r->walks,
		.visited = r->visited,
		.found = r->found,
	};
}

#include "file_areas.h"

static inline void S(join)(struct S(rmap) * r, struct S(vma) * vma,
			   struct S(anon_vma) * anon_vma)
{
	spin_lock(&anon_vma->lock);
	vma->anon_vma = anon_vma;
	list_add_tail(&vma->anon_node, &anon_vma->head);
	spin_unlock(&anon_vma->lock);
	fetch_add_relaxed(&r->links, 1);
}

static inline void S(vma_init)(struct S(vma) * vma)
{
	(void)vma;
}

static inline int S(vma_prepare)(struct S(rmap) * r, unsigned cpu,
				 struct S(vma) * vma, struct S(vma) * near)
{
	struct S(anon_vma) *anon_vma =
		near ? near->anon_vma : rmap_cache_alloc(&r->anon_vmas, cpu);

	if (!anon_vma)
		return -ENOMEM;
	S(join)(r, vma, anon_vma);
	return 0;
}

static inline int S(vma_clone)(struct S(rmap) * r, unsigned cpu,
			       struct S(vma) * to, struct S(vma) * from)
{
	(void)cpu;
	if (from->anon_vma)
		S(join)(r, to, from->anon_vma);
	return 0;
}

/* A child's area joins its parent's. */
static inline int S(vma_fork)(struct S(rmap) * r, unsigned cpu,
			      struct S(vma) * child, struct S(vma) * parent)
{
	return S(vma_clone)(r, cpu, child, parent);
}

static inline void S(vma_resize)(struct S(rmap) * r, unsigned cpu,
				 struct S(vma) * vma, uint64_t start,
				 uint64_t end, uint64_t pgoff)
{
	struct address_space *file = vma->vma.vm_mapping;

	(void)r, (void)cpu;
	if (file) {
		spin_lock(&file->i_mmap_lock);
		S(remove_file)(vma);
	}
	if (vma->anon_vma)
		spin_lock(&vma->anon_vma->lock);
	vma->vma.vm_start = start;
	vma->vma.vm_end = end;
	vma->vma.vm_pgoff = pgoff;
	if (vma->anon_vma)
		spin_unlock(&vma->anon_vma->lock);
	if (file) {
		S(insert_file)(vma);
		spin_unlock(&file->i_mmap_lock);
	}
}

static inline void S(vma_unlink)(struct S(rmap) * r, unsigned cpu,
				 struct S(vma) * vma)
{
	struct S(anon_vma) *anon_vma = vma->anon_vma;
	bool empty;

	S(unlink_file)(vma);
	if (!anon_vma)
		return;
	spin_lock(&anon_vma->lock);
	list_del(&vma->anon_node);
	empty = list_empty(&anon_vma->head);
	spin_unlock(&anon_vma->lock);
	fetch_add_relaxed(&r->links, -1);
	if (empty)
		rmap_cache_free(&r->anon_vmas, cpu, anon_vma);
}

forceinline void *S(anon_vma_of)(const struct S(vma) * vma, bool exclusive)
{
	(void)exclusive;
	return vma->anon_vma;
}

/* A mapped page's anon_vma, locked; NULL: it is mapped no more. */
static inline struct S(anon_vma) * S(lock_anon_vma)(const struct page *page)
{
	uintptr_t mapping = (uintptr_t)READ_ONCE(page->mapping);
	struct S(anon_vma) * anon_vma;

	if (!(mapping & PAGE_MAPPING_ANON) || !page_mapcount(page))
		return NULL;
	anon_vma = (void *)(mapping - PAGE_MAPPING_ANON);
	spin_lock(&anon_vma->lock);
	if (page_mapcount(page) &&
	    (uintptr_t)READ_ONCE(page->mapping) == mapping)
		return anon_vma;
	spin_unlock(&anon_vma->lock);
	return NULL;
}

forceinline uint64_t S(walk_areas)(struct S(rmap) * r, struct page *page,
				   bool (*fn)(void *arg, struct S(vma) * vma),
				   void *arg)
{
	struct S(anon_vma) * anon_vma;
	struct list_head *l;
	uint64_t visited = 0;
	bool more = true;

	(void)r;
	if (page_is_file(page))
		return S(walk_file)(page, fn, arg);
	anon_vma = S(lock_anon_vma)(page);
	if (!anon_vma)
		return 0;
	for (l = anon_vma->head.next; more && l != &anon_vma->head;
	     l = l->next, visited++)
		more = fn(arg, list_entry(l, struct S(vma), anon_node));
	spin_unlock(&anon_vma->lock);
	return visited;
}

enum { S(passes_empty) = true };
#include "mapcount.h"
#include "walk_areas.h"
