/* plot.c - draw a run's charts, each by a gnuplot of its own. */
#include "plot.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <locale.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plot_kinds.h"
#include "workload_group.h"

extern char **environ;

static const char *text_of(const json_t *manifest, const char *key)
{
	const char *text = json_string_value(json_object_get(manifest, key));

	return text ? text : "NA";
}

/* The ready group that a run was of, and where. */
static void read_group(struct plot_context *context, const json_t *manifest)
{
	const json_t *options = json_object_get(manifest, "options");
	const json_t *selectors = json_object_get(options, "selectors");
	const char *name = json_string_value(json_array_get(selectors, 0));

	context->group = name ? group_find(name) : NULL;
	context->places = strdup(text_of(options, "place"));
	if (!context->places)
		abort();
}

/* How many CPUs the node has that has the most: there --place smp ends. */
static void read_node_end(struct plot_context *context, const json_t *manifest)
{
	const json_t *nodes = json_object_get(manifest, "nodes"), *node;
	json_int_t cpus, most = 0;
	size_t i;

	json_array_foreach ((json_t *)nodes, i, node) {
		cpus = json_integer_value(json_object_get(node, "cpus"));
		most = cpus > most ? cpus : most;
	}
	if (most)
		snprintf(context->node_end, sizeof(context->node_end), "%lld",
			 (long long)most);
}

/* What the caption says; without a manifest it says NA. */
static void read_manifest(struct plot_context *context, const char *dir)
{
	static const char *const keys[3] = { "l1d_bytes", "l2_bytes",
					     "l3_bytes" };
	char path[PATH_MAX];
	json_t *manifest, *caches;

	snprintf(path, sizeof(path), "%s/manifest.json", dir);
	manifest = json_load_file(path, 0, NULL);
	caches = json_object_get(manifest, "caches");
	snprintf(context->machine, sizeof(context->machine), "%s, %s, run %s",
		 text_of(manifest, "cpu_model"), text_of(manifest, "started"),
		 text_of(manifest, "run_id"));
	snprintf(context->command, sizeof(context->command), "%s",
		 text_of(manifest, "command"));
	for (unsigned i = 0; i < 3; i++)
		context->cache_bytes[i] = (uint64_t)json_integer_value(
			json_object_get(caches, keys[i]));
	read_group(context, manifest);
	read_node_end(context, manifest);
	json_decref(manifest);
}

/* gnuplot NAME.gp in dir; what it says goes to the pipe. 0 or an errno. */
static int start_gnuplot(const char *dir, const char *name, int out, pid_t *pid)
{
	char script[192];
	char *argv[] = { "gnuplot", "-d", script, NULL };
	posix_spawn_file_actions_t actions;
	int err = posix_spawn_file_actions_init(&actions);

	if (err)
		return err;
	snprintf(script, sizeof(script), "%s.gp", name);
	err = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO,
					       "/dev/null", O_RDONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&actions, out,
						       STDOUT_FILENO);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&actions, out,
						       STDERR_FILENO);
	if (!err)
		err = posix_spawn_file_actions_addchdir_np(&actions, dir);
	if (!err)
		err = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

/* The line that says what is wrong: gnuplot's begins with the script's name. */
static void first_line(char *text)
{
	char *line = strstr(text, "\n\"");

	line = line ? line + 1 : text + strspn(text, " \n");
	memmove(text, line, strlen(line) + 1);
	text[strcspn(text, "\n")] = '\0';
}

/* Read all that comes, keep the beginning. */
static void drain(int fd, char *text, size_t size)
{
	size_t used = 0;
	char rest[512];
	ssize_t got;

	do {
		bool full = used == size - 1;

		got = read(fd, full ? rest : text + used,
			   full ? sizeof(rest) : size - 1 - used);
		if (got > 0 && !full)
			used += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	text[used] = '\0';
}

static int draw(const char *dir, const char *name, char *error,
		size_t error_size)
{
	int out[2], status = 0, err;
	char text[2048];
	pid_t pid;

	if (pipe2(out, O_CLOEXEC)) {
		snprintf(error, error_size, "%s: %s", name, strerror(errno));
		return -errno;
	}
	err = start_gnuplot(dir, name, out[1], &pid);
	close(out[1]);
	if (err) {
		close(out[0]);
		snprintf(error, error_size,
			 err == ENOENT
				 ? "gnuplot: not found; install gnuplot-nox "
				   "(Debian) or gnuplot to draw %s and the "
				   "others"
				 : "%s: gnuplot cannot be started",
			 name);
		return -err;
	}
	drain(out[0], text, sizeof(text));
	close(out[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status == 0)
		return 0;
	first_line(text);
	snprintf(error, error_size, "%s: gnuplot: %s", name, text);
	return -EIO;
}

static int draw_all(const char *plots_dir, const struct plot_names *names,
		    char *error, size_t error_size)
{
	for (unsigned i = 0; i < names->nr; i++) {
		int err = draw(plots_dir, names->names[i], error, error_size);

		if (err)
			return err;
	}
	return (int)names->nr;
}

/* The charts of dir/summary.csv: a plot_write_fn. */
static int write_summary(void *dir, const struct plot_context *context,
			 struct plot_names *names, char *error,
			 size_t error_size)
{
	struct plot_points points;
	char path[PATH_MAX];
	int err;

	snprintf(path, sizeof(path), "%s/summary.csv", (const char *)dir);
	err = plot_points_read(&points, path, error, error_size);
	if (err)
		return err;
	err = plot_make_dir(context, error, error_size);
	if (!err)
		err = plot_kinds_write(&points, context, names, error,
				       error_size);
	plot_points_free(&points);
	return err;
}

int plot_make_dir(const struct plot_context *context, char *error,
		  size_t error_size)
{
	int err = mkdir(context->dir, 0777) && errno != EEXIST ? -errno : 0;

	if (err)
		snprintf(error, error_size, "%s: %s", context->dir,
			 strerror(-err));
	return err;
}

int plot_charts(const char *run_dir, const char *plots_dir, plot_write_fn write,
		void *arg, char *error, size_t error_size)
{
	const char *scripts = getenv("KMB_PLOTS_DIR");
	struct plot_names names = { 0 };
	struct plot_context context = {
		.dir = plots_dir,
		.scripts_dir = scripts ? scripts : KMB_PLOTS_DIR,
	};
	locale_t c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
	/* gnuplot wants a point in numbers, whatever the user's locale. */
	locale_t before = uselocale(c);
	int err;

	read_manifest(&context, run_dir);
	err = write(arg, &context, &names, error, error_size);
	uselocale(before);
	freelocale(c);
	if (!err)
		err = draw_all(plots_dir, &names, error, error_size);
	free(names.names);
	free(context.places);
	return err;
}

int plot_run(const char *dir, char *error, size_t error_size)
{
	char plots_dir[PATH_MAX];

	snprintf(plots_dir, sizeof(plots_dir), "%s/plots", dir);
	return plot_charts(dir, plots_dir, write_summary, (void *)dir, error,
			   error_size);
}
