/*
 * hierarchical_map.h - the words of hierarchical, their classes and groups, and
 * the word that each order holds; hierarchical.h says what these are.
 */
#ifndef KMB_FRAME_HIERARCHICAL_MAP_H
#define KMB_FRAME_HIERARCHICAL_MAP_H

#include "frame.h"
#include "hierarchical_bits.h"
#include "summary.h"

/* Blocks of one order that were freed and not yet written to map[]. */
#define HIERARCHICAL_STACKS 4
#define HIERARCHICAL_DEPTH 16

struct hierarchical_stack {
	uint64_t nr;
	pfn_t pfn[HIERARCHICAL_DEPTH];
};

struct hierarchical_allocator {
	pfn_t start_pfn;
	uint64_t *map;	   /* [nr_words + 1], the last is 0 */
	uint8_t *class_of; /* [nr_words + 1] enum hierarchical_class */
	uint64_t held[HIERARCHICAL_FULL]; /* index of a word; nr_words: none */
	uint64_t nonempty;		  /* bit k == class[k] holds anything */
	uint64_t *full;			  /* [BITS_TO_WORDS(nr_words)] */
	struct summary class[NR_PAGE_ORDERS];
	struct hierarchical_stack stack[HIERARCHICAL_STACKS];
	uint64_t nr_words;
	const struct physmem *mem;
};

forceinline void hierarchical_add(struct hierarchical_allocator *a, unsigned k,
				  uint64_t i)
{
	if (summary_add(&a->class[k], i))
		a->nonempty |= 1ull << k;
}

forceinline void hierarchical_del(struct hierarchical_allocator *a, unsigned k,
				  uint64_t i)
{
	if (summary_del(&a->class[k], i))
		a->nonempty &= ~(1ull << k);
}

/* A group of class `old` has these full words from now on. */
forceinline void hierarchical_set_group(struct hierarchical_allocator *a,
					uint64_t j, uint64_t group,
					unsigned old)
{
	unsigned new = hierarchical_classify_group(group);

	a->full[j] = group;
	if (old == new)
		return;
	if (old)
		hierarchical_del(a, old, j);
	if (new)
		hierarchical_add(a, new, j);
}

/* Some words of a group are full again, and were not. */
forceinline void hierarchical_fill_group(struct hierarchical_allocator *a,
					 uint64_t j, uint64_t words)
{
	uint64_t group = a->full[j];

	hierarchical_set_group(a, j, group | words,
			       hierarchical_classify_group(group));
}

/* A word that is not full changes its class. */
static never_inline void
hierarchical_reclassify(struct hierarchical_allocator *a, uint64_t i,
			unsigned class)
{
	if (a->class_of[i] < HIERARCHICAL_FULL)
		hierarchical_del(a, a->class_of[i], i);
	a->class_of[i] = (uint8_t) class;
	if (class < HIERARCHICAL_FULL)
		hierarchical_add(a, class, i);
	else if (class == HIERARCHICAL_FULL)
		hierarchical_fill_group(a, i / BITS_PER_WORD,
					1ull << i % BITS_PER_WORD);
}

static inline void hierarchical_unhold(struct hierarchical_allocator *a,
				       unsigned order)
{
	uint64_t i = a->held[order];

	if (i == a->nr_words)
		return;
	a->held[order] = a->nr_words;
	hierarchical_reclassify(a, i, hierarchical_classify(a->map[i]));
}

/* Write a block of order 0..5 to its word, and class that anew. */
forceinline void hierarchical_write(struct hierarchical_allocator *a,
				    uint64_t frame, unsigned order)
{
	uint64_t i = frame / BITS_PER_WORD;
	uint64_t mask = hierarchical_mask(order) << frame % BITS_PER_WORD;
	unsigned class;

	KMB_BUG_ON(a->map[i] & mask);
	a->map[i] |= mask;
	if (a->class_of[i] == HIERARCHICAL_HELD)
		return;
	class = hierarchical_classify(a->map[i]);
	if (class != a->class_of[i])
		hierarchical_reclassify(a, i, class);
}

/* How many stacked blocks overlap this one? */
static inline unsigned
hierarchical_nr_stacked(const struct hierarchical_allocator *a, pfn_t pfn,
			unsigned order)
{
	unsigned nr = 0;

	for (unsigned o = 0; o < HIERARCHICAL_STACKS; o++)
		for (uint64_t n = 0; n < a->stack[o].nr; n++) {
			pfn_t other = a->stack[o].pfn[n];

			nr += other < pfn + (1ull << order) &&
			      pfn < other + (1ull << o);
		}
	return nr;
}

/* Write what is stacked, hold no word. */
static coldpath void hierarchical_settle(struct hierarchical_allocator *a)
{
	for (unsigned o = 0; o < HIERARCHICAL_STACKS; o++) {
		struct hierarchical_stack *stack = &a->stack[o];

		while (stack->nr)
			hierarchical_write(
				a, stack->pfn[--stack->nr] - a->start_pfn, o);
	}
	for (unsigned o = 0; o < HIERARCHICAL_FULL; o++)
		hierarchical_unhold(a, o);
}

/* The smallest class with a block of this order, or NR_PAGE_ORDERS. */
static inline unsigned hierarchical_find(struct hierarchical_allocator *a,
					 unsigned order)
{
	if (unlikely(!(a->nonempty >> order)))
		hierarchical_settle(a);
	if (unlikely(!(a->nonempty >> order)))
		return NR_PAGE_ORDERS;
	return order + ffs64(a->nonempty >> order);
}

/* Hold another word, one with a block of this order; false: there is none. */
static never_inline bool hierarchical_hold(struct hierarchical_allocator *a,
					   unsigned order)
{
	unsigned k;
	uint64_t i;

	hierarchical_unhold(a, order);
	k = hierarchical_find(a, order);
	if (k == NR_PAGE_ORDERS)
		return false;
	i = summary_first(&a->class[k]);
	if (k < HIERARCHICAL_FULL) {
		hierarchical_del(a, k, i);
	} else {
		uint64_t j = i, group = a->full[j];
		unsigned bit = hierarchical_best_fit(group, 0);

		hierarchical_set_group(a, j, group & ~(1ull << bit), k);
		i = j * BITS_PER_WORD + bit;
	}
	a->class_of[i] = HIERARCHICAL_HELD;
	a->held[order] = i;
	return true;
}

/* Whole words: orders from 6. */
static never_inline pfn_t
hierarchical_alloc_words(struct hierarchical_allocator *a, unsigned order)
{
	uint64_t j, group;
	unsigned k, bit;

	if (unlikely(order > MAX_PAGE_ORDER))
		return PFN_NONE;
	k = hierarchical_find(a, order);
	if (unlikely(k == NR_PAGE_ORDERS))
		return PFN_NONE;
	j = summary_first(&a->class[k]);
	group = a->full[j];
	bit = hierarchical_best_fit(group, order - HIERARCHICAL_FULL);
	group &= ~(hierarchical_words(order) << bit);
	hierarchical_set_group(a, j, group, k);
	return a->start_pfn + (j * BITS_PER_WORD + bit) * BITS_PER_WORD;
}

static never_inline void
hierarchical_free_words(struct hierarchical_allocator *a, uint64_t i,
			unsigned order)
{
	uint64_t words = hierarchical_words(order) << i % BITS_PER_WORD;

	KMB_BUG_ON(a->class_of[i] != HIERARCHICAL_FULL ||
		   a->full[i / BITS_PER_WORD] & words);
	hierarchical_fill_group(a, i / BITS_PER_WORD, words);
}

#endif
