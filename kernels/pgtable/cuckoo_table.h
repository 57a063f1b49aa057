/*
 * cuckoo_table.h - lines found by their keys: each lies in one of two ways, at
 * the place that the way's hash names.
 *
 * A lookup reads both places, always and at once. Who comes to two places that
 * are taken sends one of the lines there to its other place, and so on; with
 * two ways that succeeds for all lines while fewer than half of the places are
 * taken. 3/8 at most are: a way that is half rehashed has places of unequal
 * odds, and the chains of lines that make way for each other have then
 * 1.125 * 2 * 3/8 = 0.84 successors each, by the odds; below 1 they end.
 *
 * Each way grows by itself, one place at a time behind a pointer that a lookup
 * compares with (elastic cuckoo page tables, ASPLOS'20). There a way is
 * rehashed into one twice as large; linear hashing moves a line to the last
 * place, or not at all, and needs no second copy.
 *
 * Memory: 8/3 places of 64 bytes a line, at every size. Bytes for each mapped
 * page of 4 KiB (tests/test_pgtable_hashed.c):
 *
 *	                  radix   cuckoo
 *	dense               8.2     21.6
 *	every 8th page       66      173
 *	every 64th page     514      173
 *	one in 2 MiB       4106      178
 *	one in 1 GiB       8204      200
 *
 * A dense space takes 8 bytes a page divided by the load, 3/8. Three ways would
 * bear one near 0.9, and take half of that; then each lookup reads three lines.
 * Here it is two, which is what the memory pays for.
 */
#ifndef KMB_PGTABLE_CUCKOO_TABLE_H
#define KMB_PGTABLE_CUCKOO_TABLE_H

#include "linear_hash.h"

#define CUCKOO_WAYS 2
/* Lines that make way for each other, at most. */
#define CUCKOO_MAX_MOVES 32

struct cuckoo_table {
	uint64_t nr_lines;
	struct linear_hash way[CUCKOO_WAYS];
};

static inline void cuckoo_table_init(struct cuckoo_table *t,
				     struct page_source *pages)
{
	*t = (struct cuckoo_table){ 0 };
	for (unsigned w = 0; w < CUCKOO_WAYS; w++)
		t->way[w].pages = pages;
}

/* A key's place in a way. There must be places. */
forceinline struct pte_line *cuckoo_table_place(const struct cuckoo_table *t,
						unsigned way, uint64_t key)
{
	const uint64_t multiplier =
		way ? 0xc2b2ae3d27d4eb4full : 0x9e3779b97f4a7c15ull;

	return linear_find(&t->way[way], line_hash(key, multiplier));
}

/* The line of a key, or NULL. There must be places. */
static inline struct pte_line *cuckoo_table_find(const struct cuckoo_table *t,
						 uint64_t key)
{
	for (unsigned w = 0; w < CUCKOO_WAYS; w++) {
		struct pte_line *line = cuckoo_table_place(t, w, key);

		if (line_is(line, key))
			return line;
	}
	return NULL;
}

/* Where to look for a key: its place in each way. There must be places. */
struct cuckoo_spot {
	const struct pte_line *a, *b;
};

forceinline struct cuckoo_spot cuckoo_table_spot(const struct cuckoo_table *t,
						 uint64_t key)
{
	return (struct cuckoo_spot){ cuckoo_table_place(t, 0, key),
				     cuckoo_table_place(t, 1, key) };
}

forceinline void cuckoo_spot_prefetch(struct cuckoo_spot spot)
{
	__builtin_prefetch(spot.a);
	__builtin_prefetch(spot.b);
}

/*
 * One entry; 0: none. Both ways are read and no branch asks which one has the
 * line: a guess would be wrong every second time.
 */
forceinline uint64_t cuckoo_table_entry(const struct cuckoo_table *t,
					struct cuckoo_spot spot, uint64_t key,
					unsigned slot)
{
	uint64_t in_a = -(uint64_t)line_is(spot.a, key);
	uint64_t in_b = -(uint64_t)line_is(spot.b, key);

	(void)t;
	return ((spot.a->pte[slot] & in_a) | (spot.b->pte[slot] & in_b)) &
	       ~LINE_SPARE;
}

