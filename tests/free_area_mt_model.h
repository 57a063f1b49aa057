/*
 * free_area_mt_model.h - a naive model of the buddy of 2.6.24: the free blocks
 * as a plain table, searched from end to end for each decision. It knows which
 * block must be handed out next.
 */
#ifndef KMB_FREE_AREA_MT_MODEL_H
#define KMB_FREE_AREA_MT_MODEL_H

#include "frame_model.h"

/* Zone 1 is [1024, 4096): the reserve is [1024, 2048). */
#define MT_START 1024
#define MT_PAGES 3072
#define MT_PAGEBLOCK 512
#define MT_HALF_PAGEBLOCK_ORDER 4 /* 9 / 2 */

struct mt_block {
	bool free;
	unsigned order;
	enum migratetype type; /* of the list that it is on */
	uint64_t listed;       /* when: the latest of a list is its first */
};

struct mt_model {
	struct mt_block block[MT_PAGES]; /* by its first frame */
	enum migratetype pageblock[MT_PAGES / MT_PAGEBLOCK];
	uint64_t clock;
	/* Stolen without more, with what was free there, and all of it. */
	unsigned nr_alone, nr_moved, nr_claimed, nr_reserve;
};

static void mt_list(struct mt_model *m, uint64_t at, unsigned order,
		    enum migratetype type)
{
	m->block[at] = (struct mt_block){ true, order, type, ++m->clock };
}

static void mt_model_init(struct mt_model *m)
{
	memset(m, 0, sizeof(*m));
	for (uint64_t at = 0; at < MT_PAGES; at += MT_PAGEBLOCK)
		m->pageblock[at / MT_PAGEBLOCK] =
			at < 1024 ? MIGRATE_RESERVE : MIGRATE_MOVABLE;
	for (uint64_t at = 0; at < MT_PAGES; at += 1024)
		mt_list(m, at, 10, m->pageblock[at / MT_PAGEBLOCK]);
}

/* The first block on a list, or MT_PAGES. */
static uint64_t mt_first(const struct mt_model *m, unsigned order,
			 enum migratetype type)
{
	uint64_t first = MT_PAGES, listed = 0;

	for (uint64_t at = 0; at < MT_PAGES; at += 1ull << order) {
		const struct mt_block *b = &m->block[at];

		if (b->free && b->order == order && b->type == type &&
		    b->listed > listed) {
			first = at;
			listed = b->listed;
		}
	}
	return first;
}

/* Take a block off its list; what is too much goes to lists of `type`. */
static pfn_t mt_take(struct mt_model *m, uint64_t at, unsigned order,
		     enum migratetype type)
{
	m->block[at].free = false;
	for (unsigned o = m->block[at].order; o > order; o--)
		mt_list(m, at + (1ull << (o - 1)), o - 1, type);
	return MT_START + at;
}

static pfn_t mt_smallest(struct mt_model *m, unsigned order,
			 enum migratetype type)
{
	for (unsigned o = order; o <= 10; o++) {
		uint64_t at = mt_first(m, o, type);

		if (at < MT_PAGES)
			return mt_take(m, at, order, type);
	}
	return PFN_NONE;
}

/* Take it from another type, with all that the rules let go along. */
static pfn_t mt_steal(struct mt_model *m, uint64_t at, unsigned order,
		      enum migratetype type)
{
	unsigned from = m->block[at].order;
	uint64_t size = from == 10 ? 1024 : MT_PAGEBLOCK, moved = 0;
	uint64_t start = at / size * size;

	if (from < MT_HALF_PAGEBLOCK_ORDER && type != MIGRATE_RECLAIMABLE) {
		m->nr_alone++;
		return mt_take(m, at, order, m->block[at].type);
	}
	m->nr_moved++;
	for (uint64_t i = start; i < start + size; i++)
		if (m->block[i].free) {
			mt_list(m, i, m->block[i].order, type);
			moved += 1u << m->block[i].order;
		}
	if (2 * moved >= size) {
		m->nr_claimed++;
		for (uint64_t i = start; i < start + size; i += MT_PAGEBLOCK)
			m->pageblock[i / MT_PAGEBLOCK] = type;
	}
	return mt_take(m, at, order, type);
}

static pfn_t mt_alloc(struct mt_model *m, unsigned order, enum migratetype type)
{
	static const char *const fallbacks[] = { "\1\2", "\0\2", "\1\0" };
	pfn_t pfn = mt_smallest(m, order, type);

	if (pfn != PFN_NONE)
		return pfn;
	for (unsigned o = 11; o-- > order;)
		for (unsigned i = 0; i < 2; i++) {
			uint64_t at = mt_first(
				m, o, (enum migratetype)fallbacks[type][i]);

			if (at < MT_PAGES)
				return mt_steal(m, at, order, type);
		}
	pfn = mt_smallest(m, order, MIGRATE_RESERVE);
	m->nr_reserve += pfn != PFN_NONE;
	return pfn;
}

static void mt_free(struct mt_model *m, pfn_t pfn, unsigned order)
{
	uint64_t at = pfn - MT_START;
	enum migratetype type = m->pageblock[at / MT_PAGEBLOCK];

	for (; order < 10; order++) {
		struct mt_block *buddy = &m->block[at ^ 1u << order];

		if (!buddy->free || buddy->order != order)
			break;
		buddy->free = false;
		at &= ~(1ull << order);
	}
	mt_list(m, at, order, type);
}

#endif
