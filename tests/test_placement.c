/* test_placement.c - every policy on every machine, written out. */
#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "../harness/placement.h"
#include "machines.h"

#define MANY_CPUS "synthetic:pack:4 [numa] core:300 pu:1"

/* A place with all its threads gives these CPUs. */
static void assert_place(const char *machine, const char *place,
			 const char *cpus)
{
	struct placement p;
	struct topology t;
	char error[256] = "", text[4096];
	unsigned nr;

	load_machine(&t, machine);
	nr = placement_max_threads(&t, place);
	check(!placement_resolve(&p, &t, place, "local", nr, error,
				 sizeof(error)),
	      "%s on %s: %s", place, machine, error);
	placement_format_cpus(&p, text, sizeof(text));
	check(!strcmp(text, cpus), "%s on %s: %s, not %s", place, machine, text,
	      cpus);
	topology_free(&t);
}

static void compact(void **state)
{
	(void)state;
	assert_place(ONE_NODE, "compact", "0-3");
	assert_place(TWO_BY_EIGHT, "compact", "0-15");
	assert_place(SPARSE, "compact", "0,8,1,9,4,12,5,13,6,14,7");
	assert_place(CPUSET, "compact", "1-2,5");
	assert_place(CPULESS, "compact", "0-1");
	assert_place(BIG, "compact", "0-255");
}

static void scatter(void **state)
{
	(void)state;
	assert_place(ONE_NODE, "scatter", "0-3");
	assert_place(TWO_BY_EIGHT, "scatter",
		     "0,8,2,10,4,12,6,14,1,9,3,11,5,13,7,15");
	assert_place(MEMORYLESS, "scatter", "0,2,4,6,1,3,5,7");
	assert_place(SPARSE, "scatter", "0,4,6,1,5,7-8,12,14,9,13");
	/* Nodes 0 and 1 are in package 0: its second comes third. */
	assert_place(TWO_NODES_A_PACKAGE, "scatter", "0,4,2,6,1,5,3,7");
	assert_place(CPUSET, "scatter", "1,5,2");
}

static void smp(void **state)
{
	(void)state;
	assert_place(ONE_NODE, "smp", "0-3");
	/* As scatter does: SMT siblings come last. */
	assert_place(TWO_BY_EIGHT, "smp", "0,2,4,6,1,3,5,7");
	assert_place(MEMORYLESS, "smp", "0-1");
	assert_place(SPARSE, "smp", "0-1,8-9");
	/* Not the node of the first CPU, but the one with more CPUs. */
	assert_place("synthetic:pack:2 [numa] pu:3", "smp", "0-2");
	assert_place(CPUSET, "smp", "1-2");
}

/* No more threads than fit; any CPU can be one of theirs. */
static void more_cpus_than_threads(void **state)
{
	(void)state;
	assert_place(MANY_CPUS, "compact", "0-1023");
	assert_place(MANY_CPUS, "smp", "0-299");
	assert_place(MANY_CPUS, "node:3", "900-1199");
	assert_place(MANY_CPUS, "1199,1100", "1199,1100");
	assert_place(MANY_CPUS, "+1199", "1199");
	assert_place(MANY_CPUS, "!0-199", "200-1199");
	assert_place(MANY_CPUS, "all", "0-1023");
}

static void node(void **state)
{
	(void)state;
	assert_place(TWO_BY_EIGHT, "node:1", "8-15");
	assert_place(SPARSE, "node:5", "6,14,7");
	assert_place(MEMORYLESS, "node:1", "2-3");
	assert_place(CPUSET, "node:1", "5");
	assert_place(BIG, "node:7", "224-255");
}

