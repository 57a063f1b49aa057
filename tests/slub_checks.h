/*
 * slub_checks.h - template: one STRATEGY of the two SLUBs; adds its tests.
 *
 * Objects of 1000 bytes, 1016 in checked builds, 4 CPUs: 16 objects in a slab
 * of order 2, cpu_partial 13, min_partial 5.
 */
static struct S(cache) S(cache);

static struct S(cache) * S(begin)(unsigned nr_nodes)
{
	const struct slab_params params = { .name = "slub", .size = 1000 };

	slab_source_begin(&slub_source, nr_nodes);
	slub_source.host.nr_cpus = SLUB_CPUS;
	assert_int_equal(S(create)(&S(cache), &params, &slub_source.host), 0);
	assert_int_equal(S(cache).order, 2);
	assert_int_equal(S(cache).min_order, 0);
	assert_int_equal(S(cache).cpu_partial, 13);
	assert_int_equal(S(cache).min_partial, 5);
	return &S(cache);
}

/* So many objects are in use still, or lost. */
static void S(end)(struct S(cache) * c, uint64_t live)
{
	assert_true(S(validate)(c));
	assert_int_equal(S(destroy)(c), live);
	if (!live)
		assert_int_equal(slub_source.nr_pages, 0);
	slab_source_end(&slub_source);
}

static struct page *S(head_of)(struct S(cache) * c, void *object)
{
	return slab_virt_to_head(&c->cache, object);
}

static void S(check_state)(struct S(cache) * c, void *object, unsigned inuse,
			   bool frozen)
{
	struct slub_state state = slub_state(S(head_of)(c, object));

	assert_int_equal(state.inuse, inuse);
	assert_int_equal(state.objects, 16);
	assert_int_equal(state.frozen, frozen);
	assert_true(S(validate)(c));
}

/* nr slabs, each full; CPU 0's current one is the last. object[i] is the first
 * of the i-th. */
static void S(fill_slabs)(struct S(cache) * c, unsigned nr, void **first)
{
	for (unsigned i = 0; i < nr; i++) {
		first[i] = S(alloc)(c, 0);
		for (unsigned n = 1; n < 16; n++)
			assert_ptr_equal(S(alloc)(c, 0),
					 (char *)first[i] + n * c->cache.size);
	}
}

static void S(free_all)(struct S(cache) * c, unsigned cpu, void *first,
			unsigned from, unsigned to)
{
	for (unsigned n = from; n < to; n++)
		S(free)(c, cpu, (char *)first + n * c->cache.size);
}

#include "slub_state_checks.h"

/* The second call of the source from here on fails, as every other. */
static void S(new_slab_falls_back_to_the_least_order)(void **unused)
{
	struct S(cache) *c = S(begin)(1);
	void *first, *second;

	(void)unused;
	S(fill_slabs)(c, 1, &first);
	slub_source.fail_every = 2;
	slub_source.nr_calls = 1;
	second = S(alloc)(c, 0);
	assert_int_equal(slab_order(S(head_of)(c, second)), 0);
	assert_int_equal(slub_state(S(head_of)(c, second)).objects, 4);
	assert_int_equal(slub_source.nr_pages, 1 + 4 + 1);
	slub_source.fail_every = 1;
	for (unsigned n = 1; n < 4; n++)
		assert_non_null(S(alloc)(c, 0));
	assert_null(S(alloc)(c, 0));
	assert_true(S(validate)(c));
	S(free_all)(c, 0, second, 0, 4);
	S(free_all)(c, 0, first, 0, 16);
	S(end)(c, 0);
}

/* CPUs 0 and 2 are node 0's, 1 and 3 node 1's. */
static void S(other_node_lends_what_is_beyond_min_partial)(void **unused)
{
	struct S(cache) *c = S(begin)(2);
	void *first[8], *object;

	(void)unused;
	S(fill_slabs)(c, 8, first);
	for (unsigned i = 0; i < 5; i++)
		S(free_all)(c, 2, first[i], 0, 1);
	S(drain_cpu)(c, 0, 2);
	assert_int_equal(c->node[0]->nr_partial, 5);
	object = S(alloc)(c, 1);
	assert_int_equal(page_to_nid(S(head_of)(c, object)), 1);
	assert_int_equal(c->node[1]->nr_slabs, 1);
	S(free_all)(c, 2, first[5], 0, 1);
	S(drain_cpu)(c, 0, 2);
	assert_int_equal(c->node[0]->nr_partial, 6);
	object = S(alloc)(c, 3);
	assert_int_equal(page_to_nid(S(head_of)(c, object)), 0);
	assert_int_equal(c->node[0]->nr_partial, 0);
	assert_int_equal(c->node[1]->nr_slabs, 1);
	S(end)(c, 8 * 16 - 6 + 2);
}

