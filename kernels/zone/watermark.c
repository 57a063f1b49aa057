/* watermark.c - every zone's marks from the sizes of all zones. */
#include "watermark.h"

#include "../base/bitops.h"

/* Of a lower zone, a 256th or a 32nd of what lies above it is kept. */
static const uint64_t reserve_ratio[MAX_NR_ZONES] = { 256, 32, 1 };

static uint64_t clamp(uint64_t x, uint64_t low, uint64_t high)
{
	return x < low ? low : x > high ? high : x;
}

static uint64_t lowmem_pages(const struct physmem *mem)
{
	uint64_t pages = 0;

	for (unsigned n = 0; n < mem->nr_nodes; n++)
		for (unsigned z = 0; z < ZONE_HIGHMEM; z++)
			pages += mem->node_data[n].zones[z].nr_pages;
	return pages;
}

uint64_t zone_min_free_kib(uint64_t pages)
{
	return clamp(isqrt64(16 * pages * (PAGE_SIZE / 1024)), 128, 65536);
}

/* The kernel needs no highmem to free memory: little will do. */
static uint64_t min_pages(const struct zone *zone, uint64_t lowmem)
{
	if (!zone->nr_pages)
		return 0;
	if (zone->type == ZONE_HIGHMEM)
		return clamp(zone->nr_pages / 1024, 32, 128);
	return zone_min_free_kib(lowmem) / (PAGE_SIZE / 1024) * zone->nr_pages /
	       lowmem;
}

void zone_marks_init(struct zone_marks marks[MAX_NR_ZONES],
		     const struct physmem *mem, unsigned node)
{
	const struct zone *zones = mem->node_data[node].zones;
	uint64_t lowmem = lowmem_pages(mem);

	for (unsigned i = 0; i < MAX_NR_ZONES; i++) {
		uint64_t min = min_pages(&zones[i], lowmem), above = 0;

		marks[i] = (struct zone_marks){
			.min = min,
			.low = min * 5 / 4,
			.high = min * 6 / 4,
		};
		if (!zones[i].nr_pages)
			continue;
		for (unsigned j = i + 1; j < MAX_NR_ZONES; j++) {
			above += zones[j].nr_pages;
			marks[i].reserve[j] = above / reserve_ratio[i];
		}
	}
}
