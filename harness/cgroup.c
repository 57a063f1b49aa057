/* cgroup.c - find our control group and read its limits. */
#include "cgroup.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sysfs.h"

/* Version 1 says "none" by a number just below 2^63. */
#define NO_LIMIT (1ull << 62)

/* Is `word` one of the words between commas? */
static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *c = list; c; c = strchr(c, ',')) {
		c += *c == ',';
		if (!strncmp(c, word, len) && (!c[len] || c[len] == ','))
			return true;
	}
	return false;
}

struct search {
	const char *root;
	enum cgroup_kind kind;
	uint64_t least;
	char *file; /* where that was found; may be NULL */
	size_t size;
};

/* Version 1's name of the controller. */
static const char *const controller[] = { "memory", "cpu" };

/*
 * Our path in the hierarchy of version 1's controller or of version 2: lines
 * "4:memory:/path" and "0::/path" of /proc/self/cgroup.
 */
static bool own_path(const struct search *s, bool v2, char *path, size_t size)
{
	char name[PATH_MAX], line[PATH_MAX];
	bool found = false;
	FILE *file;

	snprintf(name, sizeof(name), "%s/proc/self/cgroup", s->root);
	file = fopen(name, "re");
	while (file && !found && fgets(line, sizeof(line), file)) {
		char *controllers = strchr(line, ':');
		char *own = controllers ? strchr(controllers + 1, ':') : NULL;

		if (!own)
			continue;
		*own++ = '\0';
		own[strcspn(own, "\n")] = '\0';
		found = v2 ? !strncmp(line, "0:", 2) && !controllers[1]
			   : has_word(controllers + 1, controller[s->kind]);
		if (found)
			snprintf(path, size, "%s", own);
	}
	if (file)
		fclose(file);
	return found;
}

static uint64_t memory_limit(const char *dir, const char *file)
{
	uint64_t limit = sysfs_uint(UINT64_MAX, "%s/%s", dir, file);

	return limit < NO_LIMIT ? limit : UINT64_MAX;
}

static uint64_t thousandths(uint64_t quota, uint64_t period)
{
	return quota < NO_LIMIT && period ? quota * 1000 / period : UINT64_MAX;
}

/* "max 100000" or "QUOTA PERIOD" in microseconds; version 1 says -1. */
static uint64_t cpu_limit(const char *dir, bool v2)
{
	unsigned long long quota, period;
	char line[64];

	if (!v2)
		return thousandths(
			sysfs_uint(UINT64_MAX, "%s/cpu.cfs_quota_us", dir),
			sysfs_uint(0, "%s/cpu.cfs_period_us", dir));
	sysfs_line(line, sizeof(line), "%s/cpu.max", dir);
	if (sscanf(line, "%llu %llu", &quota, &period) != 2)
		return UINT64_MAX;
	return thousandths(quota, period);
}

static void look_at(struct search *s, const char *dir, bool v2)
{
	static const char *const names[][2] = {
		{ "memory.limit_in_bytes", "memory.max" },
		{ "cpu.cfs_quota_us", "cpu.max" },
	};
	const char *file = names[s->kind][v2];
	uint64_t limit = s->kind == CGROUP_MEMORY ? memory_limit(dir, file)
						  : cpu_limit(dir, v2);

	if (limit >= s->least)
		return;
	s->least = limit;
	if (s->file)
		snprintf(s->file, s->size, "%s/%s", dir + strlen(s->root),
			 file);
}

/* From dir up to its first `top` characters. */
static void look_up_from(struct search *s, char *dir, size_t top, bool v2)
{
	for (;;) {
		char *slash;

		look_at(s, dir, v2);
		slash = strrchr(dir, '/');
		if (!slash || slash < dir + top)
			return;
		*slash = '\0';
	}
}

/*
 * One mount of a hierarchy. Inside a container its root may be our own group
 * (then it starts our path) or, with a namespace, above it ("/..").
 */
static void look_at_mount(struct search *s, bool v2, const char *mount_root,
			  const char *mount_point)
{
	char path[PATH_MAX], dir[2 * PATH_MAX];
	size_t prefix = strcmp(mount_root, "/") ? strlen(mount_root) : 0;
	const char *below = path;
	int top;

	if (!own_path(s, v2, path, sizeof(path)))
		return;
	if (!strncmp(path, "/..", 3) || !strcmp(path, "/"))
		below = "";
	else if (!strncmp(path, mount_root, prefix) &&
		 (!path[prefix] || path[prefix] == '/'))
		below = path + prefix;
	else
		below = "";
	top = snprintf(dir, sizeof(dir), "%s%s", s->root, mount_point);
	snprintf(dir + top, sizeof(dir) - (size_t)top, "%s", below);
	look_up_from(s, dir, (size_t)top, v2);
}

/* A line of mountinfo: id parent dev ROOT POINT options.. - TYPE source SUPER
 */
static void look_at_line(struct search *s, char *line)
{
	char mount_root[1024], mount_point[1024], type[32], super[1024];
	const char *dash = strstr(line, " - ");
	bool v2;

	if (!dash ||
	    sscanf(line, "%*s %*s %*s %1023s %1023s", mount_root,
		   mount_point) != 2 ||
	    sscanf(dash, " - %31s %*s %1023s", type, super) != 2)
		return;
	v2 = !strcmp(type, "cgroup2");
	if (v2 ||
	    (!strcmp(type, "cgroup") && has_word(super, controller[s->kind])))
		look_at_mount(s, v2, mount_root, mount_point);
}

uint64_t cgroup_limit(const char *root, enum cgroup_kind kind, char *file,
		      size_t size)
{
	struct search s = { root, kind, UINT64_MAX, file, size };
	char name[PATH_MAX], line[4096];
	FILE *mounts;

	if (file)
		*file = '\0';
	snprintf(name, sizeof(name), "%s/proc/self/mountinfo", root);
	mounts = fopen(name, "re");
	while (mounts && fgets(line, sizeof(line), mounts))
		look_at_line(&s, line);
	if (mounts)
		fclose(mounts);
	return s.least;
}

uint64_t cgroup_memory_limit(const char *root)
{
	return cgroup_limit(root, CGROUP_MEMORY, NULL, 0);
}