static void list(void **state)
{
	(void)state;
	assert_place(TWO_BY_EIGHT, "0-3,8", "0-3,8");
	assert_place(TWO_BY_EIGHT, "9,2,0-1", "9,2,0-1");
	assert_place(TWO_BY_EIGHT, "all", "0-15");
	assert_place(TWO_BY_EIGHT, "!2", "0-1,3-15");
	assert_place(TWO_BY_EIGHT, "!0-13", "14-15");
	assert_place(SPARSE, "all", "0-1,4-9,12-14");
	assert_place(SPARSE, "+0-2", "0-1,4");
	assert_place(SPARSE, "+10,0", "14,0");
	assert_place(SPARSE, "!+0-9", "14");
	assert_place(CPUSET, "+1-2", "2,5");
	assert_place(CPUSET, "!1", "2,5");
	assert_place(CPUSET, "5,1", "5,1");
}

/* Simulated nodes as "node of each thread / host nodes of each node". */
static void assert_mem(const char *machine, const char *place, unsigned threads,
		       const char *mem, const char *expected)
{
	struct placement p;
	struct topology t;
	char error[256] = "", text[512] = "", nodes[64];
	size_t used = 0;

	load_machine(&t, machine);
	check(!placement_resolve(&p, &t, place, mem, threads, error,
				 sizeof(error)),
	      "%s on %s: %s", mem, machine, error);
	assert_int_equal(p.nr_threads, threads);
	for (unsigned i = 0; i < threads; i++)
		used += (size_t)sprintf(text + used, "%u ", p.node[i]);
	for (unsigned i = 0; i < p.nr_nodes; i++) {
		placement_format_nodes(p.host_nodes[i], nodes, sizeof(nodes));
		used += (size_t)sprintf(text + used, "/%s", nodes);
	}
	check(!strcmp(text, expected), "%s %s on %s: %s, not %s", place, mem,
	      machine, text, expected);
	topology_free(&t);
}

static void local(void **state)
{
	(void)state;
	assert_mem(ONE_NODE, "compact", 2, "local", "0 0 /0");
	assert_mem(TWO_BY_EIGHT, "compact", 2, "local", "0 0 /0");
	assert_mem(TWO_BY_EIGHT, "scatter", 4, "local", "0 1 0 1 /0/1");
	/* Node 0 is the first thread's. */
	assert_mem(TWO_BY_EIGHT, "9,0", 2, "local", "0 1 /1/0");
	assert_mem(SPARSE, "7,4,0", 3, "local", "0 1 2 /5/2/0");
	assert_mem(MEMORYLESS, "scatter", 4, "local", "0 0 1 2 /0/2/3");
	assert_mem(MEMORYLESS, "node:1", 2, "local", "0 0 /0");
	assert_mem(CPUSET, "scatter", 3, "local", "0 0 0 /0");
	assert_mem(CPULESS, "compact", 2, "local", "0 0 /0");
}

static void remote(void **state)
{
	(void)state;
	assert_mem(TWO_BY_EIGHT, "compact", 1, "remote", "0 /1");
	assert_mem(TWO_BY_EIGHT, "scatter", 2, "remote", "0 1 /1/0");
	assert_mem(MEMORYLESS, "0,4,6", 3, "remote", "0 1 2 /3/0/0");
	assert_mem(SPARSE, "0,4,6", 3, "remote", "0 1 2 /5/5/0");
	assert_mem(CPULESS, "compact", 1, "remote", "0 /1");
	/* Of equals the next: no node has to serve two. */
	assert_mem(BIG, "scatter", 8, "remote",
		   "0 1 2 3 4 5 6 7 /1/2/3/4/5/6/7/0");
}

static void bind_and_interleave(void **state)
{
	(void)state;
	assert_mem(TWO_BY_EIGHT, "scatter", 2, "bind:1", "0 0 /1");
	assert_mem(CPULESS, "compact", 2, "bind:1", "0 0 /1");
	assert_mem(ONE_NODE, "compact", 1, "interleave", "0 /0");
	assert_mem(TWO_BY_EIGHT, "compact", 1, "interleave", "0 /0-1");
	assert_mem(MEMORYLESS, "scatter", 2, "interleave", "0 0 /0,2-3");
	assert_mem(MEMORYLESS, "compact", 1, "interleave:2,0", "0 /0,2");
	assert_mem(MEMORYLESS, "compact", 1, "interleave:+1-2", "0 /2-3");
	assert_mem(SPARSE, "compact", 1, "interleave:!2", "0 /0,5");
	assert_mem(SPARSE, "compact", 1, "interleave:all", "0 /0,2,5");
	assert_mem(CPUSET, "compact", 1, "interleave", "0 /0");
}

