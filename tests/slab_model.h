/*
 * slab_model.h - what a cache's user holds: objects that are nobody else's, in
 * bounds, aligned, and with just what was written to them.
 *
 * An object's user fills it with a pattern that depends on its address alone,
 * which is also its constructed state; so whoever gets it knows what to find.
 */
#ifndef KMB_SLAB_MODEL_H
#define KMB_SLAB_MODEL_H

#include <limits.h>
#include <sched.h>

#include "slab_source.h"
#include "slab_subject.h"

#include "../kernels/base/random.h"

struct slab_held {
	void *object;
	unsigned cpu; /* that allocated it */
};

struct slab_model {
	const struct slab_subject *on;
	struct slab_source *source;
	struct kmem_cache *cache;
	struct slab_params params;
	struct slab_held *held;
	unsigned nr, max;
};

static uint64_t slab_nr_constructed;
static uint32_t slab_constructed_size; /* a ctor is told of the object only */

/* The words of an object, and of what is left behind the last a byte each. */
static maybe_unused void slab_fill(void *object, uint32_t size)
{
	uint64_t word = (uintptr_t)object * 0x9e3779b97f4a7c15ull;
	uint32_t i;

	for (i = 0; i + 8 <= size; i += 8, word += 0x0101010101010101ull)
		memcpy((char *)object + i, &word, 8);
	memset((char *)object + i, (int)(word & 255), size - i);
}

/* How many words, or bytes behind the last, are not as slab_fill() left them.
 */
static maybe_unused unsigned slab_count_changed(const void *object,
						uint32_t size)
{
	uint64_t word = (uintptr_t)object * 0x9e3779b97f4a7c15ull, is;
	unsigned changed = 0;
	uint32_t i;

	for (i = 0; i + 8 <= size; i += 8, word += 0x0101010101010101ull) {
		memcpy(&is, (const char *)object + i, 8);
		changed += is != word;
	}
	for (; i < size; i++)
		changed += ((const unsigned char *)object)[i] != (word & 255);
	return changed;
}

static maybe_unused void slab_construct(void *object)
{
	fetch_add_relaxed(&slab_nr_constructed, 1);
	slab_fill(object, slab_constructed_size);
}

#define SLAB_ANYWHERE UINT_MAX

/* Which CPU this is, where the strategy asks the machine: the one of that
 * number among those we may run on, or any of them. */
static maybe_unused void slab_run_on(const struct slab_subject *on,
				     unsigned cpu)
{
	static cpu_set_t all;
	cpu_set_t to;

	if (!on->any_cpu)
		return;
	if (!CPU_COUNT(&all))
		sched_getaffinity(0, sizeof(all), &all);
	to = all;
	if (cpu != SLAB_ANYWHERE) {
		cpu %= (unsigned)CPU_COUNT(&all);
		CPU_ZERO(&to);
		for (int i = 0; i < CPU_SETSIZE; i++)
			if (CPU_ISSET(i, &all) && !cpu--)
				CPU_SET(i, &to);
	}
	sched_setaffinity(0, sizeof(to), &to);
}

/* A cache over a source that has begun; -errno: as S_create. */
static maybe_unused int slab_model_create(struct slab_model *m,
					  const struct slab_subject *on,
					  struct slab_source *source,
					  const struct slab_params *params)
{
	int err;

	*m = (struct slab_model){
		.on = on,
		.source = source,
		.params = *params,
		.cache = aligned_alloc(
			CACHE_LINE_BYTES,
			align_up(on->cache_bytes, CACHE_LINE_BYTES)),
	};
	assert_non_null(m->cache);
	/* What a cache held before is junk. */
	memset(m->cache, SLAB_SOURCE_JUNK, on->cache_bytes);
	slab_nr_constructed = 0;
	slab_constructed_size = params->size;
	slab_run_on(on, 0);
	err = on->create(m->cache, params, &source->host);
	if (err) {
		free(m->cache);
		return err;
	}
	/* 2 MiB of them, within reason. */
	m->max = (2u << 20) / params->size;
	m->max = m->max > 3000 ? 3000 : m->max < 4 ? 4 : m->max;
	m->held = calloc(m->max, sizeof(*m->held));
	assert_non_null(m->held);
	return 0;
}

