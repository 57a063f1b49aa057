/* axes.c - what list --axes prints: what each workload takes. */
#include "axes.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH 79
#define INDENT 14

/* The chosen cases of one family and workload. */
struct workload {
	const struct bench_case *const *v;
	unsigned nr;
};

/* What a case has to say of an axis; "" nothing. */
typedef void (*axis_fn)(const struct bench_case *bench, char *text,
			size_t size);

/* Text in lines up to WIDTH, from column INDENT on. */
static void print_words(const char *text, FILE *out)
{
	unsigned column = INDENT;

	while (*text) {
		unsigned word = (unsigned)strcspn(text, " ");

		if (column > INDENT && column + 1 + word > WIDTH) {
			fprintf(out, "\n%*s", INDENT, "");
			column = INDENT;
		} else if (column > INDENT) {
			putc(' ', out);
			column++;
		}
		fprintf(out, "%.*s", (int)word, text);
		column += word;
		text += word + (text[word] == ' ');
	}
	fputc('\n', out);
}

/* 65536 bytes are 64k, as --size takes it; other units count as they are. */
static size_t format_size(const struct bench_case *bench, uint64_t size,
			  char *text, size_t bytes)
{
	static const char *const prefix[] = { "", "k", "m", "g", "t" };
	unsigned k = 0;

	if (!strcmp(bench->size_unit, "bytes"))
		for (; size && size % 1024 == 0 && k < 4; k++)
			size /= 1024;
	return (size_t)snprintf(text, bytes, "%llu%s", (unsigned long long)size,
				prefix[k]);
}

static size_t format_sizes(const struct bench_case *bench,
			   const struct bench_sizes *sizes, char *text,
			   size_t bytes)
{
	size_t used = 0;

	for (unsigned i = 0; i < sizes->nr && used + 24 < bytes; i++) {
		if (i)
			text[used++] = ' ';
		used += format_size(bench, sizes->v[i], text + used,
				    bytes - used);
	}
	return used;
}

static void size_axis(const struct bench_case *bench, char *text, size_t size)
{
	char low[32], high[32], quick[512], full[1024];
	const struct bench_sizes *own = &bench->sizes,
				 *few = bench->quick_sizes.nr
						? &bench->quick_sizes
						: own;

	if (!own->nr) {
		snprintf(text, size, "none: the size is always 0");
		return;
	}
	format_size(bench, bench->size_min, low, sizeof(low));
	format_size(bench, bench->size_max, high, sizeof(high));
	format_sizes(bench, few, quick, sizeof(quick));
	format_sizes(bench, own, full, sizeof(full));
	snprintf(text, size, "%s, %s to %s; quick: %s%s%s", bench->size_unit,
		 low, high, quick, few == own ? ", full: the same" : "; full: ",
		 few == own ? "" : full);
}

static void threads_axis(const struct bench_case *bench, char *text,
			 size_t size)
{
	unsigned min = bench->min_threads ? bench->min_threads : 1;
	unsigned max = bench->max_threads ? bench->max_threads : 1;

	if (max < min)
		snprintf(text, size, "never: needs %u, takes %u", min, max);
	else if (max == min)
		snprintf(text, size, "%u", min);
	else if (bench->threads_step > 1)
		snprintf(text, size, "%u to %u, multiples of %u", min, max,
			 bench->threads_step);
	else
		snprintf(text, size, "%u to %u", min, max);
}

static void pages_axis(const struct bench_case *bench, char *text, size_t size)
{
	size_t used = 0;

	if (!bench->pages) {
		snprintf(text, size, "as --pages says (4k)");
		return;
	}
	for (int kind = 0; kind < NR_HOST_PAGES; kind++)
		if (bench->pages >> kind & 1)
			used += (size_t)snprintf(text + used, size - used,
						 "%s%s", used ? " and " : "",
						 host_pages_name[kind]);
}

static void nodes_axis(const struct bench_case *bench, char *text, size_t size)
{
	snprintf(text, size, "%s",
		 bench->node_pairs
			 ? "on several: every pair of CPU's and memory's node"
		 : bench->several_nodes
			 ? "two or more: threads there, --mem local or remote"
			 : "");
}

static void phases_axis(const struct bench_case *bench, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < BENCH_MAX_PHASES && bench->phases[i]; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s",
					 used ? ", " : "", bench->phases[i]);
}

static void isa_axis(const struct bench_case *bench, char *text, size_t size)
{
	const char *lacks = bench->unsupported ? bench->unsupported() : NULL;

	if (lacks)
		snprintf(text, size, "%s: not here, %s", bench->isa, lacks);
	else
		snprintf(text, size, "%s", bench->isa);
}

static void file_axis(const struct bench_case *bench, char *text, size_t size)
{
	snprintf(text, size, "%s", bench->file ? bench->file : "");
}

struct axis {
	const char *name;
	axis_fn format;
};

static const struct axis axes[] = {
	{ "size", size_axis },	   { "threads", threads_axis },
	{ "pages", pages_axis },   { "nodes", nodes_axis },
	{ "phases", phases_axis }, { "isa", isa_axis },
	{ "file", file_axis },
};

