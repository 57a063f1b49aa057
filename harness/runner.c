/* runner.c - spawn a case's process, listen to it, bury it. */
#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"
#include "noise.h"

extern char **environ;

const char *const outcome_status_name[NR_OUTCOME_STATUS] = {
	"ok",  "misplaced", "invalid",	"crashed",     "timeout",
	"oom", "skipped",   "repeated", "interrupted",
};

static volatile sig_atomic_t got_signal;
static sigset_t waiting_mask; /* the signals let in while we wait */

static void on_signal(int number)
{
	got_signal = number;
}

void runner_init(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigset_t blocked;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_BLOCK, &blocked, &waiting_mask);
	sigdelset(&waiting_mask, SIGINT);
	sigdelset(&waiting_mask, SIGTERM);
}

int runner_signal(void)
{
	sigset_t pending;

	if (!got_signal && !sigpending(&pending)) {
		if (sigismember(&pending, SIGINT))
			return SIGINT;
		if (sigismember(&pending, SIGTERM))
			return SIGTERM;
	}
	return got_signal;
}

/* The child's ends of its pipes, its log, and ours. */
struct channel {
	int job_read, job_write;
	int report_read, report_write;
	int log; /* what the child says on stdout and stderr */
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void channel_close(struct channel *c)
{
	close_fd(&c->job_read);
	close_fd(&c->job_write);
	close_fd(&c->report_read);
	close_fd(&c->report_write);
	close_fd(&c->log);
}

static int channel_open(struct channel *c)
{
	int job[2] = { -1, -1 }, report[2] = { -1, -1 };
	int err = 0;

	c->log = memfd_create("kmembench-case", MFD_CLOEXEC);
	if (c->log < 0 || pipe2(job, O_CLOEXEC) || pipe2(report, O_CLOEXEC))
		err = -errno;
	c->job_read = job[0];
	c->job_write = job[1];
	c->report_read = report[0];
	c->report_write = report[1];
	if (err)
		channel_close(c);
	return err;
}

/*
 * A case may load an allocator (family slab), whose thread-local variables want
 * more of the room that glibc keeps for late comers than there is by default.
 * Every case has it, so that all processes are alike; the caller frees it.
 */
#define LATE_TLS "glibc.rtld.optional_static_tls=16384"

static char **case_environment(void)
{
	const char *const name = "GLIBC_TUNABLES=";
	static char tunables[4096];
	unsigned nr = 0, to = 0;
	char **env;

	while (environ[nr])
		nr++;
	env = calloc(nr + 2, sizeof(*env));
	if (!env)
		abort();
	snprintf(tunables, sizeof(tunables), "%s" LATE_TLS, name);
	for (unsigned i = 0; i < nr; i++)
		if (strncmp(environ[i], name, strlen(name)))
			env[to++] = environ[i];
		else if (!strstr(environ[i], "optional_static_tls"))
			snprintf(tunables, sizeof(tunables), "%s:" LATE_TLS,
				 environ[i]);
		else
			snprintf(tunables, sizeof(tunables), "%s", environ[i]);
	env[to] = tunables;
	return env;
}

static int spawn(const struct channel *c, pid_t *pid)
{
	char **env = case_environment();
	char *argv[] = { (char *)"kmembench", (char *)JOB_ARGUMENT, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none;
	int err;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, c->job_read, 0);
	posix_spawn_file_actions_adddup2(&files, c->log, 1);
	posix_spawn_file_actions_adddup2(&files, c->log, 2);
	posix_spawn_file_actions_adddup2(&files, c->report_write,
					 JOB_REPORT_FD);
	/* Its own group: the terminal's Ctrl-C is for us alone. */
	posix_spawnattr_init(&attr);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP |
						POSIX_SPAWN_SETSIGMASK);
	err = posix_spawn(pid, "/proc/self/exe", &files, &attr, argv, env);
	free(env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return -err;
}

static void send_job(int fd, const struct job *job)
{
	json_t *json = job_encode(job);

	/* A child that is gone already shows when it reports nothing. */
	if (json)
		json_dumpfd(json, fd, JSON_COMPACT);
	json_decref(json);
}

/* What a child has reported so far. */
struct listener {
	const struct job *job;
	struct outcome *outcome;
	uint64_t spawned_ns;
	bool finished;
	enum bench_result result;
	bool verified;
	uint64_t misplaced;
	char *text;
	size_t used, size;
};

static void hear_words(uint64_t *words, unsigned nr, json_t *array)
{
	for (unsigned i = 0; i < nr; i++)
		words[i] =
			(uint64_t)json_integer_value(json_array_get(array, i));
}

static void hear_span(struct bench_span *span, json_t *json)
{
	uint64_t times[5];

	hear_words(times, 5, json_object_get(json, "times"));
	*span = (struct bench_span){ .ops = times[0],
				     .done = times[1],
				     .start_ns = times[2],
				     .stop_ns = times[3],
				     .cpu_ns = times[4] };
	hear_words(span->phase_ns, BENCH_MAX_PHASES,
		   json_object_get(json, "phase_ns"));
	hear_words(span->phase_ops, BENCH_MAX_PHASES,
		   json_object_get(json, "phase_ops"));
	hear_words(span->extra, BENCH_MAX_EXTRA,
		   json_object_get(json, "extra"));
}

static void hear_rep(struct listener *l, json_t *threads)
{
	struct outcome *o = l->outcome;
	unsigned nr = l->job->point.threads;

	if (json_array_size(threads) != nr)
		return;
	o->spans = realloc(o->spans,
			   (o->nr_reps + 1) * (size_t)nr * sizeof(*o->spans));
	if (!o->spans)
		abort();
	for (unsigned i = 0; i < nr; i++)
		hear_span(&o->spans[o->nr_reps * nr + i],
			  json_array_get(threads, i));
	o->nr_reps++;
}

static void hear_metric(struct outcome *o, const char *name, json_t *line)
{
	struct outcome_metric *m;

	o->metrics =
		realloc(o->metrics, (o->nr_metrics + 1) * sizeof(*o->metrics));
	if (!o->metrics)
		abort();
	m = &o->metrics[o->nr_metrics++];
	snprintf(m->name, sizeof(m->name), "%s", name);
	snprintf(m->unit, sizeof(m->unit), "%s",
		 json_string_value(json_object_get(line, "unit")));
	m->value = json_number_value(json_object_get(line, "value"));
}

static void hear_where(struct listener *l, json_t *where)
{
	struct outcome *o = l->outcome;
	const char *pages, *nodes, *reason;
	json_int_t checked, misplaced;
	int verified;

	if (json_unpack(where, "{s:s,s:s,s:I,s:I,s:b,s:s}", "pages", &pages,
			"nodes", &nodes, "checked", &checked, "misplaced",
			&misplaced, "verified", &verified, "reason", &reason))
		return;
	snprintf(o->pages, sizeof(o->pages), "%s", pages);
	if (verified && checked)
		snprintf(o->nodes, sizeof(o->nodes), "%s", nodes);
	snprintf(o->reason, sizeof(o->reason), "%s", reason);
	l->misplaced = (uint64_t)misplaced;
}

static void hear_line(struct listener *l, const char *text)
{
	json_t *line = json_loads(text, 0, NULL), *value;

	if ((value = json_object_get(line, "first_batch_ns")))
		l->outcome->startup_ns = (double)json_integer_value(value) -
					 (double)l->spawned_ns;
	if ((value = json_object_get(line, "threads")))
		hear_rep(l, value);
	if ((value = json_object_get(line, "metric")))
		hear_metric(l->outcome, json_string_value(value), line);
	if ((value = json_object_get(line, "version")))
		snprintf(l->outcome->version, sizeof(l->outcome->version), "%s",
			 json_string_value(value));
	if ((value = json_object_get(line, "where")))
		hear_where(l, value);
	if ((value = json_object_get(line, "result"))) {
		l->finished = true;
		l->result = (enum bench_result)json_integer_value(value);
	}
	json_decref(line);
}

/* Take what the pipe holds. False: the child has closed its end. */
static bool listen_once(struct listener *l, int fd)
{
	char *eol;
	ssize_t got;

	if (l->size - l->used < 4096) {
		l->size = l->size ? 2 * l->size : 65536;
		l->text = realloc(l->text, l->size);
		if (!l->text)
			abort();
	}
	got = read(fd, l->text + l->used, l->size - l->used);
	if (got <= 0)
		return got < 0 && errno == EINTR;
	l->used += (size_t)got;
	while ((eol = memchr(l->text, '\n', l->used))) {
		size_t length = (size_t)(eol - l->text) + 1;

		*eol = '\0';
		hear_line(l, l->text);
		l->used -= length;
		memmove(l->text, l->text + length, l->used);
	}
	return true;
}

/* Listen until the child is done, its time is up, or a signal comes. */
static enum outcome_status listen_all(struct listener *l, int fd,
				      double time_limit_s)
{
	uint64_t deadline = l->spawned_ns + (uint64_t)(time_limit_s * 1e9);

	for (;;) {
		struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
		uint64_t now = bench_now_ns();
		uint64_t left = deadline > now ? deadline - now : 0;
		struct timespec wait = { (time_t)(left / 1000000000),
					 (long)(left % 1000000000) };

		if (!left)
			return OUTCOME_TIMEOUT;
		if (ppoll(&poll_fd, 1, &wait, &waiting_mask) > 0 &&
		    !listen_once(l, fd))
			return OUTCOME_OK;
		if (got_signal)
			return OUTCOME_INTERRUPTED;
	}
}

/* The last line that the child wrote to stdout or stderr; "" if none. */
static void last_words(int log, char *buf, size_t size)
{
	char tail[512];
	off_t end = lseek(log, 0, SEEK_END);
	off_t from = end > (off_t)sizeof(tail) - 1
			     ? end - (off_t)sizeof(tail) + 1
			     : 0;
	ssize_t got = pread(log, tail, sizeof(tail) - 1, from);
	char *line;

	buf[0] = '\0';
	while (got > 0 && (tail[got - 1] == '\n' || tail[got - 1] == ' '))
		got--;
	if (got <= 0)
		return;
	tail[got] = '\0';
	line = strrchr(tail, '\n');
	snprintf(buf, size, ": %.180s", line ? line + 1 : tail);
}

static void outcome_set(struct outcome *o, enum outcome_status status,
			const char *reason)
{
	o->status = status;
	snprintf(o->reason, sizeof(o->reason), "%s", reason);
}

/* The child said its last word: what does it mean? */
static void judge_result(const struct listener *l)
{
	struct outcome *o = l->outcome;

	switch (l->result) {
	case BENCH_OK:
		if (l->misplaced)
			outcome_set(o, OUTCOME_MISPLACED,
				    "pages are not on the nodes asked for");
		break;
	case BENCH_NO_MEMORY:
		outcome_set(o, OUTCOME_OOM,
			    "no memory for the case; try a smaller --memory");
		break;
	case BENCH_MISPLACED:
		outcome_set(o, OUTCOME_MISPLACED,
			    "a thread was not on the CPU asked for");
		break;
	case BENCH_INVALID:
		outcome_set(o, OUTCOME_INVALID,
			    "the strategy's state was broken afterwards");
		break;
	case BENCH_BROKEN_SHIM:
		outcome_set(o, OUTCOME_INVALID,
			    "Google Benchmark's repetitions are not ours");
		break;
	case BENCH_NO_RAW: /* runner_run() says it: no case is at fault */
		break;
	}
}

/* It is gone without one: why? */
static void judge_death(const struct listener *l, int wait_status, int log)
{
	struct outcome *o = l->outcome;
	char words[200];

	last_words(log, words, sizeof(words));
	if (WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGKILL) {
		outcome_set(o, OUTCOME_OOM,
			    "killed by SIGKILL: out of memory, most likely");
		return;
	}
	o->status = OUTCOME_CRASHED;
	if (WIFSIGNALED(wait_status))
		snprintf(o->reason, sizeof(o->reason), "SIG%s%s",
			 sigabbrev_np(WTERMSIG(wait_status)), words);
	else
		snprintf(o->reason, sizeof(o->reason), "exit code %d%s",
			 WEXITSTATUS(wait_status), words);
}

static void judge(const struct listener *l, enum outcome_status heard,
		  int wait_status, int log, double time_limit_s)
{
	struct outcome *o = l->outcome;

	if (heard == OUTCOME_INTERRUPTED) {
		outcome_set(o, heard, "");
	} else if (heard == OUTCOME_TIMEOUT) {
		o->status = heard;
		snprintf(o->reason, sizeof(o->reason),
			 "longer than the time limit of %g s", time_limit_s);
	} else if (l->finished && WIFEXITED(wait_status) &&
		   WEXITSTATUS(wait_status) == 0) {
		judge_result(l);
	} else {
		judge_death(l, wait_status, log);
	}
}

int runner_run(const struct job *job, double time_limit_s,
	       struct outcome *outcome)
{
	struct listener l = { .job = job, .outcome = outcome };
	enum outcome_status heard;
	struct channel c;
	uint64_t steal;
	int wait_status = 0, err;
	pid_t pid;

