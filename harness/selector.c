/* selector.c - the parts of a selector, and what is wrong with them. */
#include "selector.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options.h"

/*
 * A path, as it is from any directory; a link stays one, since its name is what
 * the user calls the file.
 */
static char *absolute(const char *words, int length)
{
	const char *path = words + length;
	char *cwd = *path == '/' || !*path ? NULL : get_current_dir_name();
	char *text;

	if (asprintf(&text, "%.*s%s%s%s", length, words, cwd ? cwd : "",
		     cwd ? "/" : "", path) < 0)
		abort();
	free(cwd);
	return text;
}

void selector_init(struct selector *s, const char *words)
{
	const char *at = words;
	int file = 0;

	for (unsigned n = 0; n < SELECTOR_PARTS; n++) {
		const char *part = at && *at ? at : "*";
		size_t length = strcspn(part, n == 2 ? "/:" : "/");

		snprintf(s->part[n], sizeof(s->part[n]), "%.*s", (int)length,
			 part);
		if (part[length] == ':')
			file = (int)(part + length + 1 - words);
		at = part[length] == '/' ? part + length + 1 : NULL;
	}
	s->words = file ? absolute(words, file) : strdup(words);
	if (!s->words)
		abort();
	s->path = file ? s->words + file : NULL;
}

static const char *case_part(const struct bench_case *bench, unsigned n)
{
	const char *const parts[SELECTOR_PARTS] = {
		bench->family, bench->strategy, bench->workload, bench->isa
	};

	return parts[n];
}

bool selector_names(const struct selector *s, unsigned n,
		    const struct bench_case *bench)
{
	for (unsigned k = 0; k < n; k++)
		if (fnmatch(s->part[k], case_part(bench, k), 0))
			return false;
	return true;
}

bool selector_match(const struct selector *s, unsigned n,
		    const struct bench_case *bench)
{
	return (n < 3 || !bench->file == !s->path) &&
	       selector_names(s, n, bench);
}

/* All names of part n below what the selector's earlier parts choose. */
static void list_names(const struct selector *s, unsigned n, char *buf,
		       size_t size)
{
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);
	size_t used = 0;

	buf[0] = '\0';
	for (unsigned i = 0; i < nr; i++) {
		const char *name = case_part(cases[i], n);
		const bool file = n == 2 && cases[i]->file;
		bool listed = !selector_names(s, n, cases[i]) ||
			      (n == 2 && s->path && !file);

		for (unsigned k = 0; k < i && !listed; k++)
			listed = selector_names(s, n, cases[k]) &&
				 !strcmp(name, case_part(cases[k], n));
		if (!listed && used + strlen(name) + 8 < size)
			used += (size_t)sprintf(buf + used, "%s%s%s",
						used ? ", " : "", name,
						file ? ":" SELECTOR_FILE : "");
	}
}

static int complain_part(const struct selector *s, unsigned n)
{
	static const char *const what[] = { "family", "strategy", "workload" };
	char names[1024];

	list_names(s, n, names, sizeof(names));
	if (n == 2 && s->path)
		return complain(EXIT_USAGE,
				"%s: no workload '%s' takes a file; there "
				"are: %s",
				s->words, s->part[n], *names ? names : "none");
	return complain(EXIT_USAGE, "%s: no %s '%s'; there are: %s", s->words,
			what[n], s->part[n], names);
}

typedef bool (*match_fn)(const struct selector *s, unsigned n,
			 const struct bench_case *bench);

/* The first case that the first n parts choose. */
static const struct bench_case *first_case(const struct selector *s, unsigned n,
					   match_fn match)
{
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);

	for (unsigned i = 0; i < nr; i++)
		if (match(s, n, cases[i]))
			return cases[i];
	return NULL;
}

int selector_check(const struct selector *s, bool listing)
{
	const struct bench_case *takes_file;

	for (unsigned n = 0; n < 3; n++) {
		if (first_case(s, n + 1, selector_match))
			continue;
		takes_file = first_case(s, n + 1, selector_names);
		if (!takes_file || !takes_file->file)
			return complain_part(s, n);
		if (!listing)
			return complain(
				EXIT_USAGE,
				"%s: needs a file, %s/%s/%s:" SELECTOR_FILE
				": %s",
				s->words, s->part[0], s->part[1],
				takes_file->workload, takes_file->file);
	}
	if (s->path && !*s->path)
		return complain(EXIT_USAGE, "%s: no file behind the ':'",
				s->words);
	return -1;
}
