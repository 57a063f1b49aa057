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

/* Worker i is there, and has written its pages. */
static int L(start_worker)(struct rmap_bench *bench, unsigned cpu, uint64_t i)
{
	struct S(world) *w = bench->world;
	int err = 0;

	bench->mm[i] = S(fork)(w, bench->mm[0], cpu);
	if (!bench->mm[i])
		return -ENOMEM;
	for (uint64_t j = 0; j < RMAP_WORKER_COPIES && !err; j++)
		err = S(access)(
			w, bench->mm[i], cpu,
			L(anon_addr)((i * 7 + j * 11) % RMAP_SERVER_PAGES),
			true);
	return err;
}

static uint64_t L(prefork_loop)(struct bench_thread *self, uint64_t nr)
{
	struct rmap_bench *bench = self->state;
	struct S(world) *w = bench->world;
	const unsigned cpu = self->cpu;
	uint64_t done = 0;

	for (uint64_t left = nr; left; left--) {
		uint64_t i = 1 + bench->next_mm;

		S(exit)(w, bench->mm[i], cpu);
		bench_phase(self, 0, 1);
		done += !L(start_worker)(bench, cpu, i);
		bench_phase(self, 1, 1);
		for (uint64_t j = 0; j < RMAP_WORKER_COPIES; j++)
			S(page_referenced)
		(&w->rmap, cpu,
		 bench->target[bench->next_target++ % RMAP_SERVER_PAGES].page);
		bench_phase(self, 2, RMAP_WORKER_COPIES);
		bench->next_mm = (bench->next_mm + 1) % self->env->point.size;
	}
	return done;
}

static void *L(prefork_setup)(const struct bench_env *env)
{
	struct rmap_bench *bench = L(new)(env);
	uint64_t nr = env->point.size;
	int err;

	if (!bench)
		return NULL;
	err = L(family)(bench, 1, RMAP_SERVER_PAGES, RMAP_SERVER_PAGES);
	for (uint64_t i = 0; i < RMAP_SERVER_PAGES && !err; i++)
		err = L(aim_at)(bench, 0, i, 1);
	for (uint64_t i = 1; i <= nr && !err; i++)
		err = L(start_worker)(bench, 0, i);
	bench->nr_mms = nr + 1;
	return L(ready)(bench, err);
}

RMAP_ADD(prefork_case, RMAP_OF_ANON &&RMAP_CHANGES) = {
	RMAP_CASE("prefork", "processes", &rmap_prefork),
	.sizes = BENCH_SIZES(4, 16, 64, 256, 1024),
	.quick_sizes = BENCH_SIZES(16),
	.size_max = 4096,
	.whole_batches = true,
	.phases = { "exit", "start", "age" },
	.metrics = L(metrics),
	.setup = L(prefork_setup),
	.loop = L(prefork_loop),
};

/* The program's file and memory, and what it touches first. */
static int L(run_program)(struct rmap_bench *bench, struct mm_struct *mm,
			  unsigned cpu)
{
	const uint64_t text = RMAP_TEXT_PAGES, data = RMAP_DATA_PAGES;
	const uint64_t data_base = RMAP_FILE_BASE + (text << PAGE_SHIFT);
	struct S(world) *w = bench->world;
	int err = S(mmap)(w, mm, cpu, RMAP_FILE_BASE, text << PAGE_SHIFT,
			  VM_READ | VM_EXEC, &w->files[0], 0);

	if (!err)
		err = S(mmap)(w, mm, cpu, data_base, data << PAGE_SHIFT,
			      VM_READ | VM_WRITE, &w->files[0], text);
	if (!err)
		err = S(mmap)(w, mm, cpu, RMAP_ANON_BASE,
			      RMAP_HEAP_PAGES << PAGE_SHIFT, VM_READ | VM_WRITE,
			      NULL, 0);
	for (uint64_t i = 0; i < text + data && !err; i++)
		err = S(access)(w, mm, cpu, RMAP_FILE_BASE + (i << PAGE_SHIFT),
				i >= text);
	for (uint64_t i = 0; i < RMAP_HEAP_PAGES && !err; i++)
		err = S(access)(w, mm, cpu, L(anon_addr)(i), true);
	return err;
}

/* execve(): the memory that was forked goes, the program's comes. */
static bool L(exec)(struct rmap_bench *bench, unsigned cpu, uint64_t i)
{
	struct S(world) *w = bench->world;

	S(exit)(w, bench->mm[i], cpu);
	bench->mm[i] = S(mm_create)(w, cpu);
	return bench->mm[i] && !L(run_program)(bench, bench->mm[i], cpu);
}

static uint64_t L(shells_loop)(struct bench_thread *self, uint64_t nr)
{
	struct rmap_bench *bench = self->state;
	const unsigned cpu = self->cpu;
	uint64_t done = 0;

	for (uint64_t left = nr, n; left; left -= self->env->point.size) {
		n = L(fork_children)(bench, cpu);
		bench_phase(self, 0, n);
		for (uint64_t i = 1; i <= n; i++)
			done += L(exec)(bench, cpu, i);
		bench_phase(self, 1, n);
		if (bench->peaking)
			L(see_peak)(bench);
		L(end_children)(bench, cpu, n);
		bench_phase(self, 2, n);
	}
	return done;
}

static void *L(shells_setup)(const struct bench_env *env)
{
	struct rmap_bench *bench = L(new)(env);
	int err;

	if (!bench)
		return NULL;
	bench->mm[0] = S(mm_create)(bench->world, 0);
	err = bench->mm[0] ? L(run_program)(bench, bench->mm[0], 0) : -ENOMEM;
	return L(ready)(bench, err);
}

RMAP_ADD(shells_case, RMAP_CHANGES) = {
	RMAP_CASE("shells", "processes", &rmap_shells),
	.sizes = BENCH_SIZES(1, 16, 64, 256, 1024, 4096),
	.quick_sizes = BENCH_SIZES(64),
	.size_max = 10000,
	.round = rmap_size_round,
	.phases = { "fork", "exec", "exit" },
	.metrics = L(metrics),
	.setup = L(shells_setup),
	.thread_setup = L(round_thread),
	.loop = L(shells_loop),
};
