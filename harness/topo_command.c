/* topo_command.c - the command topo: the machine as text, or as a drawing. */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "topology.h"

/* The drawing's file is made when there is one. "-": stdout. */
static int write_svg(const char *path, const char *svg, size_t size)
{
	FILE *file = strcmp(path, "-") ? fopen(path, "we") : stdout;
	bool done = file && fwrite(svg, 1, size, file) == size;

	if (file && file != stdout && fclose(file))
		done = false;
	if (!done)
		return complain(EXIT_FAILED, "--svg: %s: %s", path,
				strerror(errno));
	return EXIT_OK;
}

static int draw(const struct topology *t, const char *path)
{
	char error[512], *svg;
	size_t size;
	int code, err = topology_draw(t, &svg, &size, error, sizeof(error));

	if (err)
		return complain(err == -ENOENT ? EXIT_CANNOT : EXIT_FAILED,
				"--svg: %s", error);
	code = write_svg(path, svg, size);
	free(svg);
	return code;
}

int command_topo(const struct options *options)
{
	struct topology topology;
	char error[512];
	int code = EXIT_OK;

	if (options->nr_args)
		return complain(EXIT_USAGE, "topo: '%s': takes no arguments",
				options->args[0]);
	if (topology_load(&topology, options->topology, error, sizeof(error)))
		return complain(options->topology ? EXIT_USAGE : EXIT_FAILED,
				"%s", error);
	if (options->svg)
		code = draw(&topology, options->svg);
	else
		topology_print(&topology, stdout);
	topology_free(&topology);
	return code;
}
