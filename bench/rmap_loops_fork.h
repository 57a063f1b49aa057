/*
 * rmap_loops_fork.h - template: a process has `size` children, all at once,
 * with which it shares 128 pages. Each writes so many eighths of them, and not
 * those that its sister does. Then reclaim takes a page of every fourth process
 * away, which is its own copy or one that it shares, and the children end, the
 * first first. An operation is a child's life.
 */

#define RMAP_FORK_CASE(eighths)                                              \
	RMAP_ADD(KMB_PASTE(fork_, eighths), RMAP_OF_ANON &&RMAP_CHANGES) = { \
		RMAP_CASE("fork@" #eighths "of8", "processes",               \
			  &rmap_fork_##eighths),                             \
		.sizes = BENCH_SIZES(1, 4, 16, 64, 256, 1024, 4096),         \
		.quick_sizes = BENCH_SIZES(4, 16, 64),                       \
		.size_max = 4096,                                            \
		.round = rmap_size_round,                                    \
		.phases = { "fork", "write", "reclaim", "exit" },            \
		.metrics = L(metrics),                                       \
		.setup = L(setup),                                           \
		.thread_setup = L(round_thread),                             \
		.loop = L(rounds),                                           \
	}

RMAP_FORK_CASE(0);
RMAP_FORK_CASE(1);
RMAP_FORK_CASE(4);
RMAP_FORK_CASE(8);

#undef RMAP_FORK_CASE