/* " (first_fit, null)": the strategies whose cases say this of the axis. */
static void name_strategies(const struct workload *w, axis_fn format,
			    const char *said, FILE *out)
{
	const char *last = "";

	fputs(" (", out);
	for (unsigned i = 0; i < w->nr; i++) {
		char text[2048];

		format(w->v[i], text, sizeof(text));
		if (strcmp(text, said) || !strcmp(w->v[i]->strategy, last))
			continue;
		fprintf(out, "%s%s", *last ? ", " : "", w->v[i]->strategy);
		last = w->v[i]->strategy;
	}
	fputc(')', out);
}

/* Do all strategies of the workload say this? */
static bool all_say(const struct workload *w, axis_fn format, const char *said)
{
	for (unsigned i = 0; i < w->nr; i++) {
		bool says = false;

		for (unsigned k = 0; k < w->nr && !says; k++) {
			char text[2048];

			format(w->v[k], text, sizeof(text));
			says = !strcmp(w->v[i]->strategy, w->v[k]->strategy) &&
			       !strcmp(text, said);
		}
		if (!says)
			return false;
	}
	return true;
}

/* Was it said by an earlier case? */
static bool said_before(const struct workload *w, unsigned nr, axis_fn format,
			const char *said)
{
	char text[2048];

	for (unsigned i = 0; i < nr; i++) {
		format(w->v[i], text, sizeof(text));
		if (!strcmp(text, said))
			return true;
	}
	return false;
}

/* What the cases say of one axis, each once; whose it is, where they differ. */
static void print_axis(const struct workload *w, const struct axis *axis,
		       FILE *out)
{
	bool named = false;

	for (unsigned i = 0; i < w->nr; i++) {
		char said[2048], *line = NULL;
		size_t size;
		FILE *text;

		axis->format(w->v[i], said, sizeof(said));
		if (!*said || said_before(w, i, axis->format, said))
			continue;
		text = open_memstream(&line, &size);
		if (!text)
			abort();
		fputs(said, text);
		if (!all_say(w, axis->format, said))
			name_strategies(w, axis->format, said, text);
		fclose(text);
		fprintf(out, "    %-*s", INDENT - 4, named ? "" : axis->name);
		print_words(line, out);
		free(line);
		named = true;
	}
}

static bool same_workload(const struct bench_case *a,
			  const struct bench_case *b)
{
	return !strcmp(a->family, b->family) &&
	       !strcmp(a->workload, b->workload);
}

/* What there is to say of the family and workload that `first` is one of. */
static char *describe(const struct bench_case *const *chosen, unsigned nr,
		      const struct bench_case *first)
{
	const struct bench_case **v = calloc(nr, sizeof(*v));
	struct workload w = { v, 0 };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!v || !out)
		abort();
	for (unsigned i = 0; i < nr; i++)
		if (same_workload(chosen[i], first))
			v[w.nr++] = chosen[i];
	for (unsigned i = 0; i < sizeof(axes) / sizeof(*axes); i++)
		print_axis(&w, &axes[i], out);
	fclose(out);
	free(v);
	return text;
}

static bool same_text(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/* One more workload behind a comma, on a line of its own where it must be. */
static int print_name(const char *name, int column, FILE *out)
{
	if (column + 2 + strlen(name) <= WIDTH)
		return column + fprintf(out, ", %s", name);
	fputs(",\n", out);
	return fprintf(out, "  %s", name);
}

/* v[nr] is one family; its workloads with the same axes stand together. */
static void print_family(const struct bench_case *const *v, unsigned nr,
			 FILE *out)
{
	char **texts = calloc(nr, sizeof(*texts));

	if (!texts)
		abort();
	for (unsigned i = 0; i < nr; i++) {
		unsigned k = 0;

		while (!same_workload(v[k], v[i]))
			k++;
		if (k == i)
			texts[i] = describe(v, nr, v[i]);
	}
	for (unsigned i = 0; i < nr; i++) {
		int column;

		if (!texts[i])
			continue;
		column = fprintf(out, "  %s", v[i]->workload);
		for (unsigned k = i + 1; k < nr; k++) {
			if (!same_text(texts[i], texts[k]))
				continue;
			column = print_name(v[k]->workload, column, out);
			free(texts[k]);
			texts[k] = NULL;
		}
		fprintf(out, "\n%s", texts[i]);
	}
	for (unsigned i = 0; i < nr; i++)
		free(texts[i]);
	free(texts);
}

bool axes_print(const struct selection *selection, FILE *out)
{
	unsigned nr;
	const struct bench_case *const *v = selection_cases(selection, &nr);

	for (unsigned i = 0, n; i < nr; i += n) {
		const struct bench_family *family =
			bench_find_family(v[i]->family);

		for (n = 1; i + n < nr; n++)
			if (strcmp(v[i]->family, v[i + n]->family))
				break;
		fprintf(out, "%s%s: %s\n", i ? "\n" : "", v[i]->family,
			family ? family->what : "");
		print_family(v + i, n, out);
	}
	return nr > 0;
}
