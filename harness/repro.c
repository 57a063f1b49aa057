/* repro.c - the command repro: do a run again, or say how. */
#include "repro.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "journal.h"
#include "run_find.h"
#include "sums.h"

/* The words of a command line, NULL at their end. */
struct words {
	char **v;
	int nr;
};

static void add_word(struct words *w, char *word)
{
	w->v = realloc(w->v, ((size_t)w->nr + 2) * sizeof(*w->v));
	if (!w->v || !word)
		abort();
	w->v[w->nr++] = word;
	w->v[w->nr] = NULL;
}

static void add_option(struct words *w, const char *name, const char *value)
{
	char *word;

	if (asprintf(&word, value ? "--%s=%s" : "--%s", name, value) < 0)
		abort();
	add_word(w, word);
}

static void words_free(struct words *w)
{
	for (int i = 0; i < w->nr; i++)
		free(w->v[i]);
	free(w->v);
}

/* The shortest text that reads back to the same number. */
static char *number_text(const json_t *number)
{
	for (unsigned precision = 15;; precision++) {
		char *text = json_dumps(number,
					JSON_ENCODE_ANY |
						JSON_REAL_PRECISION(precision));
		json_t *back =
			text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
		const bool same = json_equal(back, number);

		json_decref(back);
		if (same || precision == 17)
			return text;
		free(text);
	}
}

/* A list gives its option several times, a flag has no value. */
static void add_value(struct words *w, const char *name, const json_t *value)
{
	char *text;
	size_t i;
	json_t *one;

	if (json_is_array(value)) {
		json_array_foreach (value, i, one)
			add_value(w, name, one);
	} else if (json_is_string(value)) {
		add_option(w, name, json_string_value(value));
	} else if (json_is_number(value)) {
		text = number_text(value);
		add_option(w, name, text);
		free(text);
	} else if (json_is_true(value)) {
		add_option(w, name, NULL);
	}
}

/*
 * The command that the manifest's options make, every one of them by name;
 * output: the new run's directory or NULL.
 */
static struct words make_words(const json_t *manifest, const char *output)
{
	json_t *options = json_object_get(manifest, "options"), *value;
	const bool arms = json_is_true(
		json_object_get(json_object_get(manifest, "effort"), "arms"));
	struct words w = { 0 };
	const char *name;
	size_t i;

	add_word(&w, strdup(arms ? "aa" : "run"));
	json_object_foreach (options, name, value)
		if (strcmp(name, "selectors"))
			add_value(&w, name, value);
	if (output)
		add_option(&w, "output", output);
	json_array_foreach (json_object_get(options, "selectors"), i, value)
		add_word(&w, strdup(json_string_value(value)));
	return w;
}

/* As a shell reads it. */
static void print_word(const char *word, FILE *out)
{
	if (*word && !word[strspn(word, "abcdefghijklmnopqrstuvwxyz"
					"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789-_=+,./:@%")]) {
		fputs(word, out);
		return;
	}
	putc('\'', out);
	for (; *word; word++)
		if (*word == '\'')
			fputs("'\\''", out);
		else
			putc(*word, out);
	putc('\'', out);
}

/* What it depended on of the environment beside the options' twins. */
static bool is_ours(const char *variable)
{
	return !options_is_twin(variable) &&
	       strncmp(variable, "KMB_TEST_", strlen("KMB_TEST_"));
}

static void print_run(const json_t *manifest, FILE *out)
{
	struct words w = make_words(manifest, NULL);
	json_t *value;
	const char *name;

	json_object_foreach (json_object_get(manifest, "environment"), name,
			     value) {
		if (!is_ours(name))
			continue;
		fprintf(out, "%s=", name);
		print_word(json_string_value(value), out);
		putc(' ', out);
	}
	fputs("./run.sh", out);
	for (int i = 0; i < w.nr; i++) {
		putc(' ', out);
		print_word(w.v[i], out);
	}
	putc('\n', out);
	words_free(&w);
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "not known";
}

/* What its workloads took, for who has those files elsewhere. */
static void print_files(json_t *files, FILE *out)
{
	const char *name;
	json_t *file;

	json_object_foreach (files, name, file)
		fprintf(out, "# file '%s': %s, sha256 %s\n", name,
			text_of(file, "path"), text_of(file, "sha256"));
}

