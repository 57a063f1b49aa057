/* pgtable_mmu.h - template: a thread that plays the MMU of another CPU. */

/* Sets `bits` in what maps the first pages of an address space and has none. */
struct F(mmu) {
	struct F(mm) * mm;
	uint64_t nr_pages;
	uint32_t bits;
	bool stop;
	uint64_t nr_set;
	pthread_t thread;
};

static void *F(mmu_run)(void *arg)
{
	struct F(mmu) *mmu = arg;
	struct random r = { test_seed() };

	chaos_one_in = 64;
	while (!READ_ONCE(mmu->stop)) {
		uint64_t i = random_below(&r, mmu->nr_pages);
		struct F(leaf) leaf = F(walk_leaf)(mmu->mm->mem, mmu->mm->pgd,
						   i << PAGE_SHIFT);

		if (F(leaf_pfn)(leaf, 0) != PFN_NONE &&
		    !(leaf.pte.v & mmu->bits) &&
		    F(touch)(leaf.ptep, leaf.pte, mmu->bits))
			WRITE_ONCE(mmu->nr_set, mmu->nr_set + 1);
	}
	return NULL;
}

static void F(mmu_begin)(struct F(mmu) * mmu)
{
	assert_int_equal(pthread_create(&mmu->thread, NULL, F(mmu_run), mmu),
			 0);
	while (!READ_ONCE(mmu->nr_set))
		sched_yield();
}

/* Until it has set a bit, or not for long. */
static void F(mmu_wait)(const struct F(mmu) * mmu)
{
	uint64_t before = READ_ONCE(mmu->nr_set);

	for (unsigned i = 0; i < 200 && READ_ONCE(mmu->nr_set) == before; i++)
		cpu_relax();
}

static void F(mmu_end)(struct F(mmu) * mmu)
{
	WRITE_ONCE(mmu->stop, true);
	assert_int_equal(pthread_join(mmu->thread, NULL), 0);
}

/* Clears `bits` of every page: how many had one. */
static uint64_t F(mmu_collect)(struct F(mmu) * mmu)
{
	uint64_t nr = 0;

	for (uint64_t i = 0; i < mmu->nr_pages; i++)
		nr += !!F(clear_bits)(F(lookup)(mmu->mm, i << PAGE_SHIFT).ptep,
				      mmu->bits);
	return nr;
}
