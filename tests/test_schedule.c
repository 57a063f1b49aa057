/* test_schedule.c - what runs next, when a point is done, what a budget buys.
 */
#include "test.h"

#include <math.h>

#include "../harness/schedule.h"

#define NR_POINTS 4
#define NR_BLOCKS 10

/* Points 0 and 1 are one group, 2 and 3 another; blocks in plain order. */
struct fixture {
	struct plan_point points[NR_POINTS];
	struct plan_job jobs[NR_POINTS * NR_BLOCKS];
	struct plan plan;
	struct schedule s;
};

static void begin(struct fixture *f, double budget_s)
{
	memset(f, 0, sizeof(*f));
	f->plan.points = f->points;
	f->plan.jobs = f->jobs;
	f->plan.nr_points = NR_POINTS;
	f->plan.nr_jobs = NR_POINTS * NR_BLOCKS;
	for (unsigned i = 0; i < NR_POINTS; i++)
		f->points[i].group = i / 2;
	for (unsigned i = 0; i < f->plan.nr_jobs; i++)
		f->jobs[i] = (struct plan_job){ i % NR_POINTS, i / NR_POINTS };
	schedule_init(&f->s, &f->plan, 0.02, budget_s);
}

/* Run to the end; value(point, process) is what each process measures. */
static void run(struct fixture *f, double (*value)(unsigned, unsigned),
		unsigned count[NR_POINTS])
{
	unsigned i;

	memset(count, 0, NR_POINTS * sizeof(*count));
	while (schedule_next(&f->s, &i)) {
		const struct plan_job *job = &f->plan.jobs[i];
		double v = value(job->point, job->process);

		count[job->point]++;
		schedule_add(&f->s, job->point, &v, 1);
	}
}

static double quiet_but_last(unsigned point, unsigned process)
{
	return point == NR_POINTS - 1 ? 100 + 30 * (process % 3) : 100;
}

static void a_tight_point_is_done(void **unused)
{
	struct fixture f;
	unsigned count[NR_POINTS];

	(void)unused;
	begin(&f, 0);
	run(&f, quiet_but_last, count);
	for (unsigned i = 0; i < NR_POINTS - 1; i++)
		assert_int_equal(count[i], SCHEDULE_MIN_PROCESSES);
	assert_int_equal(count[NR_POINTS - 1], NR_BLOCKS);
	schedule_free(&f.s);
}

/* A process that failed gives nothing, and the point is not called tight. */
static void failures_are_no_evidence(void **unused)
{
	struct fixture f;
	unsigned i, jobs = 0;

	(void)unused;
	begin(&f, 0);
	while (schedule_next(&f.s, &i)) {
		schedule_add(&f.s, f.plan.jobs[i].point, NULL, 0);
		jobs++;
	}
	assert_int_equal(jobs, NR_POINTS * NR_BLOCKS);
	schedule_free(&f.s);
}

static void a_spent_budget_ends_it(void **unused)
{
	struct fixture f;
	unsigned i;

	(void)unused;
	begin(&f, 1e-9);
	assert_false(schedule_next(&f.s, &i));
	schedule_free(&f.s);
}

/* Once all have an interval, the noisiest group comes first in a block. */
static void a_budget_goes_to_the_noisiest(void **unused)
{
	struct fixture f;
	unsigned i;

	(void)unused;
	begin(&f, 1000);
	for (unsigned jobs = 0; jobs < 3 * NR_POINTS; jobs++) {
		double v;

		assert_true(schedule_next(&f.s, &i));
		v = quiet_but_last(f.plan.jobs[i].point,
				   f.plan.jobs[i].process);
		schedule_add(&f.s, f.plan.jobs[i].point, &v, 1);
	}
	assert_true(schedule_next(&f.s, &i));
	assert_int_equal(f.plan.jobs[i].point, 2);
	assert_true(schedule_next(&f.s, &i));
	assert_int_equal(f.plan.jobs[i].point, 3);
	assert_true(schedule_next(&f.s, &i));
	assert_int_equal(f.plan.jobs[i].point, 0);
	schedule_free(&f.s);
}

static void what_is_done_is_not_done_again(void **unused)
{
	struct fixture f;
	unsigned i, jobs = 0;

	(void)unused;
	begin(&f, 0);
	assert_true(schedule_skip(&f.s, 1, 0));
	assert_true(schedule_skip(&f.s, 3, 7));
	assert_false(schedule_skip(&f.s, 1, 0));
	/* With a budget a journal is not in the plan's order. */
	assert_true(schedule_skip(&f.s, 0, 2));
	assert_false(schedule_skip(&f.s, 1, NR_BLOCKS));
	while (schedule_next(&f.s, &i)) {
		const struct plan_job *job = &f.plan.jobs[i];

		assert_false(job->point == 1 && job->process == 0);
		assert_false(job->point == 3 && job->process == 7);
		assert_false(job->point == 0 && job->process == 2);
		jobs++;
	}
	assert_int_equal(jobs, NR_POINTS * NR_BLOCKS - 3);
	schedule_free(&f.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tight_point_is_done),
		cmocka_unit_test(failures_are_no_evidence),
		cmocka_unit_test(a_spent_budget_ends_it),
		cmocka_unit_test(a_budget_goes_to_the_noisiest),
		cmocka_unit_test(what_is_done_is_not_done_again),
	};

	return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
