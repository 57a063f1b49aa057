/*
 * rmap_loops_chain.h - template: each process is its predecessor's only child,
 * down to the `size`-th generation, and writes one of the 16 pages that they
 * began with. Behind the @: whether all live until the last is there, or a
 * process ends once it has a child. An operation is a generation.
 */

#define RMAP_CHAIN_CASE(name, how)                                         \
	RMAP_ADD(KMB_PASTE(chain_, name), RMAP_OF_ANON &&RMAP_CHANGES) = { \
		RMAP_CASE("chain@" #name, "generations", how),             \
		.sizes = BENCH_SIZES(1, 4, 16, 64, 256, 1024),             \
		.quick_sizes = BENCH_SIZES(32),                            \
		.size_max = 1024,                                          \
		.round = rmap_size_round,                                  \
		.phases = { "fork", "exit" },                              \
		.metrics = L(metrics),                                     \
		.setup = L(setup),                                         \
		.thread_setup = L(round_thread),                           \
		.loop = L(rounds),                                         \
	}

RMAP_CHAIN_CASE(live, &rmap_chain_live);
RMAP_CHAIN_CASE(orphan, &rmap_chain_orphan);

#undef RMAP_CHAIN_CASE
