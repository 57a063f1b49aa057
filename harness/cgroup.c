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

/*
 * Our path in the hierarchy of version 1's memory controller or of version 2:
 * lines "4:memory:/path" and "0::/path" of /proc/self/cgroup.
 */
static bool own_path(const char *root, bool v2, char *path, size_t size)
{
	char name[PATH_MAX], line[PATH_MAX];
	bool found = false;
	FILE *file;

	snprintf(name, sizeof(name), "%s/proc/self/cgroup", root);
	file = fopen(name, "re");
	while (file && !found && fgets(line, sizeof(line), file)) {
		char *controllers = strchr(line, ':');
		char *own = controllers ? strchr(controllers + 1, ':') : NULL;

		if (!own)
			continue;
		*own++ = '\0';
		own[strcspn(own, "\n")] = '\0';
		found = v2 ? !strncmp(line, "0:", 2) && !controllers[1]
			   : has_word(controllers + 1, "memory");
		if (found)
			snprintf(path, size, "%s", own);
	}
	if (file)
		fclose(file);
	return found;
}

/* The least limit from dir up to its first `top` characters. */
static uint64_t least_limit(char *dir, size_t top, const char *file)
{
	uint64_t least = UINT64_MAX;

	for (;;) {
		uint64_t limit = sysfs_uint(UINT64_MAX, "%s/%s", dir, file);
		char *slash = strrchr(dir, '/');

		if (limit < NO_LIMIT && limit < least)
			least = limit;
		if (!slash || slash < dir + top)
			return least;
		*slash = '\0';
	}
}

/*
 * Limit by one mount of a hierarchy. Inside a container its root may be our
 * own group (then it starts our path) or, with a namespace, above it ("/..").
 */
static uint64_t mount_limit(const char *root, bool v2, const char *mount_root,
			    const char *mount_point)
{
	char path[PATH_MAX], dir[2 * PATH_MAX];
	size_t prefix = strcmp(mount_root, "/") ? strlen(mount_root) : 0;
	const char *below = path;
	int top;

	if (!own_path(root, v2, path, sizeof(path)))
		return UINT64_MAX;
	if (!strncmp(path, "/..", 3) || !strcmp(path, "/"))
		below = "";
	else if (!strncmp(path, mount_root, prefix) &&
		 (!path[prefix] || path[prefix] == '/'))
		below = path + prefix;
	else
		below = "";
	top = snprintf(dir, sizeof(dir), "%s%s", root, mount_point);
	snprintf(dir + top, sizeof(dir) - (size_t)top, "%s", below);
	return least_limit(dir, (size_t)top,
			   v2 ? "memory.max" : "memory.limit_in_bytes");
}

/* A line of mountinfo: id parent dev ROOT POINT options.. - TYPE source SUPER
 */
static uint64_t line_limit(const char *root, char *line)
{
	char mount_root[1024], mount_point[1024], type[32], super[1024];
	const char *dash = strstr(line, " - ");
	bool v2;

	if (!dash ||
	    sscanf(line, "%*s %*s %*s %1023s %1023s", mount_root,
		   mount_point) != 2 ||
	    sscanf(dash, " - %31s %*s %1023s", type, super) != 2)
		return UINT64_MAX;
	v2 = !strcmp(type, "cgroup2");
	if (!v2 && (strcmp(type, "cgroup") || !has_word(super, "memory")))
		return UINT64_MAX;
	return mount_limit(root, v2, mount_root, mount_point);
}

uint64_t cgroup_memory_limit(const char *root)
{
	char name[PATH_MAX], line[4096];
	uint64_t least = UINT64_MAX;
	FILE *file;

	snprintf(name, sizeof(name), "%s/proc/self/mountinfo", root);
	file = fopen(name, "re");
	while (file && fgets(line, sizeof(line), file)) {
		uint64_t limit = line_limit(root, line);

		if (limit < least)
			least = limit;
	}
	if (file)
		fclose(file);
	return least;
}
