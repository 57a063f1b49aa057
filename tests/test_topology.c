/* test_topology.c - machines of all shapes, and this one. */
#include <errno.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../harness/cgroup.h"
#include "machines.h"

#define GIB (1ull << 30)

static void assert_cpus(const struct topology *t, unsigned nr,
			const unsigned (*expected)[4])
{
	assert_int_equal(t->nr_cpus, nr);
	for (unsigned i = 0; i < nr; i++) {
		const struct topology_cpu *cpu = &t->cpus[i];

		check(cpu->os == expected[i][0] &&
			      t->nodes[cpu->node].os == expected[i][1] &&
			      cpu->core == expected[i][2] &&
			      cpu->smt == expected[i][3],
		      "CPU %u: node %u core %u smt %u", cpu->os,
		      t->nodes[cpu->node].os, cpu->core, cpu->smt);
	}
}

static void two_by_eight(void **state)
{
	struct topology t;

	(void)state;
	load_machine(&t, TWO_BY_EIGHT);
	assert_true(t.simulated);
	assert_int_equal(t.nr_cpus, 16);
	assert_int_equal(t.nr_nodes, 2);
	for (unsigned i = 0; i < 16; i++) {
		assert_int_equal(t.cpus[i].os, i);
		assert_int_equal(t.cpus[i].node, i / 8);
		assert_int_equal(t.cpus[i].own_node, i / 8);
		assert_int_equal(t.cpus[i].package, i / 8);
		assert_int_equal(t.cpus[i].core, i / 2);
		assert_int_equal(t.cpus[i].smt, i % 2);
	}
	for (unsigned n = 0; n < 2; n++) {
		assert_int_equal(t.nodes[n].nr_cpus, 8);
		assert_int_equal(t.nodes[n].memory_bytes, GIB);
		assert_int_equal(t.distance[n * 2 + n], 10);
		assert_int_equal(t.distance[n * 2 + 1 - n], 20);
	}
	assert_true(t.memory_limit == UINT64_MAX);
	topology_free(&t);
}

static void memoryless(void **state)
{
	static const uint64_t slit[16] = { 10, 30, 22, 28, 17, 10, 28, 22,
					   34, 24, 10, 16, 26, 12, 25, 10 };
	static const unsigned cpus[8][4] = {
		{ 0, 0, 0, 0 }, { 1, 0, 1, 0 }, { 2, 0, 2, 0 }, { 3, 0, 3, 0 },
		{ 4, 2, 4, 0 }, { 5, 2, 5, 0 }, { 6, 3, 6, 0 }, { 7, 3, 7, 0 },
	};
	struct topology t;

	(void)state;
	load_machine(&t, MEMORYLESS);
	assert_int_equal(t.nr_nodes, 4);
	assert_memory_equal(t.distance, slit, sizeof(slit));
	assert_int_equal(t.nodes[1].memory_bytes, 0);
	assert_true(t.nodes[1].allowed);
	assert_int_equal(t.nodes[1].nr_cpus, 2);
	assert_int_equal(t.nodes[3].memory_bytes, GIB);
	assert_cpus(&t, 8, cpus);
	assert_int_equal(t.cpus[2].own_node, 1);
	topology_free(&t);
}

static void sparse(void **state)
{
	static const unsigned cpus[11][4] = {
		{ 0, 0, 0, 0 },	 { 8, 0, 0, 1 },  { 1, 0, 1, 0 },
		{ 9, 0, 1, 1 },	 { 4, 2, 2, 0 },  { 12, 2, 2, 1 },
		{ 5, 2, 3, 0 },	 { 13, 2, 3, 1 }, { 6, 5, 4, 0 },
		{ 14, 5, 4, 1 }, { 7, 5, 5, 0 },
	};
	struct topology t;

	(void)state;
	load_machine(&t, SPARSE);
	assert_cpus(&t, 11, cpus);
	assert_int_equal(t.nr_nodes, 3);
	assert_int_equal(t.nodes[2].os, 5);
	assert_int_equal(t.nodes[2].nr_cpus, 3);
	assert_int_equal(topology_find_node(&t, 5), 2);
	assert_int_equal(topology_find_node(&t, 1), -1);
	assert_int_equal(topology_find_cpu(&t, 13), 7);
	assert_int_equal(topology_find_cpu(&t, 2), -1);
	topology_free(&t);
}

