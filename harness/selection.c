/* selection.c - the cases that a run's words choose, and the files they take.
 */
#include "selection.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "case_file.h"
#include "selector.h"
#include "workload_group.h"

struct selection {
	struct selector *selectors;
	unsigned nr_selectors;
	const struct workload_group *group; /* whose cases they are, or NULL */
	bool everything; /* not just what smoke and quick runs have */
	struct case_file *files;
	unsigned nr_files;
	bool filter;
	regex_t regex;

	const struct bench_case **cases;
	unsigned nr_cases;
	struct bench_case **made; /* of the cases, those of one file */
	unsigned nr_made;
};

static bool filter_match(const struct selection *s,
			 const struct bench_case *bench)
{
	char name[512];

	if (!s->filter)
		return true;
	snprintf(name, sizeof(name), "%s/%s/%s/%s", bench->family,
		 bench->strategy, bench->workload, bench->isa);
	return !regexec(&s->regex, name, 0, NULL, 0);
}

static void add_case(struct selection *s, const struct bench_case *bench)
{
	if (!filter_match(s, bench))
		return;
	s->cases = realloc(s->cases, (s->nr_cases + 1) * sizeof(*s->cases));
	if (!s->cases)
		abort();
	s->cases[s->nr_cases++] = bench;
}

static void add_made(struct selection *s, const struct bench_case *bench,
		     const char *name, const char *path)
{
	s->made = realloc(s->made, (s->nr_made + 1) * sizeof(*s->made));
	if (!s->made)
		abort();
	s->made[s->nr_made] = bench_case_of_file(bench, name, path);
	add_case(s, s->made[s->nr_made++]);
}

/* Does one of the selectors choose the case, with this file (NULL: none)? */
static bool is_chosen(const struct selection *s, const struct bench_case *bench,
		      const char *path)
{
	const bool aside = bench->aside && !s->everything;
	bool chosen = !s->nr_selectors && !bench->file && !aside;

	for (unsigned i = 0; i < s->nr_selectors && !chosen; i++) {
		const struct selector *word = &s->selectors[i];

		chosen = selector_match(word, SELECTOR_PARTS, bench) &&
			 (!path || !strcmp(path, word->path)) &&
			 (!aside || selector_singles_out(word, bench));
	}
	return chosen;
}

/* For a listing any file will do, and none need be named. */
static bool is_listed(const struct selection *s, const struct bench_case *bench)
{
	bool listed = !s->nr_selectors;

	for (unsigned i = 0; i < s->nr_selectors && !listed; i++)
		listed =
			selector_names(&s->selectors[i], SELECTOR_PARTS, bench);
	return listed;
}

static void choose(struct selection *s, bool listing)
{
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);

	for (unsigned i = 0; i < nr; i++) {
		if (!cases[i]->file) {
			if (is_chosen(s, cases[i], NULL))
				add_case(s, cases[i]);
			continue;
		}
		if (listing && is_listed(s, cases[i]))
			add_made(s, cases[i], SELECTOR_FILE, "");
		for (unsigned f = 0; f < s->nr_files; f++)
			if (is_chosen(s, cases[i], s->files[f].path))
				add_made(s, cases[i], s->files[f].name,
					 s->files[f].path);
	}
}

/* Ask each workload that is to take the file. -1 or the code to exit with. */
static int check_file(const struct selector *word)
{
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);
	int (*asked)(const char *, char *, size_t) = NULL;
	char why[512];

	for (unsigned i = 0; i < nr; i++) {
		if (!selector_match(word, SELECTOR_PARTS, cases[i]) ||
		    cases[i]->check_file == asked)
			continue;
		asked = cases[i]->check_file;
		if (asked(word->path, why, sizeof(why)))
			return complain(
				EXIT_USAGE, "%s; %s:" SELECTOR_FILE " takes %s",
				why, cases[i]->workload, cases[i]->file);
	}
	return -1;
}

/* Two files that would have one name are not to be taken for each other. */
static int add_file(struct selection *s, const struct selector *word)
{
	struct case_file file;
	int code = check_file(word);

	if (code != -1)
		return code;
	case_file_init(&file, word->path);
	for (unsigned i = 0; i < s->nr_files; i++) {
		if (!strcmp(s->files[i].path, file.path))
			return -1;
		if (!strcmp(s->files[i].name, file.name))
			return complain(EXIT_USAGE,
					"%s and %s: both would be called '%s'; "
					"give one another name, or a link to "
					"it that has one",
					s->files[i].path, file.path, file.name);
	}
	s->files = realloc(s->files, (s->nr_files + 1) * sizeof(*s->files));
	if (!s->files)
		abort();
	s->files[s->nr_files++] = file;
	return -1;
}

