/*
 * zone_loops.h - template: the timed loops of family zone for one STRATEGY.
 *
 * A task is a thread of its own node; kswapd of each node is a real thread
 * beside them. An operation is one request, and what it takes to make it again:
 *
 *   steady      a page cache in a circle: drop the pages of the next 16 slots,
 *               if they are still there, and read each in anew. All of it would
 *               leave so many free pages, in percent of min: 100 is at min, 125
 *               at low, 150 at high; kswapd and the task reclaim what is
 *               missing. The 16 go to the LRU at once, as in the kernel.
 *   steady_touched  the same, and with every second page one is used that
 *               has lain there for half a round: reclaim has to spare it.
 *   storm_*     pages until a burst is complete, which then all become page
 *               cache. An eighth of memory is page cache, the rest is in use;
 *               a burst is so many percent of what can be had: page cache and
 *               what is free above min. The name says the GFP flags.
 *   lowmem      i386 with HIGHMEM, so many percent in use by GFP_HIGHUSER, if
 *               that gets them; 64 pages in a ring, in turns for GFP_HIGHUSER
 *               (and GFP_NORETRY: a user's fault would rather fail) and for
 *               GFP_KERNEL. Nothing can be reclaimed.
 *   spill       a page that is kept, and its first use: zone_loops_spill.h.
 *   high_order  page cache of single pages, every 16th of which is pinned: a
 *               page of it, and a block of `size` in a ring of 64.
 *
 * Who is killed for memory gives up its burst or its ring. The references begin
 * with all of memory free, and do not know marks; nor do they reclaim: what
 * would become page cache in storm_* and high_order is freed at once. So they
 * show what must be moved, in steady with the page cache's lists.
 */
#include "zone_spill.h"

static void S(run_kswapd)(void *zones, struct zone_task *task)
{
	S(kswapd)(zones, task);
}

static void S(give_back)(void *zones, const struct zone_task *task, pfn_t pfn,
			 unsigned order)
{
	S(free_pages)(zones, task, pfn, order);
}

static void *S(setup)(const struct bench_env *env)
{
	unsigned cpus = zone_bench_cpus(env);
	size_t boot = S(zones_boot_bytes)(zone_bench_node_pages(env), cpus);
	struct zone_bench *bench =
		zone_bench_new(env, boot, sizeof(struct S(zones)));

	if (!bench)
		return NULL;
	bench->kswapd = S(run_kswapd);
	bench->free_pages = S(give_back);
	for (unsigned cpu = 0; cpu < env->point.threads; cpu++) {
		struct zone_thread *t = &bench->threads[cpu];

		t->task = (struct zone_task){ .cpu = cpu,
					      .node = env->thread_node[cpu] };
		t->zones = bench->zones;
		t->bench = bench;
		t->workload = env->bench->arg;
	}
	if (!S(zones_create)(bench->zones, &bench->mem, &bench->config) &&
	    !zone_bench_start_kswapds(bench))
		return bench;
	zone_bench_free(bench);
	return NULL;
}

static void S(teardown)(void *state)
{
	struct zone_bench *bench = state;

	zone_bench_stop_kswapds(bench);
	S(zones_destroy)(bench->zones);
	zone_bench_free(bench);
}

/* All that a thread has, and then what is on the LRU lists. */
static void S(drain)(struct zone_bench *bench, struct zone_thread *t)
{
	zone_thread_give(t);
	for (uint64_t i = 0; i < t->nr_slots; i++) {
		pfn_t pfn = zones_forget(t->zones, &t->slots[i]);

		if (pfn != PFN_NONE)
			S(free_pages)(t->zones, &t->task, pfn, 0);
	}
	for (uint64_t i = 0; i < t->nr_pinned; i++)
		S(free_pages)
	(t->zones, &t->task, t->pinned[i] >> 4, t->pinned[i] & 15);
	t->nr_pinned = 0;
	zone_thread_drop(t);
	for (unsigned id = 0; id < bench->env->nr_nodes * MAX_NR_ZONES; id++) {
		struct zone_state *state = ((struct zones *)t->zones)->zone[id];

		while (state && state->lru.nr_pages)
			S(shrink_zone)
		(t->zones, &t->task, state, state->lru.nr_pages);
	}
}

