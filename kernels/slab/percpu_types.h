/*
 * percpu_types.h - what percpu and percpu_rseq are made of: magazines, a store
 * of them for each CPU, a depot of them and slabs for each node.
 *
 *   CPU's store    | full | full | loaded | empty | ...  up to 32
 *                     |            ^ pop and push
 *                     v whole magazines
 *   node's depot   full magazines, empty magazines         one lock
 *                     |
 *                     v objects
 *   node's slabs   a bit for each free object              another lock
 *
 * Free objects are named by pointers in magazines and by bits of slabs, so that
 * nothing is ever written to them: no line of a cold object is fetched to
 * allocate or to free it, and a constructed object stays as it is. A free
 * object is in one store, in one depot or in its slab.
 *
 * What is kept above the slabs is bounded, in bytes of objects:
 *   a store   PERCPU_STORE_MAGS magazines, PERCPU_STORE_BYTES
 *   a depot   PERCPU_DEPOT_MAGS magazines, PERCPU_DEPOT_BYTES
 * whichever is less, but a magazine at least; and a node keeps slabs with no
 * object in use of PERCPU_IDLE_PAGES pages, or one.
 */
#ifndef KMB_SLAB_PERCPU_TYPES_H
#define KMB_SLAB_PERCPU_TYPES_H

#include "slab.h"

#include "../sync/spinlock.h"

/* Magazines and stores are blocks of 64 words, aligned to their size. */
#define PERCPU_BLOCK_BYTES 512
#define PERCPU_BLOCK_WORDS (PERCPU_BLOCK_BYTES / sizeof(void *))
#define PERCPU_BLOCKS_PER_PAGE (PAGE_SIZE / PERCPU_BLOCK_BYTES)

/* All words of a magazine but its link and the NULL below its objects. */
#define PERCPU_MAG_OBJECTS (PERCPU_BLOCK_WORDS - 2)
#define PERCPU_MAG_BYTES (64u << 10)
#define PERCPU_STORE_MAGS 32
#define PERCPU_STORE_BYTES (2u << 20)
#define PERCPU_DEPOT_MAGS 512
#define PERCPU_DEPOT_BYTES (16u << 20)
#define PERCPU_IDLE_PAGES 16
#define PERCPU_FILL 4

/*
 * Objects lie at the end: word[PERCPU_BLOCK_WORDS - 1] is the last that a full
 * one holds. The word below the first is NULL. So a pointer to the top object
 * is all there is to know of the loaded magazine: a pop that reads NULL found
 * it empty, a push that would cross to the next block found it full, however
 * many objects a magazine of this cache holds.
 */
struct percpu_mag {
	union {
		struct percpu_mag *next; /* in a depot */
		void *word[PERCPU_BLOCK_WORDS];
	};
};

/* A node's magazines that no store has. */
struct percpu_depot {
	struct spinlock lock;
	uint32_t nr_full, nr_empty;
	struct percpu_mag *full, *empty;
	struct list_head pages; /* that magazines are cut from, by lru */
	uint64_t nr_pages;
};

/* A node's slabs, by their heads' lru; a head's freelist is the node. */
struct percpu_slabs {
	struct spinlock lock;
	uint32_t nr_idle;	  /* slabs with no object given or cached */
	struct list_head partial; /* slabs with a bit set */
	struct list_head full;	  /* slabs without */
	uint64_t nr_slabs;
	uint64_t nr_free; /* == bits set */
};

struct percpu_node {
	struct percpu_depot depot cacheline_aligned;
	struct percpu_slabs slabs cacheline_aligned;
	struct page *page; /* that it and its CPUs' stores lie in */
	unsigned order;	   /* of page */
};

/*
 * What one CPU keeps. mag[0..loaded-1] are full, mag[loaded] is whatever top
 * says, those behind are empty or NULL: none was needed yet.
 */
struct percpu_store {
	/* The loaded magazine's top object; &nothing: none is loaded, or
	 * somebody works on this store. */
	void **top;
	/* The same while somebody does: all but top is his alone. */
	void **held;
	struct percpu_node *node;
	uint32_t loaded;
	uint32_t locked; /* percpu_rseq: of no CPU, idle is its lock */
	uint64_t trips;	 /* to the depot or the slabs */
	/* Not 0: no magazine is loaded, and nobody works on it. */
	uint32_t idle;
	struct percpu_mag *mag[PERCPU_STORE_MAGS];
	void *pad[25];
	/* NULL, at the end of a block: a magazine both empty and full. */
	void *nothing;
};
_Static_assert(sizeof(struct percpu_store) == PERCPU_BLOCK_BYTES,
	       "`nothing` ends its block");

struct percpu_pool {
	struct kmem_cache cache;
	struct percpu_store **store cacheline_aligned; /* [nr_stores] */
	struct percpu_store **by_number; /* percpu_rseq: [RSEQ_CPUS] */
	uint32_t nr_stores;
	uint32_t mag_objects; /* that a full magazine holds */
	uint32_t store_mags, depot_mags;
	uint32_t idle_slabs; /* that a node keeps */
	uint32_t nr_each;    /* objects in a slab */
	unsigned order;	     /* of a slab */
	uint32_t map_words;  /* of a slab: a bit for each object */
	uint32_t first;	     /* of a slab's objects: its offset */
	/* ceil(2^32 / size): offset * inverse >> 32 is offset / size for every
	 * multiple of size in a slab, of 2^22 bytes at most. */
	uint64_t inverse;
	struct percpu_node **node; /* [nr_nodes] */
	struct page *table;	   /* that store, by_number, node lie in */
	unsigned table_order;
};

/* ---- magazines ---- */

/* Where top points when a magazine is empty, and when it is full. */
forceinline void **percpu_mag_bottom(const struct percpu_pool *p,
				     struct percpu_mag *mag)
{
	return mag->word + PERCPU_BLOCK_WORDS - 1 - p->mag_objects;
}

forceinline void **percpu_mag_last(struct percpu_mag *mag)
{
	return mag->word + PERCPU_BLOCK_WORDS - 1;
}

/* Would this, one above the top, be the next block? */
forceinline bool percpu_mag_ends(void **above)
{
	return !((uintptr_t)above & (PERCPU_BLOCK_BYTES - 1));
}

/* Objects of a full magazine, the first of mag_objects. */
forceinline void **percpu_mag_objects(const struct percpu_pool *p,
				      struct percpu_mag *mag)
{
	return percpu_mag_bottom(p, mag) + 1;
}

#endif
