/*
 * test_slab_faults.c - what users of a cache do wrong: every enum
 * slab_fault_kind, with every strategy, is reported in checked builds and left
 * alone; and the words for it.
 */
#include "dies.h"
#include "slab_model.h"

#include "../bench/slab_fault.h"

#define FAULT_SIZE 60 /* four bytes more belong to nobody */

static struct slab_source source;

/* A cache with three objects in use. */
static void faults_begin(struct slab_model *m, const struct slab_subject *on,
			 void (*ctor)(void *object))
{
	const struct slab_params params = { .name = "faulty",
					    .size = FAULT_SIZE,
					    .ctor = ctor };

	slab_source_begin(&source, 1);
	assert_int_equal(slab_model_create(m, on, &source, &params), 0);
	while (m->nr < 3)
		slab_model_alloc(m, 0);
}

/* What was wrong is right again: nothing was lost, given twice or broken. */
static void faults_end(struct slab_model *m, uint64_t faults)
{
	assert_int_equal(source.nr_faults, faults);
	source.nr_faults = 0;
	slab_model_check(m);
	for (unsigned i = 0; i < 300; i++)
		slab_model_alloc(m, 0);
	slab_model_end(m, 0);
	slab_source_end(&source);
}

static void expect_fault(const struct slab_model *m, enum slab_fault_kind kind,
			 const void *object, uint64_t faults)
{
	assert_int_equal(source.nr_faults, faults);
	assert_int_equal(source.fault.kind, kind);
	assert_string_equal(source.fault.cache, "faulty");
	assert_ptr_equal(source.fault.object, object);
	assert_true(m->on->validate(m->cache));
}

static void bad_free(const struct slab_model *m, void *object,
		     enum slab_fault_kind kind)
{
	const uint64_t faults = source.nr_faults;

	m->on->free(m->cache, 0, object);
	expect_fault(m, kind, object, faults + 1);
	m->on->free_bulk(m->cache, 0, 1, &object);
	expect_fault(m, kind, object, faults + 2);
}

static void null_is_no_object(void **state)
{
	struct slab_model m;

	faults_begin(&m, *state, NULL);
	bad_free(&m, NULL, SLAB_FREE_NULL);
	assert_null(source.fault.owner);
	faults_end(&m, 2);
}

/* The stack, below and above the memory, and a page that is no slab's. */
static void a_foreign_pointer_is_known(void **state)
{
	uint64_t on_stack = 0;
	struct slab_model m;
	struct page *page;

	faults_begin(&m, *state, NULL);
	page = source.pages.alloc_pages(&source, 0, 0);
	bad_free(&m, &on_stack, SLAB_FREE_FOREIGN);
	bad_free(&m, source.mem.base - 1, SLAB_FREE_FOREIGN);
	bad_free(&m, source.mem.base + (source.mem.nr_pages << PAGE_SHIFT),
		 SLAB_FREE_FOREIGN);
	bad_free(&m, (void *)~0ull, SLAB_FREE_FOREIGN);
	bad_free(&m, slab_page_address(m.cache, page), SLAB_FREE_FOREIGN);
	assert_null(source.fault.owner);
	assert_null(source.fault.begins);
	source.pages.free_pages(&source, 0, page, 0);
	faults_end(&m, 10);
}

static void an_object_of_another_cache_is_known(void **state)
{
	const struct slab_params params = { .name = "other", .size = 100 };
	struct slab_model m, other;
	char *object;

	faults_begin(&m, *state, NULL);
	assert_int_equal(slab_model_create(&other, *state, &source, &params),
			 0);
	assert_true(slab_model_alloc(&other, 0));
	object = other.held[0].object;
	bad_free(&m, object, SLAB_FREE_OTHER);
	assert_string_equal(source.fault.owner, "other");
	assert_ptr_equal(source.fault.begins, object);
	bad_free(&m, object + 24, SLAB_FREE_OTHER);
	assert_ptr_equal(source.fault.begins, object);
	assert_int_equal(source.nr_faults, 4);
	m.on->free(other.cache, 0, slab_model_del(&other, 0).object);
	assert_int_equal(m.on->destroy(other.cache), 0);
	free(other.held);
	free(other.cache);
	faults_end(&m, 4);
}

static void where_an_object_begins_is_known(void **state)
{
	struct slab_model m;
	struct page *head;
	char *object;

	faults_begin(&m, *state, NULL);
	object = m.held[1].object;
	bad_free(&m, object + 8, SLAB_FREE_INSIDE);
	assert_ptr_equal(source.fault.begins, object);
	bad_free(&m, object + FAULT_SIZE - 1, SLAB_FREE_INSIDE);
	assert_ptr_equal(source.fault.begins, object);
	assert_string_equal(source.fault.owner, "faulty");
	/* Behind the last object, if there is room. */
	head = slab_virt_to_head(m.cache, object);
	object = (char *)slab_page_address(m.cache, head) +
		 (PAGE_SIZE << slab_order(head)) - 1;
	bad_free(&m, object, SLAB_FREE_INSIDE);
	faults_end(&m, 6);
}