/* The CPUs stay node 0's although hwloc gives both nodes the same cpuset. */
static void cpuless(void **state)
{
	struct topology t;

	(void)state;
	load_machine(&t, CPULESS);
	assert_int_equal(t.nr_nodes, 2);
	assert_int_equal(t.nodes[0].nr_cpus, 2);
	assert_int_equal(t.nodes[1].nr_cpus, 0);
	assert_int_equal(t.nodes[1].memory_bytes, 4 * GIB);
	assert_int_equal(t.cpus[1].node, 0);
	topology_free(&t);
}

static void cpuset(void **state)
{
	static const unsigned cpus[3][4] = { { 1, 0, 1, 0 },
					     { 2, 0, 2, 0 },
					     { 5, 0, 5, 0 } };
	struct topology t;

	(void)state;
	load_machine(&t, CPUSET);
	assert_cpus(&t, 3, cpus);
	assert_int_equal(t.cpus[2].own_node, 1);
	assert_false(t.nodes[1].allowed);
	assert_int_equal(t.nodes[1].memory_bytes, 0);
	topology_free(&t);
}

static void big(void **state)
{
	struct topology t;

	(void)state;
	load_machine(&t, BIG);
	assert_int_equal(t.nr_cpus, 256);
	assert_int_equal(t.nr_nodes, 8);
	assert_int_equal(t.nodes[7].nr_cpus, 32);
	assert_int_equal(t.nodes[7].memory_bytes, 64000000000);
	assert_int_equal(t.cpus[255].package, 7);
	assert_int_equal(t.cpus[255].core, 127);
	topology_free(&t);
}

static void caches(void **state)
{
	struct topology t;

	(void)state;
	load_machine(&t, "synthetic:pack:1 l3:1(size=32MB) l2:2(size=1MB) "
			 "l1d:1(size=32kB) core:1 pu:1");
	assert_int_equal(topology_cache_bytes(&t, 1), 32000);
	assert_int_equal(topology_cache_bytes(&t, 2), 1000000);
	assert_int_equal(topology_cache_bytes(&t, 3), 32000000);
	topology_free(&t);
	load_machine(&t, ONE_NODE);
	assert_int_equal(topology_cache_bytes(&t, 3), 0);
	topology_free(&t);
}

static void assert_refused(const char *source, int err, const char *text)
{
	char error[256] = "";
	struct topology t;

	assert_int_equal(topology_load(&t, source, error, sizeof(error)), err);
	check(!strcmp(error, text), "%s", error);
}

static void bad_sources(void **state)
{
	(void)state;
	assert_refused("synthetic:foo", -EINVAL,
		       "--topology: 'foo' is not a synthetic machine; write "
		       "e.g. synthetic:pack:2 [numa] core:4 pu:2");
	assert_refused("/nonexistent/m.xml", -ENOENT,
		       "--topology: /nonexistent/m.xml: No such file or "
		       "directory; give an hwloc XML file or synthetic:SPEC");
	assert_refused("/proc/self/status", -EINVAL,
		       "--topology: /proc/self/status is not an hwloc XML "
		       "file; lstopo FILE.xml writes one");
	assert_refused("/proc", -EINVAL,
		       "--topology: /proc is not an hwloc XML file; lstopo "
		       "FILE.xml writes one");
}

static void save_and_load(void **state)
{
	char path[] = "/tmp/kmb_topology_XXXXXX";
	struct topology t, again;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	load_machine(&t, MEMORYLESS);
	assert_int_equal(topology_save(&t, path), 0);
	load_machine(&again, path);
	assert_memory_equal(again.distance, t.distance,
			    16 * sizeof(*t.distance));
	assert_memory_equal(again.cpus, t.cpus, 8 * sizeof(*t.cpus));
	assert_int_equal(again.nodes[1].memory_bytes, 0);
	topology_free(&again);
	unlink(path);
	assert_int_equal(topology_save(&t, "/nonexistent/t.xml"), -ENOENT);
	assert_int_equal(topology_save(&t, "/dev/full"), -ENOSPC);
	topology_free(&t);
}

/* What topology_print() says of a machine, in memory to be freed. */
static char *printed(const char *source)
{
	struct topology t;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	load_machine(&t, source);
	topology_print(&t, out);
	topology_free(&t);
	fclose(out);
	return text;
}

static void says(const char *text, const char *part)
{
	check(strstr(text, part), "no '%s' in\n%s", part, text);
}

