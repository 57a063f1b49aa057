/*
 * array_cache_types.h - what array_cache is made of: arrays of free objects,
 * slabs, and nodes that have lists of them.
 *
 * An object is in just one place: in use; in an array (of a CPU, shared by a
 * node's, or on the way to another node); or free in its slab. A CPU's array
 * and a shared one hold objects of their own node only.
 */
#ifndef KMB_SLAB_ARRAY_CACHE_TYPES_H
#define KMB_SLAB_ARRAY_CACHE_TYPES_H

#include <string.h>

#include "../sync/spinlock.h"
#include "array_cache_rules.h"

struct array_cache {
	uint32_t avail; /* <= limit */
	uint32_t limit, batch;
	uint8_t touched;      /* used since reap last looked */
	struct spinlock lock; /* of an alien cache; taken before a node's */
	void *entry[];	      /* [limit] the last freed at avail - 1 */
};
_Static_assert(sizeof(struct array_cache) == 16, "as in 2.6.11");

/* Objects of one other node; written by all CPUs of this one. */
#define ARRAY_CACHE_ALIEN_LIMIT 12

/* 40 bytes as in 2.6.11, whose colouroff is where head is now. */
struct array_cache_slab {
	struct list_head list; /* first: page->lru.prev leads here */
	struct page *head;
	char *s_mem;	/* object 0 */
	uint32_t inuse; /* in use or in an array; inuse + free == num */
	uint16_t free;	/* the first free object, or BUFCTL_END */
	uint16_t node;
	uint16_t bufctl[]; /* [num] a free object's next */
};
_Static_assert(sizeof(struct array_cache_slab) == 40, "as on 64 bits");

struct array_cache_node {
	struct spinlock lock; /* of all up to free_limit but this: */
	bool grew_elsewhere;  /* the last slab for it is another node's; a hint
			       */
	bool free_touched;    /* a free slab was used since reap last looked */
	uint32_t colour_next;
	struct list_head partial, full, free; /* by inuse */
	uint64_t nr_slabs;		      /* on the three lists */
	uint64_t free_objects;		      /* in slabs */
	uint64_t next_reap; /* of shared array and lists, ms */
	uint64_t refills, remote_frees;
	unsigned reap_node; /* whose alien cache reap drains next */

	unsigned order;		    /* of the pages this lies in */
	uint64_t free_limit;	    /* an empty slab goes if more are free */
	struct array_cache *shared; /* NULL: none */
	char *aliens;		    /* [nr_nodes] of array_cache_alien() */
} cacheline_aligned;

/* What is written after creation is on cache lines of its own. */
struct array_cache_cache {
	struct kmem_cache cache;

	/* Pages of off-slab management. */
	struct spinlock mgmt_lock cacheline_aligned;
	struct list_head mgmt_pages; /* with room, by lru */
	uint64_t nr_mgmt_pages;	     /* with and without */

	bool aliens cacheline_aligned; /* there is more than one node */
	uint32_t reciprocal;	       /* 2^32 / cache.size, rounded up */
	struct array_cache_layout layout;
	struct array_cache_tune tune;
	struct array_cache_node *node[MAX_NUMNODES];
	/* In here as in 2.6.11: a pointer to them would be one more load. */
	struct array_cache *cpu[KMB_MAX_THREADS];
};

forceinline struct array_cache_node *
array_cache_cpu_node(const struct array_cache_cache *c, unsigned cpu)
{
	return c->node[slab_cpu_node(&c->cache, cpu)];
}

/* Pages of other nodes than the host's are taken for node 0's. */
forceinline unsigned array_cache_page_node(const struct array_cache_cache *c,
					   const struct page *page)
{
	return c->aliens ? page_to_nid(page) : 0;
}

/* Bytes of an array, so that no two share a cache line. */
static inline size_t array_cache_bytes(uint32_t limit)
{
	return align_up(sizeof(struct array_cache) + limit * sizeof(void *),
			CACHE_LINE_BYTES);
}

static inline struct array_cache *
array_cache_alien(const struct array_cache_node *node, unsigned of)
{
	return (void *)(node->aliens +
			of * array_cache_bytes(ARRAY_CACHE_ALIEN_LIMIT));
}

#endif
