/* doctor.c - the command doctor: collect the findings and print them. */
#include "doctor.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"

static const char *const level_name[] = { "ok", "note", "warn" };

#define DRIFT_SECONDS 1.0
#define DRIFT_QUICK_SECONDS 0.05

/* Names of processes and firmware may hold anything; JSON and terminals not. */
static void make_plain(char *text)
{
	for (; *text; text++)
		if (!isprint((unsigned char)*text))
			*text = '?';
}

void doctor_add(struct doctor *d, enum doctor_level level, const char *name,
		const char *why, const char *command, const char *state, ...)
{
	char text[1024];
	va_list args;

	va_start(args, state);
	vsnprintf(text, sizeof(text), state, args);
	va_end(args);
	make_plain(text);
	json_array_append_new(
		d->findings,
		json_pack("{s:s,s:s,s:s,s:s,s:s,s:s?,s:{}}", "group", d->group,
			  "name", name, "level", level_name[level], "state",
			  text, "why", why, "command", command, "values"));
}

void doctor_value(struct doctor *d, const char *name, double value)
{
	json_t *last =
		json_array_get(d->findings, json_array_size(d->findings) - 1);

	if (isfinite(value))
		json_object_set_new(json_object_get(last, "values"), name,
				    json_real(value));
}

bool doctor_field(const struct doctor *d, char *value, size_t size,
		  const char *key, const char *path)
{
	char name[PATH_MAX], *line = NULL;
	size_t length = strlen(key), room = 0;
	bool found = false;
	FILE *file;

	*value = '\0';
	snprintf(name, sizeof(name), "%s%s", d->root, path);
	file = fopen(name, "re");
	while (file && !found && getline(&line, &room, file) > 0) {
		const char *rest = line + length;

		if (strncmp(line, key, length) || !strchr(" \t:", *rest))
			continue;
		rest += strspn(rest, " \t:");
		snprintf(value, size, "%.*s", (int)strcspn(rest, "\n"), rest);
		found = true;
	}
	free(line);
	if (file)
		fclose(file);
	return found;
}

uint64_t doctor_field_uint(const struct doctor *d, uint64_t missing,
			   const char *key, const char *path)
{
	unsigned long long value;
	char text[64];

	if (!doctor_field(d, text, sizeof(text), key, path) ||
	    sscanf(text, "%llu", &value) != 1)
		return missing;
	return value;
}

/* The load of others is read around the time in which we spin. */
static void collect(struct doctor *d, bool quick)
{
	struct doctor_reading before, after;
	struct doctor_drift drift;
	bool read = !doctor_reading_take(&before, d->root);

	doctor_drift_measure(&drift, d->topology,
			     quick ? DRIFT_QUICK_SECONDS : DRIFT_SECONDS);
	read = read && !doctor_reading_take(&after, d->root);
	doctor_check_cpu(d);
	doctor_check_drift(d, &drift);
	doctor_check_noise(d, read ? &before : NULL, read ? &after : NULL);
	doctor_check_memory(d);
	doctor_check_limits(d);
	doctor_check_permissions(d, drift.pin_error);
	doctor_check_libraries(d, quick);
	if (read) {
		doctor_reading_free(&before);
		doctor_reading_free(&after);
	}
}

json_t *doctor_collect(const struct topology *t, bool quick)
{
	struct doctor d = { .root = "",
			    .topology = t,
			    .findings = json_array() };

	if (!d.findings)
		return NULL;
	collect(&d, quick);
	return json_pack("{s:i,s:b,s:o}", "schema", DOCTOR_SCHEMA, "quick",
			 quick, "findings", d.findings);
}

/* ---- for people ---- */

static const char *text_of(const json_t *finding, const char *key)
{
	const char *text = json_string_value(json_object_get(finding, key));

	return text ? text : "";
}

static enum doctor_level level_of(const json_t *finding)
{
	const char *name = text_of(finding, "level");

