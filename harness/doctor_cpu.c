/* doctor_cpu.c - what decides how fast the CPUs run, and how time is read. */
#include <string.h>

#include "doctor.h"
#include "sysfs.h"

#define CPU_DIR "/sys/devices/system/cpu"
#define CLOCK_DIR "/sys/devices/system/clocksource/clocksource0"
#define DMI_DIR "/sys/class/dmi/id"

/* Is `word` one of the words between blanks? */
static bool has_word(const char *list, const char *word)
{
	size_t length = strlen(word);
	const char *at = list;

	while ((at = strstr(at, word))) {
		if ((at == list || at[-1] == ' ') &&
		    (!at[length] || at[length] == ' '))
			return true;
		at += length;
	}
	return false;
}

/* ---- virtualisation ---- */

/* Where there is no flag for it (not x86), firmware that names a hypervisor. */
static bool vendor_is_virtual(const char *vendor, const char *product)
{
	static const char *const vendors[] = {
		"QEMU",		 "KVM",	      "Amazon EC2",
		"Alibaba Cloud", "Xen",	      "VMware",
		"innotek GmbH",	 "Parallels", "OpenStack",
		"Apple Inc.",	 "Google",    "Microsoft Corporation",
	};
	const char *metal = strstr(product, "metal");

	for (unsigned i = 0; i < ARRAY_SIZE(vendors); i++)
		if (!strncmp(vendor, vendors[i], strlen(vendors[i])))
			return strcmp(vendors[i], "Amazon EC2") || !metal;
	return false;
}

enum doctor_virtual doctor_virtual(const struct doctor *d)
{
	char flags[4096], vendor[64], product[64], line[64];

	if (doctor_field(d, flags, sizeof(flags), "flags", "/proc/cpuinfo"))
		return has_word(flags, "hypervisor") ? VIRTUAL_YES : VIRTUAL_NO;
	if (sysfs_line(line, sizeof(line), "%s/sys/hypervisor/type", d->root) >
	    0)
		return VIRTUAL_YES;
	if (sysfs_line(vendor, sizeof(vendor), "%s" DMI_DIR "/sys_vendor",
		       d->root) <= 0)
		return VIRTUAL_UNKNOWN;
	sysfs_line(product, sizeof(product), "%s" DMI_DIR "/product_name",
		   d->root);
	return vendor_is_virtual(vendor, product) ? VIRTUAL_YES : VIRTUAL_NO;
}

/* A clock that only the guests of one hypervisor have. */
static const char *hypervisor_by_clock(const struct doctor *d)
{
	static const char *const clocks[][2] = {
		{ "kvm-clock", ", kvm-clock offered: KVM" },
		{ "hyperv_clocksource_tsc_page",
		  ", its clock offered: Hyper-V" },
		{ "hyperv_clocksource_msr", ", its clock offered: Hyper-V" },
		{ "xen", ", its clock offered: Xen" },
	};
	char line[256];

	sysfs_line(line, sizeof(line), "%s" CLOCK_DIR "/available_clocksource",
		   d->root);
	for (unsigned i = 0; i < ARRAY_SIZE(clocks); i++)
		if (has_word(line, clocks[i][0]))
			return clocks[i][1];
	return "";
}

static void check_virtual(struct doctor *d)
{
	static const char why[] =
		"A host shares caches, memory and CPU time among its guests "
		"as it likes, and may hide the real CPU and cache sizes.";
	char vendor[64], product[64], firmware[160] = "no DMI";

	sysfs_line(vendor, sizeof(vendor), "%s" DMI_DIR "/sys_vendor", d->root);
	sysfs_line(product, sizeof(product), "%s" DMI_DIR "/product_name",
		   d->root);
	if (*vendor)
		snprintf(firmware, sizeof(firmware), "DMI: %s %s", vendor,
			 product);
	switch (doctor_virtual(d)) {
	case VIRTUAL_YES:
		doctor_add(d, DOCTOR_NOTE, "virtual machine", why, NULL,
			   "yes (%s%s); from inside nothing can change that",
			   firmware, hypervisor_by_clock(d));
		break;
	case VIRTUAL_NO:
		doctor_add(d, DOCTOR_OK, "virtual machine", why, NULL,
			   "no sign of one (%s)", firmware);
		break;
	default:
		doctor_add(d, DOCTOR_NOTE, "virtual machine", why, NULL,
			   "not readable here: neither CPU flags nor DMI");
	}
}

/* Who sets the frequency where we cannot see it. */
static const char *no_cpufreq(const struct doctor *d)
{
	return doctor_virtual(d) == VIRTUAL_YES
		       ? "not readable here: the host decides, no cpufreq in "
			 "this VM"
		       : "not readable here: no cpufreq driver";
}

/* ---- frequency ---- */

/* The governor of all our CPUs, "mixed", or "". */
static void read_governor(const struct doctor *d, char *governor, size_t size)
{
	const struct topology *t = d->topology;
	char one[32];

	*governor = '\0';
	for (unsigned i = 0; i < t->nr_cpus; i++) {
		sysfs_line(one, sizeof(one),
			   "%s" CPU_DIR "/cpu%u/cpufreq/scaling_governor",
			   d->root, t->cpus[i].os);
		if (i && strcmp(governor, one)) {
			snprintf(governor, size, "mixed");
			return;
		}
		snprintf(governor, size, "%s", one);
	}
}

