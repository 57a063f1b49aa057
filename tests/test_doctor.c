/* test_doctor.c - findings of made-up machines, word for word. */
#include "test.h"

#include <errno.h>
#include <math.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

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
static void begin(const char *spec)
{
	char error[256];

	assert_int_equal(topology_load(&machine, spec, error, sizeof(error)),
			 0);
	doctor = (struct doctor){ .root = scratch_dir,
				  .topology = &machine,
				  .findings = json_array(),
				  .group = "test" };
}

static void end(void)
{
	json_decref(doctor.findings);
	topology_free(&machine);
}

/* Forget what was found, to look again. */
static void again(void)
{
	json_array_clear(doctor.findings);
}

static void put(const char *path, const char *text)
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

static const json_t *find(const char *name)
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

static const char *text_of(const char *name, const char *key)
{
	return json_string_value(json_object_get(find(name), key));
}

static double value_of(const char *name, const char *value)
{
	const json_t *values = json_object_get(find(name), "values");

	return json_real_value(json_object_get(values, value));
}

/* command NULL: there must be none. */
static void expect(const char *name, const char *level, const char *state,
		   const char *command)
{
	const char *got = text_of(name, "command");

	check(!strcmp(text_of(name, "level"), level), "%s is %s: %s", name,
	      text_of(name, "level"), text_of(name, "state"));
	assert_string_equal(text_of(name, "state"), state);
	check(command ? got && !strcmp(got, command) : !got, "%s: command '%s'",
	      name, got ? got : "(none)");
}

/* ---- CPUs ---- */

static void put_governors(const char *first, const char *rest)
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

static void put_server(void)
{
	put("/proc/cpuinfo", "processor\t: 0\nvendor_id\t: GenuineIntel\n"
			     "flags\t\t: fpu vme ht tsc\nvmx flags\t: vnmi "
			     "hypervisor\n");
	put("/sys/class/dmi/id/sys_vendor", "Dell Inc.\n");
	put("/sys/class/dmi/id/product_name", "PowerEdge R650\n");
	put(CLOCK_DIR "/current_clocksource", "tsc\n");
	put(CLOCK_DIR "/available_clocksource", "tsc hpet acpi_pm \n");
}

static void put_guest(void)
{
	put("/proc/cpuinfo", "flags\t\t: fpu tsc hypervisor lahf_lm\n");
	put(CLOCK_DIR "/current_clocksource", "kvm-clock\n");
	put(CLOCK_DIR "/available_clocksource", "kvm-clock tsc acpi_pm \n");
	put(CPU_DIR "/smt/active", "0\n");
}

static void server_as_it_comes(void **unused)
{
	(void)unused;
	begin(SMALL);
	put_server();
	put_governors("powersave\n", "powersave\n");
	put(CPU_DIR "/intel_pstate/no_turbo", "0\n");
	put(CPU_DIR "/smt/active", "1\n");
	doctor_check_cpu(&doctor);
	expect("virtual machine", "ok",
	       "no sign of one (DMI: Dell Inc. PowerEdge R650)", NULL);
	expect("governor", "warn", "powersave (driver intel_pstate)",
	       "echo performance | tee "
	       "/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor");
	expect("turbo", "warn", "on",
	       "echo 1 | tee /sys/devices/system/cpu/intel_pstate/no_turbo");
	expect("SMT", "note",
	       "on; of our 4 CPUs 2 are second siblings (--place scatter takes "
	       "them last)",
	       "echo off | tee /sys/devices/system/cpu/smt/control");
	expect("clock source", "ok", "tsc", NULL);
	assert_string_equal(text_of("turbo", "group"), "cpu");
	end();
}

static void server_made_quiet(void **unused)
{
	(void)unused;
	begin(SMALL);
	put_server();
	put_governors("performance\n", "performance\n");
	put(CPU_DIR "/cpufreq/boost", "0\n");
	put(CPU_DIR "/smt/active", "0\n");
	doctor_check_cpu(&doctor);
	expect("governor", "ok", "performance (driver intel_pstate)", NULL);
	expect("turbo", "ok", "off", NULL);
	expect("SMT", "ok", "off", NULL);

	again();
	put_governors("performance\n", "schedutil\n");
	put(CPU_DIR "/cpufreq/boost", "1\n");
	put(CLOCK_DIR "/current_clocksource", "hpet\n");
	doctor_check_cpu(&doctor);
	expect("governor", "warn", "mixed (driver intel_pstate)",
	       "echo performance | tee "
	       "/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor");
	expect("turbo", "warn", "on",
	       "echo 0 | tee /sys/devices/system/cpu/cpufreq/boost");
	expect("clock source", "warn", "hpet, though tsc is offered",
	       "echo tsc | tee /sys/devices/system/clocksource/clocksource0/"
	       "current_clocksource");

	again();
	put(CLOCK_DIR "/available_clocksource", "hpet acpi_pm \n");
	doctor_check_cpu(&doctor);
	expect("clock source", "warn",
	       "hpet, and the kernel does not trust the tsc", NULL);
	end();
}

