/*
 * physmem.h - the one simulated physical memory.
 *
 * One reservation for the memory and one for mem_map, each contiguous in
 * virtual space and bound per node in pieces, so that pfn_to_page is one add
 * while every struct page lies on the node it describes (the idea of Linux's
 * vmemmap, 2.6.24). Page contents are not touched here: a host page costs its
 * first touch (1-2 us), which belongs to the thread that will use it.
 */
#ifndef KMB_PHYSMEM_H
#define KMB_PHYSMEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host_memory.h"
#include "mmzone.h"

struct physmem {
	char *base;	      /* host address of pfn 0: the direct map */
	struct page *mem_map; /* struct page of pfn 0 */
	uint64_t nr_pages;
	unsigned nr_nodes;
	struct pglist_data node_data[MAX_NUMNODES];

	struct host_memory *host;
	struct physmem_boot {
		char *start;
		size_t used, bytes;
	} boot[MAX_NUMNODES];
};

struct physmem_config {
	uint64_t node_pages[MAX_NUMNODES]; /* multiples of 1024; 0: memory-less
					    */
	unsigned nr_nodes;		   /* 1..MAX_NUMNODES */

	/*
	 * First pfns above ZONE_DMA (0: no such zone) and above ZONE_NORMAL
	 * (0: no limit); the rest is ZONE_HIGHMEM. i386: 16 and 896 MiB.
	 */
	pfn_t dma_end, normal_end;

	/* Room for physmem_boot_alloc() on each node. */
	size_t boot_bytes;
};

/*
 * Map and bind memory and mem_map, and initialise every struct page (flags
 * hold zone and node, _mapcount is -1). mem_map is thereby faulted in, the
 * memory is not. 0, or -ENOMEM with nothing held, or -EINVAL. One thread.
 */
int physmem_init(struct physmem *mem, const struct physmem_config *config,
		 struct host_memory *host) must_check;

/* Give everything back. */
void physmem_destroy(struct physmem *mem);

/*
 * Zeroed memory on a node for an allocator's metadata (bitmaps, free lists),
 * aligned to 64 bytes, freed by physmem_destroy(). NULL when boot_bytes is
 * used up. One thread.
 */
void *physmem_boot_alloc(struct physmem *mem, unsigned node, size_t bytes);

/* Node of a frame, read from its struct page. */
forceinline unsigned page_to_nid(const struct page *page)
{
	return (unsigned)(page->flags >> PAGE_NODE_SHIFT);
}

forceinline enum zone_type page_zonenum(const struct page *page)
{
	return (enum zone_type)(page->flags >> PAGE_ZONE_SHIFT & 3);
}

forceinline struct page *pfn_to_page(const struct physmem *mem, pfn_t pfn)
{
	return mem->mem_map + pfn;
}

forceinline pfn_t page_to_pfn(const struct physmem *mem,
			      const struct page *page)
{
	return (pfn_t)(page - mem->mem_map);
}

forceinline void *pfn_to_virt(const struct physmem *mem, pfn_t pfn)
{
	return mem->base + (pfn << PAGE_SHIFT);
}

forceinline pfn_t virt_to_pfn(const struct physmem *mem, const void *addr)
{
	return (pfn_t)((const char *)addr - mem->base) >> PAGE_SHIFT;
}

#define POISON_FREE 0x6b

#ifdef __SANITIZE_THREAD__
__attribute__((no_sanitize("thread"))) static maybe_unused void
physmem_fill_unseen(volatile uint64_t *word, uint64_t value, size_t nr)
{
	while (nr--)
		*word++ = value;
}

/* It keeps a record of every byte of a memset, and tests would do little else:
 * it is shown a word of each page. */
static maybe_unused void physmem_fill(void *block, int byte, size_t bytes)
{
	const uint64_t value = (uint64_t)byte * (~0ull / 0xff);

	physmem_fill_unseen(block, value, bytes / sizeof(value));
	for (size_t i = 0; i < bytes; i += PAGE_SIZE)
		*(uint64_t *)((char *)block + i) = value;
}
#else
#define physmem_fill __builtin_memset
#endif

/* In debug builds, fill a freed block with junk; nothing in timed builds. */
forceinline void physmem_poison(const struct physmem *mem, pfn_t pfn,
				unsigned order)
{
#if KMB_DEBUG >= 1
	physmem_fill(pfn_to_virt(mem, pfn), POISON_FREE, PAGE_SIZE << order);
#else
	(void)mem, (void)pfn, (void)order;
#endif
}

#endif
