/*
 * pgtable_loops_mix.h - template: an area of mixed pages, looked up by
 * follow_page() and forked, under the locks that STRATEGY_LOCKS are about.
 */

static int P(map_mix)(struct pgtable_bench *bench)
{
	static const uint64_t flags[] = {
		[PGTABLE_WRITABLE] = PAGE_TABLE,
		[PGTABLE_READ_ONLY] = PAGE_TABLE & ~PAGE_RW,
		[PGTABLE_ZERO] = PAGE_TABLE & ~PAGE_RW,
		[PGTABLE_SPECIAL] = PAGE_TABLE | PAGE_SPECIAL,
		[PGTABLE_HUGE] = PAGE_TABLE,
	};
	struct P(space) *s = bench->space;
	int err = 0;

	s->mm.zero_pfn = bench->zero_pfn;
	for (uint64_t i = 0; i < bench->span.nr_pages && !err; i++) {
		uint64_t addr = pgtable_span_addr(&bench->span, i);
		enum pgtable_kind kind = pgtable_kind(&bench->span, addr);
		bool huge = kind == PGTABLE_HUGE;
		pfn_t pfn = kind == PGTABLE_ZERO ? bench->zero_pfn
						 : pgtable_frame(bench, addr);

		if (kind == PGTABLE_HOLE ||
		    (huge && addr & (F(level_size)(LEVEL_PMD) - 1)))
			continue;
		err = P(map)(s, 0, addr, pfn, huge ? LEVEL_PMD : LEVEL_PTE,
			     flags[kind]);
	}
	return err;
}

/* What is not found, and is not to be, is an answer, too. */
static uint64_t P(follow_loop)(struct bench_thread *self, uint64_t nr)
{
	struct pgtable_thread *t = self->local;
	struct P(space) *s = t->bench->space;
	struct page_source *pages = t->bench->sources[0];
	const struct vm_area_struct vma = pgtable_mix_area(&t->bench->span);
	const unsigned cpu = self->cpu;
	uint64_t none = 0, after = 0, failed = 0;

	OPTIMIZER_HIDE(none);
	for (uint64_t left = nr, part; left; left -= part) {
		const uint64_t *addr = pgtable_next(t, left, &part);

		for (uint64_t i = 0; i < part; i++) {
			unsigned flags = addr[i] & PGTABLE_FOLLOW_FLAGS;
			struct page *page = F(follow_page)(
				&s->mm, cpu, &vma, addr[i] ^ after, flags);
			bool found = page && !IS_ERR(page);

			after = (uintptr_t)page & none;
			if (found && flags & FOLL_GET)
				put_pages(pages, cpu, page, 0);
			failed += found != !!(addr[i] & PGTABLE_FOLLOW_FOUND);
			OPTIMIZER_CLOBBER();
		}
	}
	return nr - failed;
}

PGTABLE_ADD(follow_page_case, true) = {
	PGTABLE_CASE("follow_page", &pgtable_mix),
	.sizes = PGTABLE_SIZES,
	.quick_sizes = BENCH_SIZES(64 << 20),
	.size_max = 1ull << 40,
	.max_threads = P(max_threads),
	.thread_setup = pgtable_thread_follow,
	.loop = P(follow_loop),
};

/* What a child does that has its parent's whole area and nothing to say. */
static uint64_t P(fork_exit)(struct bench_thread *self, uint64_t nr_pages)
{
	const struct pgtable_bench *bench = self->state;
	const struct vm_area_struct vma = pgtable_mix_area(&bench->span);
	struct P(space) *s = bench->space;
	const unsigned cpu = self->cpu;
	struct F(mm) child;
	int64_t gone;
	int err;

	if (F(mm_init)(&child, cpu, s->mm.pages))
		return 0;
	child.split_locks = s->mm.split_locks;
	child.zero_pfn = s->mm.zero_pfn;
	spin_lock(&child.page_table_lock);
	spin_lock(&s->mm.page_table_lock);
	err = F(copy_page_range)(&child, &s->mm, cpu, &vma);
	spin_unlock(&s->mm.page_table_lock);
	bench_phase(self, 0, nr_pages);
	gone = F(zap_page_range)(&child, cpu, &vma, vma.vm_start, vma.vm_end);
	F(free_tables)(&child, cpu, vma.vm_start, vma.vm_end);
	spin_unlock(&child.page_table_lock);
	F(mm_destroy)(&child, cpu);
	bench_phase(self, 1, nr_pages);
	return (err ? 0 : nr_pages) + (gone > 0 ? (uint64_t)gone : 0);
}

/* All pages copied, and unmapped again. */
static uint64_t P(fork_round)(const struct bench_env *env)
{
	uint64_t huge = F(level_size)(LEVEL_PMD);
	struct pgtable_span span = pgtable_span_of(env, huge);

	return 2 * pgtable_mix_pages(&span, huge >> PAGE_SHIFT);
}

static uint64_t P(fork_loop)(struct bench_thread *self, uint64_t nr)
{
	uint64_t round = P(fork_round)(self->env), done = 0;

	for (uint64_t left = nr; left; left -= round)
		done += P(fork_exit)(self, round / 2);
	return done;
}

/*
 * Once there and back: the tables' pages were all touched; and whatever a child
 * shares is write-protected already, as when a parent forks again that has not
 * written meanwhile.
 */
static int P(fork_thread)(struct bench_thread *self)
{
	P(fork_loop)(self, P(fork_round)(self->env));
	return 0;
}

PGTABLE_ADD(fork_copy_case, true) = {
	PGTABLE_CASE("fork_copy", &pgtable_fork),
	.sizes = BENCH_SIZES(1 << 20, 16 << 20, 64 << 20, 256 << 20, 1ull << 30,
			     4ull << 30),
	.quick_sizes = BENCH_SIZES(64 << 20),
	.size_max = 16ull << 30,
	.round = P(fork_round),
	.max_threads = 1,
	.phases = { "copy", "zap" },
	.thread_setup = P(fork_thread),
	.loop = P(fork_loop),
};
