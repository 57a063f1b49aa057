/*
 * counters_arm64.c - the first and only process of an emulated arm64 machine:
 * the harness's own counters against loops whose instructions are known.
 *
 * The emulator counts each instruction exactly once (-icount), so this asserts
 * equality where a real CPU would ask for a tolerance.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../harness/counters.h"
#include "../harness/counters_groups.h"

static unsigned passed, failed;

static void expect(bool ok, const char *what)
{
	printf("%s: %s\n", ok ? "ok" : "FAILED", what);
	if (ok)
		passed++;
	else
		failed++;
}

/* nr rounds of two instructions. */
static never_inline void spin(uint64_t nr)
{
	__asm__ volatile("1: subs %0, %0, #1\n\tb.ne 1b" : "+r"(nr) : : "cc");
}

/* One operation is one round. */
static unsigned count(const struct counters_set *set, uint64_t nr,
		      struct counter_metric m[COUNTERS_MAX_METRICS])
{
	struct counters *c = counters_new(set, 1, &counters_linux);
	struct bench_span span = { .ops = 1 };

	counters_thread_open(c, 0);
	counters_span_begin(c, 0, &span);
	spin(nr);
	counters_span_end(c, 0, &span);
	counters_free(c);
	return counters_metrics(set, &span, 1, m);
}

static void choose(struct counters_set *set, const char *spec, const char *dir)
{
	char error[512], note[1024];

	if (counters_choose(set, spec, dir, &counters_linux, error,
			    sizeof(error))) {
		printf("%s: %s\n", spec, error);
		failed++;
		return;
	}
	counters_note(set, note, sizeof(note));
	printf("# %s: %s\n", spec, note);
}

static double value_of(const struct counter_metric *m, unsigned nr,
		       const char *name)
{
	for (unsigned i = 0; i < nr; i++)
		if (!strcmp(m[i].name, name))
			return m[i].value;
	return NAN;
}

static void loops_count_exactly(const char *spec, const char *metric)
{
	struct counter_metric m[COUNTERS_MAX_METRICS];
	struct counters_set set;
	const uint64_t n = 100000;
	double once, twice;
	char what[128];

	choose(&set, spec, "/counters.d");
	once = value_of(m, count(&set, n, m), metric);
	twice = value_of(m, count(&set, 2 * n, m), metric);
	snprintf(what, sizeof(what), "%s: %.0f, and %.0f for twice the rounds",
		 spec, once, twice);
	expect(twice - once == 2 * (double)n && once >= 2 * (double)n &&
		       once < 2 * (double)n + 1000,
	       what);
	counters_set_free(&set);
}

static void user_and_kernel_are_apart(void)
{
	struct counter_metric m[COUNTERS_MAX_METRICS];
	struct bench_span span = { .ops = 1 };
	struct counters_set set;
	struct counters *c;
	double user, kernel;
	unsigned nr;

	choose(&set, "instructions", "/counters.d");
	c = counters_new(&set, 1, &counters_linux);
	counters_thread_open(c, 0);
	counters_span_begin(c, 0, &span);
	for (unsigned i = 0; i < 1000; i++)
		getppid();
	counters_span_end(c, 0, &span);
	counters_free(c);
	nr = counters_metrics(&set, &span, 1, m);
	user = value_of(m, nr, "instructions_per_op");
	kernel = value_of(m, nr, "kernel_instructions_per_op");
	printf("# 1000 system calls: %.0f in user mode, %.0f in the kernel\n",
	       user, kernel);
	expect(user > 2000 && user < 30000 && kernel > 50000,
	       "user and kernel are counted apart");
	counters_set_free(&set);
}

static void what_the_cpu_lacks_is_refused(void)
{
	struct counters_set set;
	bool refused = false;

	choose(&set, "auto", "/counters.d");
	for (unsigned i = 0; i < set.nr_refused; i++)
		refused |= !strcmp(set.refused[i].metric, "cache_misses") &&
			   set.refused[i].error == ENOENT;
	expect(set.nr >= 2 && !strcmp(set.v[0].metric, "instructions") &&
		       !strcmp(set.v[1].metric, "cycles"),
	       "auto has hardware events");
	expect(refused, "an event without a counter is refused with ENOENT");
	counters_set_free(&set);
}

/* nr events that all count the same, as a group of the user's. */
static void make_group(unsigned nr)
{
	FILE *file;

	mkdir("/mine", 0755);
	file = fopen("/mine/many.group", "w");
	for (unsigned i = 0; i < nr; i++)
		fprintf(file, "m%u = INST_RETIRED:u\n", i);
	fclose(file);
}

static bool all_near(const struct counter_metric *m, unsigned nr, double want,
		     double tolerance)
{
	for (unsigned i = 0; i < nr; i++)
		if (!(fabs(m[i].value / want - 1) <= tolerance))
			return false;
	return true;
}

static void one_group_counts_all_the_time(void)
{
	struct counter_metric m[COUNTERS_MAX_METRICS];
	struct counters_set set;
	unsigned nr;
	bool whole = true;

	make_group(4);
	choose(&set, "many", "/mine");
	nr = count(&set, 1000000, m);
	for (unsigned i = 0; i < nr; i++)
		whole &= m[i].coverage == 1 && m[i].value == m[0].value;
	expect(nr == 4 && set.nr_groups == 1 && whole,
	       "four events are one group, covered whole, and equal");
	counters_set_free(&set);
}

static void too_many_take_turns(void)
{
	struct counter_metric m[COUNTERS_MAX_METRICS];
	struct counters_set set;
	double covered = 0;
	bool partial = true;
	unsigned nr;

	make_group(12);
	choose(&set, "many", "/mine");
	nr = count(&set, 100000000, m);
	for (unsigned i = 0; i < nr; i++) {
		partial &= m[i].coverage > 0.1 && m[i].coverage < 0.95;
		covered += m[i].coverage / nr;
	}
	printf("# 12 events in %u groups, covered %.0f %% on average, first "
	       "%.4g of 2e8\n",
	       set.nr_groups, 100 * covered, m[0].value);
	expect(nr == 12 && set.nr_groups >= 2,
	       "twelve events do not fit into one group");
	expect(partial, "they take turns");
	expect(all_near(m, nr, 2e8, 0.05), "scaled, all are near the truth");
	counters_set_free(&set);
}

/* Without -icount: instructions open under their number, and count 0. */
static void pretended_counters_are_refused(void)
{
	struct counters_set set;

	choose(&set, "INST_RETIRED:u,INSTRUCTIONS:u", "/counters.d");
	expect(set.nr == 0 && set.nr_refused == 2,
	       "instructions that the machine cannot count are refused");
	counters_set_free(&set);
}

static void mount_all(void)
{
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sys", "/sys", "sysfs", 0, NULL);
}

/* The last word of the kernel's command line says which checks. */
int main(int argc, char **argv)
{
	mount_all();
	if (!strcmp(argv[argc - 1], "pretended")) {
		pretended_counters_are_refused();
	} else {
		loops_count_exactly("INSTRUCTIONS:u", "instructions_per_op");
		loops_count_exactly("INST_RETIRED:u", "inst_retired_per_op");
		user_and_kernel_are_apart();
		what_the_cpu_lacks_is_refused();
		one_group_counts_all_the_time();
		too_many_take_turns();
	}
	printf("counters_arm64: %u passed, %u failed\n", passed, failed);
	fflush(stdout);
	reboot(RB_POWER_OFF);
	return EXIT_FAILURE;
}