/* Given by an alloc on `cpu`: nobody else's, and as its last user left it. */
static maybe_unused void slab_model_add(struct slab_model *m, unsigned cpu,
					void *object)
{
	const uint32_t size = m->params.size;
	const struct physmem *mem = &m->source->mem;
	uint8_t *marks = slab_source_marks(m->source, object);
	unsigned changed;

	check((char *)object >= mem->base &&
		      (char *)object + size <=
			      mem->base + (mem->nr_pages << PAGE_SHIFT),
	      "%s: %p is out of bounds", m->on->name, object);
	check((uintptr_t)object % m->cache->align == 0,
	      "%s: %p is not aligned to %u", m->on->name, object,
	      m->cache->align);
	for (uint32_t i = 0; i < size; i += 8)
		check(!(marks[i / 8] & SLAB_MARK_IN_USE),
		      "%s: %p is in use already", m->on->name, object);
	assert_ptr_equal(slab_virt_to_page(m->cache, object)->slab_cache,
			 m->cache);
	changed = slab_count_changed(object, size);
	if (m->params.ctor ||
	    (slab_keeps_objects(&m->params) && marks[0] & SLAB_MARK_FILLED))
		check(!changed, "%s: %p of %u bytes is not as it was left",
		      m->on->name, object, size);
	else if (KMB_DEBUG >= 1)
		check(*(char *)object == POISON_FREE &&
			      !memcmp(object, (char *)object + 1, size - 1),
		      "%s: %p is not poisoned", m->on->name, object);
	else if (marks[0] & SLAB_MARK_FILLED)
		check(changed <= 1,
		      "%s: %u words of %p were written while it was free",
		      m->on->name, changed, object);
	memset(marks, SLAB_MARK_IN_USE, (size + 7) / 8);
	slab_fill(object, size);
	assert_true(m->nr < m->max);
	m->held[m->nr++] = (struct slab_held){ object, cpu };
}

/* About to be given back: nobody but its user wrote to it. */
static maybe_unused struct slab_held slab_model_del(struct slab_model *m,
						    unsigned i)
{
	struct slab_held held = m->held[i];

	m->held[i] = m->held[--m->nr];
	check(!slab_count_changed(held.object, m->params.size),
	      "%s: %p was written while in use", m->on->name, held.object);
	memset(slab_source_marks(m->source, held.object), SLAB_MARK_FILLED,
	       (m->params.size + 7) / 8);
	return held;
}

/* NULL only where the source had no pages. */
static maybe_unused bool slab_model_alloc(struct slab_model *m, unsigned cpu)
{
	uint64_t failed = m->source->nr_failed;
	void *object = m->on->alloc(m->cache, cpu);

	if (object)
		slab_model_add(m, cpu, object);
	else
		check(m->source->nr_failed > failed,
		      "%s: NULL, but the source had pages", m->on->name);
	return object;
}

/* What is CPU-local goes back to where it came from. */
static maybe_unused void slab_model_free(struct slab_model *m, unsigned cpu,
					 unsigned i)
{
	struct slab_held held = slab_model_del(m, i);

	if (m->on->traits & SLAB_CPU_LOCAL)
		cpu = held.cpu;
	m->on->free(m->cache, cpu, held.object);
}

#define SLAB_MODEL_BULK 64

static maybe_unused bool slab_model_alloc_bulk(struct slab_model *m,
					       unsigned cpu, unsigned nr)
{
	void *objects[SLAB_MODEL_BULK];
	uint64_t failed = m->source->nr_failed;
	unsigned got = m->on->alloc_bulk(m->cache, cpu, nr, objects);

	check(got == nr || (!got && m->source->nr_failed > failed),
	      "%s: %u objects of %u at once", m->on->name, got, nr);
	for (unsigned i = 0; i < got; i++)
		slab_model_add(m, cpu, objects[i]);
	return got;
}

