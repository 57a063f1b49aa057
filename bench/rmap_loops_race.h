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

static struct mm_struct *L(mm_of)(const struct bench_thread *self)
{
	const struct rmap_bench *bench = self->state;

	return bench->mm[1 + self->cpu];
}

/* How many of a thread's pages are there. */
static uint64_t L(fault_in)(const struct bench_thread *self)
{
	struct rmap_bench *bench = self->state;
	struct S(world) *w = bench->world;
	struct mm_struct *mm = L(mm_of)(self);
	uint64_t nr = 0;

	for (uint64_t i = 0; i < RMAP_RACE_PAGES; i++) {
		nr += !S(access)(w, mm, self->cpu,
				 RMAP_FILE_BASE + (i << PAGE_SHIFT), false);
		nr += !S(access)(w, mm, self->cpu, L(anon_addr)(i), true);
	}
	return nr;
}

/* A page that somebody else has locked is left to him. */
static void L(look_at)(struct rmap_bench *bench, unsigned cpu,
		       struct page *page)
{
	struct S(world) *w = bench->world;

	if (!trylock_page(page))
		return;
	S(page_referenced)(&w->rmap, cpu, page);
	unlock_page(page);
}

static void L(race_reclaim)(const struct bench_thread *self, struct random *r)
{
	struct rmap_bench *bench = self->state;
	struct S(world) *w = bench->world;

	for (unsigned i = 0; i < RMAP_RACE_RECLAIM; i++) {
		uint64_t at = random_below(r, RMAP_RACE_PAGES);

		L(look_at)(bench, self->cpu, bench->target[at].page);
		at = random_below(r, RMAP_RACE_PAGES);
		L(reclaim)(bench, self->cpu, w->files[0].file.pages[at]);
	}
}

static uint64_t L(fault_loop)(struct bench_thread *self, uint64_t nr)
{
	struct rmap_bench *bench = self->state;
	const uint64_t bytes = RMAP_RACE_PAGES << PAGE_SHIFT;
	struct random r = { self->env->point.seed + self->cpu };
	struct mm_struct *mm = L(mm_of)(self);
	uint64_t done = 0;

	for (uint64_t left = nr; left; left -= 4 * RMAP_RACE_PAGES) {
		done += 2 * L(fault_in)(self);
		bench_phase(self, 0, 2 * RMAP_RACE_PAGES);
		if (RMAP_UNMAPS) {
			L(race_reclaim)(self, &r);
			bench_phase(self, 1, 2 * RMAP_RACE_RECLAIM);
		}
		S(madvise_dontneed)
		(bench->world, mm, self->cpu, RMAP_ANON_BASE,
		 RMAP_ANON_BASE + bytes);
		S(madvise_dontneed)
		(bench->world, mm, self->cpu, RMAP_FILE_BASE,
		 RMAP_FILE_BASE + bytes);
		bench_phase(self, 2, 2 * RMAP_RACE_PAGES);
	}
	return done;
}

static uint64_t L(life_loop)(struct bench_thread *self, uint64_t nr)
{
	struct rmap_bench *bench = self->state;
	struct S(world) *w = bench->world;
	uint64_t done = 0;

	for (uint64_t left = nr; left; left--) {
		struct mm_struct *mm = S(fork)(w, L(mm_of)(self), self->cpu);

		if (!mm)
			continue;
		bench_phase(self, 0, 1);
		for (uint64_t i = 0; i < RMAP_WORKER_COPIES; i++)
			S(access)(w, mm, self->cpu, L(anon_addr)(i * 8), true);
		bench_phase(self, 1, RMAP_WORKER_COPIES);
		S(exit)(w, mm, self->cpu);
		bench_phase(self, 2, 1);
		done++;
	}
	return done;
}

/* A child of mm[0] for each thread has the file mapped, too. */
static void *L(race_setup)(const struct bench_env *env)
{
	struct rmap_bench *bench = L(new)(env);
	struct S(world) * w;
	int err;

	if (!bench)
		return NULL;
	w = bench->world;
	err = L(family)(bench, 1 + env->point.threads + env->point.size,
			RMAP_RACE_PAGES, RMAP_RACE_PAGES);
	for (uint64_t i = 0; i < RMAP_RACE_PAGES && !err; i++) {
		err = L(aim_at)(bench, 0, i, 1);
		if (!err)
			unlock_page(bench->target[i].page);
	}
	for (unsigned t = 0; t < env->point.threads && !err; t++)
		err = S(mmap)(w, bench->mm[1 + t], 0, RMAP_FILE_BASE,
			      RMAP_RACE_PAGES << PAGE_SHIFT, VM_READ,
			      &w->files[0], 0);
	return L(ready)(bench, err);
}

RMAP_ADD(fault_case, RMAP_CHANGES) = {
	RMAP_CASE("race_fault", "processes", &rmap_race),
	.sizes = BENCH_SIZES(16, 256),
	.quick_sizes = BENCH_SIZES(16),
	.size_max = 4096,
	.max_threads = S(max_threads),
	.round = rmap_race_round,
	.phases = { "fault", "reclaim", "unmap" },
	.setup = L(race_setup),
	.thread_setup = L(round_thread),
	.loop = L(fault_loop),
};

RMAP_ADD(life_case, RMAP_OF_ANON &&RMAP_CHANGES) = {
	RMAP_CASE("race_fork", "processes", &rmap_race),
	.sizes = BENCH_SIZES(16, 256),
	.quick_sizes = BENCH_SIZES(16),
	.size_max = 4096,
	.max_threads = S(max_threads),
	.whole_batches = true,
	.phases = { "fork", "write", "exit" },
	.setup = L(race_setup),
	.loop = L(life_loop),
};