/* No cpufreq, as in most VMs: unknown is not ok. */
static void guest_without_cpufreq(void **unused)
{
	static const char host[] =
		"not readable here: the host decides, no cpufreq in this VM";

	(void)unused;
	begin(SMALL);
	put_guest();
	doctor_check_cpu(&doctor);
	expect("virtual machine", "note",
	       "yes (no DMI, kvm-clock offered: KVM); from inside nothing can "
	       "change that",
	       NULL);
	expect("governor", "note", host, NULL);
	expect("turbo", "note", host, NULL);
	expect("SMT", "note",
	       "off as this VM shows it; its CPUs may be siblings on the host "
	       "all the same",
	       NULL);
	expect("clock source", "ok", "kvm-clock", NULL);
	end();
}

/* Without x86's flag the firmware has to tell. */
static void arm_by_its_firmware(void **unused)
{
	(void)unused;
	begin(SMALL);
	put("/proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd\n");
	assert_int_equal(doctor_virtual(&doctor), VIRTUAL_UNKNOWN);
	put("/sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
	put("/sys/class/dmi/id/product_name", "c7g.large\n");
	assert_int_equal(doctor_virtual(&doctor), VIRTUAL_YES);
	put("/sys/class/dmi/id/product_name", "c7g.metal\n");
	assert_int_equal(doctor_virtual(&doctor), VIRTUAL_NO);
	put("/sys/class/dmi/id/sys_vendor", "QEMU\n");
	assert_int_equal(doctor_virtual(&doctor), VIRTUAL_YES);
	put("/sys/class/dmi/id/sys_vendor", "Supermicro\n");
	assert_int_equal(doctor_virtual(&doctor), VIRTUAL_NO);
	end();
}

static void drift(void **unused)
{
	struct doctor_drift steady = { .nr = 1000,
				       .nr_slow = 2,
				       .nr_preempted = 3,
				       .min = 2.1e9,
				       .median = 2.6e9,
				       .max = 2.61e9,
				       .drift = -0.001 };
	struct doctor_drift falling = steady, shared = { .nr_preempted = 7 };

	(void)unused;
	begin(SMALL);
	doctor_check_drift(&doctor, &steady);
	expect("frequency drift", "ok",
	       "-0.1 % from the first to the last quarter; 2600 million "
	       "dependent additions/s (min 2100, max 2610); 2 of 1000 samples "
	       "slower by 10 %, 3 preempted and left out",
	       NULL);
	assert_true(value_of("frequency drift", "median_per_s") == 2.6e9);

	again();
	falling.drift = -0.08;
	falling.pin_error = -EPERM;
	doctor_check_drift(&doctor, &falling);
	assert_string_equal(text_of("frequency drift", "level"), "warn");
	assert_non_null(strstr(text_of("frequency drift", "state"),
			       "-8.0 % from the first to the last quarter (not "
			       "pinned);"));

	again();
	steady.nr_slow = 51;
	doctor_check_drift(&doctor, &steady);
	assert_string_equal(text_of("frequency drift", "level"), "warn");

	again();
	doctor_check_drift(&doctor, &shared);
	expect("frequency drift", "note",
	       "not measurable: others took the CPU in each of 7 samples",
	       NULL);
	end();
}

/* ---- noise ---- */

/* A reading of the files as they are, at a time of the test's choice. */
static struct doctor_reading reading(double seconds, double own)
{
	struct doctor_reading r;

	assert_int_equal(doctor_reading_take(&r, scratch_dir), 0);
	r.seconds = seconds;
	r.own_seconds = own;
	return r;
}

static void check_noise(struct doctor_reading *before,
			struct doctor_reading *after)
{
	again();
	doctor_check_noise(&doctor, before, after);
	doctor_reading_free(after);
}

static void steal(void **unused)
{
	struct doctor_reading before, after;

	(void)unused;
	begin(SMALL);
	put_guest();
	put("/proc/stat", "cpu  100 0 0 9900 0 0 0 0 0 0\n");
	before = reading(10, 0);

	after = before;
	check_noise(&before, &after);
	expect("steal", "note",
	       "none since boot: a quiet host, or one that does not tell",
	       NULL);

	/* 2 seconds of 4 CPUs: 800 ticks, of which 100 were stolen. */
	put("/proc/stat", "cpu  300 0 0 10400 0 0 0 100 0 0\n");
	after = reading(12, 2);
	check_noise(&before, &after);
	expect("steal", "warn",
	       "12.5 % while looking, 0.93 % since boot; only the host can "
	       "change it",
	       NULL);
	assert_true(fabs(value_of("steal", "window_ratio") - 0.125) < 1e-9);

	/* Long ago, and not now. */
	before = reading(12, 2);
	put("/proc/stat", "cpu  300 0 0 11200 0 0 0 100 0 0\n");
	after = reading(14, 2);
	check_noise(&before, &after);
	expect("steal", "note",
	       "0.0 % while looking, 0.86 % since boot; only the host can "
	       "change it",
	       NULL);

	/* A server has none, and nobody who could take some. */
	put_server();
	put("/proc/stat", "cpu  100 0 0 9900 0 0 0 0 0 0\n");
	before = reading(10, 0);
	after = before;
	check_noise(&before, &after);
	expect("steal", "ok", "none: no host above this machine", NULL);
	end();
}

static void other_load(void **unused)
{
	struct doctor_reading before, after;

	(void)unused;
	begin(SMALL);
	put_server();
	put("/proc/loadavg", "1.25 0.50 0.10 2/99 1234\n");
	put("/proc/stat", "cpu  100 0 0 9900 0 0 0 0 0 0\n");
	put("/proc/70001/stat", "70001 (a (b) c) S 1 1 1 0 -1 0 0 0 0 0 100 20 "
				"0 0 20 0 1 0 5\n");
	put("/proc/70003/stat", "70003 (idle) S 1 1 1 0 -1 0 0 0 0 0 7 7 "
				"0 0 20 0 1 0 5\n");
	before = reading(10, 1);

	/* A second of 4 CPUs; ours are 100 of its 160 busy ticks. */
	put("/proc/stat", "cpu  200 10 50 10140 0 0 0 0 0 0\n");
	put("/proc/70001/stat", "70001 (a (b) c) S 1 1 1 0 -1 0 0 0 0 0 130 20 "
				"0 0 20 0 1 0 5\n");
	put("/proc/70002/stat", "70002 (\033[31m) R 1 1 1 0 -1 0 0 0 0 0 10 10 "
				"0 0 20 0 1 0 5\n");
	after = reading(11, 2);
	assert_int_equal(after.nr_processes, 3);
	check_noise(&before, &after);
	expect("other load", "warn",
	       "60 % of one CPU in 1 s; most: a (b) c (70001) 30 %, ?[31m "
	       "(70002) 20 %; load average 1.25",
	       NULL);
	assert_true(fabs(value_of("other load", "others_cpus") - 0.6) < 1e-9);

	/* Ours alone; and more of it than the ticks have noticed. */
	after = reading(11, 2.59);
	check_noise(&before, &after);
	assert_string_equal(text_of("other load", "level"), "ok");
	after = reading(11, 3);
	check_noise(&before, &after);
	assert_true(value_of("other load", "others_cpus") == 0);
	doctor_reading_free(&before);
	end();
}

/* In a short window a tick is a large part, and means nothing. */
static void a_tick_is_no_news(void **unused)
{
	struct doctor_reading before, after;

	(void)unused;
	begin(SMALL);
	put_guest();
	put("/proc/stat", "cpu  1000 0 0 99000 0 0 0 1 0 0\n");
	before = reading(10, 0);
	/* 50 ms of 4 CPUs. */
	put("/proc/stat", "cpu  1006 0 0 99013 0 0 0 2 0 0\n");
	after = reading(10.05, 0.05);
	check_noise(&before, &after);
	assert_string_equal(text_of("steal", "level"), "ok");
	assert_string_equal(text_of("other load", "level"), "ok");
	put("/proc/stat", "cpu  1010 0 0 99003 0 0 0 8 0 0\n");
	after = reading(10.05, 0.05);
	check_noise(&before, &after);
	assert_string_equal(text_of("steal", "level"), "warn");
	assert_string_equal(text_of("other load", "level"), "warn");
	end();
}

/* ---- memory ---- */

static void check_memory(void)
{
	again();
	doctor_check_memory(&doctor);
}

static void thp(void **unused)
{
	static const char command[] =
		"echo madvise | tee "
		"/sys/kernel/mm/transparent_hugepage/enabled";

	(void)unused;
	begin(SMALL);
	put(THP_DIR "/enabled", "always [madvise] never\n");
	put(THP_DIR "/defrag", "always defer [defer+madvise] madvise never\n");
	check_memory();
	expect("THP", "ok", "madvise: --pages decides (defrag defer+madvise)",
	       NULL);
	put(THP_DIR "/enabled", "[always] madvise never\n");
	check_memory();
	expect("THP", "note",
	       "always: simulated memory is as --pages says, but the rest of a "
	       "process may get huge pages too (defrag defer+madvise)",
	       command);
	put(THP_DIR "/enabled", "always madvise [never]\n");
	check_memory();
	expect("THP", "note", "never: --pages thp falls back to 4k", command);

	/* The switch of the size decides where there is one. */
	put(THP_DIR "/hpage_pmd_size", "2097152\n");
	put(THP_DIR "/hugepages-2048kB/enabled",
	    "always [inherit] madvise never\n");
	check_memory();
	expect("THP", "note", "never: --pages thp falls back to 4k", command);
	put(THP_DIR "/hugepages-2048kB/enabled",
	    "always inherit [madvise] never\n");
	check_memory();
	assert_string_equal(text_of("THP", "level"), "ok");
	put(THP_DIR "/enabled", "always [madvise] never\n");
	put(THP_DIR "/hugepages-2048kB/enabled",
	    "always inherit madvise [never]\n");
	check_memory();
	expect("THP", "note", "never: --pages thp falls back to 4k",
	       "echo madvise | tee /sys/kernel/mm/transparent_hugepage/"
	       "hugepages-2048kB/enabled");
	end();
}

static void put_pool(unsigned node, const char *total, const char *unused)
{
	char path[128];

	snprintf(path, sizeof(path),
		 NODE_DIR "/node%u/hugepages/hugepages-2048kB/nr_hugepages",
		 node);
	put(path, total);
	snprintf(path, sizeof(path),
		 NODE_DIR "/node%u/hugepages/hugepages-2048kB/free_hugepages",
		 node);
	put(path, unused);
}

static void pools(void **unused)
{
	(void)unused;
	begin(TWO_NODES);
	put_pool(0, "0\n", "0\n");
	put_pool(1, "0\n", "0\n");
	check_memory();
	expect("hugetlb 2 MiB", "note", "none reserved: --pages 2m falls back",
	       "echo 512 | tee /sys/devices/system/node/node0/hugepages/"
	       "hugepages-2048kB/nr_hugepages");
	expect("hugetlb 1 GiB", "note",
	       "not readable here: --pages 1g falls back", NULL);
	put_pool(0, "512\n", "500\n");
	put_pool(1, "8\n", "0\n");
	check_memory();
	expect("hugetlb 2 MiB", "ok",
	       "node 0: 500 of 512 free, node 1: 0 of 8 free", NULL);
	end();
}

static void balancing(void **unused)
{
	static const char command[] = "sysctl -w kernel.numa_balancing=0";

	(void)unused;
	begin(TWO_NODES);
	put("/proc/sys/kernel/numa_balancing", "1\n");
	check_memory();
	expect("NUMA balancing", "warn", "on, with 2 nodes", command);
	expect("NUMA nodes", "ok", "2", NULL);
	put("/proc/sys/kernel/numa_balancing", "0\n");
	check_memory();
	expect("NUMA balancing", "ok", "off", NULL);
	end();

	begin(SMALL);
	put("/proc/sys/kernel/numa_balancing", "2\n");
	check_memory();
	expect("NUMA balancing", "note",
	       "on, with one node: nothing to move to", command);
	expect("NUMA nodes", "note", "one: nothing is remote here", NULL);
	end();
}

static void aslr(void **unused)
{
	static const char command[] = "sysctl -w kernel.randomize_va_space=2";

	(void)unused;
	begin(SMALL);
	put("/proc/sys/kernel/randomize_va_space", "2\n");
	put("/proc/self/personality", "00000000\n");
	check_memory();
	expect("ASLR", "ok", "full", NULL);
	put("/proc/sys/kernel/randomize_va_space", "1\n");
	check_memory();
	expect("ASLR", "warn",
	       "partial (the heap is not moved): intervals will be too narrow",
	       command);
	put("/proc/sys/kernel/randomize_va_space", "0\n");
	check_memory();
	expect("ASLR", "warn", "off: intervals will be too narrow", command);
	put("/proc/sys/kernel/randomize_va_space", "2\n");
	put("/proc/self/personality", "00040000\n");
	check_memory();
	expect("ASLR", "warn",
	       "off for this process: intervals will be too narrow; start "
	       "without setarch -R or debugger",
	       NULL);
	end();
}

static void put_meminfo(unsigned available_mib, unsigned swap_free_mib)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "MemTotal:       16777216 kB\nMemFree:        4194304 kB\n"
		 "MemAvailable:   %u kB\nSwapCached: 0 kB\nSwapTotal:  2097152 "
		 "kB\nSwapFree:       %u kB\n",
		 available_mib * 1024, swap_free_mib * 1024);
	put("/proc/meminfo", text);
}

