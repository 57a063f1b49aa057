/*
 * avc_template.h - template: an anon_vma for each area that has pages of its
 * own, and a link from an area to its own and to each of its ancestors' (mm/
 * rmap.c of 2.6.34 and later), so that a page's candidates are the areas which
 * may have inherited it, not all of a family.
 *
 * ANON_TYPE(name) are the types of the collection that an anon_vma keeps its
 * links in (i_mmap.h), ANON_TEMPLATE its functions; ANON_SORTED: it must be
 * told when an area changes. AVC_DEGREE: a child takes an ancestor's anon_vma
 * over that is nobody else's (3.19), so that each but the root was some area's
 * or had two children when it was last looked at by a fork: about two for each
 * area, however long processes fork and end. Those that merely end leave more.
 *
 * One lock for a family, in its root, which its descendants pin. As in
 * anon_vma_template.h the memory of an anon_vma stays one.
 */
#include "i_mmap.h"
#include "objects.h"
#include "rmap.h"
#include "unmap_one.h"

struct S(anon_vma) {
	struct S(anon_vma) * root, *parent; /* itself: it is the root */
	struct spinlock lock;		    /* the root's: of all links below */
	uint32_t refs;	 /* 1 while it has links, and 1 for each descendant */
	uint32_t degree; /* areas whose own it is, and children */
	struct ANON_TYPE(root) links;
};

struct S(anon_vma_chain) {
	struct S(vma) * vma;
	struct S(anon_vma) * anon_vma;
	struct list_head same_vma; /* the newest first */
	struct ANON_TYPE(node) link;
};

struct S(vma) {
	struct vm_area_struct vma;
	struct S(anon_vma) * anon_vma; /* of new pages; NULL: none yet */
	struct list_head anon_vma_chain;
	struct I_MMAP_TYPE(node) shared;
};

struct S(rmap) {
	const struct rmap_host *host;
	struct rmap_cache anon_vmas, chains;
	uint64_t walks, visited, found;
};

enum { S(vma_bytes) = sizeof(struct S(vma)) - sizeof(struct vm_area_struct) };
enum { S(max_threads) = KMB_MAX_THREADS };

#define TREE(name) S(KMB_PASTE(anon_, name))

static inline uint64_t TREE(first)(const struct ANON_TYPE(node) * node)
{
	return container_of(node, struct S(anon_vma_chain), link)
		->vma->vma.vm_pgoff;
}

static inline uint64_t TREE(last)(const struct ANON_TYPE(node) * node)
{
	const struct vm_area_struct *vma =
		&container_of(node, struct S(anon_vma_chain), link)->vma->vma;

	return vma->vm_pgoff + ((vma->vm_end - vma->vm_start) >> PAGE_SHIFT) -
	       1;
}

#include ANON_TEMPLATE

static void S(anon_vma_ctor)(void *object)
{
	struct S(anon_vma) *anon_vma = object;

	spin_lock_init(&anon_vma->lock);
	TREE(init)(&anon_vma->links);
	anon_vma->root = anon_vma;
}

static inline int S(create)(struct S(rmap) * r, const struct rmap_host *host)
{
	int err;

	*r = (struct S(rmap)){ .host = host };
	err = rmap_cache_create(&r->anon_vmas, "anon_vma",
				sizeof(struct S(anon_vma)), 0, S(anon_vma_ctor),
				host->slab);
	if (err)
		return err;
	err = rmap_cache_create(&r->chains, "anon_vma_chain",
				sizeof(struct S(anon_vma_chain)), 0, NULL,
				host->slab);
	if (err)
		rmap_cache_destroy(&r->anon_vmas);
	return err;
}

static inline void S(destroy)(struct S(rmap) * r)
{
	uint64_t left = rmap_cache_destroy(&r->chains) +
			rmap_cache_destroy(&r->anon_vmas);

	KMB_BUG_ON(left);
	(void)left;
}

