/*
 * suite_selftest.c - cases that go wrong on purpose, for tests of the harness.
 *
 * Linked into kmembench-selftest only. Each strategy of the family `selftest`
 * has the workload `spin` and fails in the way that its name says.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../bench/bench.h"

BENCH_FAMILY(selftest_family) = {
	.name = "selftest",
	.what = "cases that go wrong on purpose",
};

static uint64_t ok_loop(struct bench_thread *self, uint64_t nr)
{
	(void)self;
	for (uint64_t i = 0; i < nr; i++)
		OPTIMIZER_HIDE(i);
	return nr;
}

static uint64_t crash_loop(struct bench_thread *self, uint64_t nr)
{
	(void)self, (void)nr;
	fputs("selftest: about to crash\n", stderr);
	raise(SIGSEGV);
	return 0;
}

static uint64_t exit_loop(struct bench_thread *self, uint64_t nr)
{
	(void)self, (void)nr;
	fputs("selftest: giving up\n", stderr);
	_exit(7);
}

static uint64_t hang_loop(struct bench_thread *self, uint64_t nr)
{
	(void)self;
	while (nr)
		pause();
	return nr;
}

static uint64_t half_loop(struct bench_thread *self, uint64_t nr)
{
	return ok_loop(self, nr) / 2;
}

/* Let go of the CPU that the harness pinned us to. */
static uint64_t misplaced_loop(struct bench_thread *self, uint64_t nr)
{
	cpu_set_t all;

	CPU_ZERO(&all);
	for (int i = 0; i < CPU_SETSIZE; i++)
		CPU_SET(i, &all);
	sched_setaffinity(0, sizeof(all), &all);
	return ok_loop(self, nr);
}

/* More than any host has. */
static void *oom_setup(const struct bench_env *env)
{
	return env->host->map(env->host, 1ull << 55);
}

static void *kill_setup(const struct bench_env *env)
{
	(void)env;
	raise(SIGKILL);
	return NULL;
}

static bool invalid_validate(void *state)
{
	(void)state;
	return false;
}

#define SELFTEST(name_, models_, ...) \
	BENCH_CASE(name_##_case) = {  \
		.family = "selftest", \
		.strategy = #name_,   \
		.workload = "spin",   \
		.isa = "scalar",      \
		.models = models_,    \
		.size_unit = "none",  \
		.batch = 64,          \
		.max_threads = 64,    \
		__VA_ARGS__,          \
	}

static const char *unsupported_here(void)
{
	return "no such CPU feature";
}

/* Its file begins with "ok"; its workload fails unless it gets it again. */
static int read_check(const char *path, char *error, size_t error_size)
{
	FILE *file = fopen(path, "r");
	char word[3] = "";

	if (!file) {
		snprintf(error, error_size, "%s: %m", path);
		return -errno;
	}
	if (!fgets(word, sizeof(word), file))
		word[0] = '\0';
	fclose(file);
	if (!strcmp(word, "ok"))
		return 0;
	snprintf(error, error_size, "%s: does not begin with ok", path);
	return -EINVAL;
}

static void *read_setup(const struct bench_env *env)
{
	char error[256];

	return read_check(env->bench->path, error, sizeof(error))
		       ? NULL
		       : (void *)env->bench->path;
}

static bool read_validate(void *state)
{
	return access(state, R_OK) == 0;
}

BENCH_CASE(read_case) = {
	.family = "selftest",
	.strategy = "reader",
	.workload = "read",
	.isa = "scalar",
	.models = "takes a file",
	.size_unit = "none",
	.batch = 64,
	.file = "a file that begins with ok",
	.check_file = read_check,
	.setup = read_setup,
	.loop = ok_loop,
	.validate = read_validate,
};

/* clang-format off */
SELFTEST(ok, "nothing goes wrong", .loop = ok_loop);
SELFTEST(crash, "SIGSEGV in the loop", .loop = crash_loop);
SELFTEST(exits, "exit code 7 in the loop", .loop = exit_loop);
SELFTEST(hang, "never returns", .loop = hang_loop);
SELFTEST(half, "every other operation fails", .loop = half_loop);
SELFTEST(oom, "asks for more memory than there is",
	 .loop = ok_loop, .setup = oom_setup);
SELFTEST(killed, "SIGKILL, as from the OOM killer",
	 .loop = ok_loop, .setup = kill_setup);
SELFTEST(misplaced, "leaves its CPU", .loop = misplaced_loop);
SELFTEST(invalid, "its state is broken afterwards",
	 .loop = ok_loop, .validate = invalid_validate);
SELFTEST(unsupported, "needs what no CPU has",
	 .loop = ok_loop, .unsupported = unsupported_here);
/* clang-format on */
