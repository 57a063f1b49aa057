/*
 * rmap_loops_file.h - template: who maps a page of a file, that one process has
 * mapped by `size` areas. An operation is a mapping found, as in walk.
 *
 *   file_disjoint    each area maps 4 pages that no other does
 *   file_identical   all map the same 4 pages
 *   file_stack       the i-th maps the first i + 1: one begins as the other
 */

/* Map pages of the file at the process's next addresses; a hole follows, lest
 * areas become one. */
static int L(map_area)(struct rmap_bench *bench, uint64_t *addr, uint64_t pgoff,
		       uint64_t nr)
{
	struct S(world) *w = bench->world;
	int err = S(mmap)(w, bench->mm[0], 0, *addr, nr << PAGE_SHIFT, VM_READ,
			  &w->files[0], pgoff);

	*addr += (nr + 1) << PAGE_SHIFT;
	return err;
}

static int L(read_page)(struct rmap_bench *bench, uint64_t addr)
{
	return S(access)(bench->world, bench->mm[0], 0, addr, false);
}

/* An area of the file, of which the page at `touched` is read, if there. */
static int L(disjoint_areas)(struct rmap_bench *bench, uint64_t nr)
{
	const struct S(world) *w = bench->world;
	uint64_t addr = RMAP_FILE_BASE;
	int err = 0;

	for (uint64_t i = 0; i < nr && !err; i++) {
		uint64_t start = addr;

		err = L(map_area)(bench, &addr, i * RMAP_FILE_AREA,
				  RMAP_FILE_AREA);
		if (!err)
			err = L(read_page)(bench, start);
	}
	/* Of many, some: any of them is as good. */
	for (uint64_t i = 0; i < rmap_disjoint_targets(nr) && !err; i++)
		rmap_bench_target(
			bench,
			w->files[0]
				.file.pages[i * nr / rmap_disjoint_targets(nr) *
					    RMAP_FILE_AREA],
			1);
	return err;
}

static int L(identical_areas)(struct rmap_bench *bench, uint64_t nr)
{
	const struct S(world) *w = bench->world;
	uint64_t addr = RMAP_FILE_BASE;
	int err = 0;

	for (uint64_t i = 0; i < nr && !err; i++) {
		uint64_t start = addr;

		err = L(map_area)(bench, &addr, 0, RMAP_FILE_AREA);
		for (uint64_t p = 0; p < RMAP_FILE_AREA && !err; p++)
			err = L(read_page)(bench, start + (p << PAGE_SHIFT));
	}
	for (uint64_t p = 0; p < RMAP_FILE_AREA && !err; p++)
		rmap_bench_target(bench, w->files[0].file.pages[p], nr);
	return err;
}

/* 16 pages are asked for, evenly spread; only they were ever read. */
static int L(stack_areas)(struct rmap_bench *bench, uint64_t nr)
{
	const struct S(world) *w = bench->world;
	uint64_t addr = RMAP_FILE_BASE;
	int err = 0;

	for (uint64_t i = 0; i < nr && !err; i++) {
		uint64_t start = addr;

		err = L(map_area)(bench, &addr, 0, i + 1);
		for (uint64_t t = 0; t < RMAP_STACK_TARGETS && !err; t++) {
			uint64_t p = rmap_stack_page(nr, t);

			if (p <= i)
				err = L(read_page)(bench,
						   start + (p << PAGE_SHIFT));
		}
	}
	for (uint64_t t = 0; t < RMAP_STACK_TARGETS && !err; t++) {
		uint64_t p = rmap_stack_page(nr, t);

		rmap_bench_target(bench, w->files[0].file.pages[p], nr - p);
	}
	return err;
}

static void *L(file_setup)(const struct bench_env *env,
			   int (*areas)(struct rmap_bench *bench, uint64_t nr))
{
	struct rmap_bench *bench = L(new)(env);
	int err;

	if (!bench)
		return NULL;
	bench->mm[0] = S(mm_create)(bench->world, 0);
	bench->nr_mms = 1;
	err = bench->mm[0] ? areas(bench, env->point.size) : -ENOMEM;
	rmap_bench_shuffle(bench);
	return L(ready)(bench, err);
}

static void *L(disjoint_setup)(const struct bench_env *env)
{
	return L(file_setup)(env, L(disjoint_areas));
}

static void *L(identical_setup)(const struct bench_env *env)
{
	return L(file_setup)(env, L(identical_areas));
}

static void *L(stack_setup)(const struct bench_env *env)
{
	return L(file_setup)(env, L(stack_areas));
}

RMAP_ADD(disjoint_case, RMAP_OF_FILES &&RMAP_FINDS) = {
	RMAP_CASE("file_disjoint", "areas", &rmap_disjoint),
	.sizes = BENCH_SIZES(1, 16, 64, 256, 1024, 4096, 10000),
	.quick_sizes = BENCH_SIZES(256),
	.size_max = 10000,
	.round = rmap_disjoint_round,
	.metrics = L(metrics),
	.setup = L(disjoint_setup),
	.loop = L(walk_loop),
};

RMAP_ADD(identical_case, RMAP_OF_FILES &&RMAP_FINDS) = {
	RMAP_CASE("file_identical", "areas", &rmap_identical),
	.sizes = BENCH_SIZES(1, 16, 64, 256, 1024, 4096, 10000),
	.quick_sizes = BENCH_SIZES(64),
	.size_max = 10000,
	.round = rmap_identical_round,
	.metrics = L(metrics),
	.setup = L(identical_setup),
	.loop = L(walk_loop),
};

RMAP_ADD(stack_case, RMAP_OF_FILES &&RMAP_FINDS) = {
	RMAP_CASE("file_stack", "areas", &rmap_stack),
	.sizes = BENCH_SIZES(16, 64, 256, 1024),
	.quick_sizes = BENCH_SIZES(64),
	.size_max = 4096,
	.round = rmap_stack_round,
	.metrics = L(metrics),
	.setup = L(stack_setup),
	.loop = L(walk_loop),
};