static void print(void **state)
{
	char *text = printed(MEMORYLESS);

	(void)state;
	says(text, "simulated ");
	says(text, "usable      CPUs 0-7, memory of nodes 0,2-3\n\n");
	says(text,
	     "   1 (1)    none       -          2-3 (memory of node 0)\n");
	says(text, "distances     0    1    2    3   (to)\n");
	says(text, "       3     26   12   25   10\n");
	says(text, "HMAT        none: ");
	check(!strstr(text, "hugetlb"), "the host's pages in\n%s", text);
	free(text);
	text = printed(SPARSE);
	says(text, "usable      CPUs 0-1,4-9,12-14, memory of nodes 0,2,5\n"
		   "kept away   CPUs 2-3,10-11: offline\n\n");
	says(text, "   5 (2)    1 GiB      -          6-7,14\n");
	says(text,
	     "            2 (2)      4 (4)      5 (2)      6 (8), 14 (9)\n");
	free(text);
	text = printed(NULL);
	says(text, "hugetlb pool");
	free(text);
}

static void print_cpuset(void **state)
{
	char *text = printed(CPUSET);

	(void)state;
	says(text, "usable      CPUs 1-2,5 of 0-7, memory of nodes 0\n"
		   "kept away   CPUs 0,3-4,6-7: the cpuset\n"
		   "            memory of nodes 1: the cpuset\n\n");
	says(text, "   1 (1)    forbidden  -          "
		   "5 of 4-7 (memory of node 0)\n");
	says(text, "   (to)  assumed: the firmware states none\n");
	free(text);
}

static void print_hmat(void **state)
{
	char *text = printed(HMAT);

	(void)state;
	says(text, "usable      CPUs 0,2 of 0,2-3, memory of nodes 0-2\n"
		   "kept away   CPUs 1: offline\n"
		   "            CPUs 3: the cpuset\n\n");
	says(text, "   1 (2)    1 GiB      -          2 of 2-3\n"
		   "   2 (1)    4 GiB      -          none\n");
	says(text, "distances     0    1    2   (to)\n"
		   "       0     10   21   17\n"
		   "       1     21   10   28\n"
		   "       2     17   28   10\n");
	says(text, "       0    80         102400         0\n"
		   "       1    90         51200          2-3\n"
		   "       2    250/310    20480/10240    0\n"
		   "       2    320        NA             2-3\n\n");
	says(text,
	     "      L2    512 KiB    1, each for 1 of the CPUs, line 64 B\n"
	     "      L2    512 KiB    1, each for 2 of the CPUs, line 64 B\n"
	     "  memory    10 KiB     before node 0, line 8 B\n");
	says(text, "            0 (0)      0 (0)      0 (0)      0 (0)\n"
		   "            1 (1)      0 (1)      1 (2)      "
		   "2 (1), 3 (2) not ours\n");
	free(text);
}

