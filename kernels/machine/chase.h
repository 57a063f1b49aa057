/*
 * chase.h - dependent loads: one random cycle through a set of cache lines.
 *
 * Each line holds the address of the next, so that no load can begin before
 * the one before it is done. The order is random over the full range: a chain
 * that stays within a page for a while would measure the cache without the TLB.
 */
#ifndef KMB_CHASE_H
#define KMB_CHASE_H

#include <stdint.h>

#include "../base/compiler.h"
#include "../base/random.h"

struct chase_line {
	struct chase_line *next;
} cacheline_aligned;

/*
 * Link lines[0..nr), nr > 0, into one cycle, each of the (nr - 1)! equally
 * likely: line i goes behind a random one of the i lines already linked, which
 * is 1 * 2 * ... * (nr - 1) equal choices (Sattolo's shuffle, inside out).
 * One pass.
 */
static inline void chase_build(struct chase_line *lines, uint64_t nr,
			       struct random *random)
{
	lines[0].next = &lines[0];
	for (uint64_t i = 1; i < nr; i++) {
		struct chase_line *before = &lines[random_below(random, i)];

		lines[i].next = before->next;
		before->next = &lines[i];
	}
}

/*
 * Bring the lines into whatever caches hold them, in address order. A chase
 * that is shorter than its set would else be timed while it still misses.
 */
static inline void chase_warm(const struct chase_line *lines, uint64_t nr)
{
	for (uint64_t i = 0; i < nr; i++) {
		const struct chase_line *next = lines[i].next;

		OPTIMIZER_HIDE(next);
	}
}

/* Where nr loads lead. */
forceinline struct chase_line *chase(struct chase_line *at, uint64_t nr)
{
	while (nr--)
		at = at->next;
	return at;
}

/* nr loads in all, in turn from each of the chains at[0..nr_chains). */
forceinline void chase_chains(struct chase_line **at, unsigned nr_chains,
			      uint64_t nr)
{
	while (nr) {
		unsigned turn = nr < nr_chains ? (unsigned)nr : nr_chains;

		for (unsigned c = 0; c < turn; c++)
			at[c] = at[c]->next;
		nr -= turn;
	}
}

#endif
