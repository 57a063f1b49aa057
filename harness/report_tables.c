/* report_tables.c - the tables of report.html that are summary.csv's. */
#include "report_tables.h"

#include <string.h>

#include "html.h"
#include "table.h"

/* There is one row of it for each point, come what may. */
static bool is_point(const struct entry *e)
{
	return entry_is(e, METRIC, "ns_per_op");
}

void report_statuses(const struct entries *all, FILE *out)
{
	unsigned points = 0, listed = 0;

	for (unsigned i = 0; i < all->nr; i++)
		points += is_point(&all->v[i]);
	fprintf(out, "<p>%u points: ", points);
	for (unsigned i = 0; i < all->nr; i++) {
		const struct entry *e = &all->v[i];
		unsigned nr = 0, k = 0;

		for (; is_point(e) && k < all->nr; k++) {
			if (!is_point(&all->v[k]) ||
			    !entry_same(e, &all->v[k], STATUS))
				continue;
			if (k < i)
				break;
			nr++;
		}
		if (k < all->nr || !nr)
			continue;
		fprintf(out, "%s%u ", listed++ ? ", " : "", nr);
		html_text(out, e->text[STATUS]);
	}
	fputs(".</p>\n", out);
}

static void put_head(const char *text, FILE *out)
{
	fputs("<th scope=\"col\">", out);
	html_text(out, text);
	fputs("</th>", out);
}

static void put_cell(const struct block *b, unsigned line, unsigned column,
		     FILE *out)
{
	const struct cell *cell = &b->cells[line * b->nr_columns + column];
	const char *class = "";

	if (!cell->entry) {
		fputs("<td></td>", out);
		return;
	}
	if (!entry_is_ok(cell->entry))
		class = " class=\"bad\"";
	else if (entry_is_reference(cell->entry))
		class = " class=\"line\"";
	else if (block_is_best(b, line, column))
		class = " class=\"best\"";
	fprintf(out, "<td%s>", class);
	for (int part = 0; part < NR_PARTS; part++) {
		if (!cell->part[part][0])
			continue;
		fputs(part == MEDIAN_PART ? "<b>" : " <small>", out);
		html_text(out, cell->part[part]);
		fputs(part == MEDIAN_PART ? "</b>" : "</small>", out);
	}
	fputs("</td>", out);
}

/* Workloads of one size: a row a strategy, a column a number of threads. */
static void put_flat(const struct block *b, FILE *out)
{
	char text[80];

	put_head("", out);
	for (unsigned i = 0; i < b->nr_columns; i++) {
		block_format_column(b, b->columns[i], text, sizeof(text));
		put_head(text, out);
	}
	fputs("</tr></thead>\n<tbody>\n", out);
	for (unsigned line = 0; line < b->nr_lines; line++) {
		block_format_label(b, b->lines[line], text, sizeof(text));
		fputs("<tr><th scope=\"row\">", out);
		html_text(out, text);
		fputs("</th>", out);
		for (unsigned i = 0; i < b->nr_columns; i++)
			put_cell(b, line, i, out);
		fputs("</tr>\n", out);
	}
}

/* Many sizes, few strategies: paper is higher than it is wide. */
static void put_by_size(const struct block *b, FILE *out)
{
	char text[80];

	put_head("threads", out);
	put_head(b->v[0]->text[SIZE_UNIT], out);
	for (unsigned line = 0; line < b->nr_lines; line++) {
		block_format_label(b, b->lines[line], text, sizeof(text));
		put_head(text, out);
	}
	fputs("</tr></thead>\n<tbody>\n", out);
	for (unsigned i = 0; i < b->nr_columns; i++) {
		block_format_size(b->columns[i], text, sizeof(text));
		fprintf(out,
			"<tr><th scope=\"row\">%u</th><th "
			"scope=\"row\">%s</th>",
			b->columns[i]->threads, text);
		for (unsigned line = 0; line < b->nr_lines; line++)
			put_cell(b, line, i, out);
		fputs("</tr>\n", out);
	}
}

struct medians {
	const char *family;
	FILE *out;
};

static void put_block(void *arg, const struct block *b)
{
	const struct medians *m = arg;
	const struct entry *e = b->v[0];

	if (!entry_is(e, FAMILY, m->family))
		return;
	fputs("<div class=\"wide\"><table>\n<caption>", m->out);
	html_text(m->out, e->text[FAMILY]);
	if (block_shares(b, WORKLOAD)) {
		putc(' ', m->out);
		html_text(m->out, e->text[WORKLOAD]);
	}
	fprintf(m->out, ": %s</caption>\n<thead><tr>",
		entry_is(e, METRIC, "bytes_per_s") ? "GB/s"
						   : "ns per operation");
	if (b->flat)
		put_flat(b, m->out);
	else
		put_by_size(b, m->out);
	fputs("</tbody></table></div>\n", m->out);
}

int report_medians(const struct entries *all, const char *family, FILE *out)
{
	struct medians m = { family, out };

	return table_blocks(all, put_block, &m);
}

static bool is_trouble(const struct entry *e)
{
	return is_point(e) && (!entry_is_ok(e) || entry_has(e, REASON));
}

static bool same_trouble(const struct entry *a, const struct entry *b)
{
	return entry_same(a, b, STATUS) && entry_same(a, b, REASON) &&
	       entry_same(a, b, FAMILY) && entry_same(a, b, STRATEGY) &&
	       entry_same(a, b, WORKLOAD) && entry_same(a, b, ISA);
}

static void put_trouble(const struct entry *e, unsigned nr, FILE *out)
{
	static const enum field parts[] = { FAMILY, STRATEGY, WORKLOAD, ISA };

	fputs("<tr><td>", out);
	for (unsigned i = 0; i < 4; i++) {
		fputs(i ? "/" : "", out);
		html_text(out, e->text[parts[i]]);
	}
	fprintf(out, "</td><td>%u</td><td>", nr);
	html_text(out, e->text[STATUS]);
	fputs("</td><td>", out);
	if (entry_has(e, REASON))
		html_text(out, e->text[REASON]);
	fputs("</td></tr>\n", out);
}

void report_troubles(const struct entries *all, FILE *out)
{
	bool any = false;

	for (unsigned i = 0; i < all->nr; i++) {
		const struct entry *e = &all->v[i];
		unsigned nr = 0, k = 0;

		for (; is_trouble(e) && k < all->nr; k++) {
			if (!is_trouble(&all->v[k]) ||
			    !same_trouble(e, &all->v[k]))
				continue;
			if (k < i)
				break;
			nr++;
		}
		if (k < all->nr || !nr)
			continue;
		if (!any)
			fputs("<h2>Not measured, or with reservations</h2>\n"
			      "<div class=\"wide\"><table class=\"text\">"
			      "<thead><tr><th scope=\"col\">case</th>"
			      "<th scope=\"col\">points</th>"
			      "<th scope=\"col\">status</th>"
			      "<th scope=\"col\">reason</th></tr></thead>\n"
			      "<tbody>\n",
			      out);
		any = true;
		put_trouble(e, nr, out);
	}
	if (any)
		fputs("</tbody></table></div>\n", out);
}
