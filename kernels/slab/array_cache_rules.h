/*
 * array_cache_rules.h - what 2.6.11's SLAB decides about a cache from the size
 * of its objects: pages of a slab, where its management lies, colours, and how
 * many objects a CPU keeps.
 *
 * A slab's management is its struct slab and two bytes for each object. Struct
 * slab is 24 bytes on i386 and 40 on 64 bits, so `header` is an argument: ours
 * is that of 64 bits.
 *
 *   on-slab     | colour | struct slab, bufctl[num] | object 0 | 1 | ... |
 *   off-slab    | colour | object 0 | 1 | ... |
 */
#ifndef KMB_SLAB_ARRAY_CACHE_RULES_H
#define KMB_SLAB_ARRAY_CACHE_RULES_H

#include "slab.h"

#define ARRAY_CACHE_MAX_ORDER 5
/* From here on, an eighth of a page, management lies elsewhere. */
#define ARRAY_CACHE_OFF_SLAB (PAGE_SIZE / 8)
/* So many objects that each has an index, and none is one of these. */
enum array_cache_bufctl {
	BUFCTL_END = 0xffff,	/* no further free object */
	BUFCTL_ACTIVE = 0xfffe, /* not in the slab */
	BUFCTL_SEEN = 0xfffd,	/* nor in use; during validate only */
	BUFCTL_LIMIT = 0xfffc,
};

struct array_cache_layout {
	unsigned order;
	uint32_t num;	     /* objects in a slab */
	uint32_t mgmt_bytes; /* aligned as objects are if on-slab */
	bool off_slab;
	uint32_t colour_off; /* between two colours */
	uint32_t colours;    /* places where a slab may begin; 0: one */
};

/* How many of an array: a CPU's, and as multiple of batch the shared one. */
struct array_cache_tune {
	uint32_t limit, batch, shared;
};

static inline uint32_t array_cache_mgmt_bytes(uint32_t num, uint32_t header,
					      uint32_t align)
{
	return (uint32_t)align_up(header + (uint64_t)num * sizeof(uint16_t),
				  align);
}

/* How many objects of `size` fit into `bytes`, on-slab with management. */
static inline uint32_t array_cache_fit(uint64_t bytes, uint32_t size,
				       uint32_t align, uint32_t header,
				       bool off_slab)
{
	uint64_t num = bytes / size;

	if (num > BUFCTL_LIMIT)
		num = BUFCTL_LIMIT;
	while (!off_slab && num &&
	       num * size + array_cache_mgmt_bytes((uint32_t)num, header,
						   align) >
		       bytes)
		num--;
	return (uint32_t)num;
}

/* Is this order good enough, or none larger allowed? */
static inline bool array_cache_order_fits(unsigned order, unsigned break_order,
					  uint32_t num, uint64_t left)
{
	if (!num)
		return false;
	return order >= break_order || left * 8 <= PAGE_SIZE << order ||
	       order >= ARRAY_CACHE_MAX_ORDER;
}

/*
 * `size` is not aligned yet. break_order: 1 on machines of more than 32 MiB,
 * where fragmentation matters less than objects in a slab; a cache that can be
 * had back stays at single pages. Sizes above 128 KiB, which 2.6.11 had not,
 * take the order that one object needs.
 */
static inline struct array_cache_layout
array_cache_layout(uint32_t size, uint32_t align, uint32_t flags,
		   uint32_t header, unsigned break_order)
{
	struct array_cache_layout l = {
		.off_slab = size >= ARRAY_CACHE_OFF_SLAB,
		.colour_off =
			align > CACHE_LINE_BYTES ? align : CACHE_LINE_BYTES,
	};
	uint64_t bytes, left;

	size = (uint32_t)align_up(size, align);
	if (flags & SLAB_RECLAIM_ACCOUNT && size <= PAGE_SIZE)
		break_order = 0;
	for (;; l.order++) {
		bytes = PAGE_SIZE << l.order;
		l.num = array_cache_fit(bytes, size, align, header, l.off_slab);
		l.mgmt_bytes = array_cache_mgmt_bytes(l.num, header,
						      l.off_slab ? 1 : align);
		left = bytes - (uint64_t)l.num * size;
		if (!l.off_slab)
			left -= l.mgmt_bytes;
		if (array_cache_order_fits(l.order, break_order, l.num, left))
			break;
	}
	/* What is left over may do for the management after all. */
	if (l.off_slab &&
	    left >= array_cache_mgmt_bytes(l.num, header, align)) {
		l.off_slab = false;
		l.mgmt_bytes = array_cache_mgmt_bytes(l.num, header, align);
		left -= l.mgmt_bytes;
	}
	l.colours = (uint32_t)(left / l.colour_off);
	return l;
}

/* Of a kernel for SMP, on however many CPUs it runs. */
static inline struct array_cache_tune array_cache_tune(uint32_t size)
{
	struct array_cache_tune t = { .limit = 120 };

	if (size > 128 << 10)
		t.limit = 1;
	else if (size > PAGE_SIZE)
		t.limit = 8;
	else if (size > 1024)
		t.limit = 24;
	else if (size > 256)
		t.limit = 54;
	t.batch = (t.limit + 1) / 2;
	if (size <= PAGE_SIZE)
		t.shared = 8;
	return t;
}

#endif
