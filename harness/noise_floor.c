/* noise_floor.c - what A/A runs show: measured, kept, found. */
#include "noise_floor.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kernels/base/compiler.h"
#include "contrast.h"
#include "results.h"

#define FILE_NAME "noise-floor.json"
#define SCHEMA 1

static const char *const machine_keys[] = { "host", "cpu_model" };
static const char *const build_keys[] = { "source.git_revision",
					  "source.git_dirty",
					  "compiler.version",
					  "compiler.flags" };

json_t *noise_floor_load(const char *results, char *error, size_t error_size)
{
	char path[PATH_MAX];
	json_error_t reason;
	json_t *floors;

	snprintf(path, sizeof(path), "%.4000s/" FILE_NAME, results);
	if (access(path, F_OK))
		return json_pack("{s:i,s:[]}", "schema", SCHEMA, "machines");
	floors = json_load_file(path, 0, &reason);
	if (json_is_array(json_object_get(floors, "machines")))
		return floors;
	snprintf(error, error_size,
		 "%s: %s; kmembench aa makes it anew once it is gone", path,
		 floors ? "no list of machines" : reason.text);
	json_decref(floors);
	return NULL;
}

int noise_floor_save(const json_t *floors, const char *results, char *error,
		     size_t error_size)
{
	char *text = json_dumps(floors, JSON_INDENT(2));
	int err = text ? results_write_file(results, FILE_NAME, text,
					    strlen(text))
		       : -ENOMEM;

	free(text);
	if (err)
		snprintf(error, error_size, "%s/" FILE_NAME ": %s", results,
			 strerror(-err));
	return err;
}

static bool same(const json_t *machine, const struct compare_run *run,
		 const char *const *keys, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++) {
		const char *text =
			json_string_value(json_object_get(machine, keys[i]));

		if (!text || strcmp(text, compare_run_text(run, keys[i])))
			return false;
	}
	return true;
}

static bool same_machine(const json_t *machine, const struct compare_run *run)
{
	return same(machine, run, machine_keys, ARRAY_SIZE(machine_keys));
}

static bool same_build(const json_t *machine, const struct compare_run *run)
{
	return same(machine, run, build_keys, ARRAY_SIZE(build_keys));
}

/* The entry of the run's machine and build; made when there is none. */
static json_t *find_machine(json_t *floors, const struct compare_run *run)
{
	json_t *machines = json_object_get(floors, "machines"), *machine;
	size_t i;

	json_array_foreach (machines, i, machine)
		if (same_machine(machine, run) && same_build(machine, run))
			return machine;
	machine = json_pack("{s:{}}", "floors");
	for (i = 0; i < ARRAY_SIZE(machine_keys); i++)
		json_object_set_new(
			machine, machine_keys[i],
			json_string(compare_run_text(run, machine_keys[i])));
	for (i = 0; i < ARRAY_SIZE(build_keys); i++)
		json_object_set_new(
			machine, build_keys[i],
			json_string(compare_run_text(run, build_keys[i])));
	return json_array_append_new(machines, machine) ? NULL : machine;
}

/* The object under a key, made when there is none. */
static json_t *child(json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	if (json_is_object(value))
		return value;
	value = json_object();
	return json_object_set_new(object, key, value) ? NULL : value;
}

static int put(json_t *floors, const struct compare_run *run,
	       const char *family, const char *metric,
	       const struct noise_floor *floor)
{
	json_t *machine = find_machine(floors, run);
	json_t *metrics = child(child(machine, "floors"), family);

	return json_object_set_new(
		       metrics, metric,
		       json_pack("{s:f,s:f,s:i,s:s,s:s}", "max", floor->max,
				 "median", floor->median, "points",
				 (int)floor->points, "run_id",
				 compare_run_text(run, "run_id"), "date",
				 compare_run_text(run, "started")))
		       ? -ENOMEM
		       : 0;
}

