/* ptdump_bench.c - the state of the loops over a dump of page tables. */
#include "ptdump_bench.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../kernels/base/bitops.h"
#include "../kernels/base/random.h"
#include "ptdump_file.h"

/* Addresses of a thread, at least: more than a predictor of branches keeps. */
#define MIN_ADDRESSES (64ull << 10)

int ptdump_bench_check_file(const char *path, char *error, size_t error_size)
{
	struct ptdump_file f;
	int err = ptdump_file_read(&f, path, error, error_size);

	if (err)
		return err;
	ptdump_file_free(&f);
	if (f.nr_mapped)
		return 0;
	snprintf(error, error_size, "%s: no page is mapped in it", path);
	return -EINVAL;
}

/* Leaves that are mapped, by pages that the strategy knows. */
static int choose_leaves(struct ptdump_bench *b)
{
	const struct ptdump *d = b->dump;

	b->walked = malloc((d->nr_leaves + 1) * sizeof(*b->walked));
	if (!b->walked)
		return -ENOMEM;
	for (uint64_t i = 0; i < d->nr_leaves; i++)
		if (ptdump_kind(d->leaves[i]) == PTDUMP_MAPPED &&
		    d->leaves[i].level <= b->ops->largest)
			b->walked[b->nr_walked++] = i;
	return b->nr_walked ? 0 : -EINVAL;
}

static int make_space(struct ptdump_bench *b, unsigned threads)
{
	int err;

	b->space = aligned_alloc(CACHE_LINE_BYTES, align_up(b->ops->space_bytes,
							    CACHE_LINE_BYTES));
	b->threads =
		aligned_alloc(CACHE_LINE_BYTES, threads * sizeof(*b->threads));
	if (!b->space || !b->threads)
		return -ENOMEM;
	for (unsigned t = 0; t < threads; t++)
		b->threads[t] = (struct ptdump_thread){ .space = b->space };
	err = choose_leaves(b);
	return err ? err : b->ops->open(b->space, b->dump, threads);
}

/* All but the strategy's space itself. */
static void free_bench(struct ptdump_bench *b)
{
	ptdump_close(b->dump);
	free(b->walked);
	free(b->space);
	free(b->threads);
	free(b);
}

void *ptdump_bench_setup(const struct bench_env *env)
{
	const struct ptdump_formats *formats = env->bench->arg;
	struct ptdump_bench *b = calloc(1, sizeof(*b));
	char error[256];

	if (!b)
		return NULL;
	b->dump = ptdump_open(env->bench->path, env->host, true, error,
			      sizeof(error));
	if (!b->dump) {
		free(b);
		return NULL;
	}
	b->ops = b->dump->levels == 4 ? formats->levels4 : formats->levels5;
	if (!make_space(b, env->point.threads))
		return b;
	free_bench(b);
	return NULL;
}

void ptdump_bench_teardown(void *state)
{
	struct ptdump_bench *b = state;

	b->ops->close(b->space);
	free_bench(b);
}

/* Each leaf is as likely as any other, and so is each page inside it. */
static uint64_t draw_address(const struct ptdump_bench *b, struct random *r)
{
	uint64_t i = b->walked[random_below(r, b->nr_walked)];
	struct ptdump_leaf leaf = b->dump->leaves[i];
	uint64_t pages = ptdump_leaf_bytes(leaf) >> PAGE_SHIFT;

	return leaf.addr + (random_below(r, pages) << PAGE_SHIFT);
}

int ptdump_bench_thread(struct bench_thread *self)
{
	struct ptdump_bench *b = self->state;
	struct ptdump_thread *t = &b->threads[self->cpu];
	struct random seed = { self->env->point.seed };
	struct random r = { random_next(&seed) ^ self->cpu };
	uint64_t nr = align_up(b->nr_walked, PTDUMP_BATCH);

	self->local = t;
	t->nr_addrs = nr > MIN_ADDRESSES ? nr : MIN_ADDRESSES;
	t->addr = malloc(t->nr_addrs * sizeof(*t->addr));
	t->pfn = malloc(PTDUMP_BATCH * sizeof(*t->pfn));
	if (!t->addr || !t->pfn)
		return -ENOMEM;
	for (uint64_t i = 0; i < t->nr_addrs; i++)
		t->addr[i] = draw_address(b, &r);
	return 0;
}

int ptdump_bench_thread_many(struct bench_thread *self)
{
	const struct ptdump_bench *b = self->state;
	int err = ptdump_bench_thread(self);
	struct ptdump_thread *t = self->local;

	if (!err && b->ops->prepare)
		for (uint64_t i = 0; i < t->nr_addrs; i++)
			t->addr[i] = b->ops->prepare(b->space, t->addr[i]);
	return err;
}

void ptdump_bench_thread_free(struct bench_thread *self)
{
	struct ptdump_bench *b = self->state;
	struct ptdump_thread *t = &b->threads[self->cpu];

	free(t->addr);
	free(t->pfn);
	t->addr = NULL;
	t->pfn = NULL;
}

uint64_t ptdump_bench_walk(struct bench_thread *self, uint64_t nr)
{
	const struct ptdump_bench *b = self->state;

	return b->ops->walk(self, nr);
}

uint64_t ptdump_bench_walk_many(struct bench_thread *self, uint64_t nr)
{
	const struct ptdump_bench *b = self->state;

	return b->ops->walk_many(self, nr);
}

bool ptdump_bench_validate(void *state)
{
	const struct ptdump_bench *b = state;

	for (uint64_t i = 0; i < b->nr_walked && b->ops->find; i++) {
		struct ptdump_leaf leaf = b->dump->leaves[b->walked[i]];
		uint64_t last = ptdump_leaf_bytes(leaf) - PAGE_SIZE;

		if (b->ops->find(b->space, leaf.addr) != ptdump_pfn(leaf) ||
		    b->ops->find(b->space, leaf.addr + last) !=
			    ptdump_pfn(leaf) + (last >> PAGE_SHIFT))
			return false;
	}
	return true;
}

void ptdump_bench_metrics(void *state, bench_metric_fn emit, void *arg)
{
	const struct ptdump_bench *b = state;
	uint64_t pages = 0;

	for (uint64_t i = 0; i < b->nr_walked; i++)
		pages += ptdump_leaf_bytes(b->dump->leaves[b->walked[i]]) >>
			 PAGE_SHIFT;
	emit(arg, "table_bytes_per_page",
	     (double)b->ops->bytes(b->space, b->dump) / (double)pages, "B");
	emit(arg, "dump_tables", (double)b->dump->nr_tables, "1");
	emit(arg, "dump_mappings", (double)b->nr_walked, "1");
}
