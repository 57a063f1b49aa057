/*
 * test_slab_migration.c - percpu_rseq under threads that are moved: eight on
 * two CPUs, another changes whose turn it is where, and nothing is lost or
 * given twice.
 *
 * MIGRATION_OPS of each thread, and on until $KMB_STRESS_SECONDS are over.
 */
#include "slab_source.h"

#include <sched.h>

#include "../kernels/base/random.h"
#include "../kernels/slab/percpu_rseq.h"

#define THREADS 8
#define HELD 300 /* some magazines */
#define SLOTS 64
#if KMB_TSAN
#define MIGRATION_OPS 100000
#elif KMB_DEBUG
#define MIGRATION_OPS 2000000
#else
#define MIGRATION_OPS 25000000 /* 2 * 10^8 in all */
#endif

/* Constructed: what is in it stays, so it says whose it is while it is free. */
struct object {
	uint64_t owner; /* thread + 1; 0: nobody's */
	uint64_t nr_owners;
};

struct thread {
	pthread_t thread;
	unsigned cpu;
	struct random random;
	struct object *held[HELD];
	unsigned nr;
	uint64_t nr_ops, bad;
	uint64_t nr_moves;
	uint64_t end_ns;
};

static struct slab_source source;
static struct percpu_rseq_cache cache;
static struct thread threads[THREADS];
static struct object *slots[SLOTS];	/* on their way to another thread */
static int cpus[2];			/* that they run on */
static pthread_barrier_t all_are_there; /* from one to the other */

static void construct(void *object)
{
	memset(object, 0, sizeof(struct object));
}

/* Relaxed, lest the stamps order for a sanitizer what nothing else does. */
static void stamp(struct thread *t, struct object *o, uint64_t from,
		  uint64_t to)
{
	t->bad += __atomic_exchange_n(&o->owner, to, __ATOMIC_RELAXED) != from;
}

static void take(struct thread *t)
{
	struct object *o = percpu_rseq_alloc(&cache, t->cpu);

	if (!o) {
		t->bad++;
		return;
	}
	stamp(t, o, 0, t->cpu + 1);
	o->nr_owners++;
	t->held[t->nr++] = o;
}

static void put(struct thread *t, struct object *o)
{
	stamp(t, o, t->cpu + 1, 0);
	percpu_rseq_free(&cache, t->cpu, o);
}

/* Leave one for another thread, and free what another left. */
static void hand_over(struct thread *t, struct object *o)
{
	struct object **slot = &slots[random_below(&t->random, SLOTS)];

	stamp(t, o, t->cpu + 1, THREADS + 1);
	o = xchg_full(slot, o);
	if (o) {
		stamp(t, o, THREADS + 1, t->cpu + 1);
		put(t, o);
	}
}

static void bulk(struct thread *t, uint64_t random)
{
	unsigned nr = 1 + random % 70;

	if (random & 1 << 20 && t->nr >= nr) {
		t->nr -= nr;
		for (unsigned i = 0; i < nr; i++)
			stamp(t, t->held[t->nr + i], t->cpu + 1, 0);
		percpu_rseq_free_bulk(&cache, t->cpu, nr,
				      (void **)&t->held[t->nr]);
	} else if (t->nr + nr <= HELD &&
		   percpu_rseq_alloc_bulk(&cache, t->cpu, nr,
					  (void **)&t->held[t->nr]) == nr) {
		for (unsigned i = 0; i < nr; i++)
			stamp(t, t->held[t->nr + i], 0, t->cpu + 1);
		t->nr += nr;
	}
	t->nr_ops += nr;
}

/* Sixteen at a time, up or down, so that magazines fill and run dry. */
static void step(struct thread *t)
{
	uint64_t random = random_next(&t->random);
	unsigned what = random >> 32 & 63;

	if (what < 4) {
		bulk(t, random);
		return;
	}
	for (unsigned i = 0; i < 16; i++) {
		if (random & 1ull << (40 + i / 4) && t->nr < HELD)
			take(t);
		else if (t->nr)
			put(t, t->held[--t->nr]);
	}
	if (what < 20 && t->nr)
		hand_over(t, t->held[--t->nr]);
	t->nr_ops += 16;
}

