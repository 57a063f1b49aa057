/* rmap_ranges.c - ranges of pages, in a red-black tree. */
#include "rmap_ranges.h"

#include <stdlib.h>

static struct rmap_range *range_of(struct rb_node *node)
{
	return node ? rb_entry(node, struct rmap_range, rb) : NULL;
}

/* The first range that ends at `page` or behind. */
static struct rmap_range *find(const struct rmap_ranges *r, uint64_t page)
{
	struct rmap_range *best = NULL, *range = range_of(r->tree.node);

	while (range) {
		if (range->end >= page)
			best = range;
		range = range_of(range->end < page ? range->rb.right
						   : range->rb.left);
	}
	return best;
}

bool rmap_ranges_any(const struct rmap_ranges *r, uint64_t start, uint64_t end)
{
	const struct rmap_range *range = find(r, start + 1);

	return range && range->start < end;
}

bool rmap_ranges_all(const struct rmap_ranges *r, uint64_t start, uint64_t end)
{
	const struct rmap_range *range = find(r, end);

	return range && range->start <= start;
}

/* Where nothing is, nor touches it. */
static bool insert(struct rmap_ranges *r, uint64_t start, uint64_t end)
{
	struct rb_node *parent = NULL, **link = &r->tree.node;
	struct rmap_range *range = malloc(sizeof(*range));

	if (!range)
		return false;
	range->start = start;
	range->end = end;
	while (*link) {
		parent = *link;
		link = start < range_of(parent)->start ? &parent->left
						       : &parent->right;
	}
	rb_link(&range->rb, parent, link);
	rb_insert(&r->tree, &range->rb, NULL);
	r->nr++;
	return true;
}

static void erase(struct rmap_ranges *r, struct rmap_range *range)
{
	rb_erase(&r->tree, &range->rb, NULL);
	r->nr--;
	free(range);
}

/* Those that it meets, or touches, are joined to it; or what they have outside
 * of it stays. */
bool rmap_ranges_set(struct rmap_ranges *r, uint64_t start, uint64_t end,
		     bool mapped)
{
	struct rmap_range *range = find(r, start);
	uint64_t first = start, last = end;

	while (range && range->start <= end) {
		struct rmap_range *next = range_of(rb_next(&range->rb));

		if (range->start < first)
			first = range->start;
		if (range->end > last)
			last = range->end;
		erase(r, range);
		range = next;
	}
	if (mapped)
		return insert(r, first, last);
	return (first == start || insert(r, first, start)) &&
	       (last == end || insert(r, end, last));
}

bool rmap_ranges_copy(struct rmap_ranges *r, const struct rmap_ranges *from)
{
	struct rb_node *node = rb_first(&from->tree);

	for (; node; node = rb_next(node))
		if (!insert(r, range_of(node)->start, range_of(node)->end))
			return false;
	return true;
}

void rmap_ranges_free(struct rmap_ranges *r)
{
	while (r->nr)
		erase(r, range_of(rb_first(&r->tree)));
}
