/* main.c - kmembench: the words of the command line, to the command. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../kernels/base/cpu.h"
#include "commands.h"
#include "job.h"
#include "plot.h"

int command_argc;
char **command_argv;

static const struct command commands[] = {
	{ "run", "[FAMILY[/STRATEGY[/WORKLOAD]]...]",
	  "measure, print a table, draw charts; without a selector all "
	  "families",
	  command_run },
	{ "list", "[FAMILY[/STRATEGY[/WORKLOAD]]...]",
	  "every strategy and what it models, with its workloads",
	  command_list },
	{ "topo", "", "this machine: nodes, distances, caches, CPUs, limits",
	  command_topo },
	{ "plot", "[RUN]",
	  "draw the charts of a run again (a directory; default: the newest)",
	  command_plot },
	{ NULL, NULL, NULL, NULL },
};

int command_plot(const struct options *options)
{
	char error[512], dir[PATH_MAX];
	struct stat st;
	int nr;

	if (options->nr_args > 1)
		return complain(EXIT_USAGE, "plot: '%s': takes one run",
				options->args[1]);
	if (options->nr_args)
		snprintf(dir, sizeof(dir), "%s", options->args[0]);
	else
		snprintf(dir, sizeof(dir), "%.4000s/latest", options->results);
	if (stat(dir, &st) || !S_ISDIR(st.st_mode))
		return complain(EXIT_USAGE,
				"plot: '%s' is not the directory of a run",
				dir);
	nr = plot_run(dir, error, sizeof(error));
	if (nr < 0)
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
