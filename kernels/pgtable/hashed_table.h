/*
 * hashed_table.h - lines found by their keys: chained, the first of a chain in
 * its bucket.
 *
 * At most one line to two buckets. Then a chain has, by Poisson, 0.5 lines, and
 * a line that is looked for has 0.25 others before it; while the buckets are
 * partly split it is up to 1/8 more: 1.28 lines are read. The rest of a chain
 * lies in lines of their own, about 0.21 for each line there is: all in all
 * 2.2 lines of memory for one in use.
 *
 * Bytes for each mapped page of 4 KiB (tests/test_pgtable_hashed.c):
 *
 *	                  radix   hashed
 *	dense               8.2     17.8
 *	every 8th page       66      142
 *	every 64th page     514      142
 *	one in 2 MiB       4106      142
 *	one in 1 GiB       8204      148
 *
 * It is less from one page in 18 on. A dense space takes twice a radix table's
 * memory: by Poisson e^-0.5 = 61 % of the buckets are empty, 1.21 lines for
 * each in use, or 9.7 bytes a page beside the 8 of an entry. The paper's
 * layout, a tag and a link for 16 pages and chains that hang from pointers,
 * would take (16 * 8 + 16 + 8) / 16 = 9.5 bytes; but then every lookup reads a
 * pointer first, one of as many as there are blocks: one load more that misses.
 *
 * What cannot grow for want of memory works on with longer chains.
 */
#ifndef KMB_PGTABLE_HASHED_TABLE_H
#define KMB_PGTABLE_HASHED_TABLE_H

#include "line_pool.h"
#include "linear_hash.h"

struct hashed_table {
	uint64_t nr_lines; /* in use, those of the pool too */
	struct linear_hash buckets;
	char *base; /* of memory: a link is 1 + a line's number from here */
	struct line_pool pool;
};

static inline void hashed_table_init(struct hashed_table *t,
				     struct page_source *pages)
{
	*t = (struct hashed_table){
		.buckets = { .pages = pages },
		.base = pages->mem->base,
	};
	line_pool_init(&t->pool, pages);
}

forceinline struct pte_line *hashed_table_home(const struct hashed_table *t,
					       uint64_t key)
{
	return linear_find(&t->buckets, line_hash(key, 0x9e3779b97f4a7c15ull));
}

/* The next of a chain, or NULL. */
forceinline struct pte_line *hashed_table_next(const struct hashed_table *t,
					       const struct pte_line *line)
{
	uint64_t link = line_link(line);

	if (likely(!link))
		return NULL;
	return (struct pte_line *)(void *)t->base + (link - 1);
}

static inline void hashed_table_link(const struct hashed_table *t,
				     struct pte_line *line,
				     const struct pte_line *next)
{
	const struct pte_line *base = (void *)t->base;

	line_set_link(line, next ? (uint64_t)(next - base) + 1 : 0);
}

/* The line of a key in the chain from `line` on, or NULL. */
forceinline struct pte_line *
hashed_table_find_from(const struct hashed_table *t, struct pte_line *line,
		       uint64_t key)
{
	while (unlikely(!line_is(line, key))) {
		line = hashed_table_next(t, line);
		if (!line)
			return NULL;
	}
	return line;
}

/* The line of a key, or NULL. There must be lines. */
static inline struct pte_line *hashed_table_find(const struct hashed_table *t,
						 uint64_t key)
{
	return hashed_table_find_from(t, hashed_table_home(t, key), key);
}

/* Where to look for a key: its bucket. There must be lines. */
struct hashed_spot {
	struct pte_line *home;
};

forceinline struct hashed_spot hashed_table_spot(const struct hashed_table *t,
						 uint64_t key)
{
	return (struct hashed_spot){ hashed_table_home(t, key) };
}

forceinline void hashed_spot_prefetch(struct hashed_spot spot)
{
	__builtin_prefetch(spot.home);
}

/* One entry; 0: none. */
forceinline uint64_t hashed_table_entry(const struct hashed_table *t,
					struct hashed_spot spot, uint64_t key,
					unsigned slot)
{
	const struct pte_line *line = hashed_table_find_from(t, spot.home, key);

	return likely(line != NULL) ? line_pte(line, slot) : 0;
}