static int add_selector(struct selection *s, const char *words, bool listing)
{
	struct selector *word;
	int code;

	s->selectors = realloc(s->selectors,
			       (s->nr_selectors + 1) * sizeof(*s->selectors));
	if (!s->selectors)
		abort();
	word = &s->selectors[s->nr_selectors++];
	selector_init(word, words);
	code = selector_check(word, listing);
	if (code == -1 && word->path && !listing)
		code = add_file(s, word);
	return code;
}

/* A group's cases, each by its name. */
static int add_group(struct selection *s, const struct workload_group *group)
{
	int code = -1;

	s->group = group;
	for (unsigned i = 0; i < group->nr_chapters; i++)
		for (const struct group_case *c = group->chapters[i].cases;
		     c->family && code == -1; c++) {
			char words[128];

			snprintf(words, sizeof(words), "%s/%s/%s", c->family,
				 c->strategy, c->workload);
			code = add_selector(s, words, true);
		}
	return code;
}

static int add_selectors(struct selection *s, const struct options *options,
			 bool listing)
{
	int code = -1;

	if (options->group)
		return add_group(s, options->group);
	for (unsigned i = 0; i < options->nr_args && code == -1; i++)
		code = group_find(options->args[i])
			       ? complain(EXIT_USAGE,
					  "%s: a group has axes of its own; no "
					  "other selector can be beside it",
					  options->args[i])
			       : add_selector(s, options->args[i], listing);
	return code;
}

static int add_filter(struct selection *s, const char *filter)
{
	int err = regcomp(&s->regex, filter, REG_EXTENDED | REG_NOSUB);
	char why[128];

	s->filter = !err;
	if (!err)
		return -1;
	regerror(err, &s->regex, why, sizeof(why));
	return complain(EXIT_USAGE,
			"--filter: '%s' is not an extended regular "
			"expression: %s",
			filter, why);
}

struct selection *selection_new(const struct options *options, bool listing,
				int *code)
{
	struct selection *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->everything = listing || !options->preset->quick;
	*code = add_selectors(s, options, listing);
	if (*code == -1 && options->filter)
		*code = add_filter(s, options->filter);
	if (*code == -1) {
		choose(s, listing);
		return s;
	}
	selection_free(s);
	return NULL;
}

void selection_free(struct selection *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->nr_made; i++)
		free(s->made[i]);
	for (unsigned i = 0; i < s->nr_selectors; i++)
		free(s->selectors[i].words);
	if (s->filter)
		regfree(&s->regex);
	free(s->made);
	free(s->cases);
	free(s->files);
	free(s->selectors);
	free(s);
}

const struct bench_case *const *selection_cases(const struct selection *s,
						unsigned *nr)
{
	*nr = s->nr_cases;
	return s->cases;
}

json_t *selection_files(const struct selection *s)
{
	json_t *object = json_object();

	for (unsigned i = 0; i < s->nr_files; i++)
		json_object_set_new(object, s->files[i].name,
				    case_file_encode(&s->files[i]));
	return object;
}

json_t *selection_words(const struct selection *s)
{
	json_t *array = json_array();

	if (s->group)
		json_array_append_new(array, json_string(s->group->name));
	for (unsigned i = 0; !s->group && i < s->nr_selectors; i++)
		json_array_append_new(array,
				      json_string(s->selectors[i].words));
	return array;
}

void selection_compare_files(const json_t *was, const json_t *is, char *what,
			     size_t size)
{
	const json_t *file;
	const char *name;

	*what = '\0';
	json_object_foreach ((json_t *)was, name, file) {
		const json_t *other = json_object_get(is, name);
		const char *sum = json_string_value(
				   json_object_get(file, "sha256")),
			   *now = json_string_value(
				   json_object_get(other, "sha256"));

		if (other && sum && now && strcmp(sum, now))
			snprintf(what, size,
				 "the file '%s' had the sum %.12s... and has "
				 "%.12s...",
				 name, sum, now);
	}
}