static void swap_and_free(void **unused)
{
	(void)unused;
	begin(TWO_NODES);
	put_meminfo(8192, 2048);
	put(NODE_DIR "/node0/meminfo", "Node 0 MemTotal: 8388608 kB\nNode 0 "
				       "MemFree:  4194304 kB\n");
	put(NODE_DIR "/node1/meminfo", "Node 1 MemTotal: 8388608 kB\nNode 1 "
				       "MemFree:  2097152 kB\n");
	check_memory();
	expect("swap", "note", "0.0 of 2.0 GiB in use", "swapoff -a");
	expect("free memory", "ok",
	       "8.0 of 16.0 GiB available; free on node 0 4.0 GiB, node 1 2.0 "
	       "GiB",
	       NULL);
	put(NODE_DIR "/node1/meminfo", "Node 1 MemFree:  524288 kB\n");
	check_memory();
	expect("free memory", "note",
	       "8.0 of 16.0 GiB available; free on node 0 4.0 GiB, node 1 0.5 "
	       "GiB",
	       "sync; sysctl -w vm.drop_caches=3");
	put_meminfo(512, 1024);
	check_memory();
	expect("swap", "warn", "1.0 of 2.0 GiB in use", "swapoff -a");
	assert_string_equal(text_of("free memory", "level"), "warn");
	put("/proc/meminfo", "MemTotal: 16777216 kB\nMemAvailable: 8388608 kB\n"
			     "SwapTotal:  0 kB\nSwapFree:  0 kB\n");
	check_memory();
	expect("swap", "ok", "none", NULL);
	end();

	/* What was plugged in later is missing from the only node's count. */
	begin(SMALL);
	put_meminfo(8192, 2048);
	put(NODE_DIR "/node0/meminfo", "Node 0 MemFree:  1024 kB\n");
	check_memory();
	assert_string_equal(text_of("free memory", "state"),
			    "8.0 of 16.0 GiB available; free on node 0 4.0 "
			    "GiB");
	end();
}

