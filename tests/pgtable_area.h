/*
 * pgtable_area.h - frames to map, an area to map them in, and a kernel around
 * follow_page() that does as a test tells it.
 */
#ifndef KMB_PGTABLE_AREA_H
#define KMB_PGTABLE_AREA_H

#include "pgtable_source.h"

#include "../kernels/pgtable/operations.h"

/* Four huge pages of 4 MiB; then the page of zeros. */
#define AREA_FRAMES 4096
#define AREA_PFN PGTABLE_TABLE_FRAMES
#define AREA_ZERO_PFN (AREA_PFN + AREA_FRAMES)

/* What follow_page() gives where there is no page to give. */
#define NO_PAGE ERR_PTR(-EFAULT)

static struct page *area_page(uint64_t i)
{
	return pfn_to_page(&counting.mem, AREA_PFN + i);
}

/* Each frame is somebody's already: one reference. */
static struct page_source *area_begin(void)
{
	struct page_source *const *pages = counting_begin(AREA_FRAMES + 1024);

	for (uint64_t i = 0; i < AREA_FRAMES + 1024; i++) {
		set_page_count(area_page(i), 1);
		area_page(i)->private = FRAME_IN_USE;
	}
	return pages[0];
}

/* What is asked of the kernel around, and what a test does then. */
struct area_calls {
	struct spinlock anon_vma;
	unsigned nr_locked, nr_drained, nr_waited;
	void (*event)(struct area_calls *calls);
	void *arg;
};

static void area_event(struct area_calls *calls, unsigned *nr)
{
	++*nr;
	if (calls->event)
		calls->event(calls);
}

static void area_anon_vma_lock(void *self, struct anon_vma *anon_vma)
{
	struct area_calls *calls = self;

	(void)anon_vma;
	spin_lock(&calls->anon_vma);
	area_event(calls, &calls->nr_locked);
}

static void area_anon_vma_unlock(void *self, struct anon_vma *anon_vma)
{
	struct area_calls *calls = self;

	(void)anon_vma;
	spin_unlock(&calls->anon_vma);
}

static void area_lru_add_drain(void *self, unsigned cpu)
{
	struct area_calls *calls = self;

	(void)cpu;
	area_event(calls, &calls->nr_drained);
}

static void area_migration_entry_wait(void *self, uint64_t addr)
{
	struct area_calls *calls = self;

	(void)addr;
	area_event(calls, &calls->nr_waited);
}

static struct area_calls area_calls;
static const struct mm_hooks area_hooks = {
	.anon_vma_lock = area_anon_vma_lock,
	.anon_vma_unlock = area_anon_vma_unlock,
	.lru_add_drain = area_lru_add_drain,
	.migration_entry_wait = area_migration_entry_wait,
	.self = &area_calls,
};

/* A private area that may be written. */
static inline struct vm_area_struct area_vma(uint64_t start, uint64_t end)
{
	return (struct vm_area_struct){
		.vm_start = start,
		.vm_end = end,
		.vm_flags = VM_READ | VM_WRITE | VM_MAYWRITE,
		.has_fault = true,
	};
}

#endif