void repro_print(const json_t *manifest, FILE *out)
{
	const json_t *source = json_object_get(manifest, "source"),
		     *compiler = json_object_get(manifest, "compiler");
	const char *revision =
		json_string_value(json_object_get(source, "git_revision"));

	fprintf(out, "# %s, %s\n", text_of(manifest, "run_id"),
		text_of(manifest, "cpu_model"));
	fprintf(out, "# version %s, built with %s:%s%s\n",
		text_of(source, "version"), text_of(compiler, "version"),
		*text_of(compiler, "flags") == ' ' ? "" : " ",
		text_of(compiler, "flags"));
	if (revision)
		fprintf(out,
			"git clone REPOSITORY kmembench && cd kmembench\n"
			"git checkout %s\n",
			revision);
	else
		fprintf(out,
			"# its revision is not known: take the source of "
			"version %s\n",
			text_of(source, "version"));
	print_files(json_object_get(manifest, "files"), out);
	fprintf(out, "cmake --preset release && cmake --build build/release\n");
	print_run(manifest, out);
}

static void warn_of_files(json_t *files)
{
	const char *name;
	json_t *file;

	json_object_foreach (files, name, file) {
		const char *was = json_string_value(
				   json_object_get(file, "sha256")),
			   *path = text_of(file, "path");
		char is[SUMS_HEX + 1];

		sums_of_file(path, is);
		if (!*is)
			fprintf(stderr, "kmembench: repro: %s cannot be read\n",
				path);
		else if (was && strcmp(was, is))
			fprintf(stderr,
				"kmembench: repro: %s is not the file that it "
				"was\n",
				path);
	}
}

/* What stands in the way of the same numbers; on stderr, a line each. */
static void warn(const char *dir, const json_t *manifest)
{
	const json_t *source = json_object_get(manifest, "source");
	char path[PATH_MAX + 16], what[512] = "";
	json_t *plan;

	if (json_is_true(json_object_get(source, "git_dirty")))
		fprintf(stderr, "kmembench: repro: the source had changes "
				"that are in no commit\n");
	snprintf(path, sizeof(path), "%s/plan.json", dir);
	plan = json_load_file(path, 0, NULL);
	if (plan)
		journal_compare_identity(plan, what, sizeof(what));
	if (*what)
		fprintf(stderr, "kmembench: repro: %s\n", what);
	json_decref(plan);
	warn_of_files(json_object_get(manifest, "files"));
}

/* The environment that the run had, as far as it is ours. */
static void restore_environment(const json_t *manifest)
{
	json_t *value;
	const char *name;

	options_forget_environment();
	json_object_foreach (json_object_get(manifest, "environment"), name,
			     value)
		if (is_ours(name))
			setenv(name, json_string_value(value), 1);
}

/* This program anew, as the run's command line would have started it. */
static int run_again(const json_t *manifest, const struct options *o)
{
	struct words w = make_words(manifest, o->output);
	char **argv = calloc((size_t)w.nr + 2, sizeof(*argv));
	int code;

	if (!argv)
		abort();
	argv[0] = program_invocation_name;
	memcpy(&argv[1], w.v, (size_t)w.nr * sizeof(*w.v));
	restore_environment(manifest);
	setenv("KMB_RESULTS", o->results, 1);
	execv("/proc/self/exe", argv);
	code = complain(EXIT_FAILED, "/proc/self/exe: %s", strerror(errno));
	free(argv);
	words_free(&w);
	return code;
}

int command_repro(const struct options *options)
{
	char dir[PATH_MAX], path[PATH_MAX + 16];
	int code = run_find(options, "repro", dir);
	json_error_t why;
	json_t *manifest;

	if (code != -1)
		return code;
	snprintf(path, sizeof(path), "%s/manifest.json", dir);
	manifest = json_load_file(path, 0, &why);
	if (!manifest)
		return complain(EXIT_FAILED, "%s: %s", path, why.text);
	if (json_is_object(json_object_get(manifest, "options"))) {
		warn(dir, manifest);
		code = EXIT_OK;
		if (options->again)
			code = run_again(manifest, options);
		else
			repro_print(manifest, stdout);
	} else {
		code = complain(EXIT_FAILED, "%s: has no \"options\"", path);
	}
	json_decref(manifest);
	return code;
}
