/* counters_thread.c - in a case's process: open, and read around a span. */
#include "counters.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Counters that are read in one go: those of a group that could be opened. */
struct group {
	int leader; /* -1: none */
	unsigned nr;
	unsigned counter[COUNTERS_MAX]; /* of the set, in reading's order */
};

struct thread {
	pid_t tid; /* whose counters these are; 0: nobody's yet */
	unsigned nr_fds;
	int fd[COUNTERS_MAX];
	struct group group[COUNTERS_MAX];
};

struct counters {
	struct counters_set set;
	const struct counters_os *os;
	unsigned nr_threads;
	struct thread thread[];
};

/* So that many threads with many counters don't run out of files. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

struct counters *counters_new(const struct counters_set *set,
			      unsigned nr_threads, const struct counters_os *os)
{
	struct counters *c =
		calloc(1, sizeof(*c) + nr_threads * sizeof(*c->thread));

	if (!c)
		return NULL;
	c->set = *set;
	c->os = os;
	c->nr_threads = nr_threads;
	if (set->nr)
		raise_file_limit();
	return c;
}

static void close_thread(struct counters *c, struct thread *t)
{
	/* Members before their leader: it is the first of its group. */
	while (t->nr_fds)
		c->os->close(t->fd[--t->nr_fds]);
	t->tid = 0;
}

void counters_free(struct counters *c)
{
	if (!c)
		return;
	for (unsigned i = 0; i < c->nr_threads; i++)
		close_thread(c, &c->thread[i]);
	free(c);
}

static void open_counter(struct counters *c, struct thread *t, unsigned i)
{
	struct group *g = &t->group[c->set.v[i].group];
	int fd = counter_open(c->os, &c->set.v[i].code, g->leader);

	if (fd < 0)
		return; /* NA, in every span */
	if (g->leader < 0)
		g->leader = fd;
	t->fd[t->nr_fds++] = fd;
	g->counter[g->nr++] = i;
}

void counters_thread_open(struct counters *c, unsigned thread)
{
	struct thread *t = &c->thread[thread];

	if (t->tid == gettid())
		return;
	/* The thread that had this number has ended. */
	close_thread(c, t);
	t->tid = gettid();
	for (unsigned g = 0; g < c->set.nr_groups; g++)
		t->group[g] = (struct group){ .leader = -1 };
	for (unsigned i = 0; i < c->set.nr; i++)
		open_counter(c, t, i);
	for (unsigned g = 0; g < c->set.nr_groups; g++)
		if (t->group[g].leader >= 0)
			counter_enable(c->os, t->group[g].leader);
}

static uint64_t *words_of(struct bench_span *span, unsigned counter)
{
	return &span->extra[EXTRA_COUNTERS + counter * EXTRA_COUNTER_WORDS];
}

static void set_words(uint64_t *word, uint64_t value, uint64_t enabled,
		      uint64_t running)
{
	word[0] = value;
	word[1] = enabled;
	word[2] = running;
}

void counters_span_begin(struct counters *c, unsigned thread,
			 struct bench_span *span)
{
	struct counter_reading now;

	for (unsigned i = 0; i < c->set.nr; i++)
		set_words(words_of(span, i), EXTRA_NA, EXTRA_NA, EXTRA_NA);
	for (unsigned g = 0; g < c->set.nr_groups; g++) {
		const struct group *group = &c->thread[thread].group[g];

		if (group->leader < 0 ||
		    counter_read(c->os, group->leader, group->nr, &now))
			continue;
		for (unsigned i = 0; i < group->nr; i++)
			set_words(words_of(span, group->counter[i]),
				  now.value[i], now.enabled, now.running);
	}
}

/*
 * Counts are 64 bits wide and may wrap. A hypervisor's counter that is 48 bits
 * wide may do so unseen by the kernel. More than half of the way round is no
 * count, but a step back.
 */
static uint64_t count_between(uint64_t before, uint64_t after)
{
	const uint64_t mask48 = (1ull << 48) - 1;

	if (after - before < 1ull << 63)
		return after - before;
	if (before <= mask48 && ((after - before) & mask48) < 1ull << 47)
		return (after - before) & mask48;
	return EXTRA_NA;
}

/* From what was read before to what happened since. */
static void end_counter(uint64_t *word, uint64_t value, uint64_t enabled,
			uint64_t running)
{
	if (word[1] != EXTRA_NA)
		set_words(word, count_between(word[0], value),
			  enabled - word[1], running - word[2]);
}

void counters_span_end(struct counters *c, unsigned thread,
		       struct bench_span *span)
{
	struct counter_reading now;

	for (unsigned g = 0; g < c->set.nr_groups; g++) {
		const struct group *group = &c->thread[thread].group[g];
		int err;

		if (group->leader < 0)
			continue;
		err = counter_read(c->os, group->leader, group->nr, &now);
		for (unsigned i = 0; i < group->nr; i++) {
			uint64_t *word = words_of(span, group->counter[i]);

			if (err)
				set_words(word, EXTRA_NA, EXTRA_NA, EXTRA_NA);
			else
				end_counter(word, now.value[i], now.enabled,
					    now.running);
		}
	}
}

void counters_encode(const struct counters_set *set,
		     char text[COUNTERS_TEXT_SIZE])
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < set->nr; i++) {
		const struct counter_code *code = &set->v[i].code;

		used += (size_t)snprintf(
			text + used, COUNTERS_TEXT_SIZE - used,
			"%u:%x:%llx:%llx:%llx:%x;", set->v[i].group, code->type,
			(unsigned long long)code->config,
			(unsigned long long)code->config1,
			(unsigned long long)code->config2, code->excludes);
	}
}

int counters_decode(struct counters_set *set, const char *text)
{
	memset(set, 0, sizeof(*set));
	while (*text) {
		struct counter *c = &set->v[set->nr];
		unsigned long long config[3];
		int length = 0;

		if (set->nr == COUNTERS_MAX ||
		    sscanf(text, "%u:%x:%llx:%llx:%llx:%x;%n", &c->group,
			   &c->code.type, &config[0], &config[1], &config[2],
			   &c->code.excludes, &length) != 6 ||
		    !length || c->group > set->nr_groups)
			return -EINVAL;
		c->code.config = config[0];
		c->code.config1 = config[1];
		c->code.config2 = config[2];
		if (c->group == set->nr_groups)
			set->nr_groups++;
		set->nr++;
		text += length;
	}
	return 0;
}
