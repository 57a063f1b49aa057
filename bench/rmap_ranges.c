/* rmap_ranges.c - ranges of pages, in a sorted array. */
#include "rmap_ranges.h"

#include <stdlib.h>
#include <string.h>

/* The first range that ends at `page` or behind. */
static uint64_t find(const struct rmap_ranges *r, uint64_t page)
{
	uint64_t low = 0, high = r->nr;

	while (low < high) {
		uint64_t middle = (low + high) / 2;

		if (r->at[middle].end < page)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool rmap_ranges_any(const struct rmap_ranges *r, uint64_t start, uint64_t end)
{
	uint64_t i = find(r, start + 1);

	return i < r->nr && r->at[i].start < end;
}

bool rmap_ranges_all(const struct rmap_ranges *r, uint64_t start, uint64_t end)
{
	uint64_t i = find(r, end);

	return i < r->nr && r->at[i].start <= start;
}

static bool make_room(struct rmap_ranges *r, uint64_t nr)
{
	struct rmap_range *at;
	uint64_t room = r->room ? r->room : 4;

	while (room < nr)
		room *= 2;
	if (room == r->room)
		return true;
	at = realloc(r->at, room * sizeof(*at));
	if (!at)
		return false;
	r->at = at;
	r->room = room;
	return true;
}

/* Those that it meets, or touches, are cut off or joined: 0 to 2 remain. */
bool rmap_ranges_set(struct rmap_ranges *r, uint64_t start, uint64_t end,
		     bool mapped)
{
	uint64_t first = find(r, start), last = first, nr = 0;
	struct rmap_range now[2];

	while (last < r->nr && r->at[last].start <= end)
		last++;
	if (mapped) {
		if (first < last && r->at[first].start < start)
			start = r->at[first].start;
		if (first < last && r->at[last - 1].end > end)
			end = r->at[last - 1].end;
		now[nr++] = (struct rmap_range){ start, end };
	} else {
		if (first < last && r->at[first].start < start)
			now[nr++] = (struct rmap_range){ r->at[first].start,
							 start };
		if (first < last && r->at[last - 1].end > end)
			now[nr++] =
				(struct rmap_range){ end, r->at[last - 1].end };
	}
	if (!make_room(r, r->nr + 1))
		return false;
	memmove(r->at + first + nr, r->at + last,
		(r->nr - last) * sizeof(*r->at));
	memcpy(r->at + first, now, nr * sizeof(*now));
	r->nr = r->nr - (last - first) + nr;
	return true;
}

bool rmap_ranges_copy(struct rmap_ranges *r, const struct rmap_ranges *from)
{
	if (!make_room(r, from->nr))
		return false;
	if (from->nr)
		memcpy(r->at, from->at, from->nr * sizeof(*r->at));
	r->nr = from->nr;
	return true;
}

void rmap_ranges_free(struct rmap_ranges *r)
{
	free(r->at);
	*r = (struct rmap_ranges){ 0 };
}
