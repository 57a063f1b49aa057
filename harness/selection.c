/* selection.c - which cases the words FAMILY[/STRATEGY[/WORKLOAD]] choose. */
#include "plan.h"

#include <fnmatch.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

struct selection {
	char **args;
	unsigned nr_args;
	bool filter;
	regex_t regex;
};

/* The n-th part of a/b/c, as a pattern; "*" when there are fewer parts. */
static void selector_part(const char *selector, unsigned n, char part[128])
{
	for (; n && selector; n--) {
		selector = strchr(selector, '/');
		if (selector)
			selector++;
	}
	if (!selector || !*selector)
		selector = "*";
	snprintf(part, 128, "%.*s", (int)strcspn(selector, "/"), selector);
}

static bool part_matches(const char *selector, unsigned n, const char *name)
{
	char part[128];

	selector_part(selector, n, part);
	return !fnmatch(part, name, 0);
}

static bool selector_matches(const char *selector,
			     const struct bench_case *bench)
{
	return part_matches(selector, 0, bench->family) &&
	       part_matches(selector, 1, bench->strategy) &&
	       part_matches(selector, 2, bench->workload) &&
	       part_matches(selector, 3, bench->isa);
}

static const char *case_part(const struct bench_case *bench, unsigned n)
{
	const char *const parts[] = { bench->family, bench->strategy,
				      bench->workload };

	return parts[n];
}

/* Do the first n parts of the selector choose this case? */
static bool parts_match(const char *selector, unsigned n,
			const struct bench_case *bench)
{
	for (unsigned k = 0; k < n; k++)
		if (!part_matches(selector, k, case_part(bench, k)))
			return false;
	return true;
}

/* All names of part n below what the selector's earlier parts choose. */
static void list_names(const char *selector, unsigned n, char *buf, size_t size)
{
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);
	size_t used = 0;

	buf[0] = '\0';
	for (unsigned i = 0; i < nr; i++) {
		const char *name = case_part(cases[i], n);
		bool listed = !parts_match(selector, n, cases[i]);

		for (unsigned k = 0; k < i && !listed; k++)
			listed = parts_match(selector, n, cases[k]) &&
				 !strcmp(name, case_part(cases[k], n));
		if (!listed && used + strlen(name) + 3 < size)
			used += (size_t)sprintf(buf + used, "%s%s",
						used ? ", " : "", name);
	}
}

/* Say which part of the selector names nothing. */
static int check_selector(const char *selector)
{
	static const char *const what[] = { "family", "strategy", "workload" };
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);

	for (unsigned n = 0; n < 3; n++) {
		bool found = false;
		char part[128], names[1024];

		for (unsigned i = 0; i < nr && !found; i++)
			found = parts_match(selector, n + 1, cases[i]);
		if (found)
			continue;
		selector_part(selector, n, part);
		list_names(selector, n, names, sizeof(names));
		return complain(EXIT_USAGE, "%s: no %s '%s'; there are: %s",
				selector, what[n], part, names);
	}
	return -1;
}

struct selection *selection_new(const struct options *options, int *code)
{
	struct selection *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	*code = -1;
	s->args = options->args;
	s->nr_args = options->nr_args;
	for (unsigned i = 0; i < s->nr_args && *code == -1; i++)
		*code = check_selector(s->args[i]);
	if (*code == -1 && options->filter) {
		int err = regcomp(&s->regex, options->filter,
				  REG_EXTENDED | REG_NOSUB);

		if (err) {
			char why[128];

			regerror(err, &s->regex, why, sizeof(why));
			*code = complain(EXIT_USAGE,
					 "--filter: '%s' is not an extended "
					 "regular expression: %s",
					 options->filter, why);
		}
		s->filter = !err;
	}
	if (*code == -1)
		return s;
	selection_free(s);
	return NULL;
}

bool selection_match(const struct selection *s, const struct bench_case *bench)
{
	bool chosen = !s->nr_args;
	char name[512];

	for (unsigned i = 0; i < s->nr_args && !chosen; i++)
		chosen = selector_matches(s->args[i], bench);
	if (!chosen || !s->filter)
		return chosen;
	snprintf(name, sizeof(name), "%s/%s/%s/%s", bench->family,
		 bench->strategy, bench->workload, bench->isa);
	return !regexec(&s->regex, name, 0, NULL, 0);
}

void selection_free(struct selection *s)
{
	if (s->filter)
		regfree(&s->regex);
	free(s);
}
