/*
 * pgtable_loops_dump.h - template: walks over a real process's page tables,
 * dump:FILE and many_dump:FILE (docs/PTDUMP.md), at random mapped addresses.
 *
 * For each pair of a STRATEGY and a FORMAT; those of x86_64 and x86_64_la57
 * are joined to one case, which takes dumps of four levels and of five.
 */
#include "ptdump_bench.h"

#if KMB_PASTE(PTDUMP_FORMAT_, FORMAT)
#include "ptdump_space.h"

static int P(dump_open)(void *space, struct ptdump *d, unsigned nr_cpus)
{
	return P(ptdump_open)(space, d, nr_cpus);
}

static void P(dump_close)(void *space)
{
	P(ptdump_close)(space);
}

static maybe_unused pfn_t P(dump_find)(void *space, uint64_t addr)
{
	return P(walk)(space, 0, addr);
}

static uint64_t P(dump_bytes)(void *space, const struct ptdump *d)
{
	return P(ptdump_bytes)(space, d);
}

#ifdef STRATEGY_PREPARE
static uint64_t P(dump_prepare)(void *space, uint64_t addr)
{
	return P(prepare)(space, addr);
}
#endif

/* An address is xored with what is none of the last result: it waits for it. */
static uint64_t P(dump_loop)(struct bench_thread *self, uint64_t nr)
{
	struct ptdump_thread *t = self->local;
	struct P(space) *s = t->space;
	uint64_t none = 0, after = 0, failed = 0;

	OPTIMIZER_HIDE(none);
	for (uint64_t left = nr, part; left; left -= part) {
		const uint64_t *addr = ptdump_next(t, left, &part);

		for (uint64_t i = 0; i < part; i++) {
			pfn_t pfn = P(walk)(s, self->cpu, addr[i] ^ after);

			after = pfn & none;
			failed += pfn == PFN_NONE;
			OPTIMIZER_CLOBBER();
		}
	}
	return nr - failed;
}

static uint64_t P(many_dump_loop)(struct bench_thread *self, uint64_t nr)
{
	struct ptdump_thread *t = self->local;
	struct P(space) *s = t->space;
	uint64_t failed = 0;

	for (uint64_t left = nr, part; left; left -= part) {
		const uint64_t *addr = ptdump_next(t, left, &part);

		P(walk_many)(s, self->cpu, addr, t->pfn, (unsigned)part);
		OPTIMIZER_CLOBBER();
		for (uint64_t i = 0; i < part; i++)
			failed += t->pfn[i] == PFN_NONE;
	}
	return nr - failed;
}

static const struct ptdump_ops P(dump_ops) = {
	.space_bytes = sizeof(struct P(space)),
	.largest = P(traits) & PGTABLE_SMALL_PAGES ? LEVEL_PTE : LEVEL_PUD,
	.open = P(dump_open),
	.close = P(dump_close),
	.find = P(traits) & PGTABLE_NULL ? NULL : P(dump_find),
#ifdef STRATEGY_PREPARE
	.prepare = P(dump_prepare),
#endif
	.bytes = P(dump_bytes),
	.walk = P(dump_loop),
	.walk_many = P(many_dump_loop),
};
#endif

#if KMB_PASTE(PTDUMP_FORMAT_, FORMAT) == 2
static const struct ptdump_formats S(dump_formats) = {
	.levels4 = &S(x86_64_dump_ops),
	.levels5 = &S(x86_64_la57_dump_ops),
};

#define PTDUMP_CASE(name)                                                 \
	.family = "pgtable", .strategy = STRATEGY_NAME, .workload = name, \
	.isa = "scalar", .models = P(models), .batch = PTDUMP_BATCH,      \
	.arg = &S(dump_formats), .max_threads = P(max_threads),           \
	.file = "a dump of a process's page tables",                      \
	.check_file = ptdump_bench_check_file,                            \
	.reference = P(traits) & PGTABLE_REFERENCE,                       \
	.setup = ptdump_bench_setup, .validate = ptdump_bench_validate,   \
	.metrics = ptdump_bench_metrics,                                  \
	.thread_teardown = ptdump_bench_thread_free,                      \
	.teardown = ptdump_bench_teardown

static struct bench_case S(dump_case) = {
	PTDUMP_CASE("dump"),
	.thread_setup = ptdump_bench_thread,
	.loop = ptdump_bench_walk,
};

BENCH_CASE(S(many_dump_case)) = {
	PTDUMP_CASE("many_dump"),
	.whole_batches = true,
	.pages = P(traits) & PGTABLE_BATCH ? BENCH_PAGES_4K | BENCH_PAGES_THP
					   : 0,
	.thread_setup = ptdump_bench_thread_many,
	.loop = ptdump_bench_walk_many,
};

/* Whose subject is many walks at once has no other single ones. */
static __attribute__((constructor)) void S(dump_case_add)(void)
{
	if (!(P(traits) & PGTABLE_BATCH))
		bench_add_case(&S(dump_case));
}

#undef PTDUMP_CASE
#endif
