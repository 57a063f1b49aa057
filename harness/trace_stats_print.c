/* trace_stats_print.c - a trace's statistics, for people and for programs. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>

#include "trace_stats.h"

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

/* "512", "4K", "2M": a power of two. */
static void format_power(uint64_t value, char *buf, size_t size)
{
	static const char suffix[] = " KMGTPE";
	unsigned i = 0;

	for (; value >= 1024; value >>= 10)
		i++;
	snprintf(buf, size, "%" PRIu64 "%.*s", value, i != 0, &suffix[i]);
}

void trace_stats_print_counts(const struct trace_header *h, FILE *out)
{
	struct trace_count counts[TRACE_NR_COUNTS];

	fprintf(out, "%-12s %12" PRIu64 "  in %.6f s on %u CPUs\n", "events",
		h->nr_events, (double)h->duration_us / 1e6, h->nr_cpus);
	for (unsigned i = 0; i < NR_TRACE_KINDS; i++)
		if (h->nr[i])
			fprintf(out, "  %-12s %10" PRIu64 " %6.2f %%\n",
				trace_kind_names[i], h->nr[i],
				percent(h->nr[i], h->nr_events));
	trace_stats_counts(h, counts);
	for (unsigned i = 0; i < TRACE_NR_COUNTS; i++)
		if (counts[i].value)
			fprintf(out, "%-14s %10" PRIu64 "  %s\n",
				counts[i].name, counts[i].value,
				counts[i].what);
}

static void print_live(const struct trace_stats *s, FILE *out)
{
	const struct trace_header *h = &s->header;

	fprintf(out, "\n%-12s %12s %14s %14s\n", "live", "objects", "at end",
		"at most");
	if (h->page_objects)
		fprintf(out,
			"%-12s %12" PRIu64 " %14" PRIu64 " %14" PRIu64 "\n",
			"pages", s->live[TRACE_PAGES], s->live_pages,
			h->peak_pages);
	if (h->slab_objects)
		fprintf(out,
			"%-12s %12" PRIu64 " %14" PRIu64 " %14" PRIu64 "\n",
			"slab bytes", s->live[TRACE_SLAB], s->live_bytes,
			h->peak_slab_bytes);
}

static void print_pages(const struct trace_stats *s, FILE *out)
{
	const uint64_t all = s->header.nr[TRACE_PAGE_ALLOC];

	if (!all)
		return;
	fprintf(out, "\n%-12s %12s\n", "page order", "allocations");
	for (unsigned i = 0; i <= TRACE_MAX_ORDER; i++)
		if (s->orders[i])
			fprintf(out, "%-12u %12" PRIu64 " %6.2f %%\n", i,
				s->orders[i], percent(s->orders[i], all));
	fprintf(out, "\n%-12s %12s\n", "migratetype", "allocations");
	for (unsigned i = 0; i < TRACE_NR_TYPES; i++)
		if (s->types[i])
			fprintf(out, "%-12s %12" PRIu64 " %6.2f %%\n",
				trace_type_names[i], s->types[i],
				percent(s->types[i], all));
}

static void print_sizes(const struct trace_stats *s, FILE *out)
{
	const uint64_t all =
		s->header.nr[TRACE_KMALLOC] + s->header.nr[TRACE_CACHE_ALLOC];

	if (!all)
		return;
	fprintf(out, "\n%-12s %12s\n", "slab bytes", "allocations");
	for (unsigned i = 0; i < TRACE_NR_POWERS; i++) {
		char from[32];

		if (!s->sizes[i])
			continue;
		format_power(trace_power_lowest(i), from, sizeof(from));
		fprintf(out, ">= %-9s %12" PRIu64 " %6.2f %%\n", from,
			s->sizes[i], percent(s->sizes[i], all));
	}
}

static void print_lifetimes(const struct trace_stats *s, FILE *out)
{
	fprintf(out, "\n%-12s %12s %12s\n", "lifetime, us", "pages", "slab");
	for (unsigned i = 0; i < TRACE_NR_POWERS; i++)
		if (s->lifetimes[TRACE_PAGES][i] || s->lifetimes[TRACE_SLAB][i])
			fprintf(out,
				">= %-9" PRIu64 " %12" PRIu64 " %12" PRIu64
				"\n",
				trace_power_lowest(i),
				s->lifetimes[TRACE_PAGES][i],
				s->lifetimes[TRACE_SLAB][i]);
}

