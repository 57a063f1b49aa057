/*
 * zone_numa_checks.h - template: what the counters of numastat say of random
 * requests, against a count of where each page lies; and the order in which
 * nodes run dry.
 *
 * Four nodes of 1024 pages with one zone each: DMA, NORMAL, NORMAL, HIGHMEM. So
 * the node that a request wants need not be its task's: DMA is node 0's alone,
 * and a kernel's pages are not node 3's.
 */
#define NUMA_NODES 4

/* No node's column, nor the nodes' numbers, are in the order of its row. */
static const uint8_t S(numa_distance)[NUMA_NODES * NUMA_NODES] = {
	10, 28, 16, 22, /* from 0 */
	17, 10, 32, 23, /* from 1 */
	30, 18, 10, 24, /* from 2 */
	26, 21, 19, 10, /* from 3 */
};

static struct S(zones) * S(numa_begin)(void)
{
	static const unsigned blocks[NUMA_NODES] = { 1, 1, 1, 1 };

	return S(begin_machine)(NUMA_NODES, blocks, 1, 3, S(numa_distance));
}

/* The node with the first zone of a request's list, by looking at them all. */
static unsigned S(numa_wanted)(unsigned node, gfp_t gfp)
{
	const uint8_t *distance = &S(numa_distance)[node * NUMA_NODES];
	unsigned best = 0, last = 3;

	if (gfp & GFP_DMA)
		return 0;
	if (!(gfp & GFP_HIGHMEM))
		last = 2;
	for (unsigned n = 1; n <= last; n++)
		if (distance[n] < distance[best])
			best = n;
	return best;
}

static void S(numa_equals)(const struct numa_stat *model)
{
	struct numa_stat all = { 0 };

	for (unsigned n = 0; n < NUMA_NODES; n++) {
		struct numa_stat sum;

		zones_sum_numa(&S(under_test).zones, n, &sum);
		assert_int_equal(sum.numa_hit, model[n].numa_hit);
		assert_int_equal(sum.numa_miss, model[n].numa_miss);
		assert_int_equal(sum.numa_foreign, model[n].numa_foreign);
		assert_int_equal(sum.local_node, model[n].local_node);
		assert_int_equal(sum.other_node, model[n].other_node);
		numa_stat_add(&all, &sum);
	}
	assert_int_equal(all.numa_foreign, all.numa_miss);
	assert_int_equal(all.numa_hit + all.numa_miss,
			 all.local_node + all.other_node);
}

static void S(numa_model)(struct numa_stat *model, unsigned node, gfp_t gfp,
			  pfn_t pfn)
{
	unsigned wanted = S(numa_wanted)(node, gfp);
	unsigned by = (unsigned)(pfn / 1024);

	model[by].numa_hit += by == wanted;
	model[by].numa_miss += by != wanted;
	model[wanted].numa_foreign += by != wanted;
	model[by].local_node += by == node;
	model[by].other_node += by != node;
}

/* As a task on a random node; half of the time something is freed. */
static void S(numastat_counts_where_pages_lie)(void **unused)
{
	static const gfp_t kind[] = { GFP_DMA, GFP_KERNEL, GFP_KERNEL,
				      GFP_HIGHUSER, GFP_HIGHUSER };
	static uint64_t held[NUMA_NODES * 1024];
	struct random r = { test_seed() };
	struct numa_stat model[NUMA_NODES] = { { 0 } };
	struct S(zones) *s = S(numa_begin)();
	uint64_t nr_held = 0;

	(void)unused;
	for (unsigned i = 0; i < 20000; i++) {
		struct zone_task task = { .cpu = (unsigned)random_below(&r,
									4) };
		gfp_t gfp = kind[random_below(&r, ARRAY_SIZE(kind))];
		unsigned order = random_below(&r, 4) ? 0 : 2;
		pfn_t pfn;

		task.node = task.cpu;
		/* It fills up, and empties again. */
		if (nr_held && random_below(&r, 10) < (i / 5000 % 2 ? 8 : 2)) {
			uint64_t at = random_below(&r, nr_held);

			S(free_pages)
			(s, &task, held[at] >> 4, held[at] & 15);
			held[at] = held[--nr_held];
			continue;
		}
		pfn = S(alloc_pages)(s, &task, gfp | GFP_NORETRY, order);
		if (pfn == PFN_NONE)
			continue;
		held[nr_held++] = pfn << 4 | order;
		S(numa_model)(model, task.node, gfp, pfn);
	}
	S(numa_equals)(model);
	assert_true(model[3].numa_foreign > 0 && model[0].other_node > 0);
	for (unsigned cpu = 0; cpu < 4; cpu++)
		zones_reset_cpu(&s->zones, cpu);
	S(numa_equals)((struct numa_stat[NUMA_NODES]){ { 0 } });
	S(end)();
}

/* A task takes three quarters of all pages: each node in its turn. */
static void S(nodes_run_dry_by_distance)(void **unused)
{
	/* By S(numa_distance); users' pages, which every zone may be. */
	static const unsigned order[NUMA_NODES][NUMA_NODES] = {
		{ 0, 2, 3, 1 },
		{ 1, 0, 3, 2 },
		{ 2, 1, 3, 0 },
		{ 3, 2, 1, 0 },
	};

	(void)unused;
	for (unsigned node = 0; node < NUMA_NODES; node++) {
		struct S(zones) *s = S(numa_begin)();
		struct numa_stat model[NUMA_NODES] = { { 0 } };
		unsigned at = 0;

		machine.task = (struct zone_task){ .node = node };
		for (unsigned i = 0; i < 3 * 1024; i++) {
			pfn_t pfn =
				S(alloc_pages)(s, &machine.task,
					       GFP_HIGHUSER | GFP_NORETRY, 0);

			if (pfn / 1024 != order[node][at])
				at++;
			assert_true(at < NUMA_NODES);
			assert_int_equal(pfn / 1024, order[node][at]);
			S(numa_model)(model, node, GFP_HIGHUSER, pfn);
		}
		S(numa_equals)(model);
		S(end)();
	}
}

#undef NUMA_NODES
