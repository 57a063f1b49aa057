/*
 * doctor_machine.h - for tests of doctor: a made-up machine, whose /proc and
 * /sys lie in the scratch directory, and what was found of it.
 */
#ifndef KMB_DOCTOR_MACHINE_H
#define KMB_DOCTOR_MACHINE_H

#include <sys/stat.h>

#include "../harness/doctor.h"
#include "scratch.h"

#define CPU_DIR "/sys/devices/system/cpu"
#define CLOCK_DIR "/sys/devices/system/clocksource/clocksource0"
#define NODE_DIR "/sys/devices/system/node"
#define THP_DIR "/sys/kernel/mm/transparent_hugepage"

/* One node with two cores of two threads, and two nodes with a core each. */
#define SMALL "synthetic:pack:1 [numa] core:2 pu:2"
#define TWO_NODES "synthetic:pack:2 [numa] core:1 pu:1"

static struct topology machine;
static struct doctor doctor;

/* A made-up machine; its files are in the scratch directory. */
static maybe_unused void begin(const char *spec)
{
	char error[256];

	assert_int_equal(topology_load(&machine, spec, error, sizeof(error)),
			 0);
	doctor = (struct doctor){ .root = scratch_dir,
				  .topology = &machine,
				  .findings = json_array(),
				  .group = "test" };
}

static maybe_unused void end(void)
{
	json_decref(doctor.findings);
	topology_free(&machine);
}

/* Forget what was found, to look again. */
static maybe_unused void again(void)
{
	json_array_clear(doctor.findings);
}

static maybe_unused void put(const char *path, const char *text)
{
	char name[PATH_MAX + 300];

	snprintf(name, sizeof(name), "%s%s", scratch_dir, path);
	for (char *c = name + strlen(scratch_dir) + 1; *c; c++)
		if (*c == '/') {
			*c = '\0';
			mkdir(name, 0777);
			*c = '/';
		}
	scratch_write(name, text, strlen(text));
}

static maybe_unused const json_t *find(const char *name)
{
	const json_t *finding;
	size_t i;

	json_array_foreach (doctor.findings, i, finding)
		if (!strcmp(json_string_value(json_object_get(finding, "name")),
			    name))
			return finding;
	fail_msg("no finding '%s'", name);
	return NULL;
}

static maybe_unused const char *text_of(const char *name, const char *key)
{
	return json_string_value(json_object_get(find(name), key));
}

static maybe_unused double value_of(const char *name, const char *value)
{
	const json_t *values = json_object_get(find(name), "values");

	return json_real_value(json_object_get(values, value));
}

/* command NULL: there must be none. */
static maybe_unused void expect(const char *name, const char *level,
				const char *state, const char *command)
{
	const char *got = text_of(name, "command");

	check(!strcmp(text_of(name, "level"), level), "%s is %s: %s", name,
	      text_of(name, "level"), text_of(name, "state"));
	assert_string_equal(text_of(name, "state"), state);
	check(command ? got && !strcmp(got, command) : !got, "%s: command '%s'",
	      name, got ? got : "(none)");
}

static maybe_unused void put_governors(const char *first, const char *rest)
{
	char path[96];

	for (unsigned i = 0; i < 4; i++) {
		snprintf(path, sizeof(path),
			 CPU_DIR "/cpu%u/cpufreq/scaling_governor", i);
		put(path, i ? rest : first);
		snprintf(path, sizeof(path),
			 CPU_DIR "/cpu%u/cpufreq/scaling_driver", i);
		put(path, "intel_pstate\n");
	}
}

static maybe_unused void put_server(void)
{
	put("/proc/cpuinfo", "processor\t: 0\nvendor_id\t: GenuineIntel\n"
			     "flags\t\t: fpu vme ht tsc\nvmx flags\t: vnmi "
			     "hypervisor\n");
	put("/sys/class/dmi/id/sys_vendor", "Dell Inc.\n");
	put("/sys/class/dmi/id/product_name", "PowerEdge R650\n");
	put(CLOCK_DIR "/current_clocksource", "tsc\n");
	put(CLOCK_DIR "/available_clocksource", "tsc hpet acpi_pm \n");
}

static maybe_unused void put_guest(void)
{
	put("/proc/cpuinfo", "flags\t\t: fpu tsc hypervisor lahf_lm\n");
	put(CLOCK_DIR "/current_clocksource", "kvm-clock\n");
	put(CLOCK_DIR "/available_clocksource", "kvm-clock tsc acpi_pm \n");
	put(CPU_DIR "/smt/active", "0\n");
}

#endif
