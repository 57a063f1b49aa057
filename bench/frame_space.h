/*
 * frame_space.h - how the free memory of a case lies: whether what is free can
 * be had in huge frames, or only in pieces.
 *
 * All of it is what the strategies themselves report (struct frame_stats): a
 * frame that waits on a CPU's list is free, but it is a piece, and the huge
 * frame around it cannot be had. That is what the next request would find.
 */
#ifndef KMB_FRAME_SPACE_H
#define KMB_FRAME_SPACE_H

#include "bench.h"

#include "../kernels/frame/frame.h"

/* 2 MiB, what one entry of a page middle directory maps. */
#define FRAME_HUGE_ORDER 9

/* The zones of all nodes. */
struct frame_space {
	uint64_t nr_zones;
	uint64_t free_pages, cached_pages;
	uint64_t huge_frames;	/* free, as blocks of FRAME_HUGE_ORDER and up */
	uint64_t huge_possible; /* of each zone: free_pages >> FRAME_HUGE_ORDER
				 */
	uint64_t nr_free[NR_PAGE_ORDERS];
	uint64_t metadata_bytes;
};

void frame_space_add(struct frame_space *space, const struct frame_stats *zone);

/* Of the huge frames that as much free memory could be, those it is: 0..1. */
double frame_space_huge_share(const struct frame_space *space);

/*
 * Gorman's unusable free space index: the share of the free memory that is of
 * no use to a request of that order. 0: none of it; 0 if nothing is free.
 */
double frame_space_unusable(const struct frame_space *space, unsigned order);

/* The metrics at the end of a case; none without a zone. */
void frame_space_emit(const struct frame_space *space, bench_metric_fn emit,
		      void *arg);

/*
 * How the free memory and the speed of a workload change with its rounds: taken
 * at rounds 0, 10, ..., 100.
 */
#define FRAME_AGES 11
#define FRAME_ROUNDS_PER_AGE 10

struct frame_age {
	struct frame_space space;
	uint64_t ns, ops; /* of the rounds since the age before */
};

/* huge_free_share_round_010, ...; ns_per_op_round_* if timed. */
void frame_ages_emit(const struct frame_age *ages, bool timed,
		     bench_metric_fn emit, void *arg);

#endif
