/* counters_groups.c - read NAME.group, and find which there are. */
#include "counters_groups.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX ".group"

const char *counter_groups_dir(void)
{
	const char *dir = getenv("KMB_COUNTERS_DIR");

	return dir && *dir ? dir : KMB_COUNTERS_DIR;
}

/* Cut blanks off both ends, in place. */
static char *trim(char *text)
{
	size_t length;

	text += strspn(text, " \t");
	length = strlen(text);
	while (length && strchr(" \t\r", text[length - 1]))
		length--;
	text[length] = '\0';
	return text;
}

/* A metric is the start of a column's value: a lower-case word. */
static bool is_metric(const char *text)
{
	return islower((unsigned char)*text) && strlen(text) < 40 &&
	       !text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_")];
}

/* Every part between the bars is one word, and not too long. */
static bool are_alternatives(const char *text)
{
	char event[128];
	unsigned nr = 0;

	for (const char *at = text; counter_alternative(&at, event, 128); nr++)
		if (!*event || strpbrk(event, " \t"))
			return false;
	return nr > 0;
}

static bool parse_ratio(struct counter_line *line, char *text)
{
	char *slash = strchr(text, '/');

	if (!slash)
		return false;
	*slash = '\0';
	line->above = trim(text);
	line->below = trim(slash + 1);
	return is_metric(line->above) && is_metric(line->below);
}

static bool parse_line(struct counter_line *line, char *text)
{
	char *equals = strchr(text, '=');
	bool ratio = equals && equals > text && equals[-1] == ':';

	if (!equals)
		return false;
	*line = (struct counter_line){ .metric = text };
	equals[ratio ? -1 : 0] = '\0';
	trim(text);
	if (!is_metric(text))
		return false;
	if (ratio)
		return parse_ratio(line, equals + 1);
	line->alternatives = trim(equals + 1);
	return are_alternatives(line->alternatives);
}

static int parse_group(struct counter_group *group, const char *path,
		       char *error, size_t error_size)
{
	char *rest = group->text, *text;

	for (unsigned number = 1; (text = strsep(&rest, "\n")); number++) {
		text[strcspn(text, "#")] = '\0';
		text = trim(text);
		if (!*text)
			continue;
		if (group->nr == GROUP_MAX_LINES) {
			snprintf(error, error_size, "%s: more than %d lines",
				 path, GROUP_MAX_LINES);
			return -E2BIG;
		}
		if (!parse_line(&group->v[group->nr++], text)) {
			snprintf(error, error_size,
				 "%s:%u: neither 'metric = EVENT | EVENT' nor "
				 "'metric := metric / metric'",
				 path, number);
			return -EINVAL;
		}
	}
	return 0;
}

static int read_text(const char *path, char **text)
{
	size_t size = 0;
	FILE *file = fopen(path, "re");
	int err = 0;

	*text = NULL;
	if (!file)
		return -errno;
	errno = 0;
	if (getdelim(text, &size, '\0', file) < 0)
		err = errno ? -errno : -ENODATA;
	fclose(file);
	return err;
}

int counter_group_read(struct counter_group *group, const char *dir,
		       const char *name, char *error, size_t error_size)
{
	char path[PATH_MAX];
	int err;

	*group = (struct counter_group){ .nr = 0 };
	if (!is_metric(name))
		return -ENOENT;
	snprintf(path, sizeof(path), "%s/%s" SUFFIX, dir, name);
	err = read_text(path, &group->text);
	if (err && err != -ENOENT)
		snprintf(error, error_size, "%s: %s", path, strerror(-err));
	if (!err)
		err = parse_group(group, path, error, error_size);
	if (err)
		counter_group_free(group);
	return err;
}

void counter_group_free(struct counter_group *group)
{
	free(group->text);
	group->text = NULL;
}

static int is_group(const struct dirent *entry)
{
	const size_t length = strlen(entry->d_name);

	return length > strlen(SUFFIX) &&
	       !strcmp(entry->d_name + length - strlen(SUFFIX), SUFFIX);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

void counter_groups_list(const char *dir, char *buf, size_t size)
{
	struct dirent **names;
	int nr = scandir(dir, &names, is_group, by_name);
	size_t used = 0;

	snprintf(buf, size, "none in %s", dir);
	for (int i = 0; i < nr; i++) {
		const int length =
			(int)(strlen(names[i]->d_name) - strlen(SUFFIX));

		if (used < size)
			used += (size_t)snprintf(buf + used, size - used,
						 "%s%.*s", i ? ", " : "",
						 length, names[i]->d_name);
		free(names[i]);
	}
	if (nr >= 0)
		free(names);
}

bool counter_alternative(const char **at, char *event, size_t size)
{
	const char *text = *at + strspn(*at, " \t");
	size_t length = strcspn(text, "|");

	if (!**at)
		return false;
	*at = text + length + (text[length] == '|');
	while (length && strchr(" \t", text[length - 1]))
		length--;
	/* What does not fit becomes "": no event has that name. */
	snprintf(event, size, "%.*s", length < size ? (int)length : 0, text);
	return true;
}