/* What nobody links to is gone. */
static inline bool S(validate)(struct S(rmap) * r)
{
	return rmap_cache_live(&r->anon_vmas) <=
	       2 * rmap_cache_live(&r->chains);
}

static inline void S(stats)(struct S(rmap) * r, struct rmap_stats *stats)
{
	*stats = (struct rmap_stats){
		.bytes = rmap_cache_bytes(&r->anon_vmas) +
			 rmap_cache_bytes(&r->chains),
		.links = rmap_cache_live(&r->chains),
		.anon_vmas = rmap_cache_live(&r->anon_vmas),
		.walks = r->walks,
		.visited = r->visited,
		.found = r->found,
	};
}

/* A new one, of its own family, with a reference for its links. */
static inline struct S(anon_vma) *
	S(anon_vma_alloc)(struct S(rmap) * r, unsigned cpu)
{
	struct S(anon_vma) *anon_vma = rmap_cache_alloc(&r->anon_vmas, cpu);

	if (!anon_vma)
		return NULL;
	WRITE_ONCE(anon_vma->root, anon_vma);
	anon_vma->parent = anon_vma;
	anon_vma->refs = 1;
	anon_vma->degree = 1;
	return anon_vma;
}

/* A reference less: the last one frees it, and lets its root go. */
static inline void S(put_anon_vma)(struct S(rmap) * r, unsigned cpu,
				   struct S(anon_vma) * anon_vma)
{
	struct S(anon_vma) *root = anon_vma->root;

	if (__atomic_fetch_sub(&anon_vma->refs, 1, __ATOMIC_ACQ_REL) != 1)
		return;
	rmap_cache_free(&r->anon_vmas, cpu, anon_vma);
	if (root != anon_vma)
		S(put_anon_vma)(r, cpu, root);
}

/* Under the family's lock. */
static inline void S(link_chain)(struct S(vma) * vma,
				 struct S(anon_vma_chain) * avc,
				 struct S(anon_vma) * anon_vma)
{
	avc->vma = vma;
	avc->anon_vma = anon_vma;
	list_add(&avc->same_vma, &vma->anon_vma_chain);
	TREE(insert)(&anon_vma->links, &avc->link);
}

/*
 * Give back an area's links, newest first, and the anon_vmas that have none any
 * more: an ancestor goes after all that came from it.
 */
static inline void S(unlink_anon)(struct S(rmap) * r, unsigned cpu,
				  struct S(vma) * vma)
{
	struct list_head *chain = &vma->anon_vma_chain, *l, *next;
	struct spinlock *lock;

	if (list_empty(chain))
		return;
	lock = &list_first_entry(chain, struct S(anon_vma_chain), same_vma)
			->anon_vma->root->lock;
	spin_lock(lock);
	for (l = chain->next; l != chain; l = next) {
		struct S(anon_vma_chain) *avc =
			list_entry(l, struct S(anon_vma_chain), same_vma);
		struct S(anon_vma) *anon_vma = avc->anon_vma;

		next = l->next;
		TREE(remove)(&anon_vma->links, &avc->link);
		if (TREE(empty)(&anon_vma->links)) {
			anon_vma->parent->degree--;
			continue;
		}
		list_del(l);
		rmap_cache_free(&r->chains, cpu, avc);
	}
	if (vma->anon_vma)
		vma->anon_vma->degree--;
	spin_unlock(lock);
	/* What is left on the chain were the last links of theirs. */
	for (l = chain->next; l != chain; l = next) {
		struct S(anon_vma_chain) *avc =
			list_entry(l, struct S(anon_vma_chain), same_vma);

		next = l->next;
		S(put_anon_vma)(r, cpu, avc->anon_vma);
		rmap_cache_free(&r->chains, cpu, avc);
	}
	list_init(chain);
	vma->anon_vma = NULL;
}

/* `to` is linked to all that `from` is, in the same order; `reuse`: and takes
 * one of these over for its new pages if it can. 0 or -ENOMEM. */