	memset(outcome, 0, sizeof(*outcome));
	outcome->startup_ns = NAN;
	outcome->steal_ns = outcome->cpu_mhz = NAN;
	err = channel_open(&c);
	if (err)
		return err;
	steal = noise_steal_ns(&job->placement);
	l.spawned_ns = bench_now_ns();
	err = spawn(&c, &pid);
	if (err)
		goto close_channel;
	close_fd(&c.job_read);
	close_fd(&c.report_write);
	send_job(c.job_write, job);
	close_fd(&c.job_write);

	heard = listen_all(&l, c.report_read, time_limit_s);
	if (heard != OUTCOME_OK)
		kill(-pid, SIGKILL);
	while (waitpid(pid, &wait_status, 0) < 0 && errno == EINTR)
		;
	outcome->seconds = (double)(bench_now_ns() - l.spawned_ns) / 1e9;
	outcome->cpu_mhz = noise_cpu_mhz(job->placement.cpu[0]);
	if (steal != UINT64_MAX)
		outcome->steal_ns =
			(double)(noise_steal_ns(&job->placement) - steal);
	outcome->steal_ns =
		fault_steal_ns(outcome->steal_ns, outcome->seconds * 1e9);
	judge(&l, heard, wait_status, c.log, time_limit_s);
	if (l.finished && l.result == BENCH_NO_RAW)
		err = -ENOSPC;

close_channel:
	free(l.text);
	channel_close(&c);
	return err;
}

void outcome_free(struct outcome *outcome)
{
	free(outcome->spans);
	free(outcome->metrics);
	memset(outcome, 0, sizeof(*outcome));
}