/* What taskset would leave is named, and the rest with the reason. */
static void print_affinity(void **state)
{
	cpu_set_t all, one;
	char expected[128], *text;
	unsigned first = 0;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	if (CPU_COUNT(&all) < 2)
		skip();
	while (!CPU_ISSET(first, &all))
		first++;
	CPU_ZERO(&one);
	CPU_SET(first, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	text = printed(NULL);
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
	snprintf(expected, sizeof(expected), "usable      CPUs %u of ", first);
	says(text, expected);
	says(text, ": the affinity mask ");
	free(text);
}

static void kept(void **state)
{
	struct topology t;

	(void)state;
	load_machine(&t, HMAT);
	assert_int_equal(t.nr_cpus, 2);
	assert_int_equal(t.nr_kept, 1);
	assert_int_equal(t.kept[0].os, 3);
	assert_int_equal(t.kept[0].own_node, 1);
	assert_int_equal(t.kept[0].core, t.cpus[1].core);
	assert_true(t.distances_stated);
	topology_free(&t);
	load_machine(&t, TWO_BY_EIGHT);
	assert_int_equal(t.nr_kept, 0);
	assert_false(t.distances_stated);
	topology_free(&t);
}

/* Against the kernel's own word. */
static void this_machine(void **state)
{
	cpu_set_t all, one;
	struct topology t;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	load_machine(&t, NULL);
	assert_false(t.simulated);
	assert_int_equal(t.nr_cpus, CPU_COUNT(&all));
	for (unsigned i = 0; i < t.nr_cpus; i++) {
		unsigned cpu, node;

		assert_true(CPU_ISSET(t.cpus[i].os, &all));
		CPU_ZERO(&one);
		CPU_SET(t.cpus[i].os, &one);
		assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
		assert_int_equal(getcpu(&cpu, &node), 0);
		assert_int_equal(cpu, t.cpus[i].os);
		assert_int_equal(node, t.nodes[t.cpus[i].own_node].os);
		assert_true(t.nodes[t.cpus[i].node].memory_bytes > 0);
	}
	topology_free(&t);

	/* Still on the last CPU: the affinity mask is respected. */
	load_machine(&t, NULL);
	assert_int_equal(t.nr_cpus, 1);
	assert_true(CPU_ISSET(t.cpus[0].os, &one));
	assert_int_equal(t.cpus[0].smt, 0);
	topology_free(&t);
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
}

/* ---- control groups, from a made-up /proc and /sys ---- */

static char root[] = "/tmp/kmb_cgroup_XXXXXX";

static void put(const char *path, const char *text)
{
	char name[512];
	FILE *file;

	for (const char *slash = strchr(path, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		snprintf(name, sizeof(name), "%s/%.*s", root,
			 (int)(slash - path), path);
		mkdir(name, 0700);
	}
	snprintf(name, sizeof(name), "%s/%s", root, path);
	file = fopen(name, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void cgroup_v2(void **state)
{
	(void)state;
	put("proc/self/cgroup", "0::/a/b/c\n");
	put("proc/self/mountinfo",
	    "22 1 0:21 / /proc rw - proc proc rw\n"
	    "30 1 0:26 / /cg rw,nosuid shared:9 - cgroup2 cgroup2 rw\n");
	put("cg/a/b/c/memory.max", "max\n");
	put("cg/a/b/memory.max", "max\n");
	put("cg/a/memory.max", "max\n");
	assert_true(cgroup_memory_limit(root) == UINT64_MAX);
	put("cg/a/b/c/memory.max", "2147483648\n");
	assert_true(cgroup_memory_limit(root) == 2 * GIB);
	put("cg/a/memory.max", "1073741824\n");
	assert_true(cgroup_memory_limit(root) == GIB);
	/* In a namespace our own group is the root of the mount. */
	put("proc/self/cgroup", "0::/\n");
	put("cg/memory.max", "4096\n");
	assert_true(cgroup_memory_limit(root) == 4096);
}

static void cgroup_v1(void **state)
{
	(void)state;
	put("proc/self/cgroup", "9:name=systemd:/x\n"
				"4:hugetlb,memory:/docker/id/in\n"
				"0::/x\n");
	put("proc/self/mountinfo",
	    "35 31 0:32 / /cg1/cpu rw - cgroup cgroup rw,cpu\n"
	    "36 31 0:33 /docker/id /cg1/memory rw - cgroup cgroup "
	    "rw,hugetlb,memory\n"
	    "37 31 0:34 / /cg1/unified rw - cgroup2 cgroup2 rw\n");
	put("cg1/memory/memory.limit_in_bytes", "9223372036854771712\n");
	put("cg1/memory/in/memory.limit_in_bytes", "9223372036854771712\n");
	assert_true(cgroup_memory_limit(root) == UINT64_MAX);
	put("cg1/memory/memory.limit_in_bytes", "3221225472\n");
	assert_true(cgroup_memory_limit(root) == 3 * GIB);
	put("cg1/memory/in/memory.limit_in_bytes", "1073741824\n");
	assert_true(cgroup_memory_limit(root) == GIB);
	assert_true(cgroup_memory_limit("/nonexistent") == UINT64_MAX);
}

static int make_root(void **state)
{
	(void)state;
	return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", root);
	return system(command);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_by_eight),
		cmocka_unit_test(memoryless),
		cmocka_unit_test(sparse),
		cmocka_unit_test(cpuless),
		cmocka_unit_test(cpuset),
		cmocka_unit_test(big),
		cmocka_unit_test(caches),
		cmocka_unit_test(bad_sources),
		cmocka_unit_test(save_and_load),
		cmocka_unit_test(kept),
		cmocka_unit_test(print),
		cmocka_unit_test(print_cpuset),
		cmocka_unit_test(print_hmat),
		cmocka_unit_test(print_affinity),
		cmocka_unit_test(this_machine),
		cmocka_unit_test(cgroup_v2),
		cmocka_unit_test(cgroup_v1),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