/* Another thread goes to one CPU, or may go to both. */
static void move(struct thread *t)
{
	const struct thread *other =
		&threads[random_below(&t->random, THREADS)];
	uint64_t to = random_below(&t->random, 5);
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpus[to % 2], &set);
	if (to == 4)
		CPU_SET(cpus[1], &set);
	t->nr_moves +=
		!pthread_setaffinity_np(other->thread, sizeof(set), &set);
}

static void *run(void *arg)
{
	struct thread *t = arg;

	pthread_barrier_wait(&all_are_there);
	for (uint64_t steps = 0;; steps++) {
		step(t);
		if (random_below(&t->random, 256) == 0)
			move(t);
		if (t->nr_ops >= MIGRATION_OPS && steps % 256 == 0 &&
		    test_now_ns() >= t->end_ns)
			break;
	}
	while (t->nr)
		put(t, t->held[--t->nr]);
	pthread_barrier_wait(&all_are_there);
	return NULL;
}

static void begin(void)
{
	const struct slab_params params = { .name = "migration",
					    .size = sizeof(struct object),
					    .ctor = construct };

	slab_source_begin(&source, 1);
	if (source.host.nr_cpus < THREADS)
		source.host.nr_cpus = THREADS;
	assert_int_equal(percpu_rseq_create(&cache, &params, &source.host), 0);
}

static void run_threads(void)
{
	const uint64_t end_ns = test_stress_end();

	pthread_barrier_init(&all_are_there, NULL, THREADS + 1);
	for (unsigned i = 0; i < THREADS; i++) {
		struct thread *t = &threads[i];

		t->cpu = i;
		t->random.state = test_seed() + i;
		t->end_ns = end_ns;
		assert_int_equal(pthread_create(&t->thread, NULL, run, t), 0);
	}
	pthread_barrier_wait(&all_are_there);
	pthread_barrier_wait(&all_are_there);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(threads[i].thread, NULL);
	pthread_barrier_destroy(&all_are_there);
}

/* What is in a slot is in use, all else is free: each is where it should be. */
static void expect_all_there(void)
{
	struct slab_stats stats;
	uint64_t left = 0, ops = 0, moves = 0;

	for (unsigned i = 0; i < SLOTS; i++)
		left += slots[i] != NULL;
	assert_true(percpu_rseq_validate(&cache));
	percpu_rseq_stats(&cache, &stats);
	assert_int_equal(stats.live_objects, left);
	for (unsigned i = 0; i < THREADS; i++) {
		assert_int_equal(threads[i].bad, 0);
		ops += threads[i].nr_ops;
		moves += threads[i].nr_moves;
	}
	for (unsigned i = 0; i < SLOTS; i++)
		if (slots[i])
			percpu_rseq_free(&cache, 0, slots[i]);
	assert_int_equal(percpu_rseq_destroy(&cache), 0);
	assert_int_equal(source.nr_pages, 0);
	assert_true(moves > 0);
	printf("# %llu operations, %llu moves, %s\n", (unsigned long long)ops,
	       (unsigned long long)moves,
	       rseq_available() ? "restartable sequences" : "locks");
}

static void threads_that_move_lose_nothing(void **state)
{
	(void)state;
	begin();
	run_threads();
	expect_all_there();
	slab_source_end(&source);
}

/* The first two CPUs that there are. */
static bool find_cpus(void)
{
	unsigned nr = 0;
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set))
		return false;
	for (int i = 0; i < CPU_SETSIZE && nr < 2; i++)
		if (CPU_ISSET(i, &set))
			cpus[nr++] = i;
	return nr == 2;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_that_move_lose_nothing),
	};

	if (!find_cpus()) {
		printf("# one CPU: no thread can be moved\n");
		return TEST_SKIP;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
