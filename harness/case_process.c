/* case_process.c - the child: run one job and report it, line by line. */
#include "job.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "fault.h"
#include "hold.h"
#include "noise.h"

struct child {
	struct job job;
	struct host_numa *host;
	struct counters *counters;
	struct hold *hold;
};

static void report(json_t *line)
{
	/* One write a line: a crash leaves whole lines behind. */
	char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
	size_t length;

	if (!text)
		_exit(EXIT_FAILURE);
	length = strlen(text);
	text[length] = '\n'; /* in the place of the terminating zero */
	if (write(JOB_REPORT_FD, text, length + 1) != (ssize_t)length + 1)
		_exit(EXIT_FAILURE);
	free(text);
	json_decref(line);
}

static int thread_begin(void *arg, unsigned thread)
{
	struct child *c = arg;
	int err = fault_pin(c->job.placement.cpu[thread]);

	if (!err)
		counters_thread_open(c->counters, thread);
	return err;
}

static int thread_end(void *arg, unsigned thread)
{
	struct child *c = arg;

	hold_here(c->hold, thread);
	return placement_check(c->job.placement.cpu[thread]);
}

static void first_batch(void *arg)
{
	(void)arg;
	report(json_pack("{s:I}", "first_batch_ns",
			 (json_int_t)bench_now_ns()));
}

static json_t *encode_words(const uint64_t *words, unsigned nr)
{
	json_t *array = json_array();

	/* EXTRA_NA is -1 on the way. */
	for (unsigned i = 0; i < nr; i++)
		json_array_append_new(array,
				      json_integer((json_int_t)words[i]));
	return array;
}

static json_t *encode_span(const struct bench_span *span)
{
	return json_pack(
		"{s:[I,I,I,I,I],s:o,s:o,s:o}", "times", (json_int_t)span->ops,
		(json_int_t)span->done, (json_int_t)span->start_ns,
		(json_int_t)span->stop_ns, (json_int_t)span->cpu_ns, "phase_ns",
		encode_words(span->phase_ns, BENCH_MAX_PHASES), "phase_ops",
		encode_words(span->phase_ops, BENCH_MAX_PHASES), "extra",
		encode_words(span->extra, BENCH_MAX_EXTRA));
}

static void span_begin(void *arg, unsigned thread, struct bench_span *span)
{
	struct child *c = arg;

	noise_span_begin(span);
	counters_span_begin(c->counters, thread, span);
}

static void span_end(void *arg, unsigned thread, struct bench_span *span)
{
	struct child *c = arg;

	counters_span_end(c->counters, thread, span);
	noise_span_end(span);
}

static void rep_done(void *arg, unsigned rep, const struct bench_span *spans)
{
	struct child *c = arg;
	json_t *threads = json_array();

	for (unsigned i = 0; i < c->job.point.threads; i++)
		json_array_append_new(threads, encode_span(&spans[i]));
	report(json_pack("{s:i,s:o}", "rep", (int)rep, "threads", threads));
}

static void metric(void *arg, const char *name, double value, const char *unit)
{
	(void)arg;
	report(json_pack("{s:s,s:f,s:s}", "metric", name, "value", value,
			 "unit", unit));
}

static void verify(void *arg)
{
	struct child *c = arg;
	struct host_numa_report r;
	char nodes[256];

	host_numa_verify(c->host, &r);
	placement_format_nodes(r.nodes, nodes, sizeof(nodes));
	report(json_pack("{s:{s:s,s:s,s:I,s:I,s:b,s:s}}", "where", "pages",
			 host_pages_name[r.pages], "nodes", nodes, "checked",
			 (json_int_t)r.checked, "misplaced",
			 (json_int_t)r.misplaced, "verified", (int)r.verified,
			 "reason", r.reason));
}

int case_process_main(void)
{
	static struct counters_set set;
	static struct child c;
	json_t *json;
	enum bench_result result;
	char why[512];

	/* A parent that was killed must not leave us measuring. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	json = json_loadf(stdin, 0, NULL);
	if (!json || job_decode(&c.job, json) ||
	    counters_decode(&set, c.job.counters)) {
		fputs("kmembench: not a job of this binary\n", stderr);
		return EXIT_FAILURE;
	}
	json_decref(json);
	if (c.job.bench->path &&
	    c.job.bench->check_file(c.job.bench->path, why, sizeof(why))) {
		fprintf(stderr, "%s\n", why);
		return EXIT_FAILURE;
	}
	/* Before setup, so that what it touches is touched from there. */
	if (placement_pin(c.job.placement.cpu[0])) {
		report(json_pack("{s:i}", "result", BENCH_MISPLACED));
		return EXIT_SUCCESS;
	}
	c.host = host_numa_new(c.job.pages, c.job.placement.host_nodes,
			       c.job.placement.nr_nodes);
	c.counters = counters_new(&set, c.job.point.threads, &counters_linux);
	if (!c.host || !c.counters) {
		report(json_pack("{s:i}", "result", BENCH_NO_MEMORY));
		return EXIT_SUCCESS;
	}
	c.hold = hold_new(c.job.seq, &c.job.placement, c.host);

	struct bench_env env = { .point = c.job.point,
				 .host = host_numa_memory(c.host),
				 .nr_nodes = c.job.placement.nr_nodes,
				 .thread_node = c.job.placement.node,
				 .thread_cpu = c.job.placement.cpu,
				 .distance = c.job.placement.distance };
	struct bench_options options = {
		.reps = c.job.reps,
		.min_time_s = c.job.min_time_s,
		.raw_path = c.job.raw_path[0] ? c.job.raw_path : NULL,
		.thread_begin = thread_begin,
		.thread_end = thread_end,
		.first_batch = first_batch,
		.span_begin = span_begin,
		.span_end = span_end,
		.rep = rep_done,
		.metric = metric,
		.latency_every = c.job.latency_every,
		.measured = verify,
		.arg = &c,
	};

	result = gbench_run(c.job.bench, &env, &options);
	if (c.job.bench->version && result == BENCH_OK)
		report(json_pack("{s:s}", "version", c.job.bench->version()));
	report(json_pack("{s:i}", "result", (int)result));
	hold_free(c.hold);
	counters_free(c.counters);
	host_numa_free(c.host);
	return EXIT_SUCCESS;
}
