/*
 * rmap_loops_fork.h - template: a process has `size` children, all at once,
 * with which it shares 128 pages. Each writes so many eighths of them, and not
 * those that its sister does. Then reclaim takes a page of every fourth process
 * away, which is its own copy or one that it shares, and the children end, the
 * first first. An operation is a child's life.
 */

/* Children, from mm[1] on; how many there are. */
static uint64_t L(fork_children)(struct rmap_bench *bench, unsigned cpu)
{
	uint64_t nr = bench->env->point.size, c;

	for (c = 1; c <= nr; c++) {
		bench->mm[c] = S(fork)(bench->world, bench->mm[0], cpu);
		if (!bench->mm[c])
			break;
	}
	return c - 1;
}

/* How many pages they have written. */
static uint64_t L(write_copies)(struct rmap_bench *bench, unsigned cpu,
				uint64_t nr_children)
{
	const struct rmap_workload *workload = bench->env->bench->arg;
	uint64_t nr = 0;

	for (uint64_t c = 1; workload->copied && c <= nr_children; c++)
		for (uint64_t i = 0; i < RMAP_FORK_PAGES; i++)
			if ((i + c) % 8 < workload->copied)
				nr += !S(access)(bench->world, bench->mm[c],
						 cpu, L(anon_addr)(i), true);
	return nr;
}

/* How many pages went: none where the one before took what is shared. */
static uint64_t L(reclaim_some)(struct rmap_bench *bench, unsigned cpu,
				uint64_t nr_processes)
{
	struct S(world) *w = bench->world;
	uint64_t nr = 0;

	for (uint64_t p = 0; p < nr_processes; p += 4) {
		struct page *page = L(page_at)(bench, bench->mm[p],
					       L(anon_addr)(RMAP_FORK_PLACE));

		if (!page)
			continue;
		get_page(page);
		if (L(reclaim)(bench, cpu, page))
			nr += S(drop_page)(w, cpu, page);
		S(put_page)(w, cpu, page);
	}
	return nr;
}

static void L(end_children)(struct rmap_bench *bench, unsigned cpu,
			    uint64_t nr_children)
{
	for (uint64_t c = 1; c <= nr_children; c++) {
		S(exit)(bench->world, bench->mm[c], cpu);
		bench->mm[c] = NULL;
	}
}

static uint64_t L(fork_round)(struct bench_thread *self)
{
	struct rmap_bench *bench = self->state;
	const unsigned cpu = self->cpu;
	uint64_t nr = L(fork_children)(bench, cpu), pages;

	bench_phase(self, 0, nr);
	pages = L(write_copies)(bench, cpu, nr);
	if (pages)
		bench_phase(self, 1, pages);
	if (bench->peaking)
		L(see_peak)(bench);
	pages = RMAP_UNMAPS ? L(reclaim_some)(bench, cpu, nr + 1) : 0;
	if (pages)
		bench_phase(self, 2, pages);
	L(end_children)(bench, cpu, nr);
	/* What the parent has lost comes back. */
	S(access)
	(bench->world, bench->mm[0], cpu, L(anon_addr)(RMAP_FORK_PLACE), true);
	bench_phase(self, 3, nr);
	return nr;
}

static uint64_t L(fork_loop)(struct bench_thread *self, uint64_t nr)
{
	uint64_t done = 0;

	for (uint64_t left = nr; left; left -= self->env->point.size)
		done += L(fork_round)(self);
	return done;
}

/* Once there and back: all memory was touched. */
static int L(round_thread)(struct bench_thread *self)
{
	const struct bench_case *bench = self->env->bench;

	bench->loop(self, bench->round(self->env));
	return 0;
}

static void *L(fork_setup)(const struct bench_env *env)
{
	struct rmap_bench *bench = L(new)(env);

	if (!bench)
		return NULL;
	bench->mm[0] = L(parent)(bench, RMAP_FORK_PAGES, RMAP_FORK_PAGES);
	return L(ready)(bench, bench->mm[0] ? 0 : -ENOMEM);
}

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
		.setup = L(fork_setup),                                      \
		.thread_setup = L(round_thread),                             \
		.loop = L(fork_loop),                                        \
	}

RMAP_FORK_CASE(0);
RMAP_FORK_CASE(1);
RMAP_FORK_CASE(4);
RMAP_FORK_CASE(8);

#undef RMAP_FORK_CASE
