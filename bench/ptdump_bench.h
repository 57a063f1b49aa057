/*
 * ptdump_bench.h - what the loops over a dump of page tables share: the dump,
 * the address space made of it, and each thread's random addresses.
 *
 * A dump has four levels or five, and which is known only when it is read. So
 * a case has both formats' loops (pgtable_loops_dump.h), and one more call a
 * batch chooses.
 */
#ifndef KMB_PTDUMP_BENCH_H
#define KMB_PTDUMP_BENCH_H

#include "bench.h"
#include "ptdump.h"

/* May a dump be of a FORMAT? 2: and the other that it may be came before. */
#define PTDUMP_FORMAT_i386 0
#define PTDUMP_FORMAT_pae 0
#define PTDUMP_FORMAT_x86_64 1
#define PTDUMP_FORMAT_x86_64_la57 2
#define PTDUMP_FORMAT_arm 0

/* Walks in one call of walk_many(), and in a batch. */
#define PTDUMP_BATCH 4096

/* One strategy over one format; `space` is its struct P(space). */
struct ptdump_ops {
	size_t space_bytes;
	unsigned largest; /* level of the pages that it maps, at most */
	int (*open)(void *space, struct ptdump *d, unsigned nr_cpus);
	void (*close)(void *space);
	pfn_t (*find)(void *space, uint64_t addr);
	/* What walk_many() takes for an address; NULL: the address. */
	uint64_t (*prepare)(void *space, uint64_t addr);
	uint64_t (*bytes)(void *space, const struct ptdump *d);
	uint64_t (*walk)(struct bench_thread *self, uint64_t nr);
	uint64_t (*walk_many)(struct bench_thread *self, uint64_t nr);
};

/* What a case's arg points to. */
struct ptdump_formats {
	const struct ptdump_ops *levels4, *levels5;
};

/* One thread's addresses, in lines of its own. */
struct ptdump_thread {
	void *space;
	uint64_t *addr; /* [nr_addrs], in a circle */
	uint64_t nr_addrs, at;
	pfn_t *pfn; /* [PTDUMP_BATCH] what walk_many() found */
} cacheline_aligned;

struct ptdump_bench {
	const struct ptdump_ops *ops;
	struct ptdump *dump;
	uint64_t *walked; /* [nr_walked] indices of the leaves to be walked */
	uint64_t nr_walked;
	void *space;
	struct ptdump_thread *threads;
};

/* The next *part <= left addresses of a thread, at most PTDUMP_BATCH. */
forceinline const uint64_t *ptdump_next(struct ptdump_thread *t, uint64_t left,
					uint64_t *part)
{
	const uint64_t *addr = t->addr + t->at;
	uint64_t nr = t->nr_addrs - t->at;

	if (nr > left)
		nr = left;
	if (nr > PTDUMP_BATCH)
		nr = PTDUMP_BATCH;
	t->at += nr;
	if (t->at == t->nr_addrs)
		t->at = 0;
	*part = nr;
	return addr;
}

/* The fields of a bench_case. */
int ptdump_bench_check_file(const char *path, char *error, size_t error_size);
void *ptdump_bench_setup(const struct bench_env *env);
int ptdump_bench_thread(struct bench_thread *self);
int ptdump_bench_thread_many(struct bench_thread *self);
uint64_t ptdump_bench_walk(struct bench_thread *self, uint64_t nr);
uint64_t ptdump_bench_walk_many(struct bench_thread *self, uint64_t nr);
/* Each leaf that is walked has the frame that the dump says. */
bool ptdump_bench_validate(void *state);
void ptdump_bench_metrics(void *state, bench_metric_fn emit, void *arg);
void ptdump_bench_thread_free(struct bench_thread *self);
void ptdump_bench_teardown(void *state);

#endif
