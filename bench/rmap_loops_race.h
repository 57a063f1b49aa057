/*
 * rmap_loops_race.h - template: threads with a process each, all children of
 * one, whose pages and file they share: so the locks that meet are the
 * scheme's, under those of the page tables. Beside them sleep `size` more.
 *
 *   race_fault   a page that comes or goes: 64 of a file read, 64 of one's own
 *                written, then unmapped again; in between reclaim looks at 4
 *                of the parent's pages, and unmaps 4 of the file's
 *   race_fork    a process that is forked, writes 8 of 64 pages, and ends
 */

RMAP_ADD(fault_case, RMAP_CHANGES) = {
	RMAP_CASE("race_fault", "processes", &rmap_fault),
	.sizes = BENCH_SIZES(16, 256),
	.quick_sizes = BENCH_SIZES(16),
	.size_max = 4096,
	.max_threads = S(max_threads),
	.round = rmap_race_round,
	.phases = { "fault", "reclaim", "unmap" },
	.setup = L(setup),
	.thread_setup = L(round_thread),
	.loop = L(rounds),
};

RMAP_ADD(life_case, RMAP_OF_ANON &&RMAP_CHANGES) = {
	RMAP_CASE("race_fork", "processes", &rmap_life),
	.sizes = BENCH_SIZES(16, 256),
	.quick_sizes = BENCH_SIZES(16),
	.size_max = 4096,
	.max_threads = S(max_threads),
	.whole_batches = true,
	.phases = { "fork", "write", "exit" },
	.setup = L(setup),
	.loop = L(rounds),
};
