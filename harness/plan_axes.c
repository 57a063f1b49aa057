/* plan_axes.c - which sizes and numbers of threads a case is measured at. */
#include "plan_axes.h"

#include <stdlib.h>
#include <string.h>

#include "placement.h"
#include "workload_group.h"

static void values_add(struct plan_values *values, uint64_t value)
{
	for (unsigned i = 0; i < values->nr; i++)
		if (values->v[i] == value)
			return;
	values->v = realloc(values->v, (values->nr + 1) * sizeof(*values->v));
	if (!values->v)
		abort();
	values->v[values->nr++] = value;
}

/* The case's own steps in the range, or the value itself. */
static void add_range(const struct parse_range *range,
		      const struct bench_case *bench, struct plan_values *out)
{
	const struct bench_sizes *own = &bench->sizes;

	if (!range->range && range->low >= bench->size_min &&
	    range->low <= bench->size_max)
		values_add(out, range->low);
	for (unsigned i = 0; range->range && i < own->nr; i++)
		if (own->v[i] >= range->low && own->v[i] <= range->high)
			values_add(out, own->v[i]);
}

void plan_add_sizes(struct plan_axes *axes, const struct bench_case *bench,
		    struct plan_values *out)
{
	const struct bench_sizes *own = &bench->sizes;

	if (!axes->sizes && axes->options->preset->quick &&
	    bench->quick_sizes.nr)
		own = &bench->quick_sizes;
	if (!bench->sizes.nr)
		values_add(out, 0);
	else if (!axes->sizes && axes->options->group)
		values_add(out, group_size(axes->options->group, bench));
	else if (!axes->sizes)
		for (unsigned i = 0; i < own->nr; i++)
			values_add(out, own->v[i]);
	for (unsigned r = 0; r < axes->nr_sizes; r++) {
		unsigned before = out->nr;

		add_range(&axes->sizes[r], bench, out);
		axes->size_used[r] += out->nr - before;
	}
}

static bool threads_fit(const struct bench_case *bench, uint64_t threads)
{
	unsigned min = bench->min_threads ? bench->min_threads : 1;
	unsigned max = bench->max_threads ? bench->max_threads : 1;
	unsigned step = bench->threads_step ? bench->threads_step : 1;

	return threads >= min && threads <= max && threads % step == 0;
}

/*
 * 1, the least that the case can, powers of two in full runs, and all CPUs of
 * the place. A group has those powers always, and as many as a whole node has.
 */
static void default_threads(const struct plan_axes *axes,
			    const struct bench_case *bench,
			    const struct plan_place *place,
			    struct plan_values *out)
{
	unsigned min = bench->min_threads ? bench->min_threads : 1;
	unsigned step = bench->threads_step ? bench->threads_step : 1;
	unsigned all = place->max_threads - place->max_threads % step;
	unsigned node = axes->node_cpus - axes->node_cpus % step;

	/* An unlocked strategy under a workload of two threads: never. */
	if (!threads_fit(bench, min))
		return;
	/* Even if there are too few CPUs: the row then says so. */
	values_add(out, min);
	if (axes->options->group || !axes->options->preset->quick)
		for (unsigned t = 2; t < all; t *= 2)
			if (threads_fit(bench, t))
				values_add(out, t);
	if (axes->options->group && node < all && threads_fit(bench, node))
		values_add(out, node);
	if (threads_fit(bench, all))
		values_add(out, all);
}

/*
 * What a smaller place has no room for is another's alone. Of a place without
 * CPUs it is placement_resolve() that says why.
 */
static bool has_room(const struct plan_place *place, uint64_t threads)
{
	return !place->max_threads || threads <= place->max_threads;
}

void plan_add_threads(const struct plan_axes *axes,
		      const struct bench_case *bench,
		      const struct plan_place *place, struct plan_values *out)
{
	if (!axes->threads)
		default_threads(axes, bench, place, out);
	for (unsigned r = 0; r < axes->nr_threads; r++) {
		const struct parse_range *range = &axes->threads[r];

		for (uint64_t t = range->low;
		     t <= range->high && has_room(place, t); t *= 2)
			if (threads_fit(bench, t))
				values_add(out, t);
		if (has_room(place, range->high) &&
		    threads_fit(bench, range->high))
			values_add(out, range->high);
	}
}

/*
 * --threads beyond what the placement has is a mistake worth a line. A place
 * that is in error, or has more CPUs than threads are placed on, sets no limit.
 */