static void print_cpus(const struct trace_stats *s, FILE *out)
{
	static const char *const names[] = { "pages", "slab" };

	fprintf(out, "\n%-4s %-6s %12s %12s  %s\n", "CPU", "of", "allocations",
		"frees", "of another CPU's");
	for (unsigned c = 0; c < s->header.nr_cpus; c++)
		for (unsigned i = 0; i < NR_TRACE_SPACES; i++) {
			const struct trace_cpu *cpu = &s->cpu[c];

			if (!cpu->allocs[i] && !cpu->frees[i])
				continue;
			fprintf(out,
				"%-4u %-6s %12" PRIu64 " %12" PRIu64
				" %12" PRIu64 " %6.2f %%\n",
				c, names[i], cpu->allocs[i], cpu->frees[i],
				cpu->remote[i],
				percent(cpu->remote[i], cpu->frees[i]));
		}
}

void trace_stats_print(const struct trace_stats *s, FILE *out)
{
	trace_stats_print_counts(&s->header, out);
	print_live(s, out);
	print_pages(s, out);
	print_sizes(s, out);
	print_lifetimes(s, out);
	print_cpus(s, out);
}

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

/* {"64": 12, ...}: the lowest value of each power that there is. */
static json_t *powers(const uint64_t count[TRACE_NR_POWERS])
{
	json_t *object = json_object();
	char name[32];

	for (unsigned i = 0; i < TRACE_NR_POWERS; i++) {
		if (!count[i])
			continue;
		snprintf(name, sizeof(name), "%" PRIu64, trace_power_lowest(i));
		json_object_set_new(object, name, number(count[i]));
	}
	return object;
}

/* {"0": 12, ...} or by names. */
static json_t *counts_of(const uint64_t *count, unsigned nr,
			 const char *const *names)
{
	json_t *object = json_object();
	char name[32];

	for (unsigned i = 0; i < nr; i++) {
		snprintf(name, sizeof(name), "%u", i);
		if (count[i] || names)
			json_object_set_new(object, names ? names[i] : name,
					    number(count[i]));
	}
	return object;
}

static json_t *cpu_json(const struct trace_stats *s)
{
	json_t *array = json_array();

	for (unsigned c = 0; c < s->header.nr_cpus; c++) {
		const struct trace_cpu *cpu = &s->cpu[c];
		json_t *object = json_object();

		json_object_set_new(object, "cpu", number(c));
		for (unsigned i = 0; i < NR_TRACE_SPACES; i++)
			json_object_set_new(
				object, i == TRACE_PAGES ? "pages" : "slab",
				json_pack("{s:I,s:I,s:I}", "allocations",
					  (json_int_t)cpu->allocs[i], "frees",
					  (json_int_t)cpu->frees[i],
					  "remote_frees",
					  (json_int_t)cpu->remote[i]));
		json_array_append_new(array, object);
	}
	return array;
}

int trace_stats_print_json(const struct trace_stats *s, const char *path,
			   FILE *out)
{
	const struct trace_header *h = &s->header;
	struct trace_count counts[TRACE_NR_COUNTS];
	json_t *root = json_object();
	int err;

	json_object_set_new(root, "file", json_string(path));
	json_object_set_new(root, "nr_events", number(h->nr_events));
	json_object_set_new(root, "events",
			    counts_of(h->nr, NR_TRACE_KINDS, trace_kind_names));
	trace_stats_counts(h, counts);
	for (unsigned i = 0; i < TRACE_NR_COUNTS; i++)
		json_object_set_new(root, counts[i].name,
				    number(counts[i].value));
	json_object_set_new(root, "duration_us", number(h->duration_us));
	json_object_set_new(root, "page_objects", number(h->page_objects));
	json_object_set_new(root, "slab_objects", number(h->slab_objects));
	json_object_set_new(root, "peak_pages", number(h->peak_pages));
	json_object_set_new(root, "peak_slab_bytes",
			    number(h->peak_slab_bytes));
	json_object_set_new(root, "live_pages", number(s->live_pages));
	json_object_set_new(root, "live_slab_bytes", number(s->live_bytes));
	json_object_set_new(root, "orders",
			    counts_of(s->orders, TRACE_MAX_ORDER + 1, NULL));
	json_object_set_new(
		root, "migratetypes",
		counts_of(s->types, TRACE_NR_TYPES, trace_type_names));
	json_object_set_new(root, "slab_bytes", powers(s->sizes));
	json_object_set_new(root, "page_lifetimes_us",
			    powers(s->lifetimes[TRACE_PAGES]));
	json_object_set_new(root, "slab_lifetimes_us",
			    powers(s->lifetimes[TRACE_SLAB]));
	json_object_set_new(root, "cpus", cpu_json(s));
	err = json_dumpf(root, out, JSON_INDENT(2)) ? -ENOMEM : 0;
	fputc('\n', out);
	json_decref(root);
	return err;
}