/* The arms' effects in one family; nothing when no point has a ratio. */
static int put_family(json_t *floors, const struct compare_run *run,
		      const struct contrast *v, unsigned nr, double *effects)
{
	unsigned points = 0;
	struct noise_floor floor;

	for (unsigned i = 0; i < nr; i++)
		if (!isnan(v[i].ratio.value))
			effects[points++] = ratio_effect(&v[i].ratio);
	if (!points)
		return 0;
	stats_sort(effects, points);
	floor.max = effects[points - 1];
	floor.median = stats_quantile(effects, points, 0.5);
	floor.points = points;
	return put(floors, run, v->b->cell[FAMILY], v->b->cell[METRIC], &floor);
}

/* A run that was read for one metric. */
static int measure_metric(json_t *floors, const struct compare_run *run)
{
	const struct contrast_params params = { .by = BY_ARM };
	struct contrasts c;
	int err = contrast_within(&c, run, &params);
	double *effects = calloc(c.nr + 1, sizeof(*effects));

	if (!effects)
		err = -ENOMEM;
	for (unsigned i = 0, end; i < c.nr && !err; i = end) {
		for (end = i + 1; end < c.nr; end++)
			if (strcmp(c.v[i].b->cell[FAMILY],
				   c.v[end].b->cell[FAMILY]))
				break;
		err = put_family(floors, run, c.v + i, end - i, effects);
	}
	free(effects);
	contrasts_free(&c);
	return err;
}

static bool seen_before(const struct observations *o, unsigned i)
{
	for (unsigned k = 0; k < i; k++)
		if (!strcmp(o->v[k].cell[METRIC], o->v[i].cell[METRIC]))
			return true;
	return false;
}

/* The slowest of many operations, and what describes the timer, have none. */
static bool has_floor(const char *metric)
{
	static const char *const none[] = { "latency_max_ns", "latency_samples",
					    "latency_timer_ns",
					    "latency_step_ns" };

	for (unsigned i = 0; i < ARRAY_SIZE(none); i++)
		if (!strcmp(metric, none[i]))
			return false;
	return true;
}

int noise_floor_measure(json_t *floors, const struct compare_run *run)
{
	const struct observations *o = &run->o;
	struct compare_run part = *run;
	int err = 0;

	part.o.v = calloc(o->nr + 1, sizeof(*part.o.v));
	if (!part.o.v)
		return -ENOMEM;
	for (unsigned i = 0; i < o->nr && !err; i++) {
		if (seen_before(o, i) || !has_floor(o->v[i].cell[METRIC]))
			continue;
		part.o.nr = 0;
		for (unsigned k = i; k < o->nr; k++)
			if (!strcmp(o->v[k].cell[METRIC], o->v[i].cell[METRIC]))
				part.o.v[part.o.nr++] = o->v[k];
		err = measure_metric(floors, &part);
	}
	free(part.o.v);
	return err;
}

static bool read_floor(const json_t *machine, const char *family,
		       const char *metric, struct noise_floor *floor)
{
	const json_t *entry = json_object_get(
		json_object_get(json_object_get(machine, "floors"), family),
		metric);
	int points = 0;

	if (json_unpack((json_t *)entry, "{s:F,s:F,s:i,s:s,s:s}", "max",
			&floor->max, "median", &floor->median, "points",
			&points, "run_id", &floor->run_id, "date",
			&floor->date))
		return false;
	floor->points = (unsigned)points;
	return true;
}

bool noise_floor_find(const json_t *floors, const struct compare_run *run,
		      const char *family, const char *metric,
		      struct noise_floor *floor)
{
	const json_t *machines = json_object_get(floors, "machines"), *machine;
	bool found = false;
	size_t i;

	json_array_foreach (machines, i, machine) {
		struct noise_floor other;

		if (!same_machine(machine, run) ||
		    !read_floor(machine, family, metric, &other))
			continue;
		if (!found || same_build(machine, run) ||
		    strcmp(other.date, floor->date) > 0)
			*floor = other;
		found = true;
		if (same_build(machine, run))
			break;
	}
	return found;
}