/* Those of the host nodes that the simulated ones stand for. */
static void distances(void **state)
{
	static const struct {
		const char *mem;
		unsigned nr_nodes;
		uint8_t distance[9];
	} t[] = {
		/* Host nodes 0, 2, 3. */
		{ "local", 3, { 10, 22, 28, 34, 10, 16, 26, 25, 10 } },
		/* Host nodes 3, 0, 0. */
		{ "remote", 3, { 10, 26, 26, 28, 10, 10, 28, 10, 10 } },
		{ "bind:2", 1, { 10 } },
		{ "interleave", 1, { 10 } },
	};
	struct topology topology;
	char error[256];

	(void)state;
	load_machine(&topology, MEMORYLESS);
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		struct placement p;

		assert_int_equal(placement_resolve(&p, &topology, "0,4,6",
						   t[i].mem, 3, error,
						   sizeof(error)),
				 0);
		assert_int_equal(p.nr_nodes, t[i].nr_nodes);
		assert_memory_equal(p.distance, t[i].distance,
				    p.nr_nodes * p.nr_nodes);
	}
	topology_free(&topology);
}

static void assert_error(const char *machine, const char *place,
			 const char *mem, unsigned threads, int err,
			 const char *text)
{
	struct placement p;
	struct topology t;
	char error[256] = "";

	load_machine(&t, machine);
	check(placement_resolve(&p, &t, place, mem, threads, error,
				sizeof(error)) == err,
	      "%s %s on %s: not %d; %s", place, mem, machine, err, error);
	check(!strcmp(error, text), "%s", error);
	topology_free(&t);
}

static void bad_places(void **state)
{
	static const struct {
		const char *machine, *place;
		int err;
		const char *text;
	} bad[] = {
		{ ONE_NODE, "foo", -EINVAL,
		  "--place: 'foo' is not compact, scatter, smp, node:N or a "
		  "list of CPUs" },
		{ ONE_NODE, "-1", -EINVAL,
		  "--place: '-1' is not compact, scatter, smp, node:N or a "
		  "list of CPUs" },
		{ ONE_NODE, "", -EINVAL,
		  "--place: '' is not a list; write 0-3,8 or +0-1 or !2 or "
		  "all" },
		{ ONE_NODE, "0,", -EINVAL,
		  "--place: '0,' is not a list; write 0-3,8 or +0-1 or !2 or "
		  "all" },
		{ ONE_NODE, "0-", -EINVAL,
		  "--place: '0-' is not a list; write 0-3,8 or +0-1 or !2 or "
		  "all" },
		{ ONE_NODE, "0 1", -EINVAL,
		  "--place: '0 1' is not a list; write 0-3,8 or +0-1 or !2 or "
		  "all" },
		{ ONE_NODE, "3-1", -EINVAL,
		  "--place: '3-1': the range 3-1 runs backwards" },
		{ ONE_NODE, "0-2,1", -EINVAL,
		  "--place: '0-2,1' names 1 twice" },
		{ ONE_NODE, "99999999999", -EINVAL,
		  "--place: '99999999999' has a number of 1000000 or more" },
		{ ONE_NODE, "0-5000", -EINVAL,
		  "--place: '0-5000' has more than 1024 numbers" },
		{ ONE_NODE, "7", -EINVAL,
		  "--place: CPU 7 does not exist; usable: 0-3" },
		{ ONE_NODE, "!7", -EINVAL,
		  "--place: CPU 7 does not exist; usable: 0-3" },
		{ MANY_CPUS, "1200", -EINVAL,
		  "--place: CPU 1200 does not exist; usable: 0-1199" },
		{ MANY_CPUS, "+1200", -EINVAL,
		  "--place: CPU +1200 does not exist; usable: +0-1199" },
		{ SPARSE, "0-3", -ENODEV,
		  "--place: CPU 2 is offline; usable: 0-1,4-9,12-14" },
		{ CPUSET, "0", -ENODEV,
		  "--place: CPU 0 is not in this process's cpuset; usable: "
		  "1-2,5" },
		{ CPUSET, "+3", -EINVAL,
		  "--place: CPU +3 does not exist; usable: +0-2" },
		{ ONE_NODE, "!0-3", -ENODEV,
		  "--place: the list leaves no CPU" },
		{ TWO_BY_EIGHT, "node:2", -EINVAL,
		  "--place: node 2 does not exist; usable: 0-1" },
		{ TWO_BY_EIGHT, "node:", -EINVAL,
		  "--place: '' is not a node's number; usable: 0-1" },
		{ TWO_BY_EIGHT, "node:0-1", -EINVAL,
		  "--place: '0-1' is not a node's number; usable: 0-1" },
		/* What is wrong is not cut off behind what is long. */
		{ ONE_NODE, "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,7",
		  -EINVAL,
		  "--place: '0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,...' "
		  "names 7 twice" },
		{ CPULESS, "node:1", -ENODEV,
		  "--place: node 1 has no usable CPUs; these have: 0" },
	};
	struct topology t;

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_error(bad[i].machine, bad[i].place, "local", 1,
			     bad[i].err, bad[i].text);
		load_machine(&t, bad[i].machine);
		assert_int_equal(placement_max_threads(&t, bad[i].place), 0);
		topology_free(&t);
	}
}