/* Everything goes back; then nothing may be missing. */
static bool S(check)(void *state)
{
	struct zone_bench *bench = state;
	uint64_t free_pages = 0;

	zone_bench_stop_kswapds(bench);
	for (unsigned cpu = 0; cpu < bench->env->point.threads; cpu++)
		S(drain)(bench, &bench->threads[cpu]);
	for (unsigned id = 0; id < bench->env->nr_nodes * MAX_NR_ZONES; id++) {
		struct frame_stats stats;

		S(zone_stats)(bench->zones, id, &stats);
		free_pages += stats.free_pages;
	}
	return S(zones_validate)(bench->zones) &&
	       (S(traits) & FRAME_NULL || free_pages == bench->mem.nr_pages);
}

/* null gives the same page all the time, which no list can hold. */
forceinline void S(pile_page)(struct zone_thread *t, pfn_t pfn, pfn_t *slot)
{
	if (!(S(traits) & FRAME_NULL))
		zone_thread_pile(t, pfn, slot);
}

/* All piles become page cache; those of the references are free. */
forceinline void S(give_piles)(struct zone_thread *t)
{
	struct zone_pile *end = t->piles + t->nr_piles;

	if (!(S(traits) & FRAME_REFERENCE)) {
		zone_thread_give(t);
		return;
	}
	for (struct zone_pile *pile = t->piles; pile < end; pile++) {
		while (!list_empty(&pile->list)) {
			struct page *page = list_entry(list_pop(&pile->list),
						       struct page, lru);

			S(free_pages)
			(t->zones, &t->task, page_to_pfn(&t->bench->mem, page),
			 0);
		}
		pile->nr = 0;
	}
}

/* So many pages, as long as there are any above min; `cached` of them, drawn at
 * random, become page cache, the rest stays in use. */
static void S(fill)(struct bench_thread *self, gfp_t gfp, uint64_t pages,
		    uint64_t cached)
{
	struct zone_thread *t = self->local;
	struct random r = { self->env->point.seed + self->cpu };

	if (S(traits) & FRAME_REFERENCE)
		return;
	while (t->nr_pinned < pages) {
		pfn_t pfn = S(alloc_pages)(t->zones, &t->task,
					   gfp | GFP_NORETRY, 0);

		if (pfn == PFN_NONE)
			break;
		t->pinned[t->nr_pinned++] = zone_block(pfn, 0);
	}
	trace_shuffle(t->pinned, t->nr_pinned, &r);
	while (cached-- && t->nr_pinned)
		zone_thread_pile(t, t->pinned[--t->nr_pinned] >> 4, NULL);
	zone_thread_give(t);
}

/* The pagevec of new pages becomes page cache; those of the next slots that
 * are still there are freed. */
static void S(steady_turn)(struct zone_thread *t, uint64_t at)
{
	uint64_t nr = t->nr_slots - at;
	struct list_head pages;

	zone_thread_give(t);
	list_init(&pages);
	zones_forget_many(t->zones, &t->slots[at],
			  nr < ZONE_PAGEVEC ? nr : ZONE_PAGEVEC, &pages);
	while (!list_empty(&pages)) {
		struct page *page =
			list_entry(list_pop(&pages), struct page, lru);

		S(free_pages)
		(t->zones, &t->task, page_to_pfn(&t->bench->mem, page), 0);
	}
}

forceinline uint64_t S(steady)(struct bench_thread *self, uint64_t nr,
			       bool touch)
{
	struct zone_thread *t = self->local;
	struct S(zones) *s = t->zones;
	uint64_t at = t->at, half = t->nr_slots / 2, failed = 0;

	for (uint64_t i = 0; i < nr; i++) {
		pfn_t *slot = &t->slots[at], pfn;

		if (at % ZONE_PAGEVEC == 0)
			S(steady_turn)(t, at);
		if (touch && at % 2)
			zones_touch(t->zones,
				    at < half ? slot + half : slot - half);
		OPTIMIZER_CLOBBER();
		pfn = S(alloc_pages)(s, &t->task, GFP_KERNEL, 0);
		OPTIMIZER_HIDE(pfn);
		if (likely(pfn != PFN_NONE)) {
			*slot = S(traits) & FRAME_NULL ? PFN_NONE : pfn;
			S(pile_page)(t, pfn, slot);
		} else {
			failed++;
		}
		OPTIMIZER_CLOBBER();
		at = at + 1 < t->nr_slots ? at + 1 : 0;
	}
	t->at = at;
	return nr - failed;
}

