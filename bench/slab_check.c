/* slab_check.c - behind the clock: what a cache holds, and is it whole. */
#include "slab_nodes.h"

#include <stdlib.h>

uint64_t slab_shred_bytes(uint64_t size)
{
	return PAGE_SIZE << slab_usual_order((uint32_t)size);
}

static uint64_t add_count(uint64_t a, uint64_t b)
{
	return a == SLAB_NOT_COUNTED || b == SLAB_NOT_COUNTED ? SLAB_NOT_COUNTED
							      : a + b;
}

void slab_sum_stats(struct slab_bench *b, struct slab_stats *sum)
{
	*sum = (struct slab_stats){ 0 };
	for (unsigned i = 0; i < b->nr_created; i++) {
		struct slab_stats one;

		b->subject->stats(slab_cache(b, i), &one);
		sum->page_bytes += one.page_bytes;
		sum->live_objects += one.live_objects;
		sum->refills = add_count(sum->refills, one.refills);
		sum->remote_frees =
			add_count(sum->remote_frees, one.remote_frees);
	}
}

uint64_t slab_held_bytes(struct slab_bench *b)
{
	struct slab_stats stats;

	slab_sum_stats(b, &stats);
	return stats.page_bytes;
}

static void put(const struct slab_thread *t, void **object)
{
	const struct slab_call *call = &t->call;

	if (*object)
		call->free(*object, call->free_arg[0], call->free_arg[1]);
	*object = NULL;
}

uint64_t slab_touch(void *object, uint64_t size)
{
	volatile char *bytes = object;

	if (!object)
		return 0;
	for (uint64_t i = 0; i < size; i += PAGE_SIZE)
		bytes[i] = 0;
	bytes[size - 1] = 0;
	return size;
}

/* What a batch of objects takes. */
void slab_measure_peak(struct slab_bench *b)
{
	struct slab_thread *t = &b->threads[0];
	const struct slab_call *call = &t->call;

	while (t->nr_held < t->nr_objects) {
		void *object =
			call->alloc(call->alloc_arg[0], call->alloc_arg[1]);

		t->held[t->nr_held++] = object;
	}
	for (uint64_t i = 0; i < t->nr_held; i++)
		b->live_bytes += slab_touch(t->held[i], b->params.size);
	for (uint64_t i = 0; b->boxes[0] && i < t->nr_objects; i++)
		b->live_bytes += slab_touch(b->boxes[0][i], b->params.size);
	b->peak_bytes = slab_held_bytes(b);
}

/* And with one object left of each slab, before and after shrinking. */
void slab_measure_shred(struct slab_bench *b)
{
	struct slab_thread *t = &b->threads[0];
	const uint64_t size = b->params.size, slab = slab_shred_bytes(size);

	slab_measure_peak(b);
	for (uint64_t i = 0; i < t->nr_held; i++)
		if (slab_is_left(t->held[i], slab, size))
			b->shred_live_bytes += size;
		else
			put(t, &t->held[i]);
	b->shred_bytes = slab_held_bytes(b);
	b->subject->shrink(b->caches, 0);
	b->shrunk_bytes = slab_held_bytes(b);
}

static void free_objects(const struct slab_thread *t, void **objects,
			 uint64_t nr)
{
	for (uint64_t i = 0; i < nr; i++)
		put(t, &objects[i]);
}

/* What is on its way between two threads. */
static void free_ring(const struct slab_thread *t)
{
	struct slab_ring *ring = t->out;

	for (; ring->tail < ring->head; ring->tail++)
		put(t, &ring->entry[ring->tail % SLAB_RING_ENTRIES]);
}

static void free_thread(const struct slab_bench *b, unsigned cpu)
{
	const struct slab_thread *t = &b->threads[cpu];

	free_objects(t, t->held, t->nr_held);
	if (b->boxes[cpu])
		free_objects(t, b->boxes[cpu], t->nr_objects);
	if (t->out)
		free_ring(t);
}

/* Everything goes back; then nothing may be missing. */
bool slab_check(void *state)
{
	struct slab_bench *b = state;
	const struct slab_workload *w = b->what->workload;
	struct slab_stats stats;
	bool valid = true;

	slab_sum_stats(b, &b->stats);
	if (w->nodes)
		valid &= slab_nodes_count(b);
	if (w->measure && b->env->point.threads == 1 &&
	    !(b->subject->traits & SLAB_NULL))
		w->measure(b);
	for (unsigned cpu = 0; cpu < b->env->point.threads; cpu++)
		free_thread(b, cpu);
	slab_sum_stats(b, &stats);
	for (unsigned i = 0; i < b->nr_created; i++)
		valid &= b->subject->validate(slab_cache(b, i));
	if (!valid || stats.live_objects)
		return false;
	while (b->nr_created)
		valid &= !b->subject->destroy(slab_cache(b, --b->nr_created));
	return valid && (b->subject->library || slab_pages_all_free(&b->pages));
}

static void emit_ratio(bench_metric_fn emit, void *arg, const char *metric,
		       uint64_t nr, uint64_t of)
{
	if (nr != SLAB_NOT_COUNTED && of)
		emit(arg, metric, (double)nr / (double)of, "1");
}

void slab_metrics(void *state, bench_metric_fn emit, void *arg)
{
	const struct slab_bench *b = state;
	uint64_t nr_ops = 0, nr_failed = 0;

	for (unsigned t = 0; t < b->env->point.threads; t++) {
		nr_ops += b->threads[t].nr_ops;
		nr_failed += b->threads[t].nr_failed;
	}
	emit(arg, "failed_requests", (double)nr_failed, "1");
	emit_ratio(emit, arg, "refills_per_op", b->stats.refills, nr_ops);
	emit_ratio(emit, arg, "remote_frees_per_op", b->stats.remote_frees,
		   nr_ops);
	emit_ratio(emit, arg, "held_per_live_byte", b->peak_bytes,
		   b->live_bytes);
	emit_ratio(emit, arg, "held_per_live_byte_shredded", b->shred_bytes,
		   b->shred_live_bytes);
	emit_ratio(emit, arg, "held_per_live_byte_shrunk", b->shrunk_bytes,
		   b->shred_live_bytes);
	if (b->what->workload->nodes)
		slab_nodes_metrics(b, emit, arg);
}
