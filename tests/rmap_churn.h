/* rmap_churn.h - template: random operations on a world under test. */
#include "rmap_world.h"

static const bool S(reclaims) = !(S(traits) & RMAP_REFERENCE);

/* There is always a process; memory is found for it if there is none. */
static void S(revive)(void)
{
	const struct rmap_op start = { .kind = RMAP_START };

	for (unsigned id = 0; id < NR_PROCESSES; id++)
		if (S(process)[id])
			return;
	if (S(run_op)(&start)) {
		source.fail = 0;
		assert_int_equal(S(run_op)(&start), 0);
	}
}

/* nr operations of whichever processes there are; after one in ten a look at
 * what there is, if any is taken. */
static void S(churn)(struct rmap_random *r, uint64_t nr, void (*look)(void))
{
	for (uint64_t i = 0; i < nr; i++) {
		const unsigned processes =
			r->processes ? r->processes : NR_PROCESSES;
		unsigned id = (unsigned)below(r, processes), free = -1u;
		struct rmap_op op;

		for (unsigned j = 0; j < processes; j++)
			if (!S(process)[j])
				free = j;
		while (!S(process)[id])
			id = (id + 1) % processes;
		op = random_op(r, S(process)[id], id, free);
		/* What was not used of late may go. */
		if ((op.kind == RMAP_UNMAP || op.kind == RMAP_RECLAIM) &&
		    below(r, 4)) {
			struct rmap_op old = op;

			old.kind = RMAP_REFERENCED;
			S(run_op)(&old);
		}
		S(run_op)(&op);
		/* While nothing is there yet: a huge page fits. */
		if (op.kind == RMAP_MMAP && random_has_huge(r) && below(r, 4)) {
			op.kind = RMAP_HUGEPAGE;
			S(run_op)(&op);
		}
		S(revive)();
		if (look && !below(r, 10)) {
			S(run_op)(&(struct rmap_op){ .kind = RMAP_DUMP });
			look();
		}
	}
}

/* Small pages, and all that there are found at last. */
static maybe_unused void S(churn_small)(void (*look)(void))
{
	struct rmap_random r = { .r = { test_seed() },
				 .area_pages = 48,
				 .reclaims = true };

	S(begin)(64);
	S(churn)(&r, NR_OPS, look);
	S(check_all)();
	S(end)();
}
