/* counters.c - choose what to count, by trying. */
#include "counters.h"

#include <ctype.h>
#include <errno.h>
#include <perfmon/pfmlib.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counters_groups.h"

struct chooser {
	struct counters_set *set;
	const char *dir;
	int leader;    /* of the newest group; -1: none yet */
	bool software; /* that group is of software events */
	char *error;
	size_t error_size;
};

static printf_like(3, 4) int refuse(const struct chooser *ch, int err,
				    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(ch->error, ch->error_size, format, args);
	va_end(args);
	return err;
}

/*
 * Let the group count for a moment. Was it given its counters, and do those
 * move that cannot stand still? The new one is its last.
 */
static bool group_counts(const struct chooser *ch, int leader, unsigned nr,
			 const struct counter_code *code)
{
	const struct counters_os *os = ch->set->os;
	struct counter_reading before, after;

	if (counter_read(os, leader, nr, &before) ||
	    counter_enable(os, leader) || counter_disable(os, leader) ||
	    counter_read(os, leader, nr, &after))
		return false;
	return after.running > before.running &&
	       (!counter_never_rests(code) ||
		after.value[nr - 1] != before.value[nr - 1]);
}

static unsigned group_size(const struct counters_set *set)
{
	unsigned nr = 0;

	while (nr < set->nr &&
	       set->v[set->nr - 1 - nr].group == set->nr_groups - 1)
		nr++;
	return nr;
}

/*
 * A kernel may take an event into a group that can never be counted as a whole
 * (a watchdog holds a counter): what does not count does not fit.
 */
static int join_group(struct chooser *ch, const struct counter_code *code)
{
	int fd = counter_open(ch->set->os, code, ch->leader);

	if (fd < 0)
		return fd;
	if (group_counts(ch, ch->leader, group_size(ch->set) + 1, code))
		return fd;
	ch->set->os->close(fd);
	return -EINVAL;
}

static int lead_group(struct chooser *ch, const struct counter_code *code)
{
	int fd = counter_open(ch->set->os, code, -1);

	if (fd < 0)
		return fd;
	if (!group_counts(ch, fd, 1, code)) {
		ch->set->os->close(fd);
		return -EBUSY;
	}
	ch->leader = fd;
	ch->software = counter_is_software(code);
	ch->set->nr_groups++;
	return fd;
}

/* Software events have groups of their own: they need never take turns. */
static int open_code(struct chooser *ch, const struct counter_code *code)
{
	int fd;

	if (counter_is_blind(code))
		return -EOPNOTSUPP;
	if (!counter_is_listed(code))
		return -ENOENT;
	if (ch->leader >= 0 && ch->software == counter_is_software(code)) {
		fd = join_group(ch, code);
		if (fd != -EINVAL)
			return fd;
	}
	return lead_group(ch, code);
}

static void note_refusal(struct counters_set *set, const char *metric,
			 const char *event, int error)
{
	struct counter_refusal *r = &set->refused[set->nr_refused];

	for (unsigned i = 0; i < set->nr_refused; i++)
		if (!strcmp(set->refused[i].metric, metric))
			return;
	if (set->nr_refused == COUNTERS_MAX_REFUSALS)
		return;
	set->nr_refused++;
	snprintf(r->metric, sizeof(r->metric), "%s", metric);
	snprintf(r->event, sizeof(r->event), "%s", event);
	r->error = error;
}

static int find_counter(const struct counters_set *set, const char *metric)
{
	for (unsigned i = 0; i < set->nr; i++)
		if (!strcmp(set->v[i].metric, metric))
			return (int)i;
	return -1;
}

/* Take the first alternative that can be counted, or note that none can. */
static int choose_metric(struct chooser *ch, const char *metric,
			 const char *alternatives)
{
	struct counters_set *set = ch->set;
	struct counter c = { .fd = -1 };
	char last[sizeof(c.event)] = "";
	int error = 0;

	if (find_counter(set, metric) >= 0)
		return 0;
	if (set->nr == COUNTERS_MAX)
		return refuse(ch, -E2BIG, "more than %d events", COUNTERS_MAX);
	while (counter_alternative(&alternatives, c.event, sizeof(c.event))) {
		if (!error)
			snprintf(last, sizeof(last), "%s", c.event);
		if (counter_encode(c.event, &c.code))
			continue;
		c.fd = open_code(ch, &c.code);
		if (c.fd >= 0)
			break;
		snprintf(last, sizeof(last), "%s", c.event);
		error = -c.fd;
	}
	if (c.fd < 0) {
		note_refusal(set, metric, last, error);
		return 0;
	}
	snprintf(c.metric, sizeof(c.metric), "%s", metric);
	c.group = set->nr_groups - 1;
	set->v[set->nr++] = c;
	return 0;
}

/* A ratio of what is not counted is left out. */
static int choose_ratio(struct chooser *ch, const struct counter_line *line)
{
	struct counters_set *set = ch->set;
	int above = find_counter(set, line->above);
	int below = find_counter(set, line->below);
	struct counter_ratio *r = &set->ratio[set->nr_ratios];

	for (unsigned i = 0; i < set->nr_ratios; i++)
		if (!strcmp(set->ratio[i].name, line->metric))
			return 0;
	if (above < 0 || below < 0)
		return 0;
	if (set->nr_ratios == COUNTERS_MAX_RATIOS)
		return refuse(ch, -E2BIG, "more than %d ratios",
			      COUNTERS_MAX_RATIOS);
	snprintf(r->name, sizeof(r->name), "%s", line->metric);
	r->above = (unsigned)above;
	r->below = (unsigned)below;
	set->nr_ratios++;
	return 0;
}