/* ---- limits ---- */

static void check_limits(void)
{
	again();
	doctor_check_limits(&doctor);
}

static void limits_v2(void **unused)
{
	(void)unused;
	begin(SMALL);
	put("/proc/self/cgroup", "0::/box/inner\n");
	put("/proc/self/mountinfo", "30 1 0:26 / /sys/fs/cgroup rw shared:9 - "
				    "cgroup2 cgroup2 rw\n");
	put("/sys/fs/cgroup/box/inner/cpu.max", "max 100000\n");
	put("/sys/fs/cgroup/box/inner/memory.max", "max\n");
	check_limits();
	expect("CPU quota", "ok", "none in the control groups seen from here",
	       NULL);
	expect("memory limit", "ok",
	       "none in the control groups seen from here", NULL);
	/* The limits of the group around ours hold too. */
	put("/sys/fs/cgroup/box/cpu.max", "150000 100000\n");
	put("/sys/fs/cgroup/box/memory.max", "536870912\n");
	check_limits();
	expect("CPU quota", "warn",
	       "1.5 CPUs' worth of time for our 4 CPUs "
	       "(/sys/fs/cgroup/box/cpu.max)",
	       "echo max | tee /sys/fs/cgroup/box/cpu.max");
	expect("memory limit", "warn",
	       "0.5 GiB (/sys/fs/cgroup/box/memory.max)",
	       "echo max | tee /sys/fs/cgroup/box/memory.max");
	put("/sys/fs/cgroup/box/cpu.max", "800000 100000\n");
	put("/sys/fs/cgroup/box/memory.max", "8589934592\n");
	check_limits();
	assert_string_equal(text_of("CPU quota", "level"), "note");
	assert_string_equal(text_of("memory limit", "level"), "note");
	end();
}

