/* slab_nodes.c - slabs' pages and frees by node. */
#include "slab_nodes.h"

#include "node_metrics.h"

void slab_nodes_wait(struct slab_thread *t)
{
	struct slab_bench *b = t->bench;

	/* pairs with the acquire in slab_wait(), as in the other threads */
	fetch_add_release(&b->nr_ready, 1);
	slab_wait(&b->nr_ready, t->nr_stretches * b->env->point.threads);
}

uint64_t slab_nodes_remote(const struct bench_thread *self, void *const *held,
			   uint64_t nr, unsigned step)
{
	const struct slab_bench *b = self->state;
	const struct physmem *mem = &b->pages.mem;
	uint64_t remote = 0;

	if (b->subject->traits & SLAB_NULL)
		return 0;
	for (uint64_t i = 0; i < nr; i += step)
		remote += held[i] && page_to_nid(pfn_to_page(
					     mem, virt_to_pfn(mem, held[i]))) !=
					     self->node;
	return remote;
}

void slab_nodes_reset(struct bench_thread *self)
{
	struct slab_thread *t = self->local;
	const struct slab_call *call = &t->call;

	slab_thread_reset(self);
	t->nr_remote += slab_nodes_remote(self, t->held, t->nr_held, 1);
	for (uint64_t i = 0; i < t->nr_held; i++) {
		if (!t->held[i])
			continue;
		call->free(t->held[i], call->free_arg[0], call->free_arg[1]);
		t->held[i] = NULL;
	}
	t->nr_held = t->nr_objects;
	t->nr_stretches++;
}

bool slab_nodes_count(struct slab_bench *b)
{
	bool equal = true;

	for (unsigned n = 0; n < b->env->nr_nodes; n++) {
		struct slab_pages_count *count = &b->node_count[n];

		slab_pages_sum(&b->pages, n, count);
		equal &= count->pgalloc - count->pgfree ==
			 slab_pages_taken(&b->pages, n);
	}
	return equal;
}

void slab_nodes_metrics(const struct slab_bench *b, bench_metric_fn emit,
			void *arg)
{
	uint64_t nr_remote = 0;

	for (unsigned t = 0; t < b->env->point.threads; t++)
		nr_remote += b->threads[t].nr_remote;
	emit(arg, "freed_elsewhere", (double)nr_remote, "1");
	if (b->stats.remote_frees != SLAB_NOT_COUNTED)
		emit(arg, "remote_frees", (double)b->stats.remote_frees, "1");
	for (unsigned n = 0; n < b->env->nr_nodes; n++) {
		const struct slab_pages_count *count = &b->node_count[n];

		node_metric(n, "pages", count->pgalloc - count->pgfree, emit,
			    arg);
		node_metric(n, "pgalloc", count->pgalloc, emit, arg);
		node_metric(n, "pgfree", count->pgfree, emit, arg);
		node_metrics(n, &count->numa, emit, arg);
	}
}