static inline int S(clone)(struct S(rmap) * r, unsigned cpu, struct S(vma) * to,
			   struct S(vma) * from, bool reuse)
{
	struct list_head *l;
	struct spinlock *lock;

	to->anon_vma = reuse ? NULL : from->anon_vma;
	if (!from->anon_vma)
		return 0;
	lock = &from->anon_vma->root->lock;
	spin_lock(lock);
	for (l = from->anon_vma_chain.prev; l != &from->anon_vma_chain;
	     l = l->prev) {
		struct S(anon_vma) *anon_vma =
			list_entry(l, struct S(anon_vma_chain), same_vma)
				->anon_vma;
		struct S(anon_vma_chain) *avc =
			rmap_cache_alloc(&r->chains, cpu);

		if (!avc)
			break;
		S(link_chain)(to, avc, anon_vma);
		if (AVC_DEGREE && reuse && !to->anon_vma &&
		    anon_vma != from->anon_vma && anon_vma->degree < 2)
			to->anon_vma = anon_vma;
	}
	if (l != &from->anon_vma_chain)
		to->anon_vma = NULL;
	else if (to->anon_vma)
		to->anon_vma->degree++;
	spin_unlock(lock);
	if (l == &from->anon_vma_chain)
		return 0;
	S(unlink_anon)(r, cpu, to);
	return -ENOMEM;
}

static inline void S(vma_init)(struct S(vma) * vma)
{
	list_init(&vma->anon_vma_chain);
}

static inline int S(vma_clone)(struct S(rmap) * r, unsigned cpu,
			       struct S(vma) * to, struct S(vma) * from)
{
	return S(clone)(r, cpu, to, from, false);
}

/* A child's area: all of its parent's, and one of its own for new pages. */
static inline int S(vma_fork)(struct S(rmap) * r, unsigned cpu,
			      struct S(vma) * child, struct S(vma) * parent)
{
	struct S(anon_vma) * anon_vma, *root;
	struct S(anon_vma_chain) * avc;
	int err = S(clone)(r, cpu, child, parent, true);

	if (err || !parent->anon_vma || child->anon_vma)
		return err;
	anon_vma = S(anon_vma_alloc)(r, cpu);
	avc = anon_vma ? rmap_cache_alloc(&r->chains, cpu) : NULL;
	if (!avc) {
		if (anon_vma)
			S(put_anon_vma)(r, cpu, anon_vma);
		S(unlink_anon)(r, cpu, child);
		return -ENOMEM;
	}
	root = parent->anon_vma->root;
	WRITE_ONCE(anon_vma->root, root);
	anon_vma->parent = parent->anon_vma;
	fetch_add_relaxed(&root->refs, 1);
	spin_lock(&root->lock);
	child->anon_vma = anon_vma;
	S(link_chain)(child, avc, anon_vma);
	parent->anon_vma->degree++;
	spin_unlock(&root->lock);
	return 0;
}

static inline int S(vma_prepare)(struct S(rmap) * r, unsigned cpu,
				 struct S(vma) * vma, struct S(vma) * near)
{
	struct S(anon_vma_chain) *avc = rmap_cache_alloc(&r->chains, cpu);
	struct S(anon_vma) * anon_vma;

	if (!avc)
		return -ENOMEM;
	anon_vma = near ? near->anon_vma : S(anon_vma_alloc)(r, cpu);
	if (!anon_vma) {
		rmap_cache_free(&r->chains, cpu, avc);
		return -ENOMEM;
	}
	spin_lock(&anon_vma->root->lock);
	vma->anon_vma = anon_vma;
	S(link_chain)(vma, avc, anon_vma);
	/* A root is its own parent: that counts as a child, too. */
	anon_vma->degree++;
	spin_unlock(&anon_vma->root->lock);
	return 0;
}

#undef TREE
#include "file_areas.h"

#define TREE(name) S(KMB_PASTE(anon_, name))

