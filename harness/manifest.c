/* manifest.c - gather what a run depends on into manifest.json. */
#include "manifest.h"

#include <errno.h>
#include <gnu/libc-version.h>
#include <gsl/gsl_version.h>
#include <jansson.h>
#include <perfmon/pfmlib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "../bench/bench.h"
#include "identity.h"
#include "sums.h"

extern char **environ;

/* A whole small file as a string without its last LF, or null. */
static json_t *read_text(const char *path)
{
	FILE *file = fopen(path, "r");
	char text[4096];
	size_t used;

	if (!file)
		return json_null();
	used = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	while (used && (text[used - 1] == '\n' || text[used - 1] == ' '))
		used--;
	return json_stringn(text, used);
}

/* What a command prints, or null. The commands are our own literals. */
static json_t *command_output(const char *command)
{
	FILE *pipe = popen(command, "r");
	char text[256];
	size_t used;

	if (!pipe)
		return json_null();
	used = fread(text, 1, sizeof(text) - 1, pipe);
	if (pclose(pipe) != 0)
		return json_null();
	while (used && text[used - 1] == '\n')
		used--;
	return json_stringn(text, used);
}

/* Argument words, quoted for a shell where they must be. */
static json_t *command_line(int argc, char **argv)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	json_t *string;

	if (!out)
		return json_null();
	for (int i = 0; i < argc; i++) {
		const char *word = i ? argv[i] : "./run.sh";
		bool quote =
			!*word || strpbrk(word, " \t\n\"'\\$&|;<>()*?[]{}");

		fprintf(out, i ? (quote ? " '%s'" : " %s") : "%s", word);
	}
	fclose(out);
	string = json_string(text);
	free(text);
	return string;
}

static json_t *argument_array(int argc, char **argv)
{
	json_t *array = json_array();

	for (int i = 0; i < argc; i++)
		json_array_append_new(array, json_string(argv[i]));
	return array;
}

/* Sorted by name, that equal environments look equal. */
static json_t *our_environment(void)
{
	json_t *object = json_object(), *sorted;
	char *text;

	for (char **e = environ; *e; e++) {
		const char *equals = strchr(*e, '=');

		if (strncmp(*e, "KMB_", 4) || !equals)
			continue;
		json_object_set_new(object, strndupa(*e, (size_t)(equals - *e)),
				    json_string(equals + 1));
	}
	text = json_dumps(object, JSON_SORT_KEYS);
	sorted = text ? json_loads(text, 0, NULL) : NULL;
	free(text);
	json_decref(object);
	return sorted;
}

static json_t *labels(const struct options *o)
{
	json_t *object = json_object();

	for (unsigned i = 0; i < o->nr_labels; i++) {
		const char *equals = strchr(o->labels[i], '=');

		json_object_set_new(
			object,
			strndupa(o->labels[i], (size_t)(equals - o->labels[i])),
			json_string(equals + 1));
	}
	return object;
}

/* What was given as "--name=value"; a flag is true. */
static void add_word(json_t *object, const char *word)
{
	/* Where the results go and how they look is no part of a run. */
	static const char *const others[] = { "output", "results", "color",
					      "label" };
	const char *name = word + 2, *equals = strchrnul(name, '=');
	char *key = strndupa(name, (size_t)(equals - name));

	for (unsigned i = 0; i < ARRAY_SIZE(others); i++)
		if (!strcmp(key, others[i]))
			return;
	json_object_set_new(object, key,
			    *equals ? json_string(equals + 1) : json_true());
}

/*
 * Every option of this run by its name, so that "--name=value" of all of them
 * and the selectors are the same run again, whatever the defaults and the
 * environment then are.
 */
