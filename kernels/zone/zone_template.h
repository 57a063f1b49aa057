/*
 * zone_template.h - the policy of 2.6.11 over one frame allocator a zone.
 *
 * Parameters, undefined at the end:
 *   STRATEGY       the name of the strategy
 *   ZONE_FRAMES    the frame allocator, a strategy of kernels/frame
 * and S(max_threads), S(traits), S(models) of zone.h, and
 * S(marks_ok)(frames, order, mark, reserve, harder, high): may 2^order pages be
 * taken? (zone_watermark_ok() for what this allocator counts.)
 */
#include "zone_request.h"

#define F(name) KMB_PASTE(KMB_PASTE(ZONE_FRAMES, _), name)

struct S(zone) {
	struct zone_state state;
	struct F(allocator) frames;
};

struct S(zones) {
	struct zones zones;
};

forceinline struct S(zone) * S(zone_of)(struct zone_state *state)
{
	return container_of(state, struct S(zone), state);
}

static inline size_t S(zones_boot_bytes)(uint64_t node_pages, unsigned nr_cpus)
{
	size_t zone = align_up(sizeof(struct S(zone)), CACHE_LINE_BYTES) +
		      F(boot_bytes)(node_pages, nr_cpus);

	return zones_boot_bytes(nr_cpus) + MAX_NR_ZONES * zone;
}

static inline int S(zones_create)(struct S(zones) * s, struct physmem *mem,
				  const struct zones_config *config)
{
	int err = zones_init(&s->zones, mem, config);

	for (unsigned id = 0; !err && id < mem->nr_nodes * MAX_NR_ZONES; id++) {
		const struct zone *zone = &mem->node_data[id / MAX_NR_ZONES]
						   .zones[id % MAX_NR_ZONES];
		struct S(zone) * z;

		if (!zone->nr_pages)
			continue;
		z = physmem_boot_alloc(mem, zone->node, sizeof(*z));
		if (!z)
			return -ENOMEM;
		err = zone_state_init(&z->state, mem, zone, config->nr_cpus);
		if (err)
			return err;
		s->zones.zone[id] = &z->state;
		err = F(create)(&z->frames, mem, zone, config->nr_cpus);
	}
	if (!err)
		zones_build_lists(&s->zones, config->distance);
	return err;
}

static inline void S(zones_destroy)(struct S(zones) * s)
{
	for (unsigned id = 0; id < ARRAY_SIZE(s->zones.zone); id++)
		if (s->zones.zone[id])
			F(destroy)(&S(zone_of)(s->zones.zone[id])->frames);
}

static inline bool S(zones_validate)(struct S(zones) * s)
{
	for (unsigned id = 0; id < ARRAY_SIZE(s->zones.zone); id++) {
		struct zone_state *state = s->zones.zone[id];

		if (state && (!zone_lru_validate(&state->lru, s->zones.mem,
						 state->zone) ||
			      !F(validate)(&S(zone_of)(state)->frames)))
			return false;
	}
	return true;
}

static inline void S(zone_stats)(struct S(zones) * s, unsigned id,
				 struct frame_stats *stats)
{
	*stats = (struct frame_stats){ 0 };
	if (s->zones.zone[id])
		F(stats)(&S(zone_of)(s->zones.zone[id])->frames, stats);
}

forceinline void S(free_pages)(struct S(zones) * s,
			       const struct zone_task *task, pfn_t pfn,
			       unsigned order)
{
	struct page *page = pfn_to_page(s->zones.mem, pfn);

	F(free)
	(&S(zone_of)(page_zone(&s->zones, page))->frames, task->cpu, pfn,
	 order);
}

forceinline bool S(above)(struct S(zone) * z, unsigned order,
			  enum zone_mark mark, enum zone_type classzone,
			  bool harder, bool high)
{
	const struct zone_marks *marks = &z->state.marks;

	return mark == WMARK_NONE ||
	       S(marks_ok)(&z->frames, order, zone_mark_pages(marks, mark),
			   marks->reserve[classzone], harder, high);
}

/*
 * Pages of the first zone of the list that stays above its mark. *below (may be
 * NULL): only harder or high made it so.
 */
