/*
 * rmap_loops_server.h - template: processes that come and go in numbers.
 *
 *   prefork   a server's parent and its `size` workers, who share 64 pages but
 *             for 8 that each has written: the oldest worker ends, another is
 *             forked, and reclaim looks at 8 of the parent's pages
 *   shells    one process forks `size` children which become another program
 *             (8 pages of a file to read, 2 to write, 4 of their own), and all
 *             end, the first first
 * An operation is a process's life.
 */

RMAP_ADD(prefork_case, RMAP_OF_ANON &&RMAP_CHANGES) = {
	RMAP_CASE("prefork", "processes", &rmap_prefork),
	.sizes = BENCH_SIZES(4, 16, 64, 256, 1024),
	.quick_sizes = BENCH_SIZES(16),
	.size_max = 4096,
	.whole_batches = true,
	.phases = { "exit", "start", "age" },
	.metrics = L(metrics),
	.setup = L(setup),
	.loop = L(rounds),
};

RMAP_ADD(shells_case, RMAP_CHANGES) = {
	RMAP_CASE("shells", "processes", &rmap_shells),
	.sizes = BENCH_SIZES(1, 16, 64, 256, 1024, 4096),
	.quick_sizes = BENCH_SIZES(64),
	.size_max = 10000,
	.round = rmap_size_round,
	.phases = { "fork", "exec", "exit" },
	.metrics = L(metrics),
	.setup = L(setup),
	.thread_setup = L(round_thread),
	.loop = L(rounds),
};
