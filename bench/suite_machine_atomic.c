/* suite_machine_atomic.c - atomic operations, uncontended and contended. */
#include "thread_sets.h"

#include "../kernels/base/strategy.h"
#include "../kernels/sync/atomic.h"

/* Each thread has one; atomic_shared works on the first thread's word. */
struct atomic_set {
	uint64_t word cacheline_aligned;
	uint64_t added cacheline_aligned; /* written by its thread, by batch */
};

static void *atomic_setup(const struct bench_env *env)
{
	return thread_sets_new(env, sizeof(struct atomic_set));
}

/* What the words hold is what went in. */
static bool atomic_validate(void *state)
{
	const struct thread_sets *sets = state;
	uint64_t words = 0, added = 0;

	for (unsigned i = 0; i < sets->nr; i++) {
		const struct atomic_set *set = sets->addr[i];

		words += set->word;
		added += set->added;
	}
	return words == added;
}

/* An increment by compare-and-exchange, tried until it succeeds. */
forceinline uint64_t cmpxchg_increment(uint64_t *word)
{
	uint64_t seen = READ_ONCE(*word);

	while (!cmpxchg_full(word, &seen, seen + 1))
		;
	return 1;
}

/* clang-format off */
#define STRATEGY add
#define ATOMIC_MODELS "fetch-and-add of one"
#define ATOMIC_STEP(word, i) ((void)fetch_add_full(word, 1), 1)
#include "machine_atomic_loops.h"

#define STRATEGY xchg
#define ATOMIC_MODELS "exchange"
#define ATOMIC_STEP(word, i) ((i) - xchg_full(word, i))
#include "machine_atomic_loops.h"

#define STRATEGY cmpxchg
#define ATOMIC_MODELS "an increment by compare-and-exchange until it succeeds"
#define ATOMIC_STEP(word, i) cmpxchg_increment(word)
#include "machine_atomic_loops.h"
/* clang-format on */