	for (int i = DOCTOR_OK; i <= DOCTOR_WARN; i++)
		if (!strcmp(name, level_name[i]))
			return (enum doctor_level)i;
	return DOCTOR_NOTE;
}

#define NAME_COLUMN 5
#define STATE_COLUMN 26

static void print_finding(const json_t *finding, FILE *out, bool colour)
{
	static const char *const mark[] = { "[ok]", "[-] ", "[!] " };
	static const char *const ansi[] = { "32", "2", "33;1" };
	enum doctor_level level = level_of(finding);
	const char *command = text_of(finding, "command");

	if (colour)
		fprintf(out, "\033[%sm%s\033[0m", ansi[level], mark[level]);
	else
		fputs(mark[level], out);
	fprintf(out, " %-*s ", STATE_COLUMN - NAME_COLUMN - 1,
		text_of(finding, "name"));
	print_wrapped(out, text_of(finding, "state"), STATE_COLUMN);
	fprintf(out, "%*s", NAME_COLUMN, "");
	print_wrapped(out, text_of(finding, "why"), NAME_COLUMN);
	/* In one line however long, to be copied. */
	if (*command)
		fprintf(out, "%*schange: %s\n", NAME_COLUMN, "", command);
}

void doctor_print(const json_t *report, FILE *out, bool colour)
{
	const json_t *findings = json_object_get(report, "findings");
	unsigned count[DOCTOR_WARN + 1] = { 0 };
	const char *group = "";
	const json_t *finding;
	size_t i;

	json_array_foreach (findings, i, finding) {
		if (strcmp(group, text_of(finding, "group"))) {
			fputs(*group ? "\n" : "", out);
			group = text_of(finding, "group");
			fprintf(out, colour ? "\033[1m%s\033[0m\n" : "%s\n",
				group);
		}
		print_finding(finding, out, colour);
		count[level_of(finding)]++;
	}
	fprintf(out,
		"\n[ok] %u   [-] %u: cannot be had or known   [!] %u: mind "
		"these\n"
		"Nothing was changed. What follows change: is for root's "
		"shell, and lasts until\nthe next boot.\n",
		count[DOCTOR_OK], count[DOCTOR_NOTE], count[DOCTOR_WARN]);
}

#define MAX_WARNINGS 3

static unsigned count_warnings(const json_t *findings)
{
	const json_t *finding;
	unsigned nr = 0;
	size_t i;

	json_array_foreach (findings, i, finding)
		nr += level_of(finding) == DOCTOR_WARN;
	return nr;
}

void doctor_warn(const json_t *report, FILE *out)
{
	const json_t *findings = json_object_get(report, "findings");
	unsigned left = count_warnings(findings), nr = 0;
	const json_t *finding;
	size_t i;

	json_array_foreach (findings, i, finding) {
		if (level_of(finding) != DOCTOR_WARN)
			continue;
		left--;
		nr++;
		fprintf(out, "doctor: %s: %s", text_of(finding, "name"),
			text_of(finding, "state"));
		if (left && nr == MAX_WARNINGS)
			fprintf(out, " (and %u more", left);
		if (!left || nr == MAX_WARNINGS) {
			fputs(left ? "; see kmembench doctor)\n"
				   : " (see kmembench doctor)\n",
			      out);
			return;
		}
		fputc('\n', out);
	}
}

int command_doctor(const struct options *o)
{
	struct topology topology;
	char error[512];
	json_t *report;

	if (o->nr_args)
		return complain(EXIT_USAGE, "doctor: '%s': takes no arguments",
				o->args[0]);
	if (topology_load(&topology, NULL, error, sizeof(error)))
		return complain(EXIT_FAILED, "%s", error);
	report = doctor_collect(&topology, false);
	topology_free(&topology);
	if (!report)
		return complain(EXIT_FAILED, "doctor: out of memory");
	if (o->json) {
		json_dumpf(report, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		doctor_print(report, stdout, options_color(o, stdout));
	}
	json_decref(report);
	return EXIT_OK;
}