/* Metadata lies on the node of whom it is for. */
static void S(a_cpus_words_are_on_its_node)(void **unused)
{
	struct S(cache) *c = S(begin)(2);

	(void)unused;
	for (unsigned cpu = 0; cpu < SLUB_CPUS; cpu++) {
		assert_int_equal(
			page_to_nid(slab_virt_to_page(&c->cache, c->cpu[cpu])),
			cpu % 2);
		assert_int_equal((uintptr_t)c->cpu[cpu] % 64, 0);
	}
	S(end)(c, 0);
}

static void S(bulk_alloc_is_one_transaction)(void **unused)
{
	struct S(cache) *c = S(begin)(1);
	char *first = S(alloc)(c, 0);
	uint64_t tid = c->cpu[0]->tid;
	void *object[24];

	(void)unused;
	assert_int_equal(S(alloc_bulk)(c, 0, 8, object), 8);
	for (unsigned i = 0; i < 8; i++)
		assert_ptr_equal(object[i], first + (i + 1) * c->cache.size);
	assert_int_equal(c->cpu[0]->tid, tid + 4);
	/* Seven are left. */
	assert_int_equal(S(alloc_bulk)(c, 0, 16, object + 8), 16);
	assert_int_equal(c->cpu[0]->refills, 2);
	S(free_bulk)(c, 0, 24, object);
	S(free)(c, 0, first);
	S(end)(c, 0);
}

/*
 * Slabs A, B and C: of A B A B C C A the third other object ends the search, so
 * the first two of A are one group, and the third comes by itself.
 */
static void S(bulk_free_gives_a_slabs_objects_as_one)(void **unused)
{
	struct S(cache) *c = S(begin)(1);
	const uint32_t size = c->cache.size;
	void *first[4];
	char *a, *b, *d;

	(void)unused;
	S(fill_slabs)(c, 4, first);
	a = first[0], b = first[1], d = first[2];
	S(free_bulk)
	(c, 1, 7,
	 (void *[]){ a, b, a + size, b + size, d, d + size, a + 2 * size });
	S(check_state)(c, a, 13, true);
	S(check_state)(c, b, 14, true);
	S(check_state)(c, d, 14, true);
	assert_int_equal(c->cpu[1]->remote_frees, 7);
	assert_ptr_equal(S(head_of)(c, a)->freelist, a + 2 * size);
	assert_ptr_equal(S(next)(c, a + 2 * size), a);
	assert_ptr_equal(S(next)(c, a), a + size);
	assert_null(S(next)(c, a + size));
	assert_ptr_equal(S(head_of)(c, b)->freelist, b);
	assert_ptr_equal(S(next)(c, b), b + size);
	/* CPU 0's current slab: one transaction. */
	S(free_bulk)
	(c, 0, 3,
	 (void *[]){ first[3], (char *)first[3] + 5 * size,
		     (char *)first[3] + 2 * size });
	assert_ptr_equal(c->cpu[0]->freelist, first[3]);
	assert_int_equal(c->cpu[0]->remote_frees, 0);
	S(end)(c, 4 * 16 - 10);
}

static void S(decoding_undoes_encoding)(void **unused)
{
	struct S(cache) *c = S(begin)(1);
	struct random r = { test_seed() };

	(void)unused;
	for (unsigned i = 0; i < 1000; i++) {
		void **slot = (void **)(uintptr_t)(random_next(&r) & ~7ull);
		void *next = (void *)(uintptr_t)random_next(&r);
		void *stored = S(encode)(c, next, slot);

		assert_ptr_equal(S(encode)(c, stored, slot), next);
		assert_int_equal(stored != next, SLUB_HARDENED_LINKS);
	}
	S(end)(c, 0);
}

/* A link that another object's address was written over: plain, it leads
 * there; encoded, to nowhere in the slab. */
static void S(smashed_link_leads_into_the_slab_only_if_plain)(void **unused)
{
	struct S(cache) *c = S(begin)(1);
	char *slab = S(alloc)(c, 0);
	unsigned inside = 0;

	(void)unused;
	for (unsigned i = 1; i < 16; i++)
		for (unsigned n = 1; n < 16; n++) {
			void **slot =
				slab_link(&c->cache, slab + i * c->cache.size);
			char *next =
				S(encode)(c, slab + n * c->cache.size, slot);

			inside += (uintptr_t)next - (uintptr_t)slab < 4096 << 2;
		}
	assert_int_equal(inside, SLUB_HARDENED_LINKS ? 0 : 15 * 15);
	S(free)(c, 0, slab);
	S(end)(c, 0);
}