/* Lines that a lookup of a key reads. */
static inline uint64_t cuckoo_table_loads(const struct cuckoo_table *t,
					  uint64_t key)
{
	(void)t, (void)key;
	return CUCKOO_WAYS;
}

static inline uint64_t cuckoo_table_places(const struct cuckoo_table *t)
{
	return linear_nr(&t->way[0]) + linear_nr(&t->way[1]);
}

/*
 * Empty a place of a way: its line goes to its place in the other way, whose
 * line goes to its other place... False, and nothing has moved: no empty place
 * was met.
 */
static inline bool cuckoo_table_make_way(struct cuckoo_table *t,
					 struct pte_line *place, unsigned way)
{
	struct pte_line *path[CUCKOO_MAX_MOVES];
	unsigned n = 0;

	while (!line_empty(place)) {
		if (n == CUCKOO_MAX_MOVES)
			return false;
		path[n++] = place;
		way = !way;
		place = cuckoo_table_place(t, way, line_key(place));
	}
	while (n) {
		*place = *path[--n];
		place = path[n];
	}
	*place = (struct pte_line){ { 0 } };
	return true;
}

/* An empty place for a key, or NULL. */
static inline struct pte_line *cuckoo_table_room(struct cuckoo_table *t,
						 uint64_t key)
{
	for (unsigned w = 0; w < CUCKOO_WAYS; w++) {
		struct pte_line *place = cuckoo_table_place(t, w, key);

		if (cuckoo_table_make_way(t, place, w))
			return place;
	}
	return NULL;
}

/* One place more, in the smaller way. */
static inline int cuckoo_table_grow(struct cuckoo_table *t, unsigned cpu)
{
	bool second = linear_nr(&t->way[1]) < linear_nr(&t->way[0]);
	struct linear_hash *way = &t->way[second];
	struct pte_line *line, *place;
	uint64_t from;

	if (linear_grow(way, cpu, &from))
		return -ENOMEM;
	line = linear_bucket(way, from);
	if (line_empty(line))
		return 0;
	place = cuckoo_table_place(t, second, line_key(line));
	if (place != line) {
		*place = *line;
		*line = (struct pte_line){ { 0 } };
	}
	return 0;
}

/* One place fewer, in the larger way, if its line has somewhere to go. */
static inline int cuckoo_table_shrink(struct cuckoo_table *t)
{
	bool second = linear_nr(&t->way[1]) > linear_nr(&t->way[0]);
	struct linear_hash *way = &t->way[second];
	struct pte_line *last = linear_bucket(way, linear_nr(way) - 1);
	struct pte_line *place;
	uint64_t from;

	linear_shrink(way);
	if (line_empty(last))
		return 0;
	place = cuckoo_table_room(t, line_key(last));
	if (!place) /* its memory is still there */
		return linear_grow(way, 0, &from) ? 0 : -EBUSY;
	*place = *last;
	*last = (struct pte_line){ { 0 } };
	return 0;
}

static inline void cuckoo_table_free(struct cuckoo_table *t, unsigned cpu)
{
	for (unsigned w = 0; w < CUCKOO_WAYS; w++)
		linear_destroy(&t->way[w], cpu);
}

/* Give back what a table of so few lines does not need. */
static inline void cuckoo_table_trim(struct cuckoo_table *t, unsigned cpu)
{
	if (!t->nr_lines) {
		cuckoo_table_free(t, cpu);
		return;
	}
	while (cuckoo_table_places(t) > CUCKOO_WAYS * LINEAR_CHUNK_LINES &&
	       16 * t->nr_lines < 3 * cuckoo_table_places(t))
		if (cuckoo_table_shrink(t))
			break;
	for (unsigned w = 0; w < CUCKOO_WAYS; w++)
		linear_trim(&t->way[w], cpu);
}

static inline int cuckoo_table_start(struct cuckoo_table *t, unsigned cpu)
{
	for (unsigned w = 0; w < CUCKOO_WAYS; w++)
		if (linear_start(&t->way[w], cpu)) {
			cuckoo_table_free(t, cpu);
			return -ENOMEM;
		}
	return 0;
}

/*
 * An empty place for a key that has met none: more places part the lines that
 * are in each other's way. Three keys that are alike in more bits of both
 * hashes than this grows to were made by hand; they get -ENOMEM.
 */