/* Lines that a lookup of a key reads. */
static inline uint64_t hashed_table_loads(const struct hashed_table *t,
					  uint64_t key)
{
	const struct pte_line *line = hashed_table_home(t, key);
	uint64_t nr = 1;

	while (!line_is(line, key) && (line = hashed_table_next(t, line)))
		nr++;
	return nr;
}

/*
 * Put a line, which may lie in the pool and is in no chain, into its bucket.
 * It stays where it lies only if the bucket is in use.
 */
static inline void hashed_table_put(struct hashed_table *t, unsigned cpu,
				    struct pte_line *line, bool of_pool)
{
	struct pte_line *home = hashed_table_home(t, line_key(line));

	if (line_empty(home)) {
		line_set_link(line, 0);
		*home = *line;
		if (of_pool)
			line_pool_free(&t->pool, cpu, line);
		return;
	}
	hashed_table_link(t, line, hashed_table_next(t, home));
	hashed_table_link(t, home, line);
}

/* The same with all lines of a chain that lie in the pool. */
static inline void hashed_table_put_chain(struct hashed_table *t, unsigned cpu,
					  struct pte_line *line)
{
	while (line) {
		struct pte_line *next = hashed_table_next(t, line);

		hashed_table_put(t, cpu, line, true);
		line = next;
	}
}

/* One bucket more, if there is memory for it. */
static inline int hashed_table_grow(struct hashed_table *t, unsigned cpu)
{
	struct pte_line *bucket, *next, first;
	uint64_t from;

	if (linear_grow(&t->buckets, cpu, &from))
		return -ENOMEM;
	bucket = linear_bucket(&t->buckets, from);
	first = *bucket;
	if (line_empty(&first))
		return 0;
	next = hashed_table_next(t, &first);
	*bucket = (struct pte_line){ { 0 } };
	/* Both buckets are empty, so the first line finds its own so. */
	hashed_table_put(t, cpu, &first, false);
	hashed_table_put_chain(t, cpu, next);
	return 0;
}

/* One bucket fewer, if its first line has somewhere to go. */
static inline int hashed_table_shrink(struct hashed_table *t, unsigned cpu)
{
	struct pte_line *last =
		linear_bucket(&t->buckets, linear_nr(&t->buckets) - 1);
	struct pte_line *next = hashed_table_next(t, last), *first;

	if (line_empty(last)) {
		linear_shrink(&t->buckets);
		return 0;
	}
	first = line_pool_alloc(&t->pool, cpu);
	if (!first)
		return -ENOMEM;
	*first = *last;
	*last = (struct pte_line){ { 0 } };
	linear_shrink(&t->buckets);
	hashed_table_put(t, cpu, first, true);
	hashed_table_put_chain(t, cpu, next);
	return 0;
}

/* Give back what a table of so few lines does not need. */
static inline void hashed_table_trim(struct hashed_table *t, unsigned cpu)
{
	if (!t->nr_lines) {
		linear_destroy(&t->buckets, cpu);
		return;
	}
	while (linear_nr(&t->buckets) > LINEAR_CHUNK_LINES &&
	       4 * t->nr_lines < linear_nr(&t->buckets))
		if (hashed_table_shrink(t, cpu))
			break;
	linear_trim(&t->buckets, cpu);
}

/*
 * The line of a key, which is made if need be: its caller fills it at once.
 * NULL: no memory.
 */
static inline struct pte_line *hashed_table_insert(struct hashed_table *t,
						   unsigned cpu, uint64_t key)
{
	struct pte_line *line, *home;

	if (!linear_nr(&t->buckets) && linear_start(&t->buckets, cpu))
		return NULL;
	line = hashed_table_find(t, key);
	if (line)
		return line;
	/* A line needs two; more, so that it catches up after a time without.
	 */
	for (unsigned i = 0; i < 4; i++)
		if (2 * (t->nr_lines + 1) <= linear_nr(&t->buckets) ||
		    hashed_table_grow(t, cpu))
			break;
	line = home = hashed_table_home(t, key);
	if (!line_empty(home)) {
		line = line_pool_alloc(&t->pool, cpu);
		if (!line)
			return NULL;
	}
	*line = (struct pte_line){ { 0 } };
	line_set_key(line, key);
	if (line != home) {
		hashed_table_link(t, line, hashed_table_next(t, home));
		hashed_table_link(t, home, line);
	}
	t->nr_lines++;
	return line;
}

