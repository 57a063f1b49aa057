/*
 * rmap_execute.h - template: one operation of a script, on a world of a
 * STRATEGY (its world_template.h is included before).
 */
#include "rmap_script.h"

/* The page that an address of a process maps, with a reference; NULL: none
 * whose mappings are counted. */
static inline struct page *
S(get_mapped_page)(struct S(world) * w, struct mm_struct *mm, uint64_t addr)
{
	struct page *page = NULL;
	struct x86_64_leaf leaf;

	spin_lock(&mm->tables.page_table_lock);
	leaf = x86_64_lookup(&mm->tables, addr);
	if (!x86_64_pte_none(leaf.pte) && x86_64_pte_present(leaf.pte))
		page = S(entry_page)(w, leaf.pte);
	if (page) {
		page += (addr & (x86_64_level_size(leaf.level) - 1)) >>
			PAGE_SHIFT;
		get_page(page);
	}
	spin_unlock(&mm->tables.page_table_lock);
	return page;
}

/* What reclaim asks of a page. It may not be possible: that is no error. */
static inline void S(execute_reclaim)(struct S(world) * w, struct mm_struct *mm,
				      unsigned cpu, const struct rmap_op *op)
{
	struct page *page = S(get_mapped_page)(w, mm, rmap_page_addr(op->page));

	if (!page)
		return;
	if ((op->kind == RMAP_REFERENCED || op->kind == RMAP_PAGEOUT) &&
	    trylock_page(page)) {
		S(page_referenced)(&w->rmap, cpu, page);
		unlock_page(page);
	}
	if (op->kind != RMAP_REFERENCED &&
	    S(reclaim)(w, cpu, page) == SWAP_SUCCESS && op->kind != RMAP_UNMAP)
		S(drop_page)(w, cpu, page);
	S(put_page)(w, cpu, page);
}

/* From the area's pages to the world's bytes. */
static inline int S(execute_mmap)(struct S(world) * w, struct mm_struct *mm,
				  unsigned cpu, const struct rmap_op *op)
{
	struct S(mapping) *file =
		op->memory == RMAP_ANON ? NULL : &w->files[op->region];
	uint64_t shared = op->memory == RMAP_SHARED ? VM_SHARED : 0;

	return S(mmap)(w, mm, cpu, rmap_page_addr(op->page),
		       op->nr << PAGE_SHIFT, op->flags | shared, file,
		       op->pgoff);
}

static inline int S(execute_access)(struct S(world) * w, struct mm_struct *mm,
				    unsigned cpu, const struct rmap_op *op)
{
	int err = 0;

	for (uint64_t i = 0; i < op->nr && !err; i++)
		err = S(access)(w, mm, cpu,
				rmap_page_addr(op->page + i * op->step),
				op->kind == RMAP_WRITE);
	return err;
}

/* mm: [processes of the script], NULL for those that are not there. 0 or
 * -errno; a dump and a phase are the caller's. */
static inline int S(execute)(struct S(world) * w, struct mm_struct **mm,
			     unsigned cpu, const struct rmap_op *op)
{
	struct mm_struct *own = mm[op->process];
	const uint64_t start = rmap_page_addr(op->page);
	const uint64_t end = start + (op->nr << PAGE_SHIFT);

	switch (op->kind) {
	case RMAP_MMAP:
		return S(execute_mmap)(w, own, cpu, op);
	case RMAP_HUGEPAGE:
		return S(madvise_hugepage)(w, own, cpu, start, end);
	case RMAP_START:
		mm[op->process] = S(mm_create)(w, cpu);
		return mm[op->process] ? 0 : -ENOMEM;
	case RMAP_FORK:
		mm[op->child] = S(fork)(w, own, cpu);
		return mm[op->child] ? 0 : -ENOMEM;
	case RMAP_WRITE:
	case RMAP_READ:
		return S(execute_access)(w, own, cpu, op);
	case RMAP_MUNMAP:
		return S(munmap)(w, own, cpu, start, end);
	case RMAP_MPROTECT:
		return S(mprotect)(w, own, cpu, start, end, op->flags);
	case RMAP_MREMAP:
		return S(mremap)(w, own, cpu, start, end - start,
				 rmap_page_addr(op->to),
				 op->to_nr << PAGE_SHIFT);
	case RMAP_DONTNEED:
		return S(madvise_dontneed)(w, own, cpu, start, end);
	case RMAP_MLOCK:
		return S(mlock)(w, own, cpu, start, end);
	case RMAP_MUNLOCK:
		return S(munlock)(w, own, cpu, start, end);
	case RMAP_EXIT:
		S(exit)(w, own, cpu);
		mm[op->process] = NULL;
		return 0;
	case RMAP_DUMP:
	case RMAP_PHASE:
		return 0;
	default:
		S(execute_reclaim)(w, own, cpu, op);
		return 0;
	}
}
