/*
 * plan.h - what a run measures, and in which order.
 *
 * The cases chosen, times their axes, are the points; every point runs in
 * several fresh processes. The order interleaves: one process of every point,
 * shuffled (a block), then the next block; and inside a block the strategies
 * that will be compared at one point run right after each other.
 */
#ifndef KMB_PLAN_H
#define KMB_PLAN_H

#include "../bench/bench.h"
#include "host_numa.h"
#include "options.h"
#include "placement.h"
#include "selection.h"
#include "topology.h"

struct plan_point {
	const struct bench_case *bench;
	struct bench_point point;
	enum host_pages pages; /* asked for */
	const char *place, *mem;
	const struct placement *placement; /* NULL: cannot run here */
	const char *why_not;		   /* "no avx512f", "one node" */
	const char *arm; /* "a" or "b" of an A/A run; else NULL */
	unsigned group;	 /* equal for the strategies of one comparison */
	double seconds;	 /* what one process took; 0: not known yet */
};

struct plan_job {
	unsigned point;	  /* index into points */
	unsigned process; /* 0..process_reps-1, also the block */
};

struct plan {
	unsigned nr_points, nr_jobs;
	struct plan_point *points;
	struct plan_job *jobs;

	/* Owned: the cases, the placements and texts that points share. */
	struct selection *selection;
	unsigned nr_placements;
	struct plan_placement **placements;
};

/*
 * Choose and order. -1: there is something to run, else the code to exit with,
 * the line having been printed.
 */
int plan_make(struct plan *plan, const struct options *options,
	      const struct topology *topology);
void plan_free(struct plan *plan);

#endif