/* The list ends there, and what was behind is lost, not given twice. */
static void S(smashed_link_is_reported)(void **unused)
{
	struct S(cache) * c;
	void *object, *next;

	(void)unused;
	if (!KMB_DEBUG)
		skip();
	c = S(begin)(1);
	object = S(alloc)(c, 0);
	S(free)(c, 0, object);
	*slab_link(&c->cache, object) = (char *)object + 24;
	assert_false(S(validate)(c));
	assert_int_equal(slub_source.nr_faults, 0);
	assert_ptr_equal(S(alloc)(c, 0), object);
	assert_int_equal(slub_source.nr_faults, 1);
	assert_int_equal(slub_source.fault.kind, SLAB_USE_AFTER);
	assert_ptr_equal(slub_source.fault.object, object);
	assert_int_equal(slub_source.fault.offset, c->cache.link);
	next = S(alloc)(c, 0);
	assert_true(S(head_of)(c, next) != S(head_of)(c, object));
	S(free)(c, 0, next);
	S(free)(c, 0, object);
	S(end)(c, 15);
}

/* A slab in two places, one in none, an object in two. */
static void S(validate_sees_what_is_wrong)(void **unused)
{
	struct S(cache) *c = S(begin)(1);
	struct slub_cpu *k = c->cpu[0];
	struct slub_state state;
	void *first[2], *freelist;

	(void)unused;
	S(fill_slabs)(c, 2, first);
	S(free_all)(c, 0, first[0], 0, 2);
	S(free_all)(c, 0, first[1], 0, 2);
	assert_true(S(validate)(c));
	c->cpu[1]->page = k->page;
	assert_false(S(validate)(c));
	c->cpu[1]->page = NULL;
	c->cpu[1]->partial = k->partial;
	assert_false(S(validate)(c));
	c->cpu[1]->partial = NULL;
	k->tid++;
	assert_false(S(validate)(c));
	k->tid--;
	freelist = k->freelist;
	k->freelist = (char *)freelist + 8;
	assert_false(S(validate)(c));
	k->freelist = first[0];
	assert_false(S(validate)(c));
	k->freelist = freelist;
	S(set_next)(c, first[1], freelist); /* and so round */
	assert_false(S(validate)(c));
	S(set_next)(c, first[1], NULL);
	state = slub_state(k->partial);
	state.inuse++;
	slub_set_state(k->partial, state);
	assert_false(S(validate)(c));
	state.inuse--;
	state.frozen = 0;
	slub_set_state(k->partial, state);
	assert_false(S(validate)(c));
	state.frozen = 1;
	slub_set_state(k->partial, state);
	c->node[0]->nr_slabs++;
	assert_false(S(validate)(c));
	c->node[0]->nr_slabs--;
	S(end)(c, 28);
}

#define SLUB_CHECK(fn)                                            \
	{                                                         \
		.name = STRATEGY_NAME " " #fn, .test_func = S(fn) \
	}

static __attribute__((constructor)) void S(add_tests)(void)
{
	const struct CMUnitTest add[] = {
		SLUB_CHECK(first_alloc_freezes_a_new_slab),
		SLUB_CHECK(free_to_the_cpu_slab_stays_with_the_cpu),
		SLUB_CHECK(remote_free_changes_the_slab_only),
		SLUB_CHECK(exhausted_cpu_slab_takes_what_others_freed),
		SLUB_CHECK(full_slab_is_on_no_list),
		SLUB_CHECK(free_to_a_full_slab_freezes_it_for_who_frees),
		SLUB_CHECK(free_to_an_older_slab_is_not_remote),
		SLUB_CHECK(node_keeps_min_partial_empty_slabs),
		SLUB_CHECK(refill_takes_half_of_cpu_partial),
		SLUB_CHECK(drained_cpu_gives_its_slabs_to_the_node),
		SLUB_CHECK(new_slab_falls_back_to_the_least_order),
		SLUB_CHECK(other_node_lends_what_is_beyond_min_partial),
		SLUB_CHECK(a_cpus_words_are_on_its_node),
		SLUB_CHECK(bulk_alloc_is_one_transaction),
		SLUB_CHECK(bulk_free_gives_a_slabs_objects_as_one),
		SLUB_CHECK(decoding_undoes_encoding),
		SLUB_CHECK(smashed_link_leads_into_the_slab_only_if_plain),
		SLUB_CHECK(smashed_link_is_reported),
		SLUB_CHECK(validate_sees_what_is_wrong),
	};

	memcpy(tests + nr_tests, add, sizeof(add));
	nr_tests += ARRAY_SIZE(add);
}

#undef SLUB_CHECK
