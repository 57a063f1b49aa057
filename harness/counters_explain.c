/* counters_explain.c - why something is not counted, and what would help. */
#include "counters.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sysfs.h"

#define PARANOID "/proc/sys/kernel/perf_event_paranoid"

/* CAP_PERFMON or CAP_SYS_ADMIN: perf_event_paranoid does not bind us. */
static bool is_exempt(void)
{
	const uint64_t capabilities = 1ull << 38 | 1ull << 21;
	unsigned long long effective = 0;
	char line[128];
	FILE *file = fopen("/proc/self/status", "re");

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "CapEff: %llx", &effective) == 1)
			break;
	if (file)
		fclose(file);
	return effective & capabilities;
}

void counters_explain(char *buf, size_t size)
{
	static const char *const forbidden[] = {
		"forbids users nothing",
		"forbids users raw tracepoints",
		"forbids users events of a whole CPU",
		"forbids users what runs in the kernel (:k)",
		"forbids users every event",
	};
	char text[32];
	long value;

	if (sysfs_line(text, sizeof(text), PARANOID) <= 0) {
		snprintf(buf, size, "no %s: this kernel has no perf events",
			 PARANOID);
		return;
	}
	value = strtol(text, NULL, 10);
	snprintf(buf, size,
		 "perf_event_paranoid is %ld: it %s%s; to change it: "
		 "sysctl kernel.perf_event_paranoid=1",
		 value,
		 forbidden[value < 0   ? 0
			   : value > 3 ? 4
				       : value + 1],
		 is_exempt() ? ", but this process has CAP_PERFMON" : "");
}

void counters_explain_error(int error, char *buf, size_t size)
{
	static const struct {
		int error;
		const char *name, *meaning;
	} known[] = {
		{ 0, "unknown", "libpfm4 has no such event for this CPU" },
		{ ENOENT, "ENOENT",
		  "the kernel has no such event here, as in a virtual machine "
		  "without a PMU" },
		{ ENODEV, "ENODEV", "this CPU cannot count it" },
		{ EOPNOTSUPP, "EOPNOTSUPP",
		  "it cannot be counted in this mode or on this CPU" },
		{ EINVAL, "EINVAL", "the kernel does not take it" },
		{ EBUSY, "EBUSY",
		  "it opened and did not count: its counters are taken, or "
		  "none" },
		{ EMFILE, "EMFILE",
		  "too many open files; try ulimit -n 65536" },
		{ ENFILE, "ENFILE", "the system has too many open files" },
		{ ENOSYS, "ENOSYS", "this kernel has no perf events" },
	};
	char paranoid[256];

	if (error == EACCES || error == EPERM) {
		counters_explain(paranoid, sizeof(paranoid));
		snprintf(buf, size, "%s: not allowed%s; %s",
			 error == EACCES ? "EACCES" : "EPERM",
			 error == EPERM ? ", or a container's filter" : "",
			 paranoid);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].error == error) {
			snprintf(buf, size, "%s: %s", known[i].name,
				 known[i].meaning);
			return;
		}
	snprintf(buf, size, "%s", strerror(error));
}

/* "instructions, cycles" */
static void list_counters(const struct counters_set *set, char *buf,
			  size_t size)
{
	size_t used = 0;

	snprintf(buf, size, "nothing");
	for (unsigned i = 0; i < set->nr && used < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "%s%s",
					 i ? ", " : "", set->v[i].metric);
}

/* The refusal that tells most: an errno before a name unknown here. */
static const struct counter_refusal *worst_refusal(const struct counters_set *s)
{
	const struct counter_refusal *worst = NULL;

	for (unsigned i = 0; i < s->nr_refused; i++)
		if (!worst || (!worst->error && s->refused[i].error))
			worst = &s->refused[i];
	return worst;
}

static bool counts_hardware(const struct counters_set *set)
{
	for (unsigned i = 0; i < set->nr; i++)
		if (!counter_is_software(&set->v[i].code))
			return true;
	return false;
}

void counters_note(const struct counters_set *set, char *buf, size_t size)
{
	const struct counter_refusal *refusal = worst_refusal(set);
	char counted[512], why[512] = "";

	list_counters(set, counted, sizeof(counted));
	if (refusal)
		counters_explain_error(refusal->error, why, sizeof(why));
	snprintf(buf, size, "counters: %s%s", counted,
		 set->nr && !counts_hardware(set) ? " (software only)" : "");
	if (refusal)
		snprintf(buf + strlen(buf), size - strlen(buf),
			 "; not %s%s (%s)", refusal->metric,
			 set->nr_refused > 1 ? " and others" : "", why);
	if (set->nr_groups > 1 && counts_hardware(set))
		snprintf(buf + strlen(buf), size - strlen(buf),
			 "; %u groups may take turns: see coverage",
			 set->nr_groups);
}
