/* zones.c - what all strategies' zones share: lists, counters, LRU pages. */
#include "zone.h"

size_t zones_boot_bytes(unsigned nr_cpus)
{
	return align_up(sizeof(struct zone_node), CACHE_LINE_BYTES) +
	       nr_cpus * (sizeof(struct zone_counters) +
			  MAX_NR_ZONES * sizeof(struct numa_stat));
}

int zones_init(struct zones *zones, struct physmem *mem,
	       const struct zones_config *config)
{
	*zones = (struct zones){
		.mem = mem,
		.hooks = config->hooks,
		.nr_cpus = config->nr_cpus,
		.counters = physmem_boot_alloc(
			mem, 0, config->nr_cpus * sizeof(*zones->counters)),
	};
	if (!zones->counters)
		return -ENOMEM;
	for (unsigned n = 0; n < mem->nr_nodes; n++) {
		zones->node[n] =
			physmem_boot_alloc(mem, n, sizeof(*zones->node[n]));
		if (!zones->node[n])
			return -ENOMEM;
	}
	return 0;
}

int zone_state_init(struct zone_state *state, struct physmem *mem,
		    const struct zone *zone, unsigned nr_cpus)
{
	struct zone_marks marks[MAX_NR_ZONES];

	zone_marks_init(marks, mem, zone->node);
	*state = (struct zone_state){
		.zone = zone,
		.marks = marks[zone->type],
		.numa = physmem_boot_alloc(mem, zone->node,
					   nr_cpus * sizeof(*state->numa)),
	};
	zone_lru_init(&state->lru);
	return state->numa ? 0 : -ENOMEM;
}

void zones_build_lists(struct zones *zones, const uint8_t *distance)
{
	unsigned nr_nodes = zones->mem->nr_nodes;

	for (unsigned n = 0; n < nr_nodes; n++)
		for (gfp_t bits = 0; bits < NR_ZONELISTS; bits++)
			zonelist_build(&zones->node[n]->lists[bits],
				       zones->zone, nr_nodes, distance, n,
				       bits);
}

/*
 * By its number, not by its flags: as long as the page is on the list it may be
 * reclaimed at any moment, and its flags are then another's.
 */
static struct zone_lru *lru_of(struct zones *zones, pfn_t pfn)
{
	for (unsigned id = 0;; id++) {
		struct zone_state *state = zones->zone[id];

		if (state &&
		    pfn - state->zone->start_pfn < state->zone->nr_pages)
			return &state->lru;
	}
}

void zones_touch(struct zones *zones, pfn_t *slot)
{
	pfn_t pfn = READ_ONCE(*slot);

	if (pfn != PFN_NONE)
		zone_lru_touch(lru_of(zones, pfn), zones->mem, slot);
}

pfn_t zones_forget(struct zones *zones, pfn_t *slot)
{
	struct list_head pages;

	list_init(&pages);
	if (!zones_forget_many(zones, slot, 1, &pages))
		return PFN_NONE;
	return page_to_pfn(zones->mem,
			   list_entry(pages.next, struct page, lru));
}

uint64_t zones_forget_many(struct zones *zones, pfn_t *slots, uint64_t nr,
			   struct list_head *pages)
{
	struct zone_lru *locked = NULL;
	uint64_t had = 0;

	for (uint64_t i = 0; i < nr; i++) {
		pfn_t pfn = READ_ONCE(slots[i]);
		struct zone_lru *lru;
		struct page *page;

		if (pfn == PFN_NONE)
			continue;
		lru = lru_of(zones, pfn);
		if (lru != locked) {
			if (locked)
				spin_unlock(&locked->lock);
			locked = lru;
			spin_lock(&lru->lock);
		}
		page = zone_lru_del(lru, zones->mem, &slots[i]);
		if (!page)
			continue;
		list_add(&page->lru, pages);
		had++;
	}
	if (locked)
		spin_unlock(&locked->lock);
	return had;
}

void zones_sum(const struct zones *zones, struct zone_counters *sum)
{
	*sum = (struct zone_counters){ 0 };
	for (unsigned c = 0; c < zones->nr_cpus; c++) {
		const struct zone_counters *own = &zones->counters[c];

		for (unsigned p = 0; p < NR_ZONE_PATHS; p++)
			sum->path[p] += own->path[p];
		sum->fallback += own->fallback;
		sum->scanned += own->scanned;
		sum->reclaimed += own->reclaimed;
		sum->wakeups += own->wakeups;
		sum->waits += own->waits;
		sum->kills += own->kills;
	}
}

void zones_sum_numa(const struct zones *zones, unsigned node,
		    struct numa_stat *sum)
{
	*sum = (struct numa_stat){ 0 };
	for (unsigned type = 0; type < MAX_NR_ZONES; type++) {
		const struct zone_state *state =
			zones->zone[zone_id(node, type)];

		for (unsigned c = 0; state && c < zones->nr_cpus; c++)
			numa_stat_add(sum, &state->numa[c]);
	}
}

void zones_reset_cpu(struct zones *zones, unsigned cpu)
{
	zones->counters[cpu] = (struct zone_counters){ 0 };
	for (unsigned id = 0; id < ARRAY_SIZE(zones->zone); id++)
		if (zones->zone[id])
			zones->zone[id]->numa[cpu] = (struct numa_stat){ 0 };
}
