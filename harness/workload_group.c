/* workload_group.c - the table of ready groups. */
#include "workload_group.h"

#include <string.h>

#include "../kernels/base/compiler.h"
#include "options.h"

#define for_each_case(c, chapter) \
	for (const struct group_case *c = (chapter)->cases; c->family; c++)

/*
 * From SMP to NUMA. What differs between the first three chapters is the
 * allocator, not what it is asked for: frames in the same bursts of 16, objects
 * in the same turns. Tables of 64 GiB are beyond most caches, so that a walk
 * waits for memory, of whichever node.
 */
static const struct group_chapter scaling[] = {
	{ .title = "one lock for all",
	  .where = "one list under one lock; frames are of one zone, on the "
		   "first thread's node",
	  .cases = { { "frame", "free_area", "contend", 0 },
		     { "slab", "list_lock", "larson@inline", 64 } } },
	{ .title = "lists for each CPU",
	  .where = "the same zone, or one depot, behind what each CPU keeps "
		   "for itself",
	  .cases = { { "frame", "pcp", "contend", 0 },
		     { "frame", "percpu_bitfield", "contend", 0 },
		     { "slab", "magazine", "larson@inline", 64 } } },
	{ .title = "a lock for each node",
	  .where = "a zone, and slabs, on each node for its own threads; "
		   "objects freed elsewhere go back by alien caches",
	  .cases = { { "frame", "free_area", "contend_nodes", 0 },
		     { "slab", "array_cache", "larson@inline", 64 } } },
	{ .title = "a copy for each node",
	  .where = "walk: all tables on the first thread's node; replicated: "
		   "as many on each node, for its own threads",
	  .cases = { { "pgtable", "walk", "random@x86_64", 64ull << 30 },
		     { "pgtable", "replicated", "random@x86_64",
		       64ull << 30 } } },
};

const struct workload_group workload_groups[] = {
	{ .name = "scaling",
	  .what = "from one lock to a copy for each node",
	  .place = "smp/scatter",
	  .nr_chapters = ARRAY_SIZE(scaling),
	  .chapters = scaling },
	{ .name = NULL },
};

const struct workload_group *group_find(const char *name)
{
	for (const struct workload_group *g = workload_groups; g->name; g++)
		if (!strcmp(g->name, name))
			return g;
	return NULL;
}

const struct group_case *group_find_case(const struct group_chapter *chapter,
					 const char *family,
					 const char *strategy,
					 const char *workload)
{
	for_each_case (c, chapter)
		if (!strcmp(c->family, family) &&
		    !strcmp(c->strategy, strategy) &&
		    !strcmp(c->workload, workload))
			return c;
	return NULL;
}

uint64_t group_size(const struct workload_group *group,
		    const struct bench_case *bench)
{
	const struct group_case *found = NULL;

	for (unsigned i = 0; i < group->nr_chapters && !found; i++)
		found = group_find_case(&group->chapters[i], bench->family,
					bench->strategy, bench->workload);
	return found->size;
}

void group_print(const struct workload_group *group, group_has_fn *has,
		 const void *arg, FILE *out)
{
	fprintf(out, "  %-20s %s\n", group->name, group->what);
	for (unsigned i = 0; i < group->nr_chapters; i++) {
		const struct group_chapter *chapter = &group->chapters[i];

		fprintf(out, "    %-20s ", chapter->title);
		print_wrapped(out, chapter->where, 25);
		for_each_case (c, chapter)
			fprintf(out, "%25s%s/%s/%s%s\n", "", c->family,
				c->strategy, c->workload,
				has && !has(arg, c) ? " (left out)" : "");
	}
}
