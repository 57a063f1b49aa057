/*
 * kmalloc.h - the size classes of kmalloc(), as two kernels had them.
 *
 * A request is met from the smallest class that holds it, one larger than all
 * classes with whole pages. kmalloc_template.h is the allocator over them.
 */
#ifndef KMB_KMALLOC_H
#define KMB_KMALLOC_H

#include "slab.h"

#define KMALLOC_MAX_CLASSES 16
/* A block of pages is all that can be had. */
#define KMALLOC_MAX_SIZE (PAGE_SIZE << MAX_PAGE_ORDER)

/* kmalloc(0), as of 2.6.22: not NULL, not to be touched, kfree() takes it. */
#define KMALLOC_ZERO_SIZE ((void *)16)

struct kmalloc_class {
	uint32_t size;
	const char *name; /* in /proc/slabinfo */
};

/* All sizes above 192 are powers of two, 256 the first, with none left out. */
struct kmalloc_classes {
	const char *models;
	uint32_t flags; /* of the caches: enum slab_flag */
	unsigned nr;
	/* Which class n bytes are in, n <= 192, by (n - 1) / 8. */
	uint8_t small[24];
	uint8_t first_large; /* the class of 256 */
	struct kmalloc_class class[KMALLOC_MAX_CLASSES];
};

/* clang-format off */
/* include/linux/kmalloc_sizes.h: a size of 96 needs lines shorter than 64. */
static const struct kmalloc_classes kmalloc_slab maybe_unused = {
	.models = "2.6.11 mm/slab.c with lines of 64 bytes",
	.flags = SLAB_HWCACHE_ALIGN,
	.nr = 14,
	.small = { 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2,
		   3, 3, 3, 3, 3, 3, 3, 3 },
	.first_large = 4,
	.class = {
		{ 32, "size-32" },	 { 64, "size-64" },
		{ 128, "size-128" },	 { 192, "size-192" },
		{ 256, "size-256" },	 { 512, "size-512" },
		{ 1024, "size-1024" },	 { 2048, "size-2048" },
		{ 4096, "size-4096" },	 { 8192, "size-8192" },
		{ 16384, "size-16384" }, { 32768, "size-32768" },
		{ 65536, "size-65536" }, { 131072, "size-131072" },
	},
};

/* include/linux/slab.h: above two pages it is the page allocator's. */
static const struct kmalloc_classes kmalloc_slub maybe_unused = {
	.models = "3.13 mm/slub.c",
	.nr = 13,
	.small = { 0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5,
		   6, 6, 6, 6, 6, 6, 6, 6 },
	.first_large = 7,
	.class = {
		{ 8, "kmalloc-8" },	  { 16, "kmalloc-16" },
		{ 32, "kmalloc-32" },	  { 64, "kmalloc-64" },
		{ 96, "kmalloc-96" },	  { 128, "kmalloc-128" },
		{ 192, "kmalloc-192" },	  { 256, "kmalloc-256" },
		{ 512, "kmalloc-512" },	  { 1024, "kmalloc-1024" },
		{ 2048, "kmalloc-2048" }, { 4096, "kmalloc-4096" },
		{ 8192, "kmalloc-8192" },
	},
};
/* clang-format on */

/* The class of a request of at least one byte; >= nr: whole pages. */
forceinline unsigned kmalloc_index(const struct kmalloc_classes *classes,
				   uint64_t size)
{
	if (size <= 192)
		return classes->small[(size - 1) / 8];
	/* 256 is the first above 2^7. */
	return classes->first_large + fls64(size - 1) - 7;
}

/* Pages, as an order, that hold a request. */
forceinline unsigned kmalloc_order(uint64_t size)
{
	return size <= PAGE_SIZE ? 0 : fls64(size - 1) - PAGE_SHIFT + 1;
}

/* The bytes that a request gets, as ksize() says; 0: none that large. */
static inline uint64_t kmalloc_size(const struct kmalloc_classes *classes,
				    uint64_t size)
{
	unsigned i;

	if (!size || size > KMALLOC_MAX_SIZE)
		return 0;
	i = kmalloc_index(classes, size);
	return i < classes->nr ? classes->class[i].size
			       : PAGE_SIZE << kmalloc_order(size);
}

static inline uint64_t kmalloc_count(uint64_t a, uint64_t b)
{
	return a == SLAB_NOT_COUNTED || b == SLAB_NOT_COUNTED ? SLAB_NOT_COUNTED
							      : a + b;
}

/* What one cache has, added to what all have. */
static inline void kmalloc_add_stats(struct slab_stats *all,
				     const struct slab_stats *one)
{
	all->nr_slabs += one->nr_slabs;
	all->nr_objects += one->nr_objects;
	all->live_objects += one->live_objects;
	all->cached_objects += one->cached_objects;
	all->page_bytes += one->page_bytes;
	all->metadata_bytes += one->metadata_bytes;
	all->remote_frees = kmalloc_count(all->remote_frees, one->remote_frees);
	all->refills = kmalloc_count(all->refills, one->refills);
}

#endif
