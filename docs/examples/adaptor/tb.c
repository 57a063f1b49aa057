/*
 * tb.c - a buddy tree, each node with the size of the largest free block below
 * it: the foreign allocator, which knows nothing of kmembench.
 */
#include "tb.h"

struct tb {
	unsigned depth; /* 2^depth leaves; node 1 is the root */
	unsigned char
		room[]; /* of a node: 1 + log2 of its largest block; or 0 */
};

static unsigned depth_of(size_t units)
{
	unsigned depth = 0;

	while ((size_t)1 << depth < units)
		depth++;
	return depth;
}

size_t tb_bytes(size_t units)
{
	return sizeof(struct tb) + ((size_t)2 << depth_of(units));
}

/* Two whole halves make a whole; else the better half counts. */
static unsigned char join(const struct tb *tb, size_t node, unsigned log2)
{
	unsigned char low = tb->room[2 * node], high = tb->room[2 * node + 1];

	if (low == log2 && high == log2)
		return (unsigned char)(log2 + 1);
	return low > high ? low : high;
}

struct tb *tb_init(void *memory, size_t units)
{
	struct tb *tb = memory;
	size_t leaves;

	tb->depth = depth_of(units);
	leaves = (size_t)1 << tb->depth;
	for (size_t i = 0; i < leaves; i++)
		tb->room[leaves + i] = i < units;
	for (unsigned log2 = 1; log2 <= tb->depth; log2++)
		for (size_t n = leaves >> log2; n < 2 * (leaves >> log2); n++)
			tb->room[n] = join(tb, n, log2);
	return tb;
}

static void set(struct tb *tb, size_t node, unsigned log2, unsigned char room)
{
	tb->room[node] = room;
	while (node > 1) {
		node /= 2;
		tb->room[node] = join(tb, node, ++log2);
	}
}

long tb_get(struct tb *tb, unsigned log2)
{
	unsigned at = tb->depth;
	size_t node = 1;

	if (tb->room[1] <= log2)
		return -1;
	while (at-- > log2) {
		node *= 2;
		if (tb->room[node] <= log2)
			node++;
	}
	/* What lies below a block that is taken stays as it was: all free. */
	set(tb, node, log2, 0);
	return (long)((node << log2) - ((size_t)1 << tb->depth));
}

void tb_put(struct tb *tb, size_t unit, unsigned log2)
{
	size_t node = (((size_t)1 << tb->depth) + unit) >> log2;

	set(tb, node, log2, (unsigned char)(log2 + 1));
}

int tb_is_free(const struct tb *tb, size_t unit)
{
	unsigned log2 = tb->depth;

	for (;;) {
		size_t node = (((size_t)1 << tb->depth) + unit) >> log2;

		if (!tb->room[node])
			return 0;
		if (tb->room[node] == log2 + 1)
			return 1;
		log2--;
	}
}

int tb_check(const struct tb *tb)
{
	size_t leaves = (size_t)1 << tb->depth;

	for (unsigned log2 = 1; log2 <= tb->depth; log2++)
		for (size_t n = leaves >> log2; n < 2 * (leaves >> log2); n++)
			if (tb->room[n] && tb->room[n] != join(tb, n, log2))
				return 0;
	return 1;
}
