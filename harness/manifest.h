/* manifest.h - manifest.json: all that a reader needs to trust a run. */
#ifndef KMB_MANIFEST_H
#define KMB_MANIFEST_H

#include "counters.h"
#include "options.h"
#include "plan.h"
#include "results.h"
#include "topology.h"

/*
 * Write dir/manifest.json: command, environment, seed, the plan's files, source
 * revision, compiler and flags, libraries, kernel and its settings, CPU,
 * caches. What cannot be read is left null. 0, or -errno.
 */
int manifest_write(const struct results *results, const struct options *options,
		   const struct plan *plan, const struct topology *topology,
		   const struct counters_set *counters, int argc, char **argv);

#endif
