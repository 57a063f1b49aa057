/*
 * gfp.h - what a request for pages may do to get them (Linux 2.6.11,
 * linux/gfp.h). The kernel's __GFP_WAIT is GFP_WAIT here: names that begin with
 * two underscores are the compiler's.
 */
#ifndef KMB_ZONE_GFP_H
#define KMB_ZONE_GFP_H

#include <stdint.h>

typedef uint32_t gfp_t;

enum gfp {
	/* The highest zone that will do; neither: NORMAL. */
	GFP_DMA = 0x01,
	GFP_HIGHMEM = 0x02,

	GFP_WAIT = 0x10,      /* may sleep, so may reclaim */
	GFP_HIGH = 0x20,      /* may go down to half of the min watermark */
	GFP_IO = 0x40,	      /* may start I/O */
	GFP_FS = 0x80,	      /* may call the file system; else no OOM kill */
	GFP_COLD = 0x100,     /* a page that no cache need hold */
	GFP_NOWARN = 0x200,   /* be silent about a failure */
	GFP_REPEAT = 0x400,   /* try again, whatever the order */
	GFP_NOFAIL = 0x800,   /* try for ever; only where NORETRY is not set */
	GFP_NORETRY = 0x1000, /* once, and no OOM kill */
	GFP_NO_GROW = 0x2000, /* a slab may not grow */
	GFP_COMP = 0x4000,    /* link the pages of a block */
	GFP_ZERO = 0x8000,    /* clear the pages */

	GFP_ATOMIC = GFP_HIGH,
	GFP_NOIO = GFP_WAIT,
	GFP_NOFS = GFP_WAIT | GFP_IO,
	GFP_KERNEL = GFP_WAIT | GFP_IO | GFP_FS,
	GFP_HIGHUSER = GFP_KERNEL | GFP_HIGHMEM,
};

/* The two low bits choose one of a node's zonelists. */
#define GFP_ZONEMASK (GFP_DMA | GFP_HIGHMEM)
#define NR_ZONELISTS (GFP_ZONEMASK + 1)

#endif
