/* test_job.c - a job survives its way to the child. */
#include "test.h"

#include "../harness/job.h"

static uint64_t no_loop(struct bench_thread *self, uint64_t nr)
{
	(void)self;
	return nr;
}

BENCH_CASE(job_case) = {
	.family = "alpha",
	.strategy = "one",
	.workload = "pair",
	.isa = "scalar",
	.loop = no_loop,
};

BENCH_CASE(job_file_case) = {
	.family = "alpha",
	.strategy = "one",
	.workload = "replay",
	.isa = "scalar",
	.file = "a file",
	.loop = no_loop,
};

static struct job example(void)
{
	struct job job = {
		.seq = 70000,
		.bench = &job_case,
		.point = { .size = 1ull << 40,
			   .threads = 3,
			   .memory = 1ull << 44,
			   .seed = INT64_MAX },
		.pages = HOST_PAGES_THP,
		.reps = 4,
		.min_time_s = 0.0125,
		.latency_every = 1000000,
		.raw_path = "/a b/\"c\".json",
		.counters = "0:1:2:0:0:c;",
	};

	job.placement.nr_threads = 3;
	job.placement.nr_nodes = 2;
	for (unsigned i = 0; i < 3; i++) {
		job.placement.cpu[i] = 1000 + i;
		job.placement.node[i] = i & 1;
	}
	job.placement.host_nodes[0] = 1ull << 63 | 1;
	job.placement.host_nodes[1] = 2;
	memcpy(job.placement.distance, (uint8_t[]){ 10, 21, 255, 10 }, 4);
	return job;
}

static void a_job_survives_the_way(void **unused)
{
	struct job job = example(), back = { 0 };
	json_t *json = job_encode(&job);
	char *text = json_dumps(json, JSON_COMPACT);
	json_t *read = json_loads(text, 0, NULL);

	(void)unused;
	assert_int_equal(job_decode(&back, read), 0);
	assert_int_equal(back.seq, job.seq);
	assert_ptr_equal(back.bench, &job_case);
	assert_memory_equal(&back.point, &job.point, sizeof(job.point));
	assert_memory_equal(&back.placement, &job.placement,
			    sizeof(job.placement));
	assert_int_equal(back.pages, job.pages);
	assert_int_equal(back.reps, job.reps);
	assert_true(back.min_time_s == job.min_time_s);
	assert_int_equal(back.latency_every, job.latency_every);
	assert_string_equal(back.raw_path, job.raw_path);
	assert_string_equal(back.counters, job.counters);
	free(text);
	json_decref(json);
	json_decref(read);
}

static void the_file_of_a_case_goes_with_it(void **unused)
{
	struct job job = example(), back = { 0 };
	struct bench_case *made =
		bench_case_of_file(&job_file_case, "a-b", "/x: y/a-b.t");
	json_t *json;

	(void)unused;
	job.bench = made;
	json = job_encode(&job);
	assert_int_equal(job_decode(&back, json), 0);
	assert_string_equal(back.bench->workload, "replay:a-b");
	assert_string_equal(back.bench->path, "/x: y/a-b.t");
	assert_ptr_equal(back.bench->file, job_file_case.file);
	json_object_set_new(json, "workload", json_string("pair:a-b"));
	assert_int_not_equal(job_decode(&job, json), 0);
	json_decref(json);
	free((void *)back.bench);
	free(made);
}

static void foreign_jobs_are_refused(void **unused)
{
	static const char *const texts[] = { "{}", "[]", "{\"family\":1}" };
	struct job job = example(), back;
	json_t *json = job_encode(&job);

	(void)unused;
	json_object_set_new(json, "strategy", json_string("none"));
	assert_int_not_equal(job_decode(&back, json), 0);
	json_decref(json);
	for (unsigned i = 0; i < ARRAY_SIZE(texts); i++) {
		json = json_loads(texts[i], 0, NULL);
		assert_int_not_equal(job_decode(&back, json), 0);
		json_decref(json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_job_survives_the_way),
		cmocka_unit_test(the_file_of_a_case_goes_with_it),
		cmocka_unit_test(foreign_jobs_are_refused),
	};

	return cmocka_run_group_tests_name("job", tests, NULL, NULL);
}