static json_t *options(const struct options *o, const struct plan *plan)
{
	json_t *object = json_object(), *labels_ = json_array();

	for (unsigned i = 0; i < o->nr_words; i++)
		add_word(object, o->words[i]);
	for (unsigned i = 0; i < o->nr_labels; i++)
		json_array_append_new(labels_, json_string(o->labels[i]));
	json_object_update_new(
		object,
		json_pack(
			"{s:s,s:s,s:s,s:s,s:I,s:I,s:I,s:f,s:f,s:f,s:I,s:o,s:o}",
			"preset", o->preset->name, "counters", o->counters,
			"place", o->place, "mem", o->mem, "memory",
			(json_int_t)o->memory, "process-reps",
			(json_int_t)o->process_reps, "reps",
			(json_int_t)o->reps, "min-time", o->min_time_s,
			"max-noise", o->max_noise, "time-limit",
			o->time_limit_s, "seed", (json_int_t)o->seed, "label",
			labels_, "selectors",
			selection_words(plan->selection)));
	return object;
}

static json_t *binary_sha256(void)
{
	char hex[SUMS_HEX + 1], path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	path[length < 0 ? 0 : length] = '\0';
	sums_of_file(path, hex);
	return *hex ? json_string(hex) : json_null();
}

static json_t *source(void)
{
	json_t *changes = command_output("git -C '" KMB_SOURCE_DIR
					 "' status --porcelain 2>/dev/null");
	json_t *dirty = json_is_string(changes)
				? json_boolean(json_string_length(changes) > 0)
				: json_null();

	json_decref(changes);
	return json_pack("{s:s,s:o,s:o}", "version", KMB_VERSION,
			 "git_revision",
			 command_output("git -C '" KMB_SOURCE_DIR
					"' rev-parse HEAD 2>/dev/null"),
			 "git_dirty", dirty);
}

static json_t *libraries(void)
{
	int version = pfm_get_version();
	char pfm[32];

	snprintf(pfm, sizeof(pfm), "%d.%d", PFM_MAJ_VERSION(version),
		 PFM_MIN_VERSION(version));
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "libc",
			 gnu_get_libc_version(), "benchmark", gbench_version(),
			 "hwloc", KMB_HWLOC_VERSION, "jansson", JANSSON_VERSION,
			 "gsl", gsl_version, "libpfm4", pfm);
}

/* PRETTY_NAME="Debian GNU/Linux 12 (bookworm)", or null. */
static json_t *distribution(void)
{
	FILE *file = fopen("/etc/os-release", "r");
	json_t *name = NULL;
	char line[512];

	while (file && !name && fgets(line, sizeof(line), file)) {
		char *value = line + strlen("PRETTY_NAME=");

		if (strncmp(line, "PRETTY_NAME=", strlen("PRETTY_NAME=")))
			continue;
		value += *value == '"';
		value[strcspn(value, "\"\n")] = '\0';
		name = json_string(value);
	}
	if (file)
		fclose(file);
	return name ? name : json_null();
}

/* In bytes, ascending. */
static json_t *page_sizes(const struct topology *t)
{
	hwloc_obj_t node =
		hwloc_get_obj_by_type(t->hwloc, HWLOC_OBJ_NUMANODE, 0);
	json_t *array = json_array();

	for (unsigned i = 0; node && i < node->attr->numanode.page_types_len;
	     i++)
		json_array_append_new(
			array, json_integer((json_int_t)node->attr->numanode
						    .page_types[i]
						    .size));
	return array;
}

/* What `numactl --hardware` would say in short. */
static json_t *nodes(const struct topology *t)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < t->nr_nodes; i++) {
		const struct topology_node *n = &t->nodes[i];
		json_t *distances = json_array();

		for (unsigned to = 0; to < t->nr_nodes; to++)
			json_array_append_new(
				distances,
				json_integer((json_int_t)t->distance
						     [(size_t)i * t->nr_nodes +
						      to]));
		json_array_append_new(
			array,
			json_pack("{s:i,s:i,s:I,s:b,s:o}", "node", (int)n->os,
				  "cpus", (int)n->nr_cpus, "memory_bytes",
				  (json_int_t)n->memory_bytes, "allowed",
				  (int)n->allowed, "distances", distances));
	}
	return array;
}