static void a_second_free_is_refused(void **state)
{
	const struct slab_subject *on = *state;
	struct slab_model m;
	void *object;

	faults_begin(&m, on, NULL);
	object = m.held[1].object;
	slab_model_free(&m, 0, 1);
	bad_free(&m, object, SLAB_FREE_TWICE);
	/* Others in between, and by another CPU. */
	slab_model_free(&m, 0, 0);
	slab_model_free(&m, 0, 0);
	slab_run_on(on, 1);
	on->free(m.cache, on->traits & SLAB_CPU_LOCAL ? 0 : 1, object);
	slab_run_on(on, 0);
	expect_fault(&m, SLAB_FREE_TWICE, object, 3);
	faults_end(&m, 3);
}

/* Twice in one array: once is right. */
static void a_second_free_in_bulk_is_refused(void **state)
{
	struct slab_model m;
	void *objects[3];

	faults_begin(&m, *state, NULL);
	objects[0] = objects[2] = slab_model_del(&m, 2).object;
	objects[1] = slab_model_del(&m, 0).object;
	m.on->free_bulk(m.cache, 0, 3, objects);
	expect_fault(&m, SLAB_FREE_TWICE, objects[0], 1);
	faults_end(&m, 1);
}

/* Left alone until what it wrote over is as it was. */
static void check_overrun(const struct slab_subject *on, unsigned at,
			  void (*ctor)(void *object))
{
	struct slab_model m;
	char *object;

	faults_begin(&m, on, ctor);
	object = m.held[1].object;
	object[at] ^= 1;
	bad_free(&m, object, SLAB_OVERRUN);
	assert_int_equal(source.fault.offset, at);
	assert_ptr_equal(source.fault.begins, object);
	object[at] ^= 1;
	slab_model_free(&m, 0, 1);
	faults_end(&m, 2);
}

static void a_byte_behind_an_object_is_seen(void **state)
{
	for (unsigned at = FAULT_SIZE; at < FAULT_SIZE + 12; at++) {
		check_overrun(*state, at, NULL);
		check_overrun(*state, at, slab_construct);
	}
}

/* Seen when it is given again; and given all the same, as it is. */
static void check_use_after(const struct slab_subject *on, unsigned at,
			    void (*ctor)(void *object))
{
	struct slab_model m;
	char *object;

	faults_begin(&m, on, ctor);
	object = m.held[1].object;
	slab_model_free(&m, 0, 1);
	object[at] ^= 1;
	m.max = 3000;
	m.held = realloc(m.held, m.max * sizeof(*m.held));
	for (char *got = NULL; got != object;) {
		got = on->alloc(m.cache, 0);
		assert_non_null(got);
		if (got == object && !ctor)
			memset(got, POISON_FREE, FAULT_SIZE);
		slab_model_add(&m, 0, got);
	}
	expect_fault(&m, SLAB_USE_AFTER, object, 1);
	assert_int_equal(source.fault.offset, at);
	faults_end(&m, 1);
}

static void a_byte_written_while_free_is_seen(void **state)
{
	static const unsigned at[] = { 0,
				       7,
				       30,
				       FAULT_SIZE - 1,
				       FAULT_SIZE,
				       FAULT_SIZE + 4,
				       FAULT_SIZE + 11 };

	for (unsigned i = 0; i < ARRAY_SIZE(at); i++) {
		check_use_after(*state, at[i], NULL);
		if (at[i] >= FAULT_SIZE)
			check_use_after(*state, at[i], slab_construct);
	}
}

static struct slab_model doomed;

static void free_null(void)
{
	doomed.on->free(doomed.cache, 0, NULL);
}

static void without_a_listener_it_is_fatal(void **state)
{
	faults_begin(&doomed, *state, NULL);
	source.host.fault = NULL;
	assert_true(dies(free_null));
	source.host.fault = slab_source_fault;
	faults_end(&doomed, 0);
}

/* In all builds. */
static void wrong_params_are_named(void **unused)
{
	static const struct {
		struct slab_params params;
		const char *is;
	} t[] = {
		{ { .size = 0 }, "an object has no size" },
		{ { .size = SLAB_MAX_SIZE + 1 },
		  "an object is larger than the largest block of pages" },
		{ { .size = 8, .align = 24 },
		  "an alignment is no power of two" },
		{ { .size = 8, .align = 8192 },
		  "an alignment is larger than a page" },
		{ { .size = 1 }, NULL },
		{ { .size = SLAB_MAX_SIZE, .align = 4096 }, NULL },
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		const char *error = slab_params_error(&t[i].params);

		if (t[i].is)
			assert_string_equal(error, t[i].is);
		else
			assert_null(error);
	}
}