static int check_threads(const struct plan_axes *axes,
			 const struct plan_places *places,
			 const struct parse_range *range)
{
	const bool limits =
		places->max_threads && places->max_threads < PLACEMENT_MAX_CPUS;
	const unsigned most = limits ? places->max_threads : PLACEMENT_MAX_CPUS;

	if (range->low == 0)
		return complain(EXIT_USAGE,
				"--threads: '0' is not a number of threads "
				"from 1 to %u",
				most);
	if (range->high <= most)
		return -1;
	if (limits)
		return complain(EXIT_USAGE,
				"--threads: %llu is more than the %u CPUs of "
				"--place %s",
				(unsigned long long)range->high, most,
				axes->options->place);
	return complain(EXIT_USAGE,
			"--threads: %llu is more than kmembench can place; "
			"right would be 1 to %u",
			(unsigned long long)range->high, most);
}

/* Is there a place that has more CPUs than are used, and is no choice of them?
 */
static bool some_are_left(const struct plan_places *places)
{
	for (unsigned i = 0; i < places->nr; i++)
		if (places->v[i].max_threads == PLACEMENT_MAX_CPUS &&
		    !strchr("0123456789+!", *places->v[i].name))
			return true;
	return false;
}

int plan_check_threads(const struct plan_axes *axes,
		       const struct plan_places *places,
		       const struct topology *t)
{
	for (unsigned r = 0; r < axes->nr_threads; r++) {
		const int code = check_threads(axes, places, &axes->threads[r]);

		if (code != -1)
			return code;
	}
	if (!axes->threads && t->nr_cpus > PLACEMENT_MAX_CPUS &&
	    some_are_left(places))
		complain(0,
			 "%u CPUs are here, at most %u threads are placed; a "
			 "list of --place chooses their CPUs",
			 t->nr_cpus, PLACEMENT_MAX_CPUS);
	return -1;
}

/* Does a case that has sizes take none of --size? */
static bool left_out(const struct plan_axes *axes,
		     const struct bench_case *bench)
{
	struct plan_values values = { 0 };

	for (unsigned r = 0; r < axes->nr_sizes; r++)
		add_range(&axes->sizes[r], bench, &values);
	free(values.v);
	return !values.nr;
}

/* What the chosen cases would take: all of them, or those left out. */
static void describe_sizes(const struct selection *selection,
			   const struct plan_axes *left_out_by, char *buf,
			   size_t bytes)
{
	unsigned nr;
	const struct bench_case *const *cases = selection_cases(selection, &nr);
	size_t used = 0;

	buf[0] = '\0';
	for (unsigned i = 0; i < nr; i++) {
		const struct bench_case *c = cases[i];
		char text[128];

		if (!c->sizes.nr || (left_out_by && !left_out(left_out_by, c)))
			continue;
		snprintf(text, sizeof(text), "%s %s %llu to %llu", c->family,
			 c->size_unit, (unsigned long long)c->size_min,
			 (unsigned long long)c->size_max);
		if (strstr(buf, text) || used + strlen(text) + 3 > bytes)
			continue;
		used += (size_t)sprintf(buf + used, "%s%s", used ? ", " : "",
					text);
	}
}

int plan_check_sizes(const struct plan_axes *axes,
		     const struct selection *selection)
{
	char range[64], right[512];

	for (unsigned r = 0; r < axes->nr_sizes; r++) {
		if (axes->size_used[r])
			continue;
		snprintf(range, sizeof(range),
			 axes->sizes[r].range ? "%llu:%llu" : "%llu",
			 (unsigned long long)axes->sizes[r].low,
			 (unsigned long long)axes->sizes[r].high);
		describe_sizes(selection, NULL, right, sizeof(right));
		return complain(
			EXIT_USAGE,
			"--size: %s is out of range; right would be: %s", range,
			right);
	}
	/* A family is asked for what has that size, a group for its story. */
	if (axes->options->group && axes->nr_sizes) {
		describe_sizes(selection, axes, right, sizeof(right));
		if (*right)
			complain(0,
				 "--size: %s is measured without what has no "
				 "such size: %s",
				 axes->options->group->name, right);
	}
	return -1;
}

void plan_axes_init(struct plan_axes *axes, const struct options *options,
		    const struct topology *topology)
{
	const char *bad;

	*axes = (struct plan_axes){
		.options = options,
		.node_cpus = placement_max_threads(topology, "smp"),
	};
	if (options->size)
		axes->sizes = parse_list(options->size, &axes->nr_sizes, &bad);
	if (options->threads)
		axes->threads =
			parse_list(options->threads, &axes->nr_threads, &bad);
	axes->size_used = calloc(axes->nr_sizes + 1, sizeof(*axes->size_used));
	if (!axes->size_used)
		abort();
}

void plan_axes_free(struct plan_axes *axes)
{
	free(axes->sizes);
	free(axes->threads);
	free(axes->size_used);
}
