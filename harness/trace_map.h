/*
 * trace_map.h - which number a live object has: addresses to objects.
 *
 * Open addressing, at most half full, linear probing; removal moves followers
 * up, so there are no tombstones and memory is bounded by what is live.
 */
#ifndef KMB_TRACE_MAP_H
#define KMB_TRACE_MAP_H

#include <stddef.h>
#include <stdint.h>

/* No address is this. */
#define TRACE_MAP_EMPTY UINT64_MAX

struct trace_map_entry {
	uint64_t key;
	uint32_t object;
	uint32_t value; /* whatever the user keeps beside it */
};

struct trace_map {
	struct trace_map_entry *slot;
	size_t nr_slots; /* a power of two, or 0 */
	size_t used;
};

/* NULL: there is none. Good until the next put or remove. */
struct trace_map_entry *trace_map_find(const struct trace_map *map,
				       uint64_t key);
/* key is not there yet. 0 or -ENOMEM. */
int trace_map_put(struct trace_map *map, uint64_t key, uint32_t object,
		  uint32_t value);
/* entry is one that find returned. */
void trace_map_remove(struct trace_map *map, struct trace_map_entry *entry);
void trace_map_free(struct trace_map *map);

#endif