static void bad_threads(void **state)
{
	(void)state;
	assert_error(TWO_BY_EIGHT, "compact", "local", 17, -ENODEV,
		     "--place: 17 threads do not fit; compact has room for 16");
	assert_error(TWO_BY_EIGHT, "smp", "local", 9, -ENODEV,
		     "--place: 9 threads do not fit; smp has room for 8");
	assert_error(TWO_BY_EIGHT, "0,3", "local", 3, -ENODEV,
		     "--place: 3 threads do not fit; 0,3 has room for 2");
	assert_error(TWO_BY_EIGHT, "smp", "local", 0, -EINVAL,
		     "--threads: 0 is too few; 1-8 fit");
}

static void bad_memory(void **state)
{
	(void)state;
	assert_error(TWO_BY_EIGHT, "compact", "near", 1, -EINVAL,
		     "--mem: 'near' is not local, remote, bind:N, interleave "
		     "or interleave:LIST");
	assert_error(TWO_BY_EIGHT, "compact", "bind:7", 1, -EINVAL,
		     "--mem: node 7 does not exist; usable: 0-1");
	assert_error(TWO_BY_EIGHT, "compact", "bind:x", 1, -EINVAL,
		     "--mem: 'x' is not a node's number; usable: 0-1");
	assert_error(MEMORYLESS, "compact", "bind:1", 1, -ENODEV,
		     "--mem: node 1 has no memory; usable: 0,2-3");
	assert_error(CPUSET, "compact", "bind:1", 1, -ENODEV,
		     "--mem: node 1 is not in this process's cpuset; usable: "
		     "0");
	assert_error(ONE_NODE, "compact", "remote", 1, -ENODEV,
		     "--mem: remote needs two nodes with memory; only node 0 "
		     "has");
	assert_error(CPUSET, "compact", "remote", 1, -ENODEV,
		     "--mem: remote needs two nodes with memory; only node 0 "
		     "has");
	assert_error(MEMORYLESS, "compact", "interleave:0-1", 1, -ENODEV,
		     "--mem: node 1 has no memory; usable: 0,2-3");
	assert_error(MEMORYLESS, "compact", "interleave:+3", 1, -EINVAL,
		     "--mem: node +3 does not exist; usable: 0,2-3");
	assert_error(MEMORYLESS, "compact", "interleave:", 1, -EINVAL,
		     "--mem: '' is not a list; write 0-3,8 or +0-1 or !2 or "
		     "all");
	assert_error(TWO_BY_EIGHT, "compact", "interleave:!0-1", 1, -ENODEV,
		     "--mem: the list leaves no node");
}

