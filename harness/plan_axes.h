/* plan_axes.h - which sizes and numbers of threads a case is measured at. */
#ifndef KMB_PLAN_AXES_H
#define KMB_PLAN_AXES_H

#include "options.h"
#include "parse.h"
#include "plan_place.h"
#include "selection.h"

/* What --size and --threads say, or that they do not. */
struct plan_axes {
	const struct options *options;
	struct parse_range *sizes, *threads;
	unsigned nr_sizes, nr_threads;
	uint64_t *size_used; /* how many points each item of --size made */
	unsigned node_cpus;  /* of the node that has the most */
};

/* No value twice. To be freed: v. */
struct plan_values {
	unsigned nr;
	uint64_t *v;
};

void plan_axes_init(struct plan_axes *axes, const struct options *options,
		    const struct topology *topology);
void plan_axes_free(struct plan_axes *axes);

/* Add those of a case. */
void plan_add_sizes(struct plan_axes *axes, const struct bench_case *bench,
		    struct plan_values *out);
void plan_add_threads(const struct plan_axes *axes,
		      const struct bench_case *bench,
		      const struct plan_place *place, struct plan_values *out);

/*
 * Threads that no place has CPUs for; and, once all cases' sizes are added,
 * sizes that none takes: -1, or EXIT_USAGE, the line having been printed.
 * CPUs beyond what threads are placed on are said, and no mistake.
 */
int plan_check_threads(const struct plan_axes *axes,
		       const struct plan_places *places,
		       const struct topology *topology);
int plan_check_sizes(const struct plan_axes *axes,
		     const struct selection *selection);

#endif
