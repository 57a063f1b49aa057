/* comparison.h - for tests: made-up runs with a manifest, and what compares
 * them. */
#ifndef KMB_COMPARISON_H
#define KMB_COMPARISON_H

#include <stdbool.h>

#include "samples.h"

#include "../harness/contrast.h"

static char comparison_error[1024];

/* The next samples_add()s are this run's. */
static maybe_unused void begin_run(const char *name)
{
	close(samples_run.samples_fd);
	csv_row_free(&samples_run.row);
	assert_int_equal(results_create(&samples_run, scratch_dir,
					scratch_path(name), samples_error,
					sizeof(samples_error)),
			 0);
}

/* What a manifest says; each test changes what it is about. */
struct manifest {
	const char *run_id, *started, *label, *host, *revision, *compiler;
	int memory;
};

static maybe_unused struct manifest manifest_of(const char *run_id)
{
	return (struct manifest){ run_id,  "2026-01-01T00:00:00Z",
				  "none",  "h",
				  "abcde", "GNU 12",
				  1024 };
}

static maybe_unused void write_manifest(const char *name, struct manifest m)
{
	char file[64];
	json_t *json = json_pack(
		"{s:s,s:s,s:s,s:s,s:{s:s},s:{s:s,s:b},s:{s:s,s:s},s:{s:i,s:f}}",
		"run_id", m.run_id, "started", m.started, "host", m.host,
		"cpu_model", "model", "labels", "build", m.label, "source",
		"git_revision", m.revision, "git_dirty", 0, "compiler",
		"version", m.compiler, "flags", "-O2", "effort", "memory_bytes",
		m.memory, "min_time_s", 0.01);

	snprintf(file, sizeof(file), "%s/manifest.json", name);
	assert_int_equal(json_dump_file(json, scratch_path(file), 0), 0);
	json_decref(json);
}

static maybe_unused struct compare_run open_run(const char *name,
						const char *metric)
{
	struct compare_run run;
	int err;

	err = compare_run_open(&run, scratch_dir, name, comparison_error,
			       sizeof(comparison_error));
	check(!err, "%s", comparison_error);
	err = compare_run_read(&run, metric, comparison_error,
			       sizeof(comparison_error));
	check(!err, "%s", comparison_error);
	return run;
}

/* Two runs, or one of them alone, compared. */
struct comparison {
	struct compare_run a, b;
	struct contrasts c;
	unsigned count[NR_VERDICTS];
};

static maybe_unused void compare_a_b(struct comparison *x,
				     const struct contrast_params *params)
{
	x->a = open_run("a", "ns_per_op");
	x->b = open_run("b", "ns_per_op");
	assert_int_equal(contrast_runs(&x->c, &x->a, &x->b, params), 0);
	contrasts_count(&x->c, x->count);
}

static maybe_unused void compare_within(struct comparison *x,
					const char *metric,
					const struct contrast_params *params)
{
	memset(&x->a, 0, sizeof(x->a));
	x->b = open_run("a", metric);
	assert_int_equal(contrast_within(&x->c, &x->b, params), 0);
	contrasts_count(&x->c, x->count);
}

static maybe_unused void end(struct comparison *x)
{
	contrasts_free(&x->c);
	compare_run_close(&x->a);
	compare_run_close(&x->b);
}

/* Three per cent, whatever the machine. */
static maybe_unused const struct contrast_params plain = { .min_effect = 0.03 };

#endif