static void a_fault_is_one_line(void **unused)
{
	char *at = (char *)0x7f0000001000;
	const struct {
		struct slab_fault fault;
		const char *is;
	} t[] = {
		{ { SLAB_FREE_NULL, "dentry", NULL, NULL, NULL, 0 },
		  "cache dentry: free of (nil): no object" },
		{ { SLAB_FREE_FOREIGN, "dentry", at, NULL, NULL, 0 },
		  "cache dentry: free of 0x7f0000001000: in no slab of this "
		  "memory" },
		{ { SLAB_FREE_OTHER, "dentry", at, "inode", at, 0 },
		  "cache dentry: free of 0x7f0000001000: an object of cache "
		  "inode" },
		{ { SLAB_FREE_OTHER, "dentry", at, "inode", at - 16, 0 },
		  "cache dentry: free of 0x7f0000001000: byte 16 of the object "
		  "of cache inode at 0x7f0000000ff0" },
		{ { SLAB_FREE_INSIDE, "dentry", at, "dentry", at - 1, 0 },
		  "cache dentry: free of 0x7f0000001000: byte 1 of the object "
		  "of cache dentry at 0x7f0000000fff" },
		{ { SLAB_FREE_INSIDE, "dentry", at, "dentry", NULL, 0 },
		  "cache dentry: free of 0x7f0000001000: in a slab of cache "
		  "dentry, but in no object of it" },
		{ { SLAB_FREE_TWICE, "dentry", at, "dentry", at, 0 },
		  "cache dentry: free of 0x7f0000001000: it is free already" },
		{ { SLAB_OVERRUN, "dentry", at, "dentry", at, 192 },
		  "cache dentry: free of 0x7f0000001000: byte 192, behind its "
		  "end, was written" },
		{ { SLAB_USE_AFTER, "dentry", at, "dentry", at, 8 },
		  "cache dentry: alloc of 0x7f0000001000: byte 8 was written "
		  "while it was free" },
	};
	char text[256];

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		slab_fault_text(text, sizeof(text), &t[i].fault);
		assert_string_equal(text, t[i].is);
	}
	slab_fault_text(text, 13, &t[0].fault);
	assert_string_equal(text, "cache dentry");
}

static void a_fault_is_printed_on_stderr(void **unused)
{
	const struct slab_fault fault = { .kind = SLAB_FREE_NULL,
					  .cache = "dentry" };
	char text[64] = "";
	FILE *file = tmpfile();
	int kept = dup(2);

	(void)unused;
	assert_non_null(file);
	dup2(fileno(file), 2);
	slab_fault_print(NULL, &fault);
	dup2(kept, 2);
	close(kept);
	rewind(file);
	assert_non_null(fgets(text, sizeof(text), file));
	assert_string_equal(text,
			    "slab: cache dentry: free of (nil): no object\n");
	assert_null(fgets(text, sizeof(text), file));
	fclose(file);
}

#define SLAB_CHECK(check_name)                               \
	{                                                    \
		.name = #check_name, .test_func = check_name \
	}

static int run_checks(struct slab_subject *on)
{
	struct CMUnitTest tests[] = {
		SLAB_CHECK(null_is_no_object),
		SLAB_CHECK(a_foreign_pointer_is_known),
		SLAB_CHECK(an_object_of_another_cache_is_known),
		SLAB_CHECK(where_an_object_begins_is_known),
		SLAB_CHECK(a_second_free_is_refused),
		SLAB_CHECK(a_second_free_in_bulk_is_refused),
		SLAB_CHECK(a_byte_behind_an_object_is_seen),
		SLAB_CHECK(a_byte_written_while_free_is_seen),
		SLAB_CHECK(without_a_listener_it_is_fatal),
	};

	if (on->traits & SLAB_NULL)
		return 0;
	for (unsigned i = 0; i < ARRAY_SIZE(tests); i++)
		tests[i].initial_state = on;
	return _cmocka_run_group_tests(on->name, tests, ARRAY_SIZE(tests), NULL,
				       NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_params_are_named),
		cmocka_unit_test(a_fault_is_one_line),
		cmocka_unit_test(a_fault_is_printed_on_stderr),
	};
	int failed;

	if (KMB_TSAN) {
		puts("skipped: but one thread; test_slab_stress has more");
		return TEST_SKIP;
	}
	failed = cmocka_run_group_tests_name("slab_faults", tests, NULL, NULL);
	if (!KMB_DEBUG)
		puts("the faults themselves: skipped, a timed build (KMB_DEBUG "
		     "0) looks for none");
	for (unsigned i = 0; KMB_DEBUG && i < nr_slab_subjects; i++)
		failed += run_checks(&slab_subjects[i]);
	return failed != 0;
}