static coldpath struct pte_line *
cuckoo_table_force_room(struct cuckoo_table *t, unsigned cpu, uint64_t key)
{
	uint64_t limit = 64 * (t->nr_lines + 64);
	struct pte_line *place = NULL;

	while (!place && cuckoo_table_places(t) < limit) {
		for (uint64_t nr = cuckoo_table_places(t) / 8; nr; nr--)
			if (cuckoo_table_grow(t, cpu))
				return NULL;
		place = cuckoo_table_room(t, key);
	}
	return place;
}

/*
 * The line of a key, which is made if need be: its caller fills it at once.
 * NULL: no memory.
 */
static inline struct pte_line *cuckoo_table_insert(struct cuckoo_table *t,
						   unsigned cpu, uint64_t key)
{
	struct pte_line *line;

	if (!cuckoo_table_places(t) && cuckoo_table_start(t, cpu))
		return NULL;
	line = cuckoo_table_find(t, key);
	if (line)
		return line;
	/* A line needs 8/3; more, so that it catches up after a time without.
	 */
	for (unsigned i = 0; i < 4; i++)
		if (8 * (t->nr_lines + 1) <= 3 * cuckoo_table_places(t) ||
		    cuckoo_table_grow(t, cpu))
			break;
	line = cuckoo_table_room(t, key);
	if (unlikely(!line))
		line = cuckoo_table_force_room(t, cpu, key);
	if (!line)
		return NULL;
	line_set_key(line, key);
	t->nr_lines++;
	return line;
}

static inline void cuckoo_table_drop(struct cuckoo_table *t, unsigned cpu,
				     uint64_t key)
{
	struct pte_line *line = cuckoo_table_find(t, key);

	(void)cpu;
	if (!line || !line_empty(line))
		return;
	*line = (struct pte_line){ { 0 } };
	t->nr_lines--;
}

/* The same for all keys. */
static inline void cuckoo_table_sweep(struct cuckoo_table *t, unsigned cpu)
{
	(void)cpu;
	for (unsigned w = 0; w < CUCKOO_WAYS; w++)
		for (uint64_t i = 0; i < linear_nr(&t->way[w]); i++) {
			struct pte_line *line = linear_bucket(&t->way[w], i);

			if (!line_key(line) || !line_empty(line))
				continue;
			*line = (struct pte_line){ { 0 } };
			t->nr_lines--;
		}
}

/* Call fn for every line that maps something, until it returns other than 0. */
forceinline int cuckoo_table_for_each(struct cuckoo_table *t,
				      int (*fn)(struct pte_line *, void *),
				      void *arg)
{
	int ret = 0;

	for (unsigned w = 0; w < CUCKOO_WAYS; w++)
		for (uint64_t i = 0; i < linear_nr(&t->way[w]) && !ret; i++) {
			struct pte_line *line = linear_bucket(&t->way[w], i);

			if (!line_empty(line))
				ret = fn(line, arg);
		}
	return ret;
}

static inline uint64_t cuckoo_table_bytes(const struct cuckoo_table *t)
{
	return linear_bytes(&t->way[0]) + linear_bytes(&t->way[1]);
}

static inline uint64_t cuckoo_table_blocks(const struct cuckoo_table *t)
{
	return t->way[0].nr_chunks + t->way[1].nr_chunks +
	       CUCKOO_WAYS * (t->way[0].chunk != NULL);
}

/* Every line where its key is looked for, once, and counted. */
static inline bool cuckoo_table_validate(const struct cuckoo_table *t)
{
	uint64_t nr = 0;

	for (unsigned w = 0; w < CUCKOO_WAYS; w++)
		for (uint64_t i = 0; i < linear_nr(&t->way[w]); i++) {
			const struct pte_line *line =
				linear_bucket(&t->way[w], i);
			uint64_t key = line_key(line);

			if (line_empty(line)
				    ? key
				    : cuckoo_table_find(t, key) != line)
				return false;
			nr += !line_empty(line);
		}
	return nr == t->nr_lines;
}

static inline void cuckoo_table_destroy(struct cuckoo_table *t, unsigned cpu)
{
	cuckoo_table_free(t, cpu);
}

#endif
