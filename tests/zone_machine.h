/*
 * zone_machine.h - a small machine whose every event is scripted: what each
 * hook does and when is laid down by the test, and kswapd runs when it is told.
 */
#ifndef KMB_ZONE_MACHINE_H
#define KMB_ZONE_MACHINE_H

#include "test.h"
#include "host_plain.h"

#include "../kernels/base/random.h"
#include "../kernels/zone/zone.h"

#define MACHINE_PAGES 4096

/* What happened, and what is to happen. */
struct machine {
	struct physmem mem;
	void *zones; /* the strategy's */
	struct zone_hooks hooks;
	struct zone_task task;

	unsigned wakes, sleeps, naps, shrinks, kills;
	unsigned shrink_flags; /* the task's in the last shrink() */
	unsigned nap_flags, kill_flags;
	unsigned more_rounds; /* wait() returns true so often */
	unsigned ask_in_wait; /* order asked for during a wait() */
	/* At the nth of each so many held pages are freed; 0: never. After that
	 * nap shrink() says 1. */
	unsigned nap_at, shrink_at, kill_at, give;
	uint64_t shrink_says; /* shrink()'s result */
	bool kill_says, kill_marks_task;

	/* Pages taken off the machine, by zone, so that `free` is exact. */
	pfn_t held[MAX_NR_ZONES][MACHINE_PAGES];
	unsigned nr_held[MAX_NR_ZONES];
	void (*free_held)(struct machine *m, unsigned type, unsigned nr);
};

static struct machine machine;

static void machine_wake(void *self, unsigned node)
{
	(void)node;
	((struct machine *)self)->wakes++;
}

static bool machine_wait(void *self, unsigned node)
{
	struct machine *m = self;

	m->sleeps++;
	if (m->ask_in_wait)
		((struct zones *)m->zones)->node[node]->kswapd.max_order =
			m->ask_in_wait;
	m->ask_in_wait = 0;
	return m->more_rounds && m->more_rounds--;
}

static void machine_nap(void *self, struct zone_task *task)
{
	struct machine *m = self;

	m->nap_flags = task->flags;
	check(++m->naps < 1000, "it waits for ever");
	if (m->naps == m->nap_at) {
		m->free_held(m, ZONE_NORMAL, m->give);
		m->shrink_says = 1;
	}
}

static uint64_t machine_shrink(void *self, struct zone_task *task)
{
	struct machine *m = self;

	m->shrink_flags = task->flags;
	if (++m->shrinks == m->shrink_at)
		m->free_held(m, ZONE_NORMAL, m->give);
	return m->shrink_says;
}

static bool machine_kill(void *self, struct zone_task *task, gfp_t gfp,
			 unsigned order)
{
	struct machine *m = self;

	(void)gfp, (void)order;
	m->kill_flags = task->flags;
	if (++m->kills == m->kill_at)
		m->free_held(m, ZONE_NORMAL, m->give);
	if (m->kill_marks_task)
		task->flags |= TIF_MEMDIE;
	return m->kill_says;
}

static const struct zone_hooks machine_hooks = {
	.wake = machine_wake,
	.wait = machine_wait,
	.congestion_wait = machine_nap,
	.shrink = machine_shrink,
	.out_of_memory = machine_kill,
	.self = &machine,
};

/* Sizes of a machine's zones in blocks of 4 MiB, up to four. */
static void machine_init(unsigned nr_nodes, const unsigned *node_blocks,
			 unsigned dma_end, unsigned normal_end,
			 size_t boot_bytes)
{
	struct physmem_config config = { .nr_nodes = nr_nodes,
					 .dma_end = dma_end * 1024,
					 .normal_end = normal_end * 1024,
					 .boot_bytes = boot_bytes };

	memset(&machine, 0, sizeof(machine));
	for (unsigned n = 0; n < nr_nodes; n++)
		config.node_pages[n] = node_blocks[n] * 1024;
	machine.hooks = machine_hooks;
	assert_int_equal(physmem_init(&machine.mem, &config, &host_plain), 0);
}

#endif
