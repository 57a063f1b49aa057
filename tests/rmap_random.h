/* rmap_random.h - random operations of processes, for worlds under test. */
#ifndef KMB_RMAP_RANDOM_H
#define KMB_RMAP_RANDOM_H

#include <string.h>

#include "../bench/rmap_script.h"
#include "../kernels/base/bitops.h"
#include "../kernels/base/random.h"
#include "../kernels/rmap/mm.h"

#ifndef NR_PROCESSES
#define NR_PROCESSES 6
#endif
#define TEST_FILES 2
#define TEST_FILE_PAGES 48

/* What is done how often: a letter for each time. */
#define RMAP_ALL_KINDS "wwwwwwwwwwwwrrrrrrmmmmmuupppvvvvdffexxxlkkaacc"
/* Many share pages, which few copy: long chains, and large families. */
#define RMAP_CROWD_KINDS "wrrrrrrrrrmuvpaffffffffffffffffffffffff"
/* Areas come and go, so that huge pages find places without a table. */
#define RMAP_HUGE_KINDS "wwwwwwmmmuuuupvdffffxac"

/* Of so many pages of address space; huge ones if there is room for three. */
struct rmap_random {
	struct random r;
	uint64_t area_pages;
	bool reclaims;	    /* what it maps may be reclaimed */
	unsigned processes; /* at once, at most; 0: NR_PROCESSES */
	const char *kinds;  /* NULL: RMAP_ALL_KINDS */
};

static uint64_t below(struct rmap_random *r, uint64_t limit)
{
	return random_below(&r->r, limit);
}

forceinline bool random_has_huge(const struct rmap_random *r)
{
	return r->area_pages >= 3 * 512;
}

static enum rmap_op_kind random_kind(struct rmap_random *r)
{
	const char *kinds = r->kinds ? r->kinds : RMAP_ALL_KINDS;

	for (;;)
		switch (kinds[below(r, strlen(kinds))]) {
		case 'w':
			return RMAP_WRITE;
		case 'r':
			return RMAP_READ;
		case 'm':
			return RMAP_MMAP;
		case 'u':
			return RMAP_MUNMAP;
		case 'p':
			return RMAP_MPROTECT;
		case 'v':
			return RMAP_MREMAP;
		case 'd':
			return RMAP_DONTNEED;
		case 'f':
			return RMAP_FORK;
		case 'e':
			return RMAP_EXIT;
		case 'x':
			if (!random_has_huge(r))
				break;
			return RMAP_HUGEPAGE;
		case 'l':
			return RMAP_MLOCK;
		case 'k':
			return RMAP_MUNLOCK;
		case 'a':
			if (r->reclaims)
				return RMAP_REFERENCED;
			break;
		default:
			if (r->reclaims)
				return below(r, 2) ? RMAP_UNMAP : RMAP_RECLAIM;
		}
}

/* One of a process's areas; NULL: it has none. */
static struct vm_area_struct *random_area(struct rmap_random *r,
					  struct mm_struct *mm)
{
	uint64_t addr = rmap_page_addr(below(r, r->area_pages));
	struct vm_area_struct *vma = find_vma(mm, addr);

	return vma ? vma : find_vma(mm, 0);
}

/* Of [first, first + nr) a short part mostly, or all. */
static void random_part(struct rmap_random *r, uint64_t first, uint64_t nr,
			uint64_t *part, uint64_t *length)
{
	uint64_t offset = below(r, nr), limit = nr - offset;

	if (!below(r, random_has_huge(r) ? 2 : 4))
		offset = 0, limit = nr;
	else if (below(r, 4) && limit > 6)
		limit = 6;
	*part = first + offset;
	*length = offset ? 1 + below(r, limit) : limit;
}

/* A hole, which may be anywhere, so maybe it is none. */
static void random_hole(struct rmap_random *r, struct mm_struct *mm,
			struct rmap_op *op)
{
	uint64_t first, end = r->area_pages;
	struct vm_area_struct *vma;

	for (unsigned try = 0; try < 4; try++) {
		first = below(r, r->area_pages);
		vma = find_vma(mm, rmap_page_addr(first));
		if (!vma || vma->vm_start > rmap_page_addr(first))
			break;
	}
	if (vma && vma->vm_start > rmap_page_addr(first))
		end = (vma->vm_start - RMAP_AREA) >> PAGE_SHIFT;
	/* Half of them where a huge page could begin. */
	if (random_has_huge(r) && align_up(first, 512) < end && below(r, 2))
		first = align_up(first, 512);
	op->page = first;
	op->nr = below(r, 2) ? end - first : 1 + below(r, end - first);
	op->memory = (uint8_t)(below(r, 2) ? RMAP_ANON : below(r, 3));
	op->region = (uint8_t)below(r, TEST_FILES);
	op->pgoff = below(r, TEST_FILE_PAGES);
	if (op->memory != RMAP_ANON && op->nr > TEST_FILE_PAGES - op->pgoff)
		op->nr = TEST_FILE_PAGES - op->pgoff;
}

/* What a process does next. `child` is an id that is free, or -1u. */
static struct rmap_op random_op(struct rmap_random *r, struct mm_struct *mm,
				unsigned process, unsigned child)
{
	static const uint8_t protections[] = { VM_READ | VM_WRITE,
					       VM_READ | VM_WRITE, VM_READ, 0 };
	struct rmap_op op = { .kind = (uint8_t)random_kind(r),
			      .process = process,
			      .child = child,
			      .step = 1 };
	const struct vm_area_struct *vma = random_area(r, mm);

	if (op.kind == RMAP_FORK && child == -1u)
		op.kind = RMAP_EXIT;
	if (op.kind == RMAP_FORK || op.kind == RMAP_EXIT)
		return op;
	if (!vma)
		op.kind = RMAP_MMAP;
	op.flags = protections[below(r, op.kind == RMAP_MMAP ? 2 : 4)];
	if (op.kind == RMAP_MMAP)
		random_hole(r, mm, &op);
	else if (below(r, 16))
		random_part(r, (vma->vm_start - RMAP_AREA) >> PAGE_SHIFT,
			    (vma->vm_end - vma->vm_start) >> PAGE_SHIFT,
			    &op.page, &op.nr);
	else
		random_part(r, 0, r->area_pages, &op.page, &op.nr);
	op.to = below(r, 4) ? below(r, r->area_pages) : op.page;
	op.to_nr = below(r, 2) ? op.nr : 1 + below(r, 2 * op.nr);
	if (op.to_nr > r->area_pages - op.to)
		op.to_nr = r->area_pages - op.to;
	return op;
}

#endif
