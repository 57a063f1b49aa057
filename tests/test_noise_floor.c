/* test_noise_floor.c - what A/A runs show is kept, found and heeded. */
#include "test.h"

#include "comparison.h"

#include "../harness/noise_floor.h"

static void add_arm(struct sample s, const char *arm, double factor)
{
	const double values[] = { 10 * factor, 11 * factor, 12 * factor };

	s.arm = arm;
	samples_add_processes(s, 3, values);
}

/* Arms 2, 4 and 1 % apart in `frame`, equal in `scan`. */
static void simulate_aa(const char *name)
{
	static const double factors[] = { 1.02, 1 / 1.04, 1.01 };
	struct sample s = sample_of("free_area", 0);

	begin_run(name);
	for (unsigned i = 0; i < 3; i++) {
		s.size = i;
		add_arm(s, "a", 1);
		add_arm(s, "b", factors[i]);
	}
	s.family = "scan";
	add_arm(s, "a", 1);
	add_arm(s, "b", 1);
	s.metric = "ops_per_s";
	add_arm(s, "a", 1);
	add_arm(s, "b", 1.5);
}

static bool find_floor(const json_t *floors, const char *name,
		       const char *family, const char *metric,
		       struct noise_floor *floor)
{
	struct compare_run run;
	bool found;

	assert_int_equal(compare_run_open(&run, scratch_dir, name,
					  comparison_error,
					  sizeof(comparison_error)),
			 0);
	found = noise_floor_find(floors, &run, family, metric, floor);
	compare_run_close(&run);
	return found;
}

static void test_noise_floor(void **state)
{
	struct manifest m = manifest_of("a");
	struct compare_run run;
	struct noise_floor floor;
	json_t *floors;

	(void)state;
	simulate_aa("a");
	write_manifest("a", m);
	floors = noise_floor_load(scratch_dir, comparison_error,
				  sizeof(comparison_error));
	assert_false(find_floor(floors, "a", "frame", "ns_per_op", &floor));
	run = open_run("a", NULL);
	assert_int_equal(noise_floor_measure(floors, &run), 0);
	compare_run_close(&run);
	assert_int_equal(noise_floor_save(floors, scratch_dir, comparison_error,
					  sizeof(comparison_error)),
			 0);
	json_decref(floors);

	floors = noise_floor_load(scratch_dir, comparison_error,
				  sizeof(comparison_error));
	assert_true(find_floor(floors, "a", "frame", "ns_per_op", &floor));
	check(fabs(floor.max - log(1.04)) < 1e-12, "%g", floor.max);
	check(fabs(floor.median - log(1.02)) < 1e-12, "%g", floor.median);
	assert_int_equal(floor.points, 3);
	assert_string_equal(floor.run_id, "a");
	assert_true(find_floor(floors, "a", "scan", "ns_per_op", &floor));
	assert_true(floor.max == 0);
	assert_true(find_floor(floors, "a", "scan", "ops_per_s", &floor));
	check(fabs(floor.max - log(1.5)) < 1e-12, "%g", floor.max);
	assert_false(find_floor(floors, "a", "frame", "ops_per_s", &floor));

	/* Another build takes what there is, another machine does not. */
	m.revision = "fghij";
	write_manifest("a", m);
	assert_true(find_floor(floors, "a", "frame", "ns_per_op", &floor));
	m.host = "elsewhere";
	write_manifest("a", m);
	assert_false(find_floor(floors, "a", "frame", "ns_per_op", &floor));
	json_decref(floors);
}

/* Its own build's floor goes before a newer one; a new run replaces its own. */
static void test_noise_floor_by_build(void **state)
{
	struct manifest m = manifest_of("old");
	struct sample s = sample_of("free_area", 0);
	json_t *floors = noise_floor_load(scratch_dir, comparison_error,
					  sizeof(comparison_error));
	struct noise_floor floor;
	struct compare_run run;

	(void)state;
	simulate_aa("a");
	write_manifest("a", m);
	run = open_run("a", NULL);
	noise_floor_measure(floors, &run);
	compare_run_close(&run);

	begin_run("b");
	add_arm(s, "a", 1);
	add_arm(s, "b", 1.3);
	m.run_id = "new";
	m.revision = "fghij";
	m.started = "2026-02-01T00:00:00Z";
	write_manifest("b", m);
	run = open_run("b", NULL);
	noise_floor_measure(floors, &run);
	noise_floor_measure(floors, &run);
	compare_run_close(&run);
	assert_int_equal(json_array_size(json_object_get(floors, "machines")),
			 2);

	assert_true(find_floor(floors, "a", "frame", "ns_per_op", &floor));
	assert_string_equal(floor.run_id, "old");
	assert_true(find_floor(floors, "b", "frame", "ns_per_op", &floor));
	assert_string_equal(floor.run_id, "new");
	m.revision = "third";
	write_manifest("b", m);
	assert_true(find_floor(floors, "b", "frame", "ns_per_op", &floor));
	assert_string_equal(floor.run_id, "new");
	json_decref(floors);
}

/* A difference below the machine's floor is none. */
static void test_noise_floor_is_the_threshold(void **state)
{
	static const double before[] = { 10, 10.01, 9.99 };
	static const double after[] = { 12, 12.01, 11.99 };
	struct contrast_params params = { .min_effect = 0.03 };
	struct comparison x;
	struct compare_run run;

	(void)state;
	simulate_aa("aa");
	write_manifest("aa", manifest_of("aa"));
	begin_run("a");
	write_manifest("a", manifest_of("a"));
	samples_add_processes(sample_of("free_area", 0), 3, before);
	begin_run("b");
	write_manifest("b", manifest_of("b"));
	samples_add_processes(sample_of("free_area", 0), 3, after);
	compare_a_b(&x, &params);
	assert_int_equal(x.count[VERDICT_SLOWER], 1);
	assert_true(x.c.v[0].threshold == log1p(0.03));
	end(&x);

	params.floors = noise_floor_load(scratch_dir, comparison_error,
					 sizeof(comparison_error));
	run = open_run("aa", NULL);
	noise_floor_measure((json_t *)params.floors, &run);
	compare_run_close(&run);
	compare_a_b(&x, &params);
	check(fabs(x.c.v[0].threshold - log(1.04)) < 1e-12, "%g",
	      x.c.v[0].threshold);
	assert_int_equal(x.count[VERDICT_SLOWER], 1);
	end(&x);
	params.min_effect = 0.25;
	compare_a_b(&x, &params);
	assert_int_equal(x.count[VERDICT_SAME], 1);
	end(&x);
	json_decref((json_t *)params.floors);
}

/* An A/A run's verdicts, with the floor that it set itself. */
static void test_aa_is_the_same_by_construction(void **state)
{
	struct contrast_params params = { .by = BY_ARM };
	struct comparison x;
	struct compare_run run;

	(void)state;
	simulate_aa("a");
	write_manifest("a", manifest_of("a"));
	params.floors = noise_floor_load(scratch_dir, comparison_error,
					 sizeof(comparison_error));
	run = open_run("a", NULL);
	noise_floor_measure((json_t *)params.floors, &run);
	compare_run_close(&run);
	compare_within(&x, "ns_per_op", &params);
	assert_int_equal(x.c.nr, 4);
	assert_int_equal(x.count[VERDICT_SAME], 4);
	assert_true(ratio_excludes_one(&x.c.v[0].ratio));
	end(&x);
	json_decref((json_t *)params.floors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		samples_test(test_noise_floor),
		samples_test(test_noise_floor_by_build),
		samples_test(test_noise_floor_is_the_threshold),
		samples_test(test_aa_is_the_same_by_construction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
