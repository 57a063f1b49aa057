/* hold.c - say what is claimed of memory and threads, and wait. */
#include "hold.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "host_mapping.h"

#define LOOK_AGAIN_NS 5000000

struct hold {
	unsigned seq, stretch;
	const struct placement *placement;
	const struct host_numa *host;
	pthread_barrier_t barrier;
	pid_t tid[PLACEMENT_MAX_CPUS];
};

int hold_check(char *error, size_t error_size)
{
	const char *dir = getenv("KMB_HOLD");
	struct stat st;

	if (!dir)
		return 0;
	if (!stat(dir, &st) && S_ISDIR(st.st_mode) && !access(dir, W_OK))
		return 0;
	snprintf(error, error_size,
		 "KMB_HOLD: '%s' is not a directory that can be written to",
		 dir);
	return -EINVAL;
}

struct hold *hold_new(unsigned seq, const struct placement *placement,
		      const struct host_numa *host)
{
	struct hold *h;

	if (!getenv("KMB_HOLD"))
		return NULL;
	h = calloc(1, sizeof(*h));
	if (!h)
		abort();
	h->seq = seq;
	h->placement = placement;
	h->host = host;
	pthread_barrier_init(&h->barrier, NULL, placement->nr_threads);
	return h;
}

void hold_free(struct hold *h)
{
	if (h)
		pthread_barrier_destroy(&h->barrier);
	free(h);
}

static void write_range(FILE *file, const struct host_mapping *m,
			uint64_t start, uint64_t end, uint64_t nodes)
{
	char list[256] = "-";

	if (nodes)
		placement_format_nodes(nodes, list, sizeof(list));
	fprintf(file, "memory %llx %llx %s %s\n",
		(unsigned long long)((uintptr_t)m->addr + start),
		(unsigned long long)((uintptr_t)m->addr + end), list,
		!nodes		      ? "any"
		: nodes & (nodes - 1) ? "interleave"
				      : "bind");
}

/* Ranges may overlap: cut where one begins or ends, join what is alike. */
static void write_mapping(FILE *file, const struct host_mapping *m)
{
	uint64_t start = 0, at = 0, nodes = host_bound_nodes(m, 0);

	while (at < m->room) {
		uint64_t next = m->room;

		for (unsigned i = 0; i < m->nr_ranges; i++) {
			struct host_range r = host_round(m, &m->ranges[i]);

			if (r.start > at && r.start < next)
				next = r.start;
			if (r.end > at && r.end < next)
				next = r.end;
		}
		at = next;
		if (at < m->room && host_bound_nodes(m, at) == nodes)
			continue;
		write_range(file, m, start, at, nodes);
		start = at;
		nodes = host_bound_nodes(m, at);
	}
}

static void write_claims(const struct hold *h, FILE *file)
{
	const struct placement *p = h->placement;
	const struct list_head *pos;

	fprintf(file, "pid %d\n", (int)getpid());
	list_for_each (pos, &h->host->mappings)
		write_mapping(file, list_entry(pos, struct host_mapping, link));
	for (unsigned i = 0; i < p->nr_threads; i++) {
		char list[256];

		placement_format_nodes(p->host_nodes[p->node[i]], list,
				       sizeof(list));
		fprintf(file, "thread %u %d %u %s\n", i, (int)h->tid[i],
			p->cpu[i], list);
	}
}

/* A row without its sample is worth nothing to who asked for one. */
static void give_up(const char *path)
{
	fprintf(stderr, "KMB_HOLD: %s: %s\n", path, strerror(errno));
	_exit(EXIT_FAILURE);
}

static void wait_for_removal(const char *path)
{
	const struct timespec pause = { 0, LOOK_AGAIN_NS };

	while (!access(path, F_OK))
		nanosleep(&pause, NULL);
}

static void show(struct hold *h)
{
	char path[PATH_MAX], made[PATH_MAX + 8];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%u.%u", getenv("KMB_HOLD"), h->seq,
		 h->stretch++);
	snprintf(made, sizeof(made), "%s.new", path);
	file = fopen(made, "we");
	if (!file)
		give_up(made);
	write_claims(h, file);
	if (fclose(file) || rename(made, path))
		give_up(path);
	wait_for_removal(path);
}

void hold_here(struct hold *h, unsigned thread)
{
	if (!h)
		return;
	h->tid[thread] = gettid();
	if (pthread_barrier_wait(&h->barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
		show(h);
	pthread_barrier_wait(&h->barrier);
}
