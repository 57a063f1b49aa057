/*
 * rmap_loops_file.h - template: who maps a page of a file, that one process has
 * mapped by `size` areas. An operation is a mapping found, as in walk.
 *
 *   file_disjoint    each area maps 4 pages that no other does
 *   file_identical   all map the same 4 pages
 *   file_stack       the i-th maps the first i + 1: one begins as the other
 */

RMAP_ADD(disjoint_case, RMAP_OF_FILES &&RMAP_FINDS) = {
	RMAP_CASE("file_disjoint", "areas", &rmap_disjoint),
	.sizes = BENCH_SIZES(1, 16, 64, 256, 1024, 4096, 10000),
	.quick_sizes = BENCH_SIZES(256),
	.size_max = 10000,
	.round = rmap_disjoint_round,
	.metrics = L(metrics),
	.setup = L(setup),
	.loop = L(walk_loop),
};

RMAP_ADD(identical_case, RMAP_OF_FILES &&RMAP_FINDS) = {
	RMAP_CASE("file_identical", "areas", &rmap_identical),
	.sizes = BENCH_SIZES(1, 16, 64, 256, 1024, 4096, 10000),
	.quick_sizes = BENCH_SIZES(64),
	.size_max = 10000,
	.round = rmap_identical_round,
	.metrics = L(metrics),
	.setup = L(setup),
	.loop = L(walk_loop),
};

RMAP_ADD(stack_case, RMAP_OF_FILES &&RMAP_FINDS) = {
	RMAP_CASE("file_stack", "areas", &rmap_stack),
	.sizes = BENCH_SIZES(16, 64, 256, 1024),
	.quick_sizes = BENCH_SIZES(64),
	.size_max = 4096,
	.round = rmap_stack_round,
	.metrics = L(metrics),
	.setup = L(setup),
	.loop = L(walk_loop),
};
