/*
 * plan_fixture.h - options and a topology as a run has them, and the plan that
 * is made of them; cases are the test's own.
 */
#ifndef KMB_PLAN_FIXTURE_H
#define KMB_PLAN_FIXTURE_H

#include "test.h"

#include "../harness/plan.h"

static uint64_t no_loop(struct bench_thread *self, uint64_t nr)
{
	(void)self;
	return nr;
}

struct fixture {
	struct options options;
	struct topology topology;
	struct plan plan;
	char *argv[16];
};

static const struct command run_command = { "run", "", "", NULL };

static int make(struct fixture *f, const char *source, ...)
{
	va_list words;
	int argc = 1, code;
	char error[256];

	memset(f, 0, sizeof(*f));
	f->argv[0] = (char *)"run";
	va_start(words, source);
	while ((f->argv[argc] = va_arg(words, char *)))
		argc++;
	va_end(words);
	code = options_parse(&f->options, &run_command, argc, f->argv);
	assert_int_equal(code, -1);
	code = topology_load(&f->topology, source, error, sizeof(error));
	check(!code, "%s", error);
	return plan_make(&f->plan, &f->options, &f->topology);
}

static void drop(struct fixture *f)
{
	plan_free(&f->plan);
	topology_free(&f->topology);
	options_free(&f->options);
}

#endif
