/* test_doctor_memory.c - memory and limits, as doctor finds them. */
#include "test.h"

#include "doctor_machine.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(thp),	     scratch_test(pools),
		scratch_test(balancing),     scratch_test(aslr),
		scratch_test(swap_and_free), scratch_test(limits_v2),
		scratch_test(limits_v1),     scratch_test(allowed_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
