/*
 * test_slab_stress.c - every strategy of family slab under threads that hand
 * objects to each other, and are held up now and then: what one holds, no other
 * gets.
 *
 * STRESS_STEPS steps of each thread, and on until this strategy's share of
 * $KMB_STRESS_SECONDS is over.
 */
#include "slab_model.h"

#define STRESS_THREADS SLAB_SOURCE_CPUS
#define STRESS_STEPS (KMB_TSAN ? 8000 : KMB_DEBUG ? 20000 : 100000)
#define STRESS_SLOTS 256
#define STRESS_HELD 512
#define STRESS_BULK 32

/* Objects in use on their way to whoever comes by. */
static void *stress_slots[STRESS_SLOTS];

static struct slab_source stress_source;

struct stress {
	const struct slab_subject *on;
	struct kmem_cache *cache;
	uint32_t size;
	bool constructed;
	uint32_t chaos; /* held up at one access in so many; 0: never */
	uint64_t end_ns;
};

struct stress_thread {
	const struct stress *of;
	unsigned cpu;
	struct random random;
	void *held[STRESS_HELD];
	unsigned nr;
	uint64_t bad;
	uint64_t nr_steps;
};

/*
 * Nobody else's, and constructed if it should be. Relaxed, so that the marks
 * tell nobody, a sanitizer least of all, in which order things were.
 */
static void stress_got(struct stress_thread *t, void *object)
{
	uint8_t *mark = slab_source_marks(&stress_source, object);

	t->bad += __atomic_exchange_n(mark, SLAB_MARK_IN_USE,
				      __ATOMIC_RELAXED) != 0;
	if (t->of->constructed)
		t->bad += slab_count_changed(object, t->of->size) != 0;
	else
		slab_fill(object, t->of->size);
	t->held[t->nr++] = object;
}

/* As it was filled, by whichever thread that was. */
static void stress_giving(struct stress_thread *t, void *object)
{
	uint8_t *mark = slab_source_marks(&stress_source, object);

	t->bad += slab_count_changed(object, t->of->size) != 0;
	t->bad += __atomic_exchange_n(mark, 0, __ATOMIC_RELAXED) !=
		  SLAB_MARK_IN_USE;
}

static void stress_free(struct stress_thread *t, void *object)
{
	stress_giving(t, object);
	t->of->on->free(t->of->cache, t->cpu, object);
}

static void *stress_pick(struct stress_thread *t)
{
	uint64_t i = random_below(&t->random, t->nr);
	void *object = t->held[i];

	t->held[i] = t->held[--t->nr];
	return object;
}

static void stress_alloc(struct stress_thread *t)
{
	void *object = t->of->on->alloc(t->of->cache, t->cpu);

	if (object)
		stress_got(t, object);
}

static void stress_alloc_bulk(struct stress_thread *t)
{
	unsigned nr = 1 + (unsigned)random_below(&t->random, STRESS_BULK);
	void *objects[STRESS_BULK];

	if (t->nr + nr > STRESS_HELD)
		return;
	nr = t->of->on->alloc_bulk(t->of->cache, t->cpu, nr, objects);
	while (nr)
		stress_got(t, objects[--nr]);
}

static void stress_free_bulk(struct stress_thread *t)
{
	unsigned nr = 1 + (unsigned)random_below(&t->random, STRESS_BULK);
	void *objects[STRESS_BULK];

	if (nr > t->nr)
		nr = t->nr;
	for (unsigned i = 0; i < nr; i++) {
		objects[i] = stress_pick(t);
		stress_giving(t, objects[i]);
	}
	t->of->on->free_bulk(t->of->cache, t->cpu, nr, objects);
}

/* Put one there, and free here what another thread left. */
static void stress_hand_over(struct stress_thread *t)
{
	void **slot = &stress_slots[random_below(&t->random, STRESS_SLOTS)];
	void *object = xchg_full(slot, stress_pick(t));

	if (object)
		stress_free(t, object);
}

