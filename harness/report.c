/* report.c - a run on one page, and the command report. */
#include "report.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/base/compiler.h"
#include "commands.h"
#include "html.h"
#include "report_tables.h"
#include "repro.h"
#include "results.h"
#include "run_find.h"
#include "sums.h"

struct report {
	const char *dir;
	FILE *out;
	json_t *manifest, *doctor; /* NULL: none */
	struct entries entries;
	struct dirent **charts; /* plots/NAME.svg, sorted */
	int nr_charts;
};

/* Dark on white, greys that a printer keeps apart, nothing from elsewhere. */
static const char style[] =
	"body{font:15px/1.45 system-ui,'DejaVu Sans',sans-serif;color:#111;"
	"background:#fff;max-width:74rem;margin:0 auto;padding:1.5rem}\n"
	"h1{font-size:1.6rem;margin:0 0 .2em}\n"
	"h2{font-size:1.25rem;margin:2em 0 .5em;border-bottom:1px solid #bbb}\n"
	"table{border-collapse:collapse;margin:.8em 0;font-size:.85rem}\n"
	"caption{text-align:left;font-weight:bold;padding:.3em 0}\n"
	"th,td{padding:.15em .6em;border-bottom:1px solid #ddd;"
	"text-align:right;vertical-align:top;white-space:nowrap}\n"
	"td{font-variant-numeric:tabular-nums}\n"
	"thead th{border-bottom:1px solid #555}\n"
	"tbody th{font-weight:normal}\n"
	".text th,.text td{text-align:left;white-space:normal;"
	"overflow-wrap:break-word}\n"
	".text tbody th{color:#444;white-space:nowrap}\n"
	"td b{font-weight:normal}\n"
	".best b{font-weight:bold}\n"
	".line{color:#666}\n"
	".bad,.warn{font-weight:bold;color:#a00}\n"
	"small{color:#555}\n"
	".wide{overflow-x:auto}\n"
	"img{width:100%;max-width:62rem;height:auto;display:block;"
	"margin:1em 0}\n"
	"pre{background:#f4f4f4;padding:.8em;white-space:pre-wrap;"
	"overflow-wrap:anywhere}\n"
	"footer{margin-top:2em;color:#555;font-size:.85rem}\n"
	"@media print{body{font-size:9pt;padding:0;max-width:none}"
	".wide{overflow:visible}table{font-size:7.5pt}"
	"img,tr,pre{break-inside:avoid}h2,caption{break-after:avoid}"
	"@page{margin:15mm}}\n";

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "NA";
}

static void put_row(FILE *out, const char *name, const char *text)
{
	fputs("<tr><th scope=\"row\">", out);
	html_text(out, name);
	fputs("</th><td>", out);
	html_text(out, text);
	fputs("</td></tr>\n", out);
}

static void put_head(const struct report *r)
{
	const json_t *m = r->manifest, *kernel = json_object_get(m, "kernel"),
		     *source = json_object_get(m, "source"),
		     *compiler = json_object_get(m, "compiler");
	char revision[128];

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	      "<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width\">\n"
	      "<title>kmembench: ",
	      r->out);
	html_text(r->out, text_of(m, "run_id"));
	fprintf(r->out,
		"</title>\n<style>\n%s</style>\n</head>\n<body>\n"
		"<h1>kmembench</h1>\n<table class=\"text\"><tbody>\n",
		style);
	put_row(r->out, "run", text_of(m, "run_id"));
	put_row(r->out, "date", text_of(m, "started"));
	put_row(r->out, "machine", text_of(m, "host"));
	put_row(r->out, "processor", text_of(m, "cpu_model"));
	put_row(r->out, "kernel", text_of(kernel, "release"));
	put_row(r->out, "compiler", text_of(compiler, "version"));
	snprintf(revision, sizeof(revision), "%s%s",
		 text_of(source, "git_revision"),
		 json_is_true(json_object_get(source, "git_dirty"))
			 ? ", with changes that are in no commit"
			 : "");
	put_row(r->out, "source", revision);
	put_row(r->out, "command", text_of(m, "command"));
	fputs("</tbody></table>\n", r->out);
}

