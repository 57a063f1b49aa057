/* doctor_limits.c - what cpusets and control groups keep from us. */
#include <string.h>
#include <unistd.h>

#include "cgroup.h"
#include "doctor.h"
#include "sysfs.h"

#define SYSTEM_DIR "/sys/devices/system"
#define STATUS "/proc/self/status"
#define ENOUGH_BYTES (1ull << 30)

/* Both lists as sets; ours without what the machine has not. */
static bool read_sets(const struct doctor *d, const char *key,
		      const char *machine_path, hwloc_bitmap_t ours,
		      hwloc_bitmap_t all)
{
	char text[1024];

	if (!doctor_field(d, text, sizeof(text), key, STATUS) ||
	    hwloc_bitmap_list_sscanf(ours, text))
		return false;
	if (sysfs_line(text, sizeof(text), "%s%s", d->root, machine_path) <=
		    0 ||
	    hwloc_bitmap_list_sscanf(all, text))
		return false;
	/* CPUs that might be plugged in one day are allowed as well. */
	return !hwloc_bitmap_and(ours, ours, all);
}

/* widen: there is a command that may. */
static void check_set(struct doctor *d, const char *name, const char *why,
		      bool widen, const char *key, const char *machine_path)
{
	hwloc_bitmap_t ours = hwloc_bitmap_alloc(), all = hwloc_bitmap_alloc();
	char our_text[256], all_text[256], command[300];

	if (!read_sets(d, key, machine_path, ours, all)) {
		doctor_add(d, DOCTOR_NOTE, name, why, NULL,
			   "not readable here");
		goto out;
	}
	hwloc_bitmap_list_snprintf(our_text, sizeof(our_text), ours);
	hwloc_bitmap_list_snprintf(all_text, sizeof(all_text), all);
	snprintf(command, sizeof(command), "taskset -cp %s $$", all_text);
	if (hwloc_bitmap_isequal(ours, all))
		doctor_add(d, DOCTOR_OK, name, why, NULL, "all: %s", our_text);
	else
		doctor_add(d, DOCTOR_NOTE, name, why, widen ? command : NULL,
			   "%s of %s online%s", our_text, all_text,
			   widen ? " (if taskset does not widen that, a "
				   "cpuset holds it)"
				 : ", by a cpuset");
out:
	hwloc_bitmap_free(all);
	hwloc_bitmap_free(ours);
}

static void check_cpus(struct doctor *d)
{
	check_set(d, "allowed CPUs",
		  "Only these are measured on; the others may be busy with "
		  "something else.",
		  true, "Cpus_allowed_list", SYSTEM_DIR "/cpu/online");
}

static void check_nodes(struct doctor *d)
{
	check_set(d, "allowed nodes",
		  "Simulated nodes can only be bound to these.", false,
		  "Mems_allowed_list", SYSTEM_DIR "/node/has_memory");
}

/* The command that lifts a limit, where its file can be written at all. */
static const char *lift(const struct doctor *d, char *command, size_t size,
			const char *value, const char *file)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s%s", d->root, file);
	if (access(path, W_OK))
		return NULL;
	snprintf(command, size, "echo %s | tee %s", value, file);
	return command;
}

/* A container may hide the groups above its own. */
static void add_unlimited(struct doctor *d, const char *name, const char *why)
{
	char line[8];

	if (sysfs_line(line, sizeof(line), "%s/proc/self/cgroup", d->root) < 0)
		doctor_add(d, DOCTOR_NOTE, name, why, NULL,
			   "not readable here: no control groups");
	else
		doctor_add(d, DOCTOR_OK, name, why, NULL,
			   "none in the control groups seen from here");
}

static bool is_v2(const char *file, const char *name)
{
	const char *slash = strrchr(file, '/');

	return slash && !strcmp(slash + 1, name);
}

static void check_quota(struct doctor *d)
{
	static const char why[] =
		"When the quota of a period is used up all threads stand "
		"still for the rest of it, tens of milliseconds.";
	char file[PATH_MAX], command[PATH_MAX + 32];
	uint64_t limit = cgroup_limit(d->root, CGROUP_CPU, file, sizeof(file));
	double cpus = (double)limit / 1000;

	if (limit == UINT64_MAX)
		add_unlimited(d, "CPU quota", why);
	else
		doctor_add(d,
			   cpus < d->topology->nr_cpus ? DOCTOR_WARN
						       : DOCTOR_NOTE,
			   "CPU quota", why,
			   lift(d, command, sizeof(command),
				is_v2(file, "cpu.max") ? "max" : "-1", file),
			   "%.4g CPUs' worth of time for our %u CPUs (%s)",
			   cpus, d->topology->nr_cpus, file);
}

static void check_memory_limit(struct doctor *d)
{
	static const char why[] =
		"At the limit the kernel reclaims and then kills, whatever the "
		"machine has left.";
	char file[PATH_MAX], command[PATH_MAX + 32];
	uint64_t limit =
		cgroup_limit(d->root, CGROUP_MEMORY, file, sizeof(file));

	if (limit == UINT64_MAX)
		add_unlimited(d, "memory limit", why);
	else
		doctor_add(d, limit < ENOUGH_BYTES ? DOCTOR_WARN : DOCTOR_NOTE,
			   "memory limit", why,
			   lift(d, command, sizeof(command),
				is_v2(file, "memory.max") ? "max" : "-1", file),
			   "%.4g GiB (%s)", (double)limit / (1ull << 30), file);
}

void doctor_check_limits(struct doctor *d)
{
	d->group = "limits";
	check_cpus(d);
	check_nodes(d);
	check_quota(d);
	check_memory_limit(d);
}