/* Node 64 has no bit; threads on it can be placed, its memory cannot. */
static void many_nodes(void **state)
{
	(void)state;
	assert_mem("synthetic:numa:65 pu:1", "node:63", 1, "local", "0 /63");
	assert_error("synthetic:numa:65 pu:1", "node:64", "local", 1, -ENODEV,
		     "--mem: node 64: only numbers below 64 can be bound");
}

static void formats(void **state)
{
	struct placement p = { .nr_threads = 6,
			       .cpu = { 3, 4, 5, 1, 0, 100 },
			       .nr_nodes = 2,
			       .host_nodes = { 1ull << 63 | 3, 1ull << 5 } };
	char text[16];

	(void)state;
	placement_format_cpus(&p, text, sizeof(text));
	assert_string_equal(text, "3-5,1,0,100");
	placement_format_cpus(&p, text, 12);
	assert_string_equal(text, "3-5,1,0,100");
	placement_format_cpus(&p, text, 11);
	assert_string_equal(text, "3-5,1,0...");
	placement_format_host_nodes(&p, text, sizeof(text));
	assert_string_equal(text, "0-1,5,63");
	placement_format_nodes(0, text, sizeof(text));
	assert_string_equal(text, "");
}

static void every_placement_fits_its_list(void **state)
{
	struct placement p = { .nr_threads = PLACEMENT_MAX_CPUS };
	char text[PLACEMENT_CPUS_BYTES];

	(void)state;
	for (unsigned i = 0; i < PLACEMENT_MAX_CPUS; i++)
		p.cpu[i] = 8191 - 2 * i;
	placement_format_cpus(&p, text, sizeof(text));
	assert_int_equal(strlen(text), 1024 * 5 - 1);
	assert_string_equal(text + 1021 * 5, "6149,6147,6145");
}

static void pin_and_check(void **state)
{
	struct topology t;
	cpu_set_t all;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	load_machine(&t, NULL);
	for (unsigned i = 0; i < t.nr_cpus; i++) {
		assert_int_equal(placement_pin(t.cpus[i].os), 0);
		assert_int_equal(sched_getcpu(), t.cpus[i].os);
		assert_int_equal(placement_check(t.cpus[i].os), 0);
		assert_int_equal(placement_check(t.cpus[i].os + 1), -EXDEV);
	}
	assert_int_equal(placement_pin(8191), -EINVAL);
	assert_int_equal(placement_pin(1000000), -EINVAL);
	assert_int_equal(placement_check(1000000), -EINVAL);
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
	/* Free to move is not pinned. */
	if (CPU_COUNT(&all) > 1)
		assert_int_equal(placement_check((unsigned)sched_getcpu()),
				 -EXDEV);
	topology_free(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(compact),
		cmocka_unit_test(scatter),
		cmocka_unit_test(smp),
		cmocka_unit_test(more_cpus_than_threads),
		cmocka_unit_test(node),
		cmocka_unit_test(list),
		cmocka_unit_test(local),
		cmocka_unit_test(remote),
		cmocka_unit_test(bind_and_interleave),
		cmocka_unit_test(distances),
		cmocka_unit_test(bad_places),
		cmocka_unit_test(bad_threads),
		cmocka_unit_test(bad_memory),
		cmocka_unit_test(many_nodes),
		cmocka_unit_test(formats),
		cmocka_unit_test(every_placement_fits_its_list),
		cmocka_unit_test(pin_and_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