static void stress_step(struct stress_thread *t)
{
	unsigned what = (unsigned)random_below(&t->random, 32);
	bool up = t->nr_steps >> 10 & 1;

	if (what == 0)
		stress_alloc_bulk(t);
	else if (what == 1)
		stress_free_bulk(t);
	else if (t->nr < STRESS_HELD && what < (up ? 18 : 14))
		stress_alloc(t);
	else if (t->nr && what % 2 && !(t->of->on->traits & SLAB_CPU_LOCAL))
		stress_hand_over(t);
	else if (t->nr)
		stress_free(t, stress_pick(t));
}

static void *stress_run(void *arg)
{
	struct stress_thread *t = arg;

	slab_subject_chaos(t->of->chaos);
	for (bool on = true; on; t->nr_steps++) {
		stress_step(t);
		if (t->nr_steps >= STRESS_STEPS && t->nr_steps % 1024 == 0)
			on = test_now_ns() < t->of->end_ns;
	}
	while (t->nr)
		stress_free(t, stress_pick(t));
	return NULL;
}

static void stress_threads(const struct stress *of)
{
	static struct stress_thread threads[STRESS_THREADS];
	pthread_t thread[STRESS_THREADS];

	for (unsigned i = 0; i < STRESS_THREADS; i++) {
		threads[i] = (struct stress_thread){
			.of = of,
			.cpu = i,
			.random = { test_seed() + i },
		};
		assert_int_equal(pthread_create(&thread[i], NULL, stress_run,
						&threads[i]),
				 0);
	}
	for (unsigned i = 0; i < STRESS_THREADS; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	for (unsigned i = 0; i < STRESS_THREADS; i++)
		assert_int_equal(threads[i].bad, 0);
}

/* Objects that nobody fetched; only they are left. */
static void stress_empty_slots(const struct stress *of)
{
	struct stress_thread t = { .of = of };

	for (unsigned i = 0; i < STRESS_SLOTS; i++) {
		if (stress_slots[i])
			stress_free(&t, stress_slots[i]);
		stress_slots[i] = NULL;
	}
	assert_int_equal(t.bad, 0);
}

/* Each k-th call for pages fails, if k is not 0. */
static void stress_cache(const struct slab_subject *on,
			 const struct slab_params *params, uint64_t k,
			 uint32_t chaos, double seconds)
{
	struct stress of = {
		.on = on,
		.size = params->size,
		.constructed = params->ctor,
		.chaos = chaos,
		.end_ns = test_now_ns() + (uint64_t)(seconds * 1e9),
	};
	struct slab_model m;

	slab_source_begin(&stress_source, 2);
	assert_int_equal(slab_model_create(&m, on, &stress_source, params), 0);
	of.cache = m.cache;
	stress_source.fail_every = k;
	slab_run_on(on, SLAB_ANYWHERE);
	stress_threads(&of);
	stress_empty_slots(&of);
	slab_model_check(&m);
	slab_model_end(&m, 0);
	slab_source_end(&stress_source);
}

static double stress_seconds; /* of each cache */

static void objects_are_one_threads_own(void **state)
{
	const struct slab_subject *on = *state;

	if (on->max_threads < STRESS_THREADS)
		skip();
	stress_cache(on, &(struct slab_params){ .name = "192", .size = 192 }, 0,
		     0, stress_seconds);
	stress_cache(on, &(struct slab_params){ .name = "512", .size = 512 }, 0,
		     50, stress_seconds);
	stress_cache(on,
		     &(struct slab_params){ .name = "constructed",
					    .size = 64,
					    .ctor = slab_construct },
		     3, 50, stress_seconds);
}

/* test_slab_stress [STRATEGY]: this one, or all. */
int main(int argc, char **argv)
{
	const char *text = getenv("KMB_STRESS_SECONDS");
	struct CMUnitTest tests[SLAB_MAX_SUBJECTS];
	unsigned nr = 0;

	for (unsigned i = 0; i < nr_slab_subjects; i++)
		if (!(slab_subjects[i].traits & SLAB_NULL) &&
		    (argc < 2 || !strcmp(argv[1], slab_subjects[i].name)))
			tests[nr++] = (struct CMUnitTest){
				.name = slab_subjects[i].name,
				.test_func = objects_are_one_threads_own,
				.initial_state = &slab_subjects[i],
			};
	if (text && nr)
		stress_seconds = strtod(text, NULL) / (3 * nr);
	return _cmocka_run_group_tests("slab_stress", tests, nr, NULL, NULL);
}