static int choose_lines(struct chooser *ch, const struct counter_group *group)
{
	int err = 0;

	for (unsigned i = 0; i < group->nr && !err; i++) {
		const struct counter_line *line = &group->v[i];

		err = line->alternatives ? choose_metric(ch, line->metric,
							 line->alternatives)
					 : choose_ratio(ch, line);
	}
	return err;
}

/* -ENOENT: there is no such group. */
static int choose_group(struct chooser *ch, const char *name)
{
	struct counter_group group;
	int err = counter_group_read(&group, ch->dir, name, ch->error,
				     ch->error_size);

	if (err)
		return err;
	ch->leader = -1; /* what is asked for together is counted together */
	err = choose_lines(ch, &group);
	counter_group_free(&group);
	return err;
}

/* Does one of the words behind the name say 'u' (or 'k'), perhaps "u=1"? */
static bool has_mode(const char *event, char mode)
{
	for (const char *at = strchr(event, ':'); at; at = strchr(at + 1, ':'))
		if (at[1] == mode && (!at[2] || strchr(":=", at[2])))
			return true;
	return false;
}

static void append_word(char metric[COUNTER_METRIC_SIZE], const char *word,
			size_t length)
{
	size_t used = strlen(metric);

	if (used && metric[used - 1] != '_' && used + 1 < COUNTER_METRIC_SIZE)
		metric[used++] = '_';
	for (size_t i = 0; i < length && used + 1 < COUNTER_METRIC_SIZE; i++) {
		const unsigned char c = (unsigned char)word[i];

		metric[used++] = isalnum(c) ? (char)tolower(c) : '_';
	}
	metric[used] = '\0';
}

/* "perf::DTLB-LOADS:u" becomes dtlb_loads, and with ":k" kernel_dtlb_loads. */
static void name_metric(const char *event, char metric[COUNTER_METRIC_SIZE])
{
	const char *pmu = strstr(event, "::"), *word = pmu ? pmu + 2 : event;

	strcpy(metric, "");
	if (has_mode(event, 'k') && !has_mode(event, 'u'))
		append_word(metric, "kernel", 6);
	while (*word) {
		const size_t length = strcspn(word, ":");

		if (word == event || length != 1 || !strchr("uk", *word))
			append_word(metric, word, length);
		word += length + (word[length] == ':');
	}
}

/* event with its mode, or instead of it `otherwise`, which is another. */
static int choose_named(struct chooser *ch, const char *event,
			const char *otherwise)
{
	char metric[COUNTER_METRIC_SIZE],
		alternatives[2 * COUNTER_EVENT_SIZE + 4];

	name_metric(event, metric);
	snprintf(alternatives, sizeof(alternatives), "%s%s%s", event,
		 otherwise ? " | " : "", otherwise ? otherwise : "");
	return choose_metric(ch, metric, alternatives);
}

/* User and kernel apart, unless the name says which. */
static int choose_event(struct chooser *ch, const char *event)
{
	char groups[256], user[COUNTER_EVENT_SIZE + 2],
		kernel[COUNTER_EVENT_SIZE + 2];
	struct counter_code code;
	int err = strlen(event) < COUNTER_EVENT_SIZE - 2
			  ? counter_encode(event, &code)
			  : PFM_ERR_NOTFOUND;

	if (err) {
		counter_groups_list(ch->dir, groups, sizeof(groups));
		return refuse(ch, -EINVAL,
			      "'%.100s' is neither a group (%s) nor an event "
			      "here (libpfm4: %s)",
			      event, groups, pfm_strerror(err));
	}
	if (has_mode(event, 'u') || has_mode(event, 'k'))
		return choose_named(ch, event, NULL);
	snprintf(user, sizeof(user), "%s:u", event);
	snprintf(kernel, sizeof(kernel), "%s:k", event);
	if (counter_is_software(&code))
		return choose_named(ch, event, user);
	err = choose_named(ch, user, NULL);
	return err ? err : choose_named(ch, kernel, NULL);
}

static int choose_item(struct chooser *ch, const char *item)
{
	const unsigned before = ch->set->nr;
	int err = choose_group(ch, item);

	if (!err && !strcmp(item, "auto") && ch->set->nr == before)
		err = choose_group(ch, "sw");
	return err == -ENOENT ? choose_event(ch, item) : err;
}

int counters_choose(struct counters_set *set, const char *spec, const char *dir,
		    const struct counters_os *os, char *error,
		    size_t error_size)
{
	struct chooser ch = { .set = set,
			      .dir = dir,
			      .leader = -1,
			      .error = error,
			      .error_size = error_size };
	char *list = strdup(spec), *rest = list, *item;
	int err = list ? 0 : -ENOMEM;

	*set = (struct counters_set){ .spec = spec, .os = os };
	snprintf(error, error_size, "%s", strerror(ENOMEM));
	if (strcmp(spec, "none"))
		while (!err && (item = strsep(&rest, ",")))
			err = choose_item(&ch, item);
	free(list);
	if (err)
		counters_set_free(set);
	return err;
}

void counters_set_free(struct counters_set *set)
{
	/* Members before their leader: it is the first of its group. */
	while (set->nr)
		set->os->close(set->v[--set->nr].fd);
}