static void limits_v1(void **unused)
{
	(void)unused;
	begin(SMALL);
	put("/proc/self/cgroup", "4:memory:/box\n3:cpuset:/box\n"
				 "2:cpu,cpuacct:/box\n0::/\n");
	put("/proc/self/mountinfo",
	    "32 31 0:29 / /cg/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
	    "35 31 0:32 / /cg/memory rw - cgroup cgroup rw,memory\n"
	    "41 31 0:38 / /cg/unified rw - cgroup2 cgroup2 rw\n");
	put("/cg/cpu,cpuacct/box/cpu.cfs_quota_us", "-1\n");
	put("/cg/cpu,cpuacct/box/cpu.cfs_period_us", "100000\n");
	put("/cg/memory/box/memory.limit_in_bytes", "9223372036854771712\n");
	check_limits();
	assert_string_equal(text_of("CPU quota", "level"), "ok");
	assert_string_equal(text_of("memory limit", "level"), "ok");
	put("/cg/cpu,cpuacct/box/cpu.cfs_quota_us", "25000\n");
	put("/cg/memory/box/memory.limit_in_bytes", "2147483648\n");
	check_limits();
	expect("CPU quota", "warn",
	       "0.25 CPUs' worth of time for our 4 CPUs "
	       "(/cg/cpu,cpuacct/box/cpu.cfs_quota_us)",
	       "echo -1 | tee /cg/cpu,cpuacct/box/cpu.cfs_quota_us");
	expect("memory limit", "note",
	       "2 GiB (/cg/memory/box/memory.limit_in_bytes)",
	       "echo -1 | tee /cg/memory/box/memory.limit_in_bytes");
	end();
}

