/*
 * made_trace.h - traces as the replay's tests need them: a random one of all
 * orders, types and CPUs, and one whose CPUs do one thing each.
 */
#ifndef KMB_MADE_TRACE_H
#define KMB_MADE_TRACE_H

#include "test.h"
#include "scratch.h"

#include "../bench/trace_file.h"
#include "../kernels/base/random.h"
#include "../kernels/frame/frame.h"

struct maker {
	struct trace_writer *writer;
	struct trace_header header;
	struct random r;
	struct {
		uint32_t object;
		uint8_t order;
		uint16_t cpu;
	} live[512];
	uint32_t nr_live, unused[512], nr_unused;
};

static void make_event(struct maker *m, struct trace_event e)
{
	m->header.nr[e.kind]++;
	m->header.implied += e.flags & TRACE_IMPLIED;
	if (e.cpu >= m->header.nr_cpus)
		m->header.nr_cpus = e.cpu + 1u;
	assert_int_equal(trace_writer_add(m->writer, &e), 0);
}

static uint8_t made_order(struct maker *m)
{
	unsigned order = (unsigned)__builtin_ctzll(random_next(&m->r) |
						   1ull << MAX_PAGE_ORDER);

	return (uint8_t)order;
}

static void make_alloc(struct maker *m, uint16_t cpu)
{
	uint32_t i = m->nr_live++;

	m->live[i].object = m->nr_unused ? m->unused[--m->nr_unused]
					 : m->header.page_objects++;
	m->live[i].order = made_order(m);
	m->live[i].cpu = cpu;
	make_event(m, (struct trace_event){
			      .object = m->live[i].object,
			      .cpu = cpu,
			      .kind = TRACE_PAGE_ALLOC,
			      .order = m->live[i].order & 15,
			      .type = random_below(&m->r, MIGRATE_TYPES) & 15,
		      });
}

/* By its own CPU mostly; now and then one that was not traced. */
static void make_free(struct maker *m, uint16_t cpu)
{
	uint32_t i = (uint32_t)random_below(&m->r, m->nr_live);
	bool implied = random_below(&m->r, 32) == 0;

	if (random_below(&m->r, 4))
		cpu = m->live[i].cpu;
	make_event(m,
		   (struct trace_event){ .object = m->live[i].object,
					 .cpu = cpu,
					 .kind = TRACE_PAGE_FREE,
					 .flags = implied ? TRACE_IMPLIED : 0,
					 .order = m->live[i].order & 15 });
	m->unused[m->nr_unused++] = m->live[i].object;
	m->live[i] = m->live[--m->nr_live];
	if (implied)
		make_alloc(m, cpu);
}

/* With slab events between, which a replay of pages leaves out. */
static void make_slab(struct maker *m)
{
	make_event(m,
		   (struct trace_event){ .bytes = 64, .kind = TRACE_KMALLOC });
	make_event(m, (struct trace_event){ .kind = TRACE_KFREE });
}

static const char *make_trace(unsigned nr, bool pages)
{
	static const uint16_t cpus[] = { 0, 1, 2, 3, 6 };
	const char *path = scratch_path("made.kmt");
	char error[512] = "";
	struct maker m = { .writer = trace_writer_open(path, error,
						       sizeof(error)),
			   .header = { .unknown_pages = 17, .slab_objects = 1 },
			   .r = { test_seed() } };

	check(m.writer, "%s", error);
	for (unsigned i = 0; i < nr; i++) {
		uint16_t cpu = cpus[random_below(&m.r, ARRAY_SIZE(cpus))];

		if (!pages || random_below(&m.r, 64) == 0)
			make_slab(&m);
		else if (m.nr_live < 2 ||
			 (m.nr_live < ARRAY_SIZE(m.live) - 1 &&
			  random_below(&m.r, 256) > m.nr_live / 2))
			make_alloc(&m, cpu);
		else
			make_free(&m, cpu);
	}
	assert_int_equal(
		trace_writer_finish(m.writer, &m.header, error, sizeof(error)),
		0);
	return path;
}

/* CPU 0 only allocates, CPU 1 only frees: nothing but its slots holds it. */
static const char *make_one_way(void)
{
	const char *path = scratch_path("one-way.kmt");
	char error[512] = "";
	struct maker m = { .writer = trace_writer_open(path, error,
						       sizeof(error)),
			   .header = { .page_objects = 4 } };

	check(m.writer, "%s", error);
	for (uint32_t i = 0; i < 8; i++)
		make_event(&m, (struct trace_event){
				       .object = i % 4,
				       .cpu = i / 4,
				       .kind = i < 4 ? TRACE_PAGE_ALLOC
						     : TRACE_PAGE_FREE,
				       .order = i % 4 });
	assert_int_equal(
		trace_writer_finish(m.writer, &m.header, error, sizeof(error)),
		0);
	return path;
}

#endif