static json_t *kernel(void)
{
	static const char *const files[][2] = {
		{ "cmdline", "/proc/cmdline" },
		{ "clocksource", "/sys/devices/system/clocksource/clocksource0/"
				 "current_clocksource" },
		{ "thp", "/sys/kernel/mm/transparent_hugepage/enabled" },
		{ "thp_defrag", "/sys/kernel/mm/transparent_hugepage/defrag" },
		{ "nr_hugepages", "/proc/sys/vm/nr_hugepages" },
		{ "overcommit_memory", "/proc/sys/vm/overcommit_memory" },
		{ "swappiness", "/proc/sys/vm/swappiness" },
		{ "numa_balancing", "/proc/sys/kernel/numa_balancing" },
		{ "randomize_va_space", "/proc/sys/kernel/randomize_va_space" },
		{ "perf_event_paranoid",
		  "/proc/sys/kernel/perf_event_paranoid" },
	};
	struct utsname name;
	json_t *object = json_object();

	if (!uname(&name)) {
		json_object_set_new(object, "release",
				    json_string(name.release));
		json_object_set_new(object, "version",
				    json_string(name.version));
		json_object_set_new(object, "machine",
				    json_string(name.machine));
	}
	for (unsigned i = 0; i < ARRAY_SIZE(files); i++)
		json_object_set_new(object, files[i][0],
				    read_text(files[i][1]));
	return object;
}

static json_t *cpu(void)
{
	return json_pack(
		"{s:o,s:o,s:o,s:o,s:o}", "flags", identity_cpuinfo("flags"),
		"microcode", identity_cpuinfo("microcode"), "governor",
		read_text("/sys/devices/system/cpu/cpu0/cpufreq/"
			  "scaling_governor"),
		"no_turbo",
		read_text("/sys/devices/system/cpu/intel_pstate/no_turbo"),
		"boost", read_text("/sys/devices/system/cpu/cpufreq/boost"));
}

static json_t *effort(const struct options *o)
{
	return json_pack(
		"{s:s,s:I,s:I,s:I,s:f,s:f,s:I,s:I,s:f,s:f,s:b}", "preset",
		o->preset->name, "seed", (json_int_t)o->seed, "process_reps",
		(json_int_t)o->process_reps, "reps", (json_int_t)o->reps,
		"min_time_s", o->min_time_s, "time_limit_s", o->time_limit_s,
		"memory_bytes", (json_int_t)o->memory, "latency_every",
		(json_int_t)o->latency_every, "max_noise", o->max_noise,
		"budget_s", o->budget_s, "arms", (int)o->arms);
}

static json_t *caches(const struct topology *t)
{
	return json_pack("{s:I,s:I,s:I}", "l1d_bytes",
			 (json_int_t)topology_cache_bytes(t, 1), "l2_bytes",
			 (json_int_t)topology_cache_bytes(t, 2), "l3_bytes",
			 (json_int_t)topology_cache_bytes(t, 3));
}

static json_t *started(void)
{
	time_t now = time(NULL);
	struct tm utc;
	char text[32];

	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ",
		 gmtime_r(&now, &utc));
	return json_string(text);
}

int manifest_write(const struct results *results, const struct options *o,
		   const struct plan *plan, const struct topology *t,
		   const struct counters_set *counters, int argc, char **argv)
{
	json_t *json = json_pack(
		"{s:i,s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,"
		"s:{s:s,s:s},"
		"s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:i,s:o}",
		"schema", SAMPLES_SCHEMA, "run_id", results->run_id, "host",
		results->host, "started", started(), "command",
		command_line(argc, argv), "argv", argument_array(argc, argv),
		"environment", our_environment(), "options", options(o, plan),
		"files", selection_files(plan->selection), "labels", labels(o),
		"effort", effort(o), "source", source(), "binary_sha256",
		binary_sha256(), "compiler", "version", KMB_COMPILER, "flags",
		KMB_COMPILER_FLAGS, "libraries", libraries(), "distribution",
		distribution(), "kernel", kernel(), "page_sizes", page_sizes(t),
		"nodes", nodes(t), "cpu_model", identity_cpu_model(), "cpu",
		cpu(), "caches", caches(t), "nr_cpus", (int)t->nr_cpus,
		"counters", counters_json(counters));
	char *text = json ? json_dumps(json, JSON_INDENT(2)) : NULL;
	int err = text ? results_write_file(results->dir, "manifest.json", text,
					    strlen(text))
		       : -ENOMEM;

	free(text);
	json_decref(json);
	return err;
}
