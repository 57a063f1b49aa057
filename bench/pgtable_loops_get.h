/* pgtable_loops_get.h - template: a page got, as for a direct transfer into a
 * user's memory, and put. */
static uint64_t P(get_loop)(struct bench_thread *self, uint64_t nr)
{
	struct pgtable_thread *t = self->local;
	struct P(space) *s = t->bench->space;
	struct page_source *pages = t->bench->sources[0];
	const unsigned cpu = self->cpu;
	uint64_t none = 0, after = 0, failed = 0;

	OPTIMIZER_HIDE(none);
	for (uint64_t left = nr, part; left; left -= part) {
		const uint64_t *addr = pgtable_next(t, left, &part);

		for (uint64_t i = 0; i < part; i++) {
			pfn_t pfn = P(get)(s, cpu, addr[i] ^ after, true);

			after = pfn & none;
			if (likely(pfn != PFN_NONE))
				put_pages(pages, cpu,
					  pfn_to_page(pages->mem, pfn), 0);
			else
				failed++;
			OPTIMIZER_CLOBBER();
		}
	}
	return nr - failed;
}

PGTABLE_ADD(get_case, !(P(traits) & PGTABLE_BATCH)) = {
	PGTABLE_CASE("get", &pgtable_random),
	.sizes = PGTABLE_SIZES,
	.quick_sizes = BENCH_SIZES(64 << 20),
	.size_max = 1ull << 40,
	.max_threads = P(max_threads),
	.aside = P(traits) & PGTABLE_BRIEF,
	.thread_setup = P(list_thread),
	.loop = P(get_loop),
};