static void put_finding(FILE *out, const json_t *finding)
{
	static const char *const columns[] = { "state", "why", "command" };
	const char *level = text_of(finding, "level");

	fprintf(out, "<tr><th scope=\"row\"%s>",
		strcmp(level, "warn") ? "" : " class=\"warn\"");
	html_text(out, text_of(finding, "name"));
	fputs("</th><td>", out);
	html_text(out, level);
	fputs("</td>", out);
	for (unsigned i = 0; i < ARRAY_SIZE(columns); i++) {
		const char *text =
			json_string_value(json_object_get(finding, columns[i]));

		fputs("<td>", out);
		html_text(out, text ? text : "");
		fputs("</td>", out);
	}
	fputs("</tr>\n", out);
}

static void put_doctor(const struct report *r)
{
	json_t *findings = json_object_get(r->doctor, "findings"), *finding;
	size_t i;

	if (!json_array_size(findings))
		return;
	fputs("<h2>State of the machine before the run</h2>\n"
	      "<div class=\"wide\"><table class=\"text\"><thead><tr>"
	      "<th scope=\"col\">what</th><th scope=\"col\">level</th>"
	      "<th scope=\"col\">state</th><th scope=\"col\">why it matters"
	      "</th><th scope=\"col\">what would change it</th></tr></thead>\n"
	      "<tbody>\n",
	      r->out);
	json_array_foreach (findings, i, finding)
		put_finding(r->out, finding);
	fputs("</tbody></table></div>\n", r->out);
}

/* Is it this family's chart? NULL: no family's that was measured. */
static bool is_chart_of(const struct report *r, const char *chart,
			const char *family)
{
	if (family)
		return !strncmp(chart, family, strlen(family)) &&
		       chart[strlen(family)] == '-';
	for (unsigned i = 0; i < r->entries.nr; i++)
		if (is_chart_of(r, chart, r->entries.v[i].text[FAMILY]))
			return false;
	return true;
}

static int put_charts(const struct report *r, const char *family)
{
	int err = 0;

	for (int i = 0; i < r->nr_charts && !err; i++) {
		const char *name = r->charts[i]->d_name;
		char path[PATH_MAX], alt[NAME_MAX + 1];

		if (!is_chart_of(r, name, family))
			continue;
		snprintf(path, sizeof(path), "%s/plots/%s", r->dir, name);
		snprintf(alt, sizeof(alt), "chart %.*s",
			 (int)(strlen(name) - strlen(".svg")), name);
		err = html_image(r->out, path, alt);
	}
	return err;
}

static int put_families(const struct report *r)
{
	int err = 0;

	for (unsigned i = 0; i < r->entries.nr && !err; i++) {
		const struct entry *e = &r->entries.v[i];

		/* Rows are sorted by family. */
		if (i && entry_same(e, e - 1, FAMILY))
			continue;
		fputs("<h2>", r->out);
		html_text(r->out, e->text[FAMILY]);
		fputs("</h2>\n", r->out);
		err = put_charts(r, e->text[FAMILY]);
		if (!err)
			err = report_medians(&r->entries, e->text[FAMILY],
					     r->out);
	}
	return err ? err : put_charts(r, NULL);
}

static void put_reading(const struct report *r)
{
	fputs("<h2>Summary</h2>\n", r->out);
	report_statuses(&r->entries, r->out);
	fputs("<p>Each number is the median over fresh processes, ± the longer "
	      "half of its 95 % interval, and how many times the "
	      "<code>floor</code> it is. <code>null</code> (the timed loop "
	      "with nothing in it) and <code>floor</code> (the least memory "
	      "traffic that the workload needs), in grey, are lines to read "
	      "the others against. The best median of a workload is bold: "
	      "where intervals overlap, nothing was told apart. All numbers "
	      "are in <code>summary.csv</code>.</p>\n",
	      r->out);
}

