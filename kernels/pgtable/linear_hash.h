/*
 * linear_hash.h - lines of a hash table that grows and shrinks by one bucket at
 * a time (linear hashing: Litwin, VLDB'80).
 *
 * A power of two of buckets is chosen from by so many bits of the hash; those
 * before `moved` were split already, and have one bit more:
 *
 *	bucket:  0 ... moved ... mask | mask + 1 ... mask + moved
 *	bits:    k + 1 |   k          |     k + 1       mask + 1 == 2^k
 *
 * So `moved` is the pointer behind which all is rehashed, growth never stops
 * the world, and memory follows the load instead of the powers of two. Which
 * lines go to the new bucket is the owner's business.
 *
 * The buckets lie in chunks of 16 KiB, since no page allocator has megabytes in
 * one piece; the directory of chunks, 8 bytes each, stays in the first caches:
 * it is 8 KiB where the table is 16 MiB.
 */
#ifndef KMB_PGTABLE_LINEAR_HASH_H
#define KMB_PGTABLE_LINEAR_HASH_H

#include <errno.h>

#include "../mm/page_source.h"
#include "pte_line.h"

#define LINEAR_CHUNK_ORDER 2
#define LINEAR_CHUNK_BYTES (PAGE_SIZE << LINEAR_CHUNK_ORDER)
#define LINEAR_CHUNK_LINES (LINEAR_CHUNK_BYTES / sizeof(struct pte_line))

struct linear_hash {
	struct pte_line **chunk; /* [nr_chunks], room for more in its pages */
	uint64_t mask, moved;
	uint64_t nr_chunks; /* 0: no buckets, and nothing of the above */
	unsigned order;	    /* of the pages of chunk[] */
	struct page_source *pages;
};

forceinline struct pte_line *linear_bucket(const struct linear_hash *lh,
					   uint64_t i)
{
	return lh->chunk[i / LINEAR_CHUNK_LINES] + i % LINEAR_CHUNK_LINES;
}

/*
 * The bucket of a hash. There must be buckets. The bit that a split bucket has
 * more is masked, since a branch could not be guessed.
 */
forceinline uint64_t linear_index(const struct linear_hash *lh, uint64_t hash)
{
	uint64_t split = -(uint64_t)((hash & lh->mask) < lh->moved);

	return hash & (lh->mask | (split & (lh->mask + 1)));
}

forceinline struct pte_line *linear_find(const struct linear_hash *lh,
					 uint64_t hash)
{
	return linear_bucket(lh, linear_index(lh, hash));
}

static inline uint64_t linear_nr(const struct linear_hash *lh)
{
	return lh->nr_chunks ? lh->mask + 1 + lh->moved : 0;
}

static inline uint64_t linear_bytes(const struct linear_hash *lh)
{
	return lh->nr_chunks ? lh->nr_chunks * LINEAR_CHUNK_BYTES +
				       (PAGE_SIZE << lh->order)
			     : 0;
}

/* Zeroed pages, or NULL. */
static inline void *linear_alloc(struct linear_hash *lh, unsigned cpu,
				 unsigned order)
{
	struct page_source *pages = lh->pages;
	struct page *page = pages->alloc_pages(pages->self, cpu, order);
	void *mem;

	if (!page)
		return NULL;
	set_page_count(page, 1);
	mem = pfn_to_virt(pages->mem, page_to_pfn(pages->mem, page));
	__builtin_memset(mem, 0, PAGE_SIZE << order);
	return mem;
}

static inline void linear_free(struct linear_hash *lh, unsigned cpu, void *mem,
			       unsigned order)
{
	const struct physmem *physmem = lh->pages->mem;

	put_pages(lh->pages, cpu,
		  pfn_to_page(physmem, virt_to_pfn(physmem, mem)), order);
}

/* A directory twice as long. 0 or -ENOMEM. */
static inline int linear_grow_directory(struct linear_hash *lh, unsigned cpu)
{
	unsigned order = lh->chunk ? lh->order + 1 : 0;
	struct pte_line **chunk;

	if (order > MAX_PAGE_ORDER)
		return -ENOMEM;
	chunk = linear_alloc(lh, cpu, order);
	if (!chunk)
		return -ENOMEM;
	if (lh->chunk) {
		__builtin_memcpy(chunk, lh->chunk,
				 lh->nr_chunks * sizeof(*chunk));
		linear_free(lh, cpu, lh->chunk, lh->order);
	}
	lh->chunk = chunk;
	lh->order = order;
	return 0;
}

static inline int linear_grow_chunks(struct linear_hash *lh, unsigned cpu)
{
	struct pte_line *chunk;

	if (!lh->chunk || lh->nr_chunks * sizeof(chunk) == PAGE_SIZE
								   << lh->order)
		if (linear_grow_directory(lh, cpu))
			return -ENOMEM;
	chunk = linear_alloc(lh, cpu, LINEAR_CHUNK_ORDER);
	if (!chunk)
		return -ENOMEM;
	lh->chunk[lh->nr_chunks++] = chunk;
	return 0;
}

/* No memory is held; and none of the lines. */
static inline void linear_destroy(struct linear_hash *lh, unsigned cpu)
{
	while (lh->nr_chunks)
		linear_free(lh, cpu, lh->chunk[--lh->nr_chunks],
			    LINEAR_CHUNK_ORDER);
	if (lh->chunk)
		linear_free(lh, cpu, lh->chunk, lh->order);
	*lh = (struct linear_hash){ .pages = lh->pages };
}

/* The first buckets, a chunk of them. 0 or -ENOMEM. */
static inline int linear_start(struct linear_hash *lh, unsigned cpu)
{
	if (linear_grow_chunks(lh, cpu)) {
		linear_destroy(lh, cpu);
		return -ENOMEM;
	}
	lh->mask = LINEAR_CHUNK_LINES - 1;
	return 0;
}

/*
 * One bucket more, the last; lines of bucket *from may belong there now. 0 or
 * -ENOMEM, and nothing has changed.
 */
static inline int linear_grow(struct linear_hash *lh, unsigned cpu,
			      uint64_t *from)
{
	if (linear_nr(lh) == lh->nr_chunks * LINEAR_CHUNK_LINES &&
	    linear_grow_chunks(lh, cpu))
		return -ENOMEM;
	*from = lh->moved++;
	if (lh->moved > lh->mask) {
		lh->mask = 2 * lh->mask + 1;
		lh->moved = 0;
	}
	return 0;
}

/*
 * One bucket fewer; what was in the last one belongs to the one returned. The
 * bucket's memory stays until linear_trim().
 */
static inline uint64_t linear_shrink(struct linear_hash *lh)
{
	if (!lh->moved) {
		lh->mask /= 2;
		lh->moved = lh->mask + 1;
	}
	return --lh->moved;
}

/* Give back chunks that hold no bucket. */
static inline void linear_trim(struct linear_hash *lh, unsigned cpu)
{
	while ((lh->nr_chunks - 1) * LINEAR_CHUNK_LINES >= linear_nr(lh))
		linear_free(lh, cpu, lh->chunk[--lh->nr_chunks],
			    LINEAR_CHUNK_ORDER);
}

#endif