static void allowed_sets(void **unused)
{
	(void)unused;
	begin(SMALL);
	put(CPU_DIR "/online", "0-3\n");
	put(NODE_DIR "/has_memory", "0-1\n");
	/* CPUs that are not plugged in are allowed as well. */
	put("/proc/self/status", "Name:\tx\nCpus_allowed:\tff\n"
				 "Cpus_allowed_list:\t0-7\n"
				 "Mems_allowed_list:\t0-1\n");
	check_limits();
	expect("allowed CPUs", "ok", "all: 0-3", NULL);
	expect("allowed nodes", "ok", "all: 0-1", NULL);
	put("/proc/self/status", "Cpus_allowed_list:\t0,2-3\n"
				 "Mems_allowed_list:\t1\n");
	check_limits();
	expect("allowed CPUs", "note",
	       "0,2-3 of 0-3 online (if taskset does not widen that, a cpuset "
	       "holds it)",
	       "taskset -cp 0-3 $$");
	expect("allowed nodes", "note", "1 of 0-1 online, by a cpuset", NULL);
	end();
}

/* ---- permissions ---- */

static void refused_calls(void **unused)
{
	(void)unused;
	begin(TWO_NODES);
	put("/proc/self/status", "Seccomp:\t2\nSeccomp_filters:\t1\n");
	doctor_tried(&doctor, "mbind", 0);
	expect("mbind", "ok", "works", NULL);
	again();
	doctor_tried(&doctor, "mbind", EPERM);
	expect("mbind", "warn",
	       "refused, EPERM (most likely the seccomp filter of a container)",
	       "docker run --cap-add SYS_NICE ...");
	doctor_tried(&doctor, "move_pages", ENOSYS);
	expect("move_pages", "warn",
	       "refused, ENOSYS (this kernel has no such call, or the seccomp "
	       "filter of a container hides it)",
	       "docker run --cap-add SYS_NICE ...");
	doctor_tried(&doctor, "perf_event_open", EPERM);
	assert_string_equal(text_of("perf_event_open", "command"),
			    "docker run --cap-add PERFMON ...");
	end();

	begin(SMALL);
	put("/proc/self/status", "Seccomp:\t0\n");
	doctor_tried(&doctor, "mbind", ENOSYS);
	expect("mbind", "note",
	       "refused, ENOSYS (this kernel has no such call); with one node "
	       "little depends on it",
	       NULL);
	doctor_tried(&doctor, "sched_setaffinity", EPERM);
	expect("sched_setaffinity", "warn",
	       "refused, EPERM (no seccomp filter: a capability is missing, or "
	       "a security module or setting forbids it)",
	       NULL);
	end();
}

