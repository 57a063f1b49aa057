/*
 * pgtable_model.h - the flat model of an address space: what maps each page of
 * a few spans of it.
 */
#ifndef KMB_PGTABLE_MODEL_H
#define KMB_PGTABLE_MODEL_H

#include "pgtable_source.h"

/* level 0: not mapped. */
struct model_page {
	uint64_t pfn, flags;
	unsigned level;
};

struct model_span {
	uint64_t start, nr_pages;
	struct model_page *pages;
};

struct pgtable_model {
	struct model_span spans[8];
	unsigned nr_spans;
	uint64_t leaf_size[LEVEL_PGD + 1]; /* 0: no such pages */
};

static void model_add_span(struct pgtable_model *m, uint64_t start,
			   uint64_t end)
{
	uint64_t nr_pages = (end - start) >> PAGE_SHIFT;

	assert_true(m->nr_spans < ARRAY_SIZE(m->spans));
	m->spans[m->nr_spans++] = (struct model_span){
		.start = start,
		.nr_pages = nr_pages,
		.pages = calloc(nr_pages, sizeof(struct model_page)),
	};
}

static void model_free(struct pgtable_model *m)
{
	while (m->nr_spans)
		free(m->spans[--m->nr_spans].pages);
}

static uint64_t model_addr(const struct model_span *s, uint64_t i)
{
	return s->start + (i << PAGE_SHIFT);
}

/* Of pages [i, end), those that are mapped. */
static uint64_t model_mapped(const struct model_span *s, uint64_t i,
			     uint64_t end)
{
	uint64_t nr = 0;

	for (; i < end; i++)
		nr += s->pages[i].level != 0;
	return nr;
}

static void model_map(struct pgtable_model *m, struct model_span *s, uint64_t i,
		      pfn_t pfn, unsigned level, uint64_t flags)
{
	for (uint64_t n = m->leaf_size[level] >> PAGE_SHIFT; n--;)
		s->pages[i + n] = (struct model_page){ pfn + n, flags, level };
}

/* Huge pages that lie across the start of page i become smaller ones. */
static void model_split(struct pgtable_model *m, struct model_span *s,
			uint64_t i)
{
	while (i < s->nr_pages && s->pages[i].level > LEVEL_PTE) {
		unsigned level = s->pages[i].level;
		uint64_t nr = m->leaf_size[level] >> PAGE_SHIFT;
		uint64_t first = i - (model_addr(s, i) >> PAGE_SHIFT) % nr;

		if (first == i)
			break;
		for (uint64_t n = 0; n < nr; n++)
			s->pages[first + n].level = level - 1;
	}
}

static void model_split_ends(struct pgtable_model *m, struct model_span *s,
			     uint64_t i, uint64_t end)
{
	model_split(m, s, i);
	model_split(m, s, end);
}

static uint64_t model_unmap(struct pgtable_model *m, struct model_span *s,
			    uint64_t i, uint64_t end)
{
	uint64_t nr = model_mapped(s, i, end);

	model_split_ends(m, s, i, end);
	memset(s->pages + i, 0, (end - i) * sizeof(*s->pages));
	return nr;
}

static void model_protect(struct pgtable_model *m, struct model_span *s,
			  uint64_t i, uint64_t end, uint64_t set,
			  uint64_t clear)
{
	model_split_ends(m, s, i, end);
	for (; i < end; i++)
		if (s->pages[i].level)
			s->pages[i].flags = (s->pages[i].flags & ~clear) | set;
}

/* One call of a strategy, by pages of a span. */
struct pgtable_call {
	enum { CALL_MAP, CALL_PROTECT, CALL_UNMAP } kind;
	uint64_t page, end;
	unsigned level; /* of what is mapped */
};

static void model_call(struct pgtable_model *m, struct model_span *span,
		       const struct pgtable_call *c)
{
	if (c->kind == CALL_MAP)
		model_map(m, span, c->page, 1024, c->level, PAGE_PRESENT);
	else if (c->kind == CALL_PROTECT)
		model_protect(m, span, c->page, c->end, PAGE_RW, 0);
	else
		model_unmap(m, span, c->page, c->end);
}

#endif