static void check_governor(struct doctor *d)
{
	static const char why[] =
		"Other governors than performance change the clock with the "
		"load: what runs first or briefly looks slower.";
	static const char command[] = "echo performance | tee " CPU_DIR
				      "/cpu*/cpufreq/scaling_governor";
	char governor[32], driver[32];

	read_governor(d, governor, sizeof(governor));
	sysfs_line(driver, sizeof(driver),
		   "%s" CPU_DIR "/cpu%u/cpufreq/scaling_driver", d->root,
		   d->topology->cpus[0].os);
	if (!*governor)
		doctor_add(d, DOCTOR_NOTE, "governor", why, NULL, "%s",
			   no_cpufreq(d));
	else if (!strcmp(governor, "performance"))
		doctor_add(d, DOCTOR_OK, "governor", why, NULL,
			   "performance (driver %s)", driver);
	else
		doctor_add(d, DOCTOR_WARN, "governor", why, command,
			   "%s (driver %s)", governor, driver);
}

struct boost_file {
	const char *path;
	uint64_t on; /* the value that means boost */
};

static void check_turbo(struct doctor *d)
{
	static const char why[] =
		"A boosted clock falls with heat and with the number of busy "
		"CPUs, so that thread counts and late cases are not alike.";
	static const struct boost_file files[] = {
		{ CPU_DIR "/intel_pstate/no_turbo", 0 },
		{ CPU_DIR "/cpufreq/boost", 1 },
	};
	char command[128];

	for (unsigned i = 0; i < ARRAY_SIZE(files); i++) {
		const struct boost_file *f = &files[i];
		uint64_t value =
			sysfs_uint(UINT64_MAX, "%s%s", d->root, f->path);

		if (value == UINT64_MAX)
			continue;
		snprintf(command, sizeof(command), "echo %d | tee %s", !f->on,
			 f->path);
		doctor_add(d, value == f->on ? DOCTOR_WARN : DOCTOR_OK, "turbo",
			   why, value == f->on ? command : NULL, "%s",
			   value == f->on ? "on" : "off");
		return;
	}
	doctor_add(d, DOCTOR_NOTE, "turbo", why, NULL, "%s", no_cpufreq(d));
}

/* ---- siblings and clocks ---- */

static void check_smt(struct doctor *d)
{
	static const char why[] =
		"Siblings share a core's units and caches: two busy ones run "
		"at a good half of their speed each.";
	static const char command[] = "echo off | tee " CPU_DIR "/smt/control";
	const struct topology *t = d->topology;
	uint64_t active =
		sysfs_uint(UINT64_MAX, "%s" CPU_DIR "/smt/active", d->root);
	unsigned siblings = 0;

	for (unsigned i = 0; i < t->nr_cpus; i++)
		siblings += t->cpus[i].smt > 0;
	if (active == UINT64_MAX)
		doctor_add(d, DOCTOR_NOTE, "SMT", why, NULL,
			   "not readable here");
	else if (active)
		doctor_add(d, DOCTOR_NOTE, "SMT", why, command,
			   "on; of our %u CPUs %u are second siblings (--place "
			   "scatter takes them last)",
			   t->nr_cpus, siblings);
	else if (doctor_virtual(d) == VIRTUAL_YES)
		doctor_add(d, DOCTOR_NOTE, "SMT", why, NULL,
			   "off as this VM shows it; its CPUs may be siblings "
			   "on the host all the same");
	else
		doctor_add(d, DOCTOR_OK, "SMT", why, NULL, "off");
}

/* Read without a system call, in tens of nanoseconds. */
static bool clock_is_fast(const char *clock)
{
	static const char *const fast[] = {
		"tsc",
		"kvm-clock",
		"hyperv_clocksource_tsc_page",
		"timebase",
		"arch_sys_counter",
		"riscv_clocksource",
		"tod",
		"stp",
	};

	for (unsigned i = 0; i < ARRAY_SIZE(fast); i++)
		if (!strcmp(clock, fast[i]))
			return true;
	return false;
}

static void check_clock(struct doctor *d)
{
	static const char why[] =
		"A clock that takes a system call costs up to a microsecond a "
		"reading, which short batches show.";
	static const char command[] =
		"echo tsc | tee " CLOCK_DIR "/current_clocksource";
	char current[64], available[256];
	bool offered;

	sysfs_line(current, sizeof(current),
		   "%s" CLOCK_DIR "/current_clocksource", d->root);
	sysfs_line(available, sizeof(available),
		   "%s" CLOCK_DIR "/available_clocksource", d->root);
	offered = has_word(available, "tsc");
	if (!*current)
		doctor_add(d, DOCTOR_NOTE, "clock source", why, NULL,
			   "not readable here");
	else if (clock_is_fast(current))
		doctor_add(d, DOCTOR_OK, "clock source", why, NULL, "%s",
			   current);
	else
		doctor_add(
			d, DOCTOR_WARN, "clock source", why,
			offered ? command : NULL,
			offered ? "%s, though tsc is offered"
				: "%s, and the kernel does not trust the tsc",
			current);
}

void doctor_check_cpu(struct doctor *d)
{
	d->group = "cpu";
	check_virtual(d);
	check_governor(d);
	check_turbo(d);
	check_smt(d);
	check_clock(d);
}
