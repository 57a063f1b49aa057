/*
 * pgtable_follow_model.h - a flat model of follow_page(): what each page of an
 * area is, and what each flag makes of that.
 */
#ifndef KMB_PGTABLE_FOLLOW_MODEL_H
#define KMB_PGTABLE_FOLLOW_MODEL_H

#include "pgtable_area.h"

/* What one page of the area is. */
struct follow_slot {
	enum {
		SLOT_HOLE,
		SLOT_PAGE,
		SLOT_PROTNONE,
		SLOT_ZERO,
		SLOT_SPECIAL,
		SLOT_NO_FRAME,
		SLOT_SWAP,
		NR_SLOT_KINDS
	} kind;
	bool huge, rw, dirty;
};

struct follow_model {
	struct follow_slot slot[AREA_FRAMES];
	unsigned marks[AREA_FRAMES];
	int32_t count[AREA_FRAMES];
	int32_t zero_count;
	unsigned zero_marks;
	uint64_t huge_pages; /* small pages of a huge one */
};

#define FOLLOW_MARKS (PG_referenced | PG_dirty | PG_mlocked)

/* Frames whose page can be mlocked. */
static bool model_can_mlock(uint64_t i)
{
	return i % 2 == 0 && i % 7 != 0;
}

/* What is to come back, and be done, for one page that is not huge. */
static struct page *model_small(struct follow_model *m,
				const struct vm_area_struct *vma, uint64_t i,
				unsigned flags)
{
	const struct follow_slot *s = &m->slot[i];
	bool zero = s->kind == SLOT_ZERO;
	unsigned *marks = zero ? &m->zero_marks : &m->marks[i];

	if (s->kind == SLOT_SWAP)
		return NULL;
	if (s->kind == SLOT_HOLE)
		return flags & FOLL_DUMP && !vma->has_fault ? NO_PAGE : NULL;
	if (flags & FOLL_WRITE && !s->rw)
		return NULL;
	if (flags & FOLL_NUMA && s->kind == SLOT_PROTNONE)
		return NULL;
	if (s->kind == SLOT_SPECIAL || s->kind == SLOT_NO_FRAME ||
	    (zero && flags & FOLL_DUMP))
		return NO_PAGE;
	if (flags & FOLL_GET)
		++*(zero ? &m->zero_count : &m->count[i]);
	if (flags & FOLL_TOUCH)
		*marks |= PG_referenced;
	if (flags & FOLL_TOUCH && flags & FOLL_WRITE && !s->dirty)
		*marks |= PG_dirty;
	if (flags & FOLL_MLOCK && vma->vm_flags & VM_LOCKED && !zero &&
	    model_can_mlock(i))
		*marks |= PG_mlocked;
	return zero ? area_page(AREA_FRAMES) : area_page(i);
}

/* The same for one of a huge page. */
static struct page *model_huge(struct follow_model *m,
			       const struct vm_area_struct *vma, uint64_t i,
			       unsigned flags)
{
	uint64_t nr = m->huge_pages, head = align_down(i, nr);

	if (vma->vm_flags & VM_HUGETLB && flags & FOLL_GET)
		return ERR_PTR(-EINVAL);
	if (!(vma->vm_flags & VM_HUGETLB) && flags & FOLL_SPLIT) {
		for (uint64_t n = head; n < head + nr; n++)
			m->slot[n].huge = false;
		return model_small(m, vma, i, flags);
	}
	if (flags & FOLL_WRITE && !m->slot[i].rw)
		return NULL;
	if (vma->vm_flags & VM_HUGETLB)
		return area_page(i);
	if (flags & FOLL_GET)
		m->count[i]++;
	if (flags & FOLL_TOUCH && flags & FOLL_WRITE)
		for (uint64_t n = head; n < head + nr; n++)
			m->slot[n].dirty = true;
	if (flags & FOLL_MLOCK && vma->vm_flags & VM_LOCKED &&
	    model_can_mlock(head))
		m->marks[head] |= PG_mlocked;
	return area_page(i);
}

#endif