static uint64_t S(steady_loop)(struct bench_thread *self, uint64_t nr)
{
	return S(steady)(self, nr, false);
}

static uint64_t S(steady_touched_loop)(struct bench_thread *self, uint64_t nr)
{
	return S(steady)(self, nr, true);
}

/* Once around: the cache is warm, and as full as it gets. */
static int S(steady_thread)(struct bench_thread *self)
{
	struct zone_bench *bench = self->state;
	struct zone_thread *t = &bench->threads[self->cpu];
	uint64_t share = zone_thread_share(t, (unsigned)self->env->point.size);
	int err = zone_thread_init(self, share ? share : 1, 0);

	if (!err)
		S(steady_loop)(self, t->nr_slots);
	zone_thread_start(t);
	return err;
}

static uint64_t S(storm_loop)(struct bench_thread *self, uint64_t nr)
{
	struct zone_thread *t = self->local;
	struct S(zones) *s = t->zones;
	const gfp_t gfp = t->workload->gfp;
	uint64_t at = t->at, failed = 0;

	for (uint64_t i = 0; i < nr; i++) {
		pfn_t pfn = S(alloc_pages)(s, &t->task, gfp, 0);

		OPTIMIZER_HIDE(pfn);
		if (likely(pfn != PFN_NONE))
			S(pile_page)(t, pfn, NULL);
		else
			failed++;
		if (unlikely(++at >= t->burst)) {
			S(give_piles)(t);
			at = 0;
		}
		OPTIMIZER_CLOBBER();
	}
	t->at = at;
	return nr - failed;
}

static int S(storm_thread)(struct bench_thread *self)
{
	struct zone_bench *bench = self->state;
	struct zone_thread *t = &bench->threads[self->cpu];
	uint64_t pages = zone_thread_share(t, 150), cached = pages / 8;
	uint64_t had = cached + zone_thread_share(t, 100) - pages;
	int err = zone_thread_init(self, 0, 0);

	if (err)
		return err;
	S(fill)(self, GFP_KERNEL, pages, cached);
	t->burst = had * self->env->point.size / 100;
	zone_thread_start(t);
	return 0;
}

#define ZONE_RING 64

static uint64_t S(lowmem_loop)(struct bench_thread *self, uint64_t nr)
{
	struct zone_thread *t = self->local;
	struct S(zones) *s = t->zones;
	const gfp_t user = GFP_HIGHUSER | GFP_NORETRY;
	uint64_t at = t->at, failed = 0;

	for (uint64_t i = 0; i < nr; i++, at++) {
		uint64_t *held = &t->held[at % ZONE_RING];
		pfn_t pfn;

		if (likely(*held != ZONE_NO_BLOCK))
			S(free_pages)(s, &t->task, *held >> 4, 0);
		*held = ZONE_NO_BLOCK;
		OPTIMIZER_CLOBBER();
		pfn = S(alloc_pages)(s, &t->task, at % 2 ? GFP_KERNEL : user,
				     0);
		OPTIMIZER_HIDE(pfn);
		*held = zone_block(pfn, 0);
		failed += pfn == PFN_NONE;
		OPTIMIZER_CLOBBER();
	}
	t->at = at;
	return nr - failed;
}

static int S(lowmem_thread)(struct bench_thread *self)
{
	struct zone_bench *bench = self->state;
	struct zone_thread *t = &bench->threads[self->cpu];
	uint64_t pages = bench->mem.nr_pages / self->env->point.threads *
			 self->env->point.size / 100;
	int err = zone_thread_init(self, 0, ZONE_RING);

	if (err)
		return err;
	S(fill)(self, GFP_HIGHUSER, pages, 0);
	zone_thread_start(t);
	return 0;
}