/* The links of an area out of, or back into, their anon_vmas' collections. */
forceinline void S(relink)(struct S(vma) * vma, bool back)
{
	struct list_head *l;

	for (l = vma->anon_vma_chain.next;
	     ANON_SORTED && l != &vma->anon_vma_chain; l = l->next) {
		struct S(anon_vma_chain) *avc =
			list_entry(l, struct S(anon_vma_chain), same_vma);

		if (back)
			TREE(insert)(&avc->anon_vma->links, &avc->link);
		else
			TREE(remove)(&avc->anon_vma->links, &avc->link);
	}
}

static inline void S(vma_resize)(struct S(rmap) * r, unsigned cpu,
				 struct S(vma) * vma, uint64_t start,
				 uint64_t end, uint64_t pgoff)
{
	struct address_space *file = vma->vma.vm_mapping;
	struct spinlock *lock =
		vma->anon_vma ? &vma->anon_vma->root->lock : NULL;

	(void)r, (void)cpu;
	if (file) {
		spin_lock(&file->i_mmap_lock);
		S(remove_file)(vma);
	}
	if (lock) {
		spin_lock(lock);
		S(relink)(vma, false);
	}
	vma->vma.vm_start = start;
	vma->vma.vm_end = end;
	vma->vma.vm_pgoff = pgoff;
	if (lock) {
		S(relink)(vma, true);
		spin_unlock(lock);
	}
	if (file) {
		S(insert_file)(vma);
		spin_unlock(&file->i_mmap_lock);
	}
}

static inline void S(vma_unlink)(struct S(rmap) * r, unsigned cpu,
				 struct S(vma) * vma)
{
	S(unlink_file)(vma);
	if (vma->anon_vma)
		S(unlink_anon)(r, cpu, vma);
}

/* A page that others may have as well belongs to the oldest that can. */
forceinline void *S(anon_vma_of)(const struct S(vma) * vma, bool exclusive)
{
	return exclusive ? vma->anon_vma : vma->anon_vma->root;
}

/* A mapped page's anon_vma, its family locked; NULL: it is mapped no more. */
static inline struct S(anon_vma) *
	S(lock_anon_vma)(const struct page *page, struct S(anon_vma) * *root)
{
	uintptr_t mapping = (uintptr_t)READ_ONCE(page->mapping);
	struct S(anon_vma) * anon_vma;

	if (!(mapping & PAGE_MAPPING_ANON) || !page_mapcount(page))
		return NULL;
	anon_vma = (void *)(mapping - PAGE_MAPPING_ANON);
	*root = READ_ONCE(anon_vma->root);
	spin_lock(&(*root)->lock);
	if (page_mapcount(page) &&
	    (uintptr_t)READ_ONCE(page->mapping) == mapping &&
	    READ_ONCE(anon_vma->root) == *root)
		return anon_vma;
	spin_unlock(&(*root)->lock);
	return NULL;
}

forceinline uint64_t S(walk_areas)(struct S(rmap) * r, struct page *page,
				   bool (*fn)(void *arg, struct S(vma) * vma),
				   void *arg)
{
	struct S(anon_vma) * anon_vma, *root;
	struct ANON_TYPE(iter) iter;
	struct ANON_TYPE(node) * node;
	uint64_t index;

	(void)r;
	if (page_is_file(page))
		return S(walk_file)(page, fn, arg);
	anon_vma = S(lock_anon_vma)(page, &root);
	if (!anon_vma)
		return 0;
	index = page_index(page);
	TREE(begin)(&iter, &anon_vma->links, index, index);
	while ((node = TREE(next)(&iter)) &&
	       fn(arg, container_of(node, struct S(anon_vma_chain), link)->vma))
		continue;
	spin_unlock(&root->lock);
	return iter.visited;
}

#undef TREE

enum { S(passes_empty) = false };
#include "mapcount.h"
#include "walk_areas.h"