forceinline pfn_t S(take)(struct S(zones) * s, const struct zone_task *task,
			  const struct zonelist *list, unsigned order,
			  enum zone_mark mark, bool harder, bool high,
			  bool *below)
{
	enum zone_type classzone = list->classzone;

	for (struct zone_state *const *at = list->zones; *at; at++) {
		struct S(zone) *z = S(zone_of)(*at);
		pfn_t pfn;

		if (!S(above)(z, order, mark, classzone, harder, high))
			continue;
		if (below)
			*below = (harder || high) &&
				 !S(above)(z, order, mark, classzone, 0, 0);
		pfn = F(alloc)(&z->frames, task->cpu, order);
		if (unlikely(pfn == PFN_NONE))
			continue;
		if (unlikely(at != list->zones))
			s->zones.counters[task->cpu].fallback++;
		zone_statistics(task, list->zones[0], *at);
		return pfn;
	}
	return PFN_NONE;
}

/* Scan the end of a zone's LRU list, and free what is not in use. */
static uint64_t S(shrink_zone)(struct S(zones) * s,
			       const struct zone_task *task,
			       struct zone_state *state, uint64_t nr_scan)
{
	struct zone_counters *c = &s->zones.counters[task->cpu];
	uint64_t reclaimed = 0, scanned = 0;

	while (scanned < nr_scan) {
		uint64_t nr = nr_scan - scanned;
		struct list_head victims;

		list_init(&victims);
		nr = zone_lru_scan(&state->lru,
				   nr < ZONE_CLUSTER ? nr : ZONE_CLUSTER,
				   &victims);
		if (!nr)
			break;
		scanned += nr;
		while (!list_empty(&victims)) {
			struct page *page = list_entry(list_pop(&victims),
						       struct page, lru);

			S(free_pages)
			(s, task, page_to_pfn(s->zones.mem, page), 0);
			reclaimed++;
		}
	}
	c->scanned += scanned;
	c->reclaimed += reclaimed;
	return reclaimed;
}

/* What a scan of this priority looks at. */
static inline uint64_t S(scan_pages)(const struct zone_state *state,
				     unsigned priority)
{
	return (READ_ONCE(state->lru.nr_pages) >> priority) + 1;
}

/* The task frees pages itself, from all zones that would serve it. */
static coldpath uint64_t S(direct_reclaim)(struct S(zones) * s,
					   struct zone_task *task,
					   const struct zonelist *list)
{
	const struct zone_hooks *hooks = s->zones.hooks;
	uint64_t reclaimed = 0;

	task->flags |= PF_MEMALLOC;
	for (unsigned p = ZONE_PRIORITY + 1; p-- && reclaimed < ZONE_CLUSTER;)
		for (struct zone_state *const *at = list->zones; *at; at++)
			reclaimed += S(shrink_zone)(s, task, *at,
						    S(scan_pages)(*at, p));
	if (hooks->shrink)
		reclaimed += hooks->shrink(hooks->self, task);
	task->flags &= ~(unsigned)PF_MEMALLOC;
	return reclaimed;
}

/* Each zone that is below low asks its node's kswapd, who may be at it. */
static void S(wake_kswapd)(struct S(zones) * s, const struct zone_task *task,
			   struct zone_state *state, unsigned order)
{
	unsigned node = state->zone->node;

	/* Its own low mark: whoever asks, the reserve is not the zone's need.
	 */
	if (!S(above)(S(zone_of)(state), order, WMARK_LOW, state->zone->type, 0,
		      0) &&
	    kswapd_wake(&s->zones.node[node]->kswapd, order)) {
		s->zones.counters[task->cpu].wakeups++;
		s->zones.hooks->wake(s->zones.hooks->self, node);
	}
}

/* From the zone's own high mark on, it has enough. */
static bool S(shrink_unbalanced)(struct S(zones) * s,
				 const struct zone_task *task, unsigned order,
				 unsigned priority, uint64_t *reclaimed)
{
	bool balanced = true;

	for (unsigned type = MAX_NR_ZONES; type--;) {
		struct zone_state *state =
			s->zones.zone[zone_id(task->node, type)];

		if (!state || S(above)(S(zone_of)(state), order, WMARK_HIGH,
				       (enum zone_type)type, 0, 0))
			continue;
		balanced = false;
		*reclaimed += S(shrink_zone)(s, task, state,
					     S(scan_pages)(state, priority));
	}
	return balanced;
}

/* Reclaim until all zones of the node are above high, or nothing is left. */
static void S(balance_pgdat)(struct S(zones) * s, const struct zone_task *task,
			     unsigned order)
{
	uint64_t reclaimed;

	do {
		reclaimed = 0;
		for (unsigned p = ZONE_PRIORITY + 1;
		     p-- && reclaimed < ZONE_CLUSTER;)
			if (S(shrink_unbalanced)(s, task, order, p, &reclaimed))
				return;
	} while (reclaimed);
}