static void pmu(void **unused)
{
	(void)unused;
	begin(SMALL);
	put_guest();
	put("/proc/self/status", "Seccomp:\t0\n");
	doctor_tried_pmu(&doctor, ENOENT, 0);
	expect("PMU", "note",
	       "none (ENOENT): the host gives this VM none; only its owner can",
	       NULL);
	again();
	doctor_tried_pmu(&doctor, 0, 0);
	expect("PMU", "note",
	       "opens, but counts nothing: the host does not back it", NULL);
	again();
	doctor_tried_pmu(&doctor, 0, 123456);
	expect("PMU", "ok", "cycles can be counted", NULL);
	again();
	put_server();
	doctor_tried_pmu(&doctor, ENOENT, 0);
	expect("PMU", "note",
	       "none (ENOENT): this CPU has none that the kernel knows", NULL);
	again();
	doctor_tried_pmu(&doctor, EACCES, 0);
	expect("PMU", "note",
	       "not ours: EACCES (no seccomp filter: a capability is missing, "
	       "or a security module or setting forbids it)",
	       "sysctl -w kernel.perf_event_paranoid=1");
	end();
}

static void check_paranoid(const char *value, const char *capabilities)
{
	char status[64];

	again();
	snprintf(status, sizeof(status), "CapEff:\t%s\n", capabilities);
	put("/proc/self/status", status);
	put("/proc/sys/kernel/perf_event_paranoid", value);
	doctor_check_permissions(&doctor, 0);
}

static void paranoid(void **unused)
{
	static const char name[] = "perf_event_paranoid";
	static const char none[] = "0000000000000000";
	static const char command[] = "sysctl -w kernel.perf_event_paranoid=1";

	(void)unused;
	begin(SMALL);
	check_paranoid("-1\n", none);
	expect(name, "ok", "-1", NULL);
	check_paranoid("2\n", none);
	expect(name, "note", "2: user space can be counted, the kernel not",
	       command);
	check_paranoid("4\n", none);
	expect(name, "note", "4: this user may count nothing", command);
	/* CAP_PERFMON is bit 38, CAP_SYS_ADMIN 21. */
	check_paranoid("4\n", "0000004000000000");
	expect(name, "ok",
	       "4, which does not bind us: we have CAP_PERFMON or "
	       "CAP_SYS_ADMIN",
	       NULL);
	check_paranoid("3\n", "0000000000200000");
	assert_string_equal(text_of(name, "level"), "ok");
	end();
}

/* As a container does: this thread's mbind is refused from now on. */
static bool forbid_mbind(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mbind, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(filter), filter };

	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* Child: what is said of mbind when it is really refused. An exit code. */
static int try_under_filter(void)
{
	if (!forbid_mbind())
		return TEST_SKIP;
	doctor.root = "";
	doctor_check_permissions(&doctor, 0);
	return strcmp(text_of("mbind", "level"), "warn") ||
	       strcmp(text_of("mbind", "state"),
		      "refused, EPERM (most likely the seccomp filter of a "
		      "container)");
}

/* It is tried, not guessed. */
static void really_tried(void **unused)
{
	int status;
	pid_t pid;

	(void)unused;
	begin(TWO_NODES);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		_exit(try_under_filter());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	end();
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == TEST_SKIP)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- all ---- */

/* Where nothing can be read, nothing is called good. */
static void nothing_readable(void **unused)
{
	const json_t *finding;
	size_t i;

	(void)unused;
	begin(SMALL);
	doctor_check_cpu(&doctor);
	doctor_check_noise(&doctor, NULL, NULL);
	doctor_check_memory(&doctor);
	doctor_check_limits(&doctor);
	assert_true(json_array_size(doctor.findings) > 15);
	json_array_foreach (doctor.findings, i, finding) {
		const char *name =
			json_string_value(json_object_get(finding, "name"));

		check(!strcmp(text_of(name, "level"), "note"), "%s: %s %s",
		      name, text_of(name, "level"), text_of(name, "state"));
	}
	end();
}

static char *printed(void (*print)(const json_t *report, FILE *out),
		     const json_t *report)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	print(report, out);
	fclose(out);
	return text;
}

