/* trace_command.c - the commands trace import and trace stats. */
#include "commands.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/base/compiler.h"
#include "trace_import.h"
#include "trace_stats.h"

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

/* A read that waits is to end, too: no SA_RESTART. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static int write_event(void *writer, const struct trace_event *event)
{
	return trace_writer_add(writer, event);
}

/* dir/boot.txt.xz becomes boot.kmbtrace, here. */
static void default_output(const char *path, char output[PATH_MAX])
{
	static const char *const suffixes[] = { ".xz",	".gz",	".zst",
						".txt", ".log", ".trace" };
	const char *slash = strrchr(path, '/');
	size_t length;

	snprintf(output, PATH_MAX - sizeof(".kmbtrace"), "%s",
		 slash ? slash + 1 : path);
	for (unsigned i = 0; i < ARRAY_SIZE(suffixes); i++) {
		const size_t n = strlen(suffixes[i]);

		length = strlen(output);
		if (length > n && !strcmp(output + length - n, suffixes[i]))
			output[length - n] = '\0';
	}
	strcat(output, ".kmbtrace");
}

static int import_file(const struct options *o, const char *path)
{
	char output[PATH_MAX], error[PATH_MAX + 256];
	struct trace_import import = { .path = path,
				       .strict = o->strict,
				       .sink = write_event,
				       .output = output,
				       .stop = &stop };
	struct trace_header header;
	int code;

	if (o->output)
		snprintf(output, sizeof(output), "%s", o->output);
	else if (!strcmp(path, "-"))
		return complain(EXIT_USAGE,
				"trace import: stdin has no name: say -o FILE");
	else
		default_output(path, output);
	import.arg = trace_writer_open(output, error, sizeof(error));
	if (!import.arg)
		return complain(EXIT_USAGE, "%s", error);
	catch_signals();
	code = trace_import(&import, &header);
	if (code != -1) {
		trace_writer_drop(import.arg);
		return code;
	}
	if (trace_writer_finish(import.arg, &header, error, sizeof(error)))
		return complain(EXIT_FAILED, "%s", error);
	printf("%s\n", output);
	trace_stats_print_counts(&header, stdout);
	return EXIT_OK;
}

static bool is_binary(const char *path)
{
	char magic[sizeof(TRACE_MAGIC) - 1];
	FILE *file = strcmp(path, "-") ? fopen(path, "re") : NULL;
	bool binary = file &&
		      fread(magic, 1, sizeof(magic), file) == sizeof(magic) &&
		      !memcmp(magic, TRACE_MAGIC, sizeof(magic));

	if (file)
		fclose(file);
	return binary;
}

/* A binary trace into stats. -1, or the exit code. */
static int read_binary(const char *path, struct trace_stats *stats)
{
	const struct trace_event *events;
	char error[PATH_MAX + 256];
	struct trace_file *file =
		trace_file_open(path, &stats->header, error, sizeof(error));
	int nr, err = 0;

	if (!file)
		return complain(EXIT_USAGE, "%s", error);
	while ((nr = trace_file_next(file, &events, error, sizeof(error))) > 0)
		for (int i = 0; i < nr && !err; i++)
			err = trace_stats_add(stats, &events[i]);
	trace_file_close(file);
	if (nr < 0)
		return complain(EXIT_USAGE, "%s", error);
	return err ? complain(EXIT_FAILED, "%s: out of memory", path) : -1;
}

static int print_stats(const struct options *o, const char *path)
{
	struct trace_stats stats = { 0 };
	const struct trace_import import = { .path = path,
					     .strict = o->strict,
					     .sink = trace_stats_add,
					     .arg = &stats };
	int code = is_binary(path) ? read_binary(path, &stats)
				   : trace_import(&import, &stats.header);

	if (code == -1) {
		code = EXIT_OK;
		if (!o->json)
			trace_stats_print(&stats, stdout);
		else if (trace_stats_print_json(&stats, path, stdout))
			code = complain(EXIT_FAILED, "out of memory");
	}
	trace_stats_free(&stats);
	return code;
}

int command_trace(const struct options *options)
{
	const char *what = options->nr_args ? options->args[0] : "";
	const bool import = !strcmp(what, "import");

	if (!import && strcmp(what, "stats"))
		return complain(EXIT_USAGE,
				"trace: '%s' is not import or stats", what);
	if (options->nr_args != 2)
		return complain(EXIT_USAGE, "trace %s: needs one FILE, not %u",
				what, options->nr_args - 1);
	return (import ? import_file : print_stats)(options, options->args[1]);
}
