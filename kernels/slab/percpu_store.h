/*
 * percpu_store.h - a CPU's store of magazines, by whoever works on it alone:
 * the slow paths, bulks, and giving all of it up.
 *
 * `held` is here what `top` is to the fast paths, which see an empty and full
 * store meanwhile where they could run at all (percpu_rseq.h).
 */
#ifndef KMB_SLAB_PERCPU_STORE_H
#define KMB_SLAB_PERCPU_STORE_H

#include "percpu_depot.h"

/* No magazine, and nobody works on it. */
static inline void percpu_store_reset(struct percpu_store *s)
{
	s->loaded = 0;
	for (unsigned i = 0; i < PERCPU_STORE_MAGS; i++)
		s->mag[i] = NULL;
	s->nothing = NULL;
	s->held = &s->nothing;
}

/* Where the top is, whoever has it. No other call may run for the store. */
forceinline void **percpu_store_top(struct percpu_store *s)
{
	void **top = READ_ONCE(s->top);

	return top == &s->nothing ? s->held : top;
}

/* Objects in the loaded magazine below a top. */
forceinline unsigned percpu_store_loaded(const struct percpu_pool *p,
					 const struct percpu_store *s,
					 void **top)
{
	uintptr_t at = (uintptr_t)top & (PERCPU_BLOCK_BYTES - 1);

	if (top == &s->nothing)
		return 0;
	return (unsigned)(at / sizeof(void *)) -
	       (unsigned)(PERCPU_BLOCK_WORDS - 1 - p->mag_objects);
}

/* ---- magazines in and out ---- */

/* A full magazine of a node's in place of the empty one. False: there is none.
 */
static inline bool percpu_store_load_full(struct percpu_store *s,
					  struct percpu_node *node)
{
	struct percpu_mag *full =
		percpu_depot_get_full(&node->depot, s->mag[0]);

	if (!full)
		return false;
	s->mag[0] = full;
	s->held = percpu_mag_last(full);
	return true;
}

/* Objects of slabs into the empty magazine that is loaded. */
static inline bool percpu_store_fill(struct percpu_pool *p,
				     struct percpu_store *s, unsigned cpu)
{
	void **bottom;

	if (!s->mag[0])
		s->mag[0] = percpu_depot_get_empty(p, cpu, &s->node->depot);
	if (!s->mag[0])
		return false;
	bottom = percpu_mag_bottom(p, s->mag[0]);
	s->held = bottom + percpu_slabs_fill(p, cpu, s->node, bottom + 1,
					     p->mag_objects);
	return s->held != bottom;
}

/* The loaded magazine is empty: load one that is not. False: there is none. */
static inline bool percpu_store_refill(struct percpu_pool *p,
				       struct percpu_store *s, unsigned cpu)
{
	if (s->loaded) {
		s->held = percpu_mag_last(s->mag[--s->loaded]);
		return true;
	}
	s->trips++;
	if (percpu_store_load_full(s, s->node) || percpu_store_fill(p, s, cpu))
		return true;
	for (unsigned i = 0; i < p->cache.host->nr_nodes; i++)
		if (percpu_store_load_full(s, p->node[i]))
			return true;
	return false;
}

/* The loaded magazine is full: load one with room. False: no memory for one,
 * which only a store that has none can tell. */
static inline bool percpu_store_make_room(struct percpu_pool *p,
					  struct percpu_store *s, unsigned cpu)
{
	struct percpu_depot *depot = &s->node->depot;
	unsigned next = s->loaded + (s->held != &s->nothing);
	struct percpu_mag *mag = next < p->store_mags ? s->mag[next] : NULL;

	if (!mag) {
		s->trips++;
		if (next < p->store_mags)
			mag = percpu_depot_get_empty(p, cpu, depot);
	}
	if (mag) {
		s->mag[next] = mag;
		s->loaded = next;
	} else if (next) {
		mag = percpu_depot_exchange(p, cpu, depot, s->mag[s->loaded]);
		s->mag[s->loaded] = mag;
	} else {
		return false;
	}
	s->held = percpu_mag_bottom(p, mag);
	return true;
}

/* ---- objects ---- */

static inline void *percpu_store_alloc(struct percpu_pool *p,
				       struct percpu_store *s, unsigned cpu)
{
	void *object = NULL;

	if (*s->held || percpu_store_refill(p, s, cpu))
		return *s->held--;
	/* No magazine could be had: it may be the last page that was. */
	percpu_slabs_fill(p, cpu, s->node, &object, 1);
	return object;
}

static inline void percpu_store_free(struct percpu_pool *p,
				     struct percpu_store *s, unsigned cpu,
				     void *object)
{
	if (percpu_mag_ends(s->held + 1) && !percpu_store_make_room(p, s, cpu))
		percpu_slabs_give(p, cpu, &object, 1);
	else
		*++s->held = object;
}

/* Whole magazines' worth at a time. */
static inline void percpu_store_free_bulk(struct percpu_pool *p,
					  struct percpu_store *s, unsigned cpu,
					  void **objects, unsigned nr)
{
	while (nr) {
		unsigned room;

		if (percpu_mag_ends(s->held + 1) &&
		    !percpu_store_make_room(p, s, cpu)) {
			percpu_slabs_give(p, cpu, objects, nr);
			return;
		}
		room = p->mag_objects - percpu_store_loaded(p, s, s->held);
		room = room < nr ? room : nr;
		__builtin_memcpy(s->held + 1, objects, room * sizeof(*objects));
		s->held += room;
		objects += room;
		nr -= room;
	}
}

/* nr objects, or none and false. */
static inline bool percpu_store_alloc_bulk(struct percpu_pool *p,
					   struct percpu_store *s, unsigned cpu,
					   void **objects, unsigned nr)
{
	unsigned got = 0;

	while (got < nr) {
		unsigned some;

		if (!*s->held && !percpu_store_refill(p, s, cpu)) {
			some = percpu_slabs_fill(p, cpu, s->node, objects + got,
						 nr - got);
			if (!some)
				break;
			got += some;
			continue;
		}
		some = percpu_store_loaded(p, s, s->held);
		some = some < nr - got ? some : nr - got;
		s->held -= some;
		__builtin_memcpy(objects + got, s->held + 1,
				 some * sizeof(*objects));
		got += some;
	}
	if (got < nr)
		percpu_store_free_bulk(p, s, cpu, objects, got);
	return got == nr;
}

/* ---- all of it ---- */

/*
 * Give up all: what is in the loaded magazine to the slabs, full ones to the
 * depot. They go as far as there is room; their objects to the slabs else.
 */
static inline void percpu_store_drain(struct percpu_pool *p,
				      struct percpu_store *s, unsigned cpu)
{
	struct percpu_depot *depot = &s->node->depot;
	unsigned left = percpu_store_loaded(p, s, s->held);

	percpu_slabs_give(p, cpu, s->held - left + 1, left);
	for (unsigned i = 0; i < PERCPU_STORE_MAGS && s->mag[i]; i++) {
		struct percpu_mag *mag = s->mag[i];

		if (i < s->loaded && percpu_depot_put_full(p, depot, mag))
			continue;
		if (i < s->loaded)
			percpu_slabs_give(p, cpu, percpu_mag_objects(p, mag),
					  p->mag_objects);
		percpu_depot_put_empty(depot, mag);
	}
	percpu_store_reset(s);
}

#endif