static maybe_unused void S(kswapd)(struct S(zones) * s,
				   const struct zone_task *task)
{
	struct kswapd *kswapd = &s->zones.node[task->node]->kswapd;
	unsigned order = 0;

	for (;;) {
		unsigned asked = kswapd_take_order(kswapd);

		/* More than it has just seen to: go on at once. */
		if (asked <= order) {
			if (!kswapd_sleep(kswapd, s->zones.hooks, task->node))
				return;
			asked = kswapd_take_order(kswapd);
		}
		order = asked;
		S(balance_pgdat)(s, task, order);
	}
}

/* (2) to (5) of the sequence in zone.h; true: the request is decided. */
static bool S(try_below_low)(struct S(zones) * s, struct zone_request *r)
{
	bool below = false;

	for (struct zone_state *const *at = r->list->zones; *at; at++)
		S(wake_kswapd)(s, r->task, *at, r->order);
	r->pfn = S(take)(s, r->task, r->list, r->order, WMARK_MIN, r->harder,
			 r->high, &below);
	if (r->pfn != PFN_NONE)
		return zone_decide(r, below ? ZONE_RESERVE : ZONE_WOKEN);
	if (zone_ignores_marks(r->task)) {
		r->pfn = S(take)(s, r->task, r->list, r->order, WMARK_NONE, 0,
				 0, NULL);
		return zone_decide(r, ZONE_RESERVE);
	}
	return !(r->gfp & GFP_WAIT) && zone_decide(r, ZONE_FAILED);
}

/* (7), nothing could be reclaimed: has someone freed a lot meanwhile? If not,
 * kill, and begin again at (1). */
static coldpath bool S(try_kill)(struct S(zones) * s, struct zone_request *r)
{
	const struct zone_hooks *hooks = s->zones.hooks;

	r->pfn = S(take)(s, r->task, r->list, r->order, WMARK_HIGH, 0, 0, NULL);
	if (r->pfn != PFN_NONE)
		return zone_decide(r, ZONE_RECLAIM);
	if (!hooks->out_of_memory(hooks->self, r->task, r->gfp, r->order))
		return zone_decide(r, ZONE_FAILED);
	s->zones.counters[r->task->cpu].kills++;
	r->killed = true;
	r->pfn = S(take)(s, r->task, r->list, r->order, WMARK_LOW, 0, 0, NULL);
	if (r->pfn != PFN_NONE)
		return zone_decide(r, ZONE_OOM);
	return S(try_below_low)(s, r);
}

/* (6) to (8), once. */
static coldpath bool S(try_reclaim)(struct S(zones) * s, struct zone_request *r)
{
	const struct zone_hooks *hooks = s->zones.hooks;

	if (S(direct_reclaim)(s, r->task, r->list)) {
		r->pfn = S(take)(s, r->task, r->list, r->order, WMARK_MIN,
				 r->harder, r->high, NULL);
		if (r->pfn != PFN_NONE)
			return zone_decide(r, ZONE_RECLAIM);
	} else if (r->gfp & GFP_FS && !(r->gfp & GFP_NORETRY)) {
		return S(try_kill)(s, r);
	}
	if (!zone_may_retry(r->gfp, r->order))
		return zone_decide(r, ZONE_FAILED);
	s->zones.counters[r->task->cpu].waits++;
	hooks->congestion_wait(hooks->self, r->task);
	return false;
}

static never_inline pfn_t S(alloc_slow)(struct S(zones) * s,
					struct zone_task *task, gfp_t gfp,
					unsigned order)
{
	struct zone_request r;

	zone_request_init(&r, &s->zones, task, gfp, order);
	if (r.list->zones[0] && !S(try_below_low)(s, &r))
		while (!S(try_reclaim)(s, &r))
			;
	zones_count(&s->zones, task->cpu, r.path);
	return r.pfn;
}

forceinline pfn_t S(alloc_pages)(struct S(zones) * s, struct zone_task *task,
				 gfp_t gfp, unsigned order)
{
	pfn_t pfn;

	if (unlikely(order > MAX_PAGE_ORDER)) {
		zones_count(&s->zones, task->cpu, ZONE_FAILED);
		return PFN_NONE;
	}
	pfn = S(take)(s, task, zones_list(&s->zones, task->node, gfp), order,
		      WMARK_LOW, 0, 0, NULL);
	if (unlikely(pfn == PFN_NONE))
		return S(alloc_slow)(s, task, gfp, order);
	zones_count(&s->zones, task->cpu, ZONE_FAST);
	return pfn;
}

#undef F
#undef ZONE_FRAMES
#undef STRATEGY