static uint64_t S(high_order_loop)(struct bench_thread *self, uint64_t nr)
{
	struct zone_thread *t = self->local;
	struct S(zones) *s = t->zones;
	const unsigned order = (unsigned)self->env->point.size;
	uint64_t at = t->at, failed = 0;

	for (uint64_t i = 0; i < nr; i++, at++) {
		uint64_t *held = &t->held[at % ZONE_RING];
		pfn_t pfn;

		if (likely(*held != ZONE_NO_BLOCK))
			S(free_pages)(s, &t->task, *held >> 4, order);
		*held = ZONE_NO_BLOCK;
		OPTIMIZER_CLOBBER();
		pfn = S(alloc_pages)(s, &t->task, GFP_KERNEL | GFP_NORETRY, 0);
		OPTIMIZER_HIDE(pfn);
		if (likely(pfn != PFN_NONE)) {
			S(pile_page)(t, pfn, NULL);
			S(give_piles)(t);
		}
		OPTIMIZER_CLOBBER();
		pfn = S(alloc_pages)(s, &t->task, GFP_KERNEL, order);
		OPTIMIZER_HIDE(pfn);
		*held = zone_block(pfn, order);
		failed += pfn == PFN_NONE;
		OPTIMIZER_CLOBBER();
	}
	t->at = at;
	return nr - failed;
}

static int S(high_order_thread)(struct bench_thread *self)
{
	struct zone_bench *bench = self->state;
	struct zone_thread *t = &bench->threads[self->cpu];
	int err = zone_thread_init(self, 0, ZONE_RING);
	uint64_t pages;

	if (err)
		return err;
	pages = zone_thread_share(t, 150);
	S(fill)(self, GFP_KERNEL, pages, pages - pages / 16);
	zone_thread_start(t);
	return 0;
}

#undef ZONE_RING

#define ZONE_CASE(name, how, unit)                                           \
	.family = "zone", .strategy = STRATEGY_NAME, .workload = name,       \
	.isa = "scalar", .models = S(models), .size_unit = unit, .arg = how, \
	.batch = 256, .latency_every = 16, .max_threads = S(max_threads),    \
	.reference = S(traits) & FRAME_REFERENCE, .setup = S(setup),         \
	.validate = S(check), .metrics = zone_bench_metrics,                 \
	.thread_teardown = zone_thread_free, .teardown = S(teardown)

BENCH_CASE(S(steady_case)) = {
	ZONE_CASE("steady", &zone_kernel, "percent"),
	.sizes = BENCH_SIZES(0, 50, 100, 125, 150, 200, 300),
	.quick_sizes = BENCH_SIZES(100, 200),
	.size_max = 1000,
	.thread_setup = S(steady_thread),
	.loop = S(steady_loop),
};

BENCH_CASE(S(steady_touched_case)) = {
	ZONE_CASE("steady_touched", &zone_kernel, "percent"),
	.sizes = BENCH_SIZES(0, 100, 125),
	.quick_sizes = BENCH_SIZES(100),
	.size_max = 1000,
	.thread_setup = S(steady_thread),
	.loop = S(steady_touched_loop),
};

#define ZONE_STORM(how)                                  \
	BENCH_CASE(S(how##_case)) = {                    \
		ZONE_CASE(#how, &zone_##how, "percent"), \
		.sizes = BENCH_SIZES(50, 100, 150, 200), \
		.quick_sizes = BENCH_SIZES(150),         \
		.size_min = 1,                           \
		.size_max = 1000,                        \
		.thread_setup = S(storm_thread),         \
		.loop = S(storm_loop),                   \
	}

ZONE_STORM(storm_kernel);
ZONE_STORM(storm_noretry);
ZONE_STORM(storm_nofail);
ZONE_STORM(storm_nowait);
ZONE_STORM(storm_atomic);

BENCH_CASE(S(lowmem_case)) = {
	ZONE_CASE("lowmem", &zone_highmem, "percent"),
	.sizes = BENCH_SIZES(0, 50, 75, 90, 95, 100),
	.quick_sizes = BENCH_SIZES(100),
	.size_max = 100,
	.thread_setup = S(lowmem_thread),
	.loop = S(lowmem_loop),
};

BENCH_CASE(S(high_order_case)) = {
	ZONE_CASE("high_order", &zone_kernel, "order"),
	.sizes = BENCH_SIZES(1, 2, 3, 4, 6, 9),
	.quick_sizes = BENCH_SIZES(3),
	.size_max = MAX_PAGE_ORDER,
	.thread_setup = S(high_order_thread),
	.loop = S(high_order_loop),
};

#include "zone_loops_spill.h"

#undef ZONE_STORM
#undef ZONE_CASE
