/* sampling.c - which latencies there will be, and whose clock they have. */
#include "sampling.h"

#include <stdlib.h>
#include <string.h>

static bool has_word(const char *line, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = line; (at = strstr(at, word)); at += length)
		if (strchr(" \t:", at[-1]) && strchr(" \n", at[length]))
			return true;
	return false;
}

bool sampling_counter_is_steady(FILE *cpuinfo)
{
	char *line = NULL;
	size_t size = 0;
	bool steady = true;

	/* The first CPU's flags; arm64 has "Features", and a steady counter. */
	while (getline(&line, &size, cpuinfo) > 0)
		if (!strncmp(line, "flags", 5)) {
			steady = has_word(line, "constant_tsc") &&
				 has_word(line, "nonstop_tsc");
			break;
		}
	free(line);
	return steady;
}

static void announce_counter(FILE *out)
{
	FILE *cpuinfo = fopen("/proc/cpuinfo", "r");

	if (!cpuinfo)
		return;
	if (!sampling_counter_is_steady(cpuinfo))
		fputs("kmembench: latencies are uncertain: this CPU's "
		      "time-stamp counter may change its rate (no "
		      "constant_tsc and nonstop_tsc in /proc/cpuinfo)\n",
		      out);
	fclose(cpuinfo);
}

static bool same_workload(const struct bench_case *a,
			  const struct bench_case *b)
{
	return !strcmp(a->family, b->family) &&
	       !strcmp(a->workload, b->workload);
}

/* Whose workload no point before it has. */
static bool is_first(const struct plan *plan, unsigned point)
{
	for (unsigned i = 0; i < point; i++)
		if (same_workload(plan->points[i].bench,
				  plan->points[point].bench))
			return false;
	return true;
}

void sampling_announce(FILE *out, const struct plan *plan)
{
	const char *before = "kmembench: no latencies of ";

	for (unsigned i = 0; i < plan->nr_points; i++) {
		const struct bench_case *b = plan->points[i].bench;

		if (bench_has_single_ops(b) || !is_first(plan, i))
			continue;
		fprintf(out, "%s%s/*/%s", before, b->family, b->workload);
		before = ", ";
	}
	if (*before == ',')
		fputs(": timed in whole rounds only\n", out);
	announce_counter(out);
}