/* Take the lines that map nothing out of a chain. */
static inline void hashed_table_sweep_chain(struct hashed_table *t,
					    unsigned cpu, struct pte_line *home)
{
	struct pte_line *prev = home, *line;

	while ((line = hashed_table_next(t, prev))) {
		if (!line_empty(line)) {
			prev = line;
			continue;
		}
		hashed_table_link(t, prev, hashed_table_next(t, line));
		line_pool_free(&t->pool, cpu, line);
		t->nr_lines--;
	}
	if (!line_empty(home) || !line_key(home))
		return;
	t->nr_lines--;
	line = hashed_table_next(t, home);
	*home = line ? *line : (struct pte_line){ { 0 } };
	if (line)
		line_pool_free(&t->pool, cpu, line);
}

static inline void hashed_table_drop(struct hashed_table *t, unsigned cpu,
				     uint64_t key)
{
	hashed_table_sweep_chain(t, cpu, hashed_table_home(t, key));
}

/* The same for all keys. */
static inline void hashed_table_sweep(struct hashed_table *t, unsigned cpu)
{
	for (uint64_t i = 0; i < linear_nr(&t->buckets); i++)
		hashed_table_sweep_chain(t, cpu, linear_bucket(&t->buckets, i));
}

/* Call fn for every line that maps something, until it returns other than 0. */
forceinline int hashed_table_for_each(struct hashed_table *t,
				      int (*fn)(struct pte_line *, void *),
				      void *arg)
{
	int ret = 0;

	for (uint64_t i = 0; i < linear_nr(&t->buckets) && !ret; i++) {
		struct pte_line *line = linear_bucket(&t->buckets, i), *next;

		for (; line && !ret; line = next) {
			next = hashed_table_next(t, line);
			if (!line_empty(line))
				ret = fn(line, arg);
		}
	}
	return ret;
}

static inline uint64_t hashed_table_bytes(const struct hashed_table *t)
{
	return linear_bytes(&t->buckets) + t->pool.nr_pages * PAGE_SIZE;
}

static inline uint64_t hashed_table_blocks(const struct hashed_table *t)
{
	return t->buckets.nr_chunks + (t->buckets.chunk != NULL) +
	       t->pool.nr_pages;
}

/* Every line in its own bucket, under a key that is nobody else's, counted. */
static inline bool hashed_table_validate(const struct hashed_table *t)
{
	uint64_t nr = 0, nr_chained = 0;

	for (uint64_t i = 0; i < linear_nr(&t->buckets); i++) {
		const struct pte_line *home = linear_bucket(&t->buckets, i);
		const struct pte_line *line = home;

		if (line_empty(home)) { /* unused: all of it is zero */
			if (line_key(home) || line_link(home))
				return false;
			continue;
		}
		for (; line; line = hashed_table_next(t, line)) {
			uint64_t key = line_key(line);

			if (line_empty(line) ||
			    hashed_table_home(t, key) != home ||
			    hashed_table_find(t, key) != line)
				return false;
			nr_chained += line != home;
			nr++;
		}
	}
	return nr == t->nr_lines && nr_chained == t->pool.nr_lines;
}

/* All memory goes back, whatever is mapped. */
static inline void hashed_table_destroy(struct hashed_table *t, unsigned cpu)
{
	for (uint64_t i = 0; i < linear_nr(&t->buckets); i++) {
		struct pte_line *line =
			hashed_table_next(t, linear_bucket(&t->buckets, i));

		while (line) {
			struct pte_line *next = hashed_table_next(t, line);

			line_pool_free(&t->pool, cpu, line);
			line = next;
		}
	}
	linear_destroy(&t->buckets, cpu);
}

#endif
