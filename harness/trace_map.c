/* trace_map.c - open addressing with linear probing. */
#include "trace_map.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_SLOTS 1024

/* 2^64 over the golden ratio: neighbours, as pfns are, fall far apart. */
static size_t home_of(const struct trace_map *map, uint64_t key)
{
	return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 20) &
	       (map->nr_slots - 1);
}

static size_t next_slot(const struct trace_map *map, size_t i)
{
	return (i + 1) & (map->nr_slots - 1);
}

/* Where key is, or the empty slot where it would be. */
static struct trace_map_entry *probe(const struct trace_map *map, uint64_t key)
{
	size_t i = home_of(map, key);

	while (map->slot[i].key != key && map->slot[i].key != TRACE_MAP_EMPTY)
		i = next_slot(map, i);
	return &map->slot[i];
}

struct trace_map_entry *trace_map_find(const struct trace_map *map,
				       uint64_t key)
{
	struct trace_map_entry *entry;

	if (!map->used)
		return NULL;
	entry = probe(map, key);
	return entry->key == key ? entry : NULL;
}

static int grow(struct trace_map *map)
{
	const struct trace_map old = *map;

	map->nr_slots = old.nr_slots ? 2 * old.nr_slots : FIRST_SLOTS;
	map->slot = malloc(map->nr_slots * sizeof(*map->slot));
	if (!map->slot) {
		*map = old;
		return -ENOMEM;
	}
	for (size_t i = 0; i < map->nr_slots; i++)
		map->slot[i].key = TRACE_MAP_EMPTY;
	for (size_t i = 0; i < old.nr_slots; i++)
		if (old.slot[i].key != TRACE_MAP_EMPTY)
			*probe(map, old.slot[i].key) = old.slot[i];
	free(old.slot);
	return 0;
}

int trace_map_put(struct trace_map *map, uint64_t key, uint32_t object,
		  uint32_t value)
{
	if (2 * map->used >= map->nr_slots && grow(map))
		return -ENOMEM;
	*probe(map, key) = (struct trace_map_entry){ key, object, value };
	map->used++;
	return 0;
}

/* Is i in the run of slots that begins after `from` and ends at `to`? */
static int between(size_t from, size_t i, size_t to)
{
	return from <= to ? from < i && i <= to : from < i || i <= to;
}

void trace_map_remove(struct trace_map *map, struct trace_map_entry *entry)
{
	size_t hole = (size_t)(entry - map->slot);

	/* A follower may fill the hole unless its home lies behind it. */
	for (size_t i = next_slot(map, hole);
	     map->slot[i].key != TRACE_MAP_EMPTY; i = next_slot(map, i)) {
		if (between(hole, home_of(map, map->slot[i].key), i))
			continue;
		map->slot[hole] = map->slot[i];
		hole = i;
	}
	map->slot[hole].key = TRACE_MAP_EMPTY;
	map->used--;
}

void trace_map_free(struct trace_map *map)
{
	free(map->slot);
	*map = (struct trace_map){ 0 };
}