/* Every leaf of the manifest in a row, under its dotted name. */
static void put_values(FILE *out, const char *prefix, const json_t *value)
{
	char name[256], *text;
	const char *key;
	json_t *part;

	if (json_is_object(value)) {
		json_object_foreach ((json_t *)value, key, part) {
			snprintf(name, sizeof(name), "%s%s%s", prefix,
				 *prefix ? "." : "", key);
			put_values(out, name, part);
		}
		return;
	}
	if (json_is_string(value)) {
		put_row(out, prefix, json_string_value(value));
		return;
	}
	text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
	put_row(out, prefix, text ? text : "");
	free(text);
}

static int put_reproduction(const struct report *r)
{
	char *commands = NULL;
	size_t size;
	FILE *text = open_memstream(&commands, &size);

	if (!text)
		return -ENOMEM;
	repro_print(r->manifest, text);
	fclose(text);
	fputs("<h2>How to reproduce it</h2>\n<pre>", r->out);
	html_text(r->out, commands);
	fputs("</pre>\n", r->out);
	free(commands);
	return 0;
}

static int put_page(const struct report *r)
{
	int err;

	put_head(r);
	put_reading(r);
	err = put_families(r);
	if (err)
		return err;
	report_troubles(&r->entries, r->out);
	put_doctor(r);
	err = put_reproduction(r);
	fputs("<h2>Everything that was recorded</h2>\n"
	      "<table class=\"text\"><tbody>\n",
	      r->out);
	put_values(r->out, "", r->manifest);
	fputs("</tbody></table>\n<footer>Made by kmembench.</footer>\n"
	      "</body>\n</html>\n",
	      r->out);
	return err;
}

static int is_svg(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && dot && !strcmp(dot, ".svg");
}

/* By bytes, whatever the locale. */
static int compare_charts(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Whatever there is besides summary.csv; no manifest reads as NA. */
static void read_parts(struct report *r)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/manifest.json", r->dir);
	r->manifest = json_load_file(path, 0, NULL);
	snprintf(path, sizeof(path), "%s/doctor-before.json", r->dir);
	r->doctor = json_load_file(path, 0, NULL);
	snprintf(path, sizeof(path), "%s/plots", r->dir);
	r->nr_charts = scandir(path, &r->charts, is_svg, compare_charts);
}

static void free_parts(struct report *r)
{
	for (int i = 0; i < r->nr_charts; i++)
		free(r->charts[i]);
	free(r->charts);
	json_decref(r->manifest);
	json_decref(r->doctor);
	entries_free(&r->entries);
}

int report_write(const char *dir, char *error, size_t error_size)
{
	struct report r = { .dir = dir };
	char *text = NULL;
	size_t size = 0;
	int err = entries_read(&r.entries, dir, error, error_size);

	if (err)
		return err;
	read_parts(&r);
	r.out = open_memstream(&text, &size);
	err = r.out ? put_page(&r) : -ENOMEM;
	if (r.out && fclose(r.out) && !err)
		err = -ENOMEM;
	if (!err)
		err = results_write_file(dir, "report.html", text, size);
	if (err)
		snprintf(error, error_size, "%s/report.html: %s", dir,
			 strerror(-err));
	free(text);
	free_parts(&r);
	return err;
}

int command_report(const struct options *options)
{
	char dir[PATH_MAX], error[512];
	int code = run_find(options, "report", dir);

	if (code != -1)
		return code;
	if (report_write(dir, error, sizeof(error)) ||
	    sums_refresh(dir, error, sizeof(error)))
		return complain(EXIT_FAILED, "%s", error);
	printf("%s/report.html\n", dir);
	return EXIT_OK;
}
