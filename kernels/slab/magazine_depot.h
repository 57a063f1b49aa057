/*
 * magazine_depot.h - magazines, and the depot that CPUs exchange them at: full
 * ones and empty ones, under one lock.
 *
 * New magazines begin small and grow where CPUs wait for that lock, as the
 * paper says; nobody is stopped for it: what is of an older size is used as
 * long as it is full, and goes where it came from when it comes back empty.
 * Part of magazine.h.
 */
#ifndef KMB_SLAB_MAGAZINE_DEPOT_H
#define KMB_SLAB_MAGAZINE_DEPOT_H

#include "magazine_slabs.h"

/*
 * Rounds fill what is left of 64, 128, 256, 512 and 1024 bytes: 6, 14, 30, 62
 * and 126 of them. The paper names no numbers.
 */
#define MAGAZINE_TYPES 5
#define MAGAZINE_BYTES(type) (64u << (type))
#define MAGAZINE_ROUNDS(type) \
	((uint32_t)((MAGAZINE_BYTES(type) - sizeof(struct magazine)) / 8))
/* Bytes of objects that a magazine may hold: at first, and at most. */
#define MAGAZINE_FIRST_BYTES 1024
#define MAGAZINE_MOST_BYTES 65536
/* It grows when of so many trips to the depot so many found it locked. */
#define MAGAZINE_TRIPS 1024
#define MAGAZINE_CONTENDED 16

struct magazine {
	struct magazine *next; /* in the depot */
	uint32_t type;
	uint32_t rounds; /* how many it takes: MAGAZINE_ROUNDS(type) */
	void *round[];
};
_Static_assert(sizeof(struct magazine) == 16, "two words, and its rounds");

struct magazine_depot {
	struct spinlock lock cacheline_aligned;
	/* Under the lock, the last that came first: it may be in a cache. */
	struct magazine *full, *empty;
	uint64_t nr_full, nr_empty;
	uint64_t nr_rounds; /* in the full ones */
	/* Of what is made now, and how far it may go. Empty ones are of it. */
	uint32_t type, last_type;
	uint32_t trips, contended; /* since this was last looked at */
};

/* The largest type whose rounds are no more than `bytes` of objects. */
static inline uint32_t magazine_type(uint32_t size, uint32_t bytes)
{
	uint32_t type = 0;

	while (type + 1 < MAGAZINE_TYPES &&
	       (uint64_t)MAGAZINE_ROUNDS(type + 1) * size <= bytes)
		type++;
	return type;
}

static inline void magazine_depot_init(struct magazine_depot *d, uint32_t size)
{
	*d = (struct magazine_depot){
		.type = magazine_type(size, MAGAZINE_FIRST_BYTES),
		.last_type = magazine_type(size, MAGAZINE_MOST_BYTES),
	};
	spin_lock_init(&d->lock);
}

static inline struct magazine *magazine_list_get(struct magazine **list)
{
	struct magazine *m = *list;

	if (m)
		*list = m->next;
	return m;
}

static inline void magazine_list_put(struct magazine **list, struct magazine *m)
{
	m->next = *list;
	*list = m;
}

/* Larger ones from now on: the empty ones are of no use any more; returned. */
static inline struct magazine *magazine_depot_grow(struct magazine_depot *d)
{
	struct magazine *old = d->empty;

	WRITE_ONCE(d->type, d->type + 1);
	d->empty = NULL;
	d->nr_empty = 0;
	return old;
}

/* Empty ones that are of no use any more, linked: to be freed unlocked. */
static inline struct magazine *magazine_depot_lock(struct magazine_depot *d)
{
	struct magazine *old = NULL;

	if (unlikely(!spin_trylock(&d->lock))) {
		spin_lock(&d->lock);
		d->contended++;
	}
	if (unlikely(++d->trips == MAGAZINE_TRIPS)) {
		if (d->contended >= MAGAZINE_CONTENDED &&
		    d->type < d->last_type)
			old = magazine_depot_grow(d);
		d->trips = d->contended = 0;
	}
	return old;
}

static inline struct magazine *magazine_depot_get_full(struct magazine_depot *d)
{
	struct magazine *m = magazine_list_get(&d->full);

	if (m) {
		d->nr_full--;
		d->nr_rounds -= m->rounds;
	}
	return m;
}

static inline void magazine_depot_put_full(struct magazine_depot *d,
					   struct magazine *m)
{
	magazine_list_put(&d->full, m);
	d->nr_full++;
	d->nr_rounds += m->rounds;
}

static inline struct magazine *
magazine_depot_get_empty(struct magazine_depot *d)
{
	struct magazine *m = magazine_list_get(&d->empty);

	d->nr_empty -= m != NULL;
	return m;
}

/* False: it is of an older size, and the caller's to free. */
static inline bool magazine_depot_put_empty(struct magazine_depot *d,
					    struct magazine *m)
{
	if (m->type != d->type)
		return false;
	magazine_list_put(&d->empty, m);
	d->nr_empty++;
	return true;
}

#endif