static void warnings(void **unused)
{
	json_t *report;
	char *text;

	(void)unused;
	begin(SMALL);
	report = json_pack("{s:O}", "findings", doctor.findings);
	doctor_add(&doctor, DOCTOR_NOTE, "n", "why", NULL, "s");
	text = printed(doctor_warn, report);
	assert_string_equal(text, "");
	free(text);
	doctor_add(&doctor, DOCTOR_WARN, "a", "why", "do", "state %d", 1);
	text = printed(doctor_warn, report);
	assert_string_equal(text,
			    "doctor: a: state 1 (see kmembench doctor)\n");
	free(text);
	doctor_add(&doctor, DOCTOR_WARN, "b", "why", NULL, "2");
	doctor_add(&doctor, DOCTOR_WARN, "c", "why", NULL, "3");
	doctor_add(&doctor, DOCTOR_WARN, "d", "why", NULL, "4");
	doctor_add(&doctor, DOCTOR_WARN, "e", "why", NULL, "5");
	text = printed(doctor_warn, report);
	assert_string_equal(text, "doctor: a: state 1\ndoctor: b: 2\ndoctor: "
				  "c: 3 (and 2 more; see kmembench doctor)\n");
	free(text);
	json_decref(report);
	end();
}

static void print_plain(const json_t *report, FILE *out)
{
	doctor_print(report, out, false);
}

static void table(void **unused)
{
	json_t *report;
	char *text;

	(void)unused;
	begin(SMALL);
	doctor_add(&doctor, DOCTOR_WARN, "a", "It matters.", "do this", "bad");
	doctor.group = "other";
	doctor_add(&doctor, DOCTOR_OK, "b", "So does it.", NULL, "good");
	report = json_pack("{s:O}", "findings", doctor.findings);
	text = printed(print_plain, report);
	assert_string_equal(
		text,
		"test\n"
		"[!]  a                    bad\n"
		"     It matters.\n"
		"     change: do this\n"
		"\n"
		"other\n"
		"[ok] b                    good\n"
		"     So does it.\n"
		"\n"
		"[ok] 1   [-] 0: cannot be had or known   [!] 1: mind these\n"
		"Nothing was changed. What follows change: is for root's "
		"shell, and lasts until\nthe next boot.\n");
	free(text);
	json_decref(report);
	end();
}

/* This machine: every key is there, and we may run where we might before. */
static void this_machine(void **unused)
{
	static const char *const keys[] = { "group", "name", "level", "state",
					    "why" };
	cpu_set_t before, after;
	struct topology t;
	char error[256];
	const json_t *finding;
	json_t *report;
	size_t i;

	(void)unused;
	assert_int_equal(topology_load(&t, NULL, error, sizeof(error)), 0);
	sched_getaffinity(0, sizeof(before), &before);
	report = doctor_collect(&t, true);
	sched_getaffinity(0, sizeof(after), &after);
	assert_true(CPU_EQUAL(&before, &after));
	assert_non_null(report);
	assert_int_equal(json_integer_value(json_object_get(report, "schema")),
			 DOCTOR_SCHEMA);
	assert_true(json_is_true(json_object_get(report, "quick")));
	json_array_foreach (json_object_get(report, "findings"), i, finding) {
		for (unsigned k = 0; k < ARRAY_SIZE(keys); k++)
			check(json_string_length(
				      json_object_get(finding, keys[k])),
			      "finding %zu has no %s", i, keys[k]);
		assert_non_null(json_object_get(finding, "command"));
		assert_true(json_is_object(json_object_get(finding, "values")));
	}
	assert_true(i > 20);
	json_decref(report);
	topology_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(server_as_it_comes),
		scratch_test(server_made_quiet),
		scratch_test(guest_without_cpufreq),
		scratch_test(arm_by_its_firmware),
		scratch_test(drift),
		scratch_test(steal),
		scratch_test(other_load),
		scratch_test(a_tick_is_no_news),
		scratch_test(thp),
		scratch_test(pools),
		scratch_test(balancing),
		scratch_test(aslr),
		scratch_test(swap_and_free),
		scratch_test(limits_v2),
		scratch_test(limits_v1),
		scratch_test(allowed_sets),
		scratch_test(refused_calls),
		scratch_test(pmu),
		scratch_test(paranoid),
		scratch_test(really_tried),
		scratch_test(nothing_readable),
		scratch_test(warnings),
		scratch_test(table),
		cmocka_unit_test(this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
