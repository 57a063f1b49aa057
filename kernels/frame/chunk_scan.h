/*
 * chunk_scan.h - which chunks of 512 frames have room, and a word of free bits
 * spelled out: the vector passes of percpu_bitfield, and their scalar twins.
 *
 * A chunk's state is one word, its neighbours' dense beside it:
 *
 *	31         16 15  12 11    0
 *	+------------+------+-------+
 *	| owner      | tight| count |
 *	+------------+------+-------+
 *
 * owner: 0 nobody's, else the number of a CPU + 1. count: free frames, 0..512.
 * tight: 0, or no aligned run of 2^tight free frames or more is in it.
 *
 * CPU `mine` (an owner's number, shifted) can have a chunk of its own and one
 * of nobody's, for an order if count is 2^order at least and it is not too
 * tight. For those count - 2^order is a small number, its `room`; for all
 * others the arithmetic of can_have() yields one above CHUNK_FRAMES.
 */
#ifndef KMB_CHUNK_SCAN_H
#define KMB_CHUNK_SCAN_H

#include <stdint.h>

#include "../sync/atomic.h"

#define CHUNK_ORDER 9
#define CHUNK_FRAMES (1u << CHUNK_ORDER)

#define CHUNK_COUNT 0x0fffu
#define CHUNK_TIGHT 0xf000u
#define CHUNK_TIGHT_SHIFT 12
#define CHUNK_OWNER_SHIFT 16
#define CHUNK_OWNER 0xffff0000u

/* A state that nobody can have; arrays are filled up with it to whole vectors.
 */
#define CHUNK_NEVER CHUNK_OWNER
#define CHUNK_VECTOR 16u

struct chunk_scan {
	const char *isa;
	/* NULL, or why this CPU cannot run it; NULL pointer: any CPU can. */
	const char *(*unsupported)(void);

	/* The least room of states [0, nr), or more than CHUNK_FRAMES: none. */
	uint32_t (*least)(const uint32_t *state, uint64_t nr, uint32_t mine,
			  unsigned order);
	/*
	 * The first chunks of [from, nr) with no more room than that, `max` at
	 * most, and no more once they have `enough` free frames together. From
	 * is a multiple of CHUNK_VECTOR, as nr is. How many.
	 */
	unsigned (*collect)(const uint32_t *state, uint64_t from, uint64_t nr,
			    uint32_t mine, unsigned order, uint32_t room,
			    uint32_t enough, uint32_t *chunk, unsigned max);
	/*
	 * base + the number of each set bit, lowest first; how many. Writes up
	 * to CHUNK_VECTOR entries behind the last.
	 */
	unsigned (*expand)(uint64_t word, uint32_t base, uint32_t *out);
};

/* Scalar first, then by vector length. */
extern const struct chunk_scan chunk_scans[];
extern const unsigned nr_chunk_scans;

/* The one with the longest vectors that this CPU can run. */
const struct chunk_scan *chunk_scan_widest(void);

/* A chunk's room for an order, or more than CHUNK_FRAMES. */
forceinline uint32_t chunk_room(uint32_t state, uint32_t mine, unsigned order)
{
	uint32_t tight = state & CHUNK_TIGHT, count = state ^ tight;
	uint32_t nobodys = count - (1u << order);
	uint32_t own = count - mine - (1u << order);

	/* tight - 1 wraps where it is 0: then anything may fit. */
	if (tight - (1u << CHUNK_TIGHT_SHIFT) < order << CHUNK_TIGHT_SHIFT)
		return UINT32_MAX;
	return own < nobodys ? own : nobodys;
}

#endif
