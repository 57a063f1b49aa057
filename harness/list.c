/* list.c - the command list. */
#include "commands.h"

#include <string.h>

#include "axes.h"
#include "selection.h"
#include "workload_group.h"

static bool same(const struct bench_case *a, const struct bench_case *b,
		 bool strategy)
{
	return a && !strcmp(a->family, b->family) &&
	       (!strategy || !strcmp(a->strategy, b->strategy));
}

/* "  first_fit   what it models" and below it the workloads. */
static void print_strategy(const struct bench_case *const *cases, unsigned nr,
			   const struct bench_case *first)
{
	const char *last = "";
	unsigned column = 23;

	printf("  %-20s %s\n%23s", first->strategy, first->models, "");
	for (unsigned i = 0; i < nr; i++) {
		const struct bench_case *c = cases[i];
		unsigned width = (unsigned)strlen(c->workload) + 1;

		if (!same(first, c, true) || !strcmp(c->workload, last))
			continue;
		if (column + width > 79) {
			printf("\n%23s", "");
			column = 23;
		}
		printf("%s ", c->workload);
		column += width;
		last = c->workload;
	}
	putchar('\n');
}

/* Every chosen strategy; false: none is. */
static bool print_strategies(const struct selection *selection)
{
	unsigned nr;
	const struct bench_case *const *cases = selection_cases(selection, &nr);
	const struct bench_case *previous = NULL;

	for (unsigned i = 0; i < nr; i++) {
		const struct bench_family *family =
			bench_find_family(cases[i]->family);

		if (!same(previous, cases[i], false))
			printf("%s%s: %s\n", previous ? "\n" : "",
			       cases[i]->family, family ? family->what : "");
		if (!same(previous, cases[i], true))
			print_strategy(cases, nr, cases[i]);
		previous = cases[i];
	}
	return previous;
}

/* All of them in a list of everything, or the one that was asked for. */
static void print_groups(const struct options *options)
{
	if (options->group) {
		printf("group:\n");
		group_print(options->group, NULL, NULL, stdout);
	} else if (!options->nr_args && !options->filter) {
		printf("\ngroups: ready runs, to be named instead of "
		       "families\n");
		for (const struct workload_group *g = workload_groups; g->name;
		     g++)
			group_print(g, NULL, NULL, stdout);
	}
}

int command_list(const struct options *options)
{
	int code;
	struct selection *selection = selection_new(options, true, &code);
	bool any;

	if (!selection)
		return code;
	any = options->axes ? axes_print(selection, stdout)
			    : print_strategies(selection);
	if (any && !options->axes)
		print_groups(options);
	selection_free(selection);
	if (!any)
		return complain(EXIT_NO_MATCH, "--filter: '%s' matches nothing",
				options->filter ? options->filter : "");
	return EXIT_OK;
}