/* Any nr of those held, some of one slab and some not. */
static maybe_unused void slab_model_free_bulk(struct slab_model *m,
					      unsigned cpu, unsigned nr,
					      struct random *r)
{
	void *objects[SLAB_MODEL_BULK];
	unsigned i = (unsigned)random_below(r, m->nr);

	if (m->on->traits & SLAB_CPU_LOCAL) {
		while (nr--)
			slab_model_free(m, cpu, m->nr - 1);
		return;
	}
	for (unsigned n = 0; n < nr; n++) {
		if (n % 8 == 0 || i >= m->nr)
			i = (unsigned)random_below(r, m->nr);
		objects[n] = slab_model_del(m, i).object;
	}
	m->on->free_bulk(m->cache, cpu, nr, objects);
}

/* No fault was seen, and what the cache says of itself is so. */
static maybe_unused void slab_model_check(struct slab_model *m)
{
	struct slab_stats stats;

	assert_int_equal(m->source->nr_faults, 0);
	check(m->on->validate(m->cache), "%s is not valid", m->on->name);
	m->on->stats(m->cache, &stats);
	assert_int_equal(stats.live_objects, m->nr);
	assert_true(stats.live_objects + stats.cached_objects <=
		    stats.nr_objects);
	assert_true(stats.nr_slabs <= stats.nr_objects);
	assert_int_equal(stats.page_bytes, m->source->nr_pages << PAGE_SHIFT);
	assert_true(stats.metadata_bytes <= stats.page_bytes);
}

static int slab_compare_pages(const void *a, const void *b)
{
	struct page *const *x = a, *const *y = b;

	return (*x > *y) - (*x < *y);
}

/* Slabs that objects in use lie in, and their pages. */
static maybe_unused uint64_t slab_model_live(const struct slab_model *m,
					     uint64_t *nr_pages)
{
	struct page **head = calloc(m->nr + 1, sizeof(*head));
	uint64_t nr_slabs = 0;

	assert_non_null(head);
	for (unsigned i = 0; i < m->nr; i++)
		head[i] = slab_virt_to_head(m->cache, m->held[i].object);
	qsort(head, m->nr, sizeof(*head), slab_compare_pages);
	*nr_pages = 0;
	for (unsigned i = 0; i < m->nr; i++)
		if (!i || head[i] != head[i - 1]) {
			nr_slabs++;
			*nr_pages += 1ull << slab_order(head[i]);
		}
	free(head);
	return nr_slabs;
}

/* Slabs with nothing in use go, and only they. */
static maybe_unused void slab_model_shrink(struct slab_model *m, unsigned cpu)
{
	uint64_t before = m->source->nr_pages, pages;
	struct slab_stats stats;

	pages = m->on->shrink(m->cache, cpu);
	check(pages == before - m->source->nr_pages,
	      "%s: shrink gave %llu pages back and says %llu", m->on->name,
	      (unsigned long long)(before - m->source->nr_pages),
	      (unsigned long long)pages);
	slab_model_check(m);
	if (m->on->traits & SLAB_NO_SHRINK)
		return;
	m->on->stats(m->cache, &stats);
	assert_int_equal(stats.nr_slabs, slab_model_live(m, &pages));
	assert_true(stats.page_bytes - stats.metadata_bytes <=
		    pages << PAGE_SHIFT);
}

/* All objects go back, and then all pages. */
static maybe_unused void slab_model_end(struct slab_model *m, unsigned cpu)
{
	while (m->nr)
		slab_model_free(m, cpu, m->nr - 1);
	slab_model_shrink(m, cpu);
	assert_int_equal(m->on->destroy(m->cache), 0);
	assert_int_equal(m->source->nr_pages, 0);
	assert_int_equal(m->source->nr_faults, 0);
	free(m->held);
	free(m->cache);
}

#endif
