/* main.c - kmembench: the words of the command line, to the command. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kernels/base/cpu.h"
#include "commands.h"
#include "job.h"
#include "plot.h"
#include "run_find.h"
#include "sums.h"

int command_argc;
char **command_argv;

static const struct command commands[] = {
	{ "run", "[FAMILY[/STRATEGY[/WORKLOAD[:FILE]]]...|GROUP]",
	  "measure, print a table, draw charts; without a selector all "
	  "families; a GROUP is a ready choice, see list",
	  command_run },
	{ "doctor", "",
	  "what in this machine's state makes numbers noisy, and what would "
	  "change it",
	  command_doctor },
	{ "topo", "",
	  "this machine: nodes, distances, memory, caches, CPUs, and what of "
	  "it is kept from us; --svg: as a drawing",
	  command_topo },
	{ "list", "[FAMILY[/STRATEGY[/WORKLOAD[:FILE]]]...|GROUP]",
	  "every strategy and what it models, with its workloads",
	  command_list },
	{ "plan", "[FAMILY[/STRATEGY[/WORKLOAD[:FILE]]]...|GROUP]",
	  "what a run would measure, in which order, how long it would take",
	  command_plan },
	{ "plot", "[RUN]",
	  "draw the charts of a run again (a directory; default: the newest)",
	  command_plot },
	{ "report", "[RUN]",
	  "a run on one page that can be mailed and printed: report.html",
	  command_report },
	{ "compare", "A B",
	  "two runs: what is faster, slower or the same; --by strategy RUN: "
	  "inside one",
	  command_compare },
	{ "aa", "[FAMILY[/STRATEGY[/WORKLOAD[:FILE]]]...|GROUP]",
	  "the same build against itself: this machine's noise floor",
	  command_aa },
	{ "resume", "[RUN]",
	  "go on with an interrupted run (a directory; default: the newest)",
	  command_resume },
	{ "verify", "[RUN]",
	  "are a run's files as it left them, and does the summary follow from "
	  "the samples?",
	  command_verify },
	{ "repro", "[RUN]",
	  "the exact commands that do a run again; --run: do it",
	  command_repro },
	{ "trace", "import|stats FILE",
	  "import: a real kernel's allocations, as ftrace, trace-cmd and perf "
	  "print them, to a file that trace:FILE replays; stats: what is in it",
	  command_trace },
	{ "pgtable", "verify DUMP",
	  "walk the page tables of a real kernel's process, and hold every "
	  "mapping against what is known of it (docs/PTDUMP.md)",
	  command_pgtable },
	{ "rmap", "replay SCRIPT|script WORKLOAD",
	  "replay: run what processes did to their memory, and ask every "
	  "strategy for all that map each page: against all entries there are, "
	  "and what a real kernel had; script: print what a workload of the "
	  "family does as one (docs/RMAPSCRIPT.md)",
	  command_rmap },
	{ NULL, NULL, NULL, NULL },
};

int command_plot(const struct options *options)
{
	char error[512], dir[PATH_MAX];
	int nr, code = run_find(options, "plot", dir);

	if (code != -1)
		return code;
	nr = plot_run(dir, error, sizeof(error));
	if (nr < 0 || sums_refresh(dir, error, sizeof(error)))
		return complain(EXIT_FAILED, "%s", error);
	printf("%d charts: %s/plots/\n", nr, dir);
	return EXIT_OK;
}

/* A misspelt feature would silently measure what should have been left out. */
static int check_disabled_cpu(void)
{
	const char *list = getenv("KMB_DISABLE_CPU"), *unknown = NULL;

	if (!list)
		return -1;
	cpu_parse_features(list, &unknown);
	if (!unknown)
		return -1;
	return complain(
		EXIT_USAGE,
		"KMB_DISABLE_CPU: '%.*s' is not a CPU feature known here",
		(int)strcspn(unknown, ","), unknown);
}

static const struct command *find_command(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

/* A family is called so, too: `kmembench pgtable` runs it. */
static bool is_family(const struct command *command, const char *word)
{
	return (command->run == command_pgtable && strcmp(word, "verify")) ||
	       (command->run == command_rmap && strcmp(word, "replay") &&
		strcmp(word, "script"));
}

/* Pipes get the lowest free numbers: 0, 1 and 2 must be taken. */
static void open_standard_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	const struct command *command = NULL;
	struct options options;
	int code;

	open_standard_fds();
	command_argc = argc;
	command_argv = argv;
	if (argc == 2 && !strcmp(argv[1], JOB_ARGUMENT))
		return case_process_main();
	if (argc > 1 &&
	    (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		options_help_general(commands, stdout);
		return EXIT_OK;
	}
	if (argc > 1)
		command = find_command(argv[1]);
	if (command && is_family(command, argc > 2 ? argv[2] : ""))
		command = NULL;
	if (command) {
		argc--;
		argv++;
	} else {
		command = find_command("run");
	}
	code = options_parse(&options, command, argc, argv);
	if (code == -1)
		code = check_disabled_cpu();
	if (code == -1)
		code = command->run(&options);
	options_free(&options);
	if (fflush(stdout) || ferror(stdout))
		code = complain(EXIT_FAILED, "stdout: %s", strerror(errno));
	return code;
}
