/* noise.c - what disturbed a measurement. */
#include "noise.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "extra.h"

#define STEAL_SHARE 0.02

/* "se.nr_migrations : 0" of this thread; EXTRA_NA without scheduler debug. */
static uint64_t read_migrations(void)
{
	FILE *file = fopen("/proc/thread-self/sched", "r");
	uint64_t value = EXTRA_NA;
	char line[256];

	while (file && value == EXTRA_NA && fgets(line, sizeof(line), file))
		if (!strncmp(line, "se.nr_migrations", 16) && strchr(line, ':'))
			value = strtoull(strchr(line, ':') + 1, NULL, 10);
	if (file)
		fclose(file);
	return value;
}

/* Faults and interrupts last and first, next to the clocks. */
void noise_span_begin(struct bench_span *span)
{
	struct rusage usage;

	span->extra[EXTRA_MIGRATIONS] = read_migrations();
	getrusage(RUSAGE_THREAD, &usage);
	span->extra[EXTRA_NIVCSW] = (uint64_t)usage.ru_nivcsw;
	span->extra[EXTRA_FAULTS] =
		(uint64_t)(usage.ru_minflt + usage.ru_majflt);
}

void noise_span_end(struct bench_span *span)
{
	struct rusage usage;
	uint64_t migrations;

	getrusage(RUSAGE_THREAD, &usage);
	span->extra[EXTRA_NIVCSW] =
		(uint64_t)usage.ru_nivcsw - span->extra[EXTRA_NIVCSW];
	span->extra[EXTRA_FAULTS] =
		(uint64_t)(usage.ru_minflt + usage.ru_majflt) -
		span->extra[EXTRA_FAULTS];
	migrations = read_migrations();
	if (migrations != EXTRA_NA && span->extra[EXTRA_MIGRATIONS] != EXTRA_NA)
		span->extra[EXTRA_MIGRATIONS] =
			migrations - span->extra[EXTRA_MIGRATIONS];
	else
		span->extra[EXTRA_MIGRATIONS] = EXTRA_NA;
}

static bool placement_uses(const struct placement *p, unsigned long os_cpu)
{
	for (unsigned i = 0; i < p->nr_threads; i++)
		if (p->cpu[i] == os_cpu)
			return true;
	return false;
}

uint64_t noise_steal_ns(const struct placement *p)
{
	FILE *file = fopen("/proc/stat", "r");
	uint64_t ticks = 0;
	bool known = false;
	char line[512];

	if (!file)
		return UINT64_MAX;
	while (fgets(line, sizeof(line), file)) {
		unsigned long cpu;
		unsigned long long steal;

		/* user nice system idle iowait irq softirq steal */
		if (sscanf(line, "cpu%lu %*u %*u %*u %*u %*u %*u %*u %llu",
			   &cpu, &steal) != 2 ||
		    !placement_uses(p, cpu))
			continue;
		ticks += steal;
		known = true;
	}
	fclose(file);
	return known ? ticks * (1000000000ull /
				(unsigned long)sysconf(_SC_CLK_TCK))
		     : UINT64_MAX;
}

double noise_cpu_mhz(unsigned os_cpu)
{
	char path[96];
	double khz = NAN;
	FILE *file;

	snprintf(path, sizeof(path),
		 "/sys/devices/system/cpu/cpu%u/cpufreq/scaling_cur_freq",
		 os_cpu);
	file = fopen(path, "r");
	if (!file)
		return NAN;
	if (fscanf(file, "%lf", &khz) != 1)
		khz = NAN;
	fclose(file);
	return khz / 1000;
}

bool noise_is_high(const struct noise *noise, char *reason, size_t size)
{
	double tick_ns = 1e9 / (double)sysconf(_SC_CLK_TCK);
	double share =
		noise->steal_ns / (noise->seconds * 1e9 * noise->nr_threads);

	if (noise->migrations) {
		snprintf(reason, size, "%llu migrations",
			 (unsigned long long)noise->migrations);
		return true;
	}
	/* A NaN is no steal that we know of. */
	if (!(noise->steal_ns > tick_ns && share > STEAL_SHARE))
		return false;
	snprintf(reason, size, "%.0f %% of its time stolen", 100 * share);
	return true;
}
