/*
 * vm_area.h - struct vm_area_struct: a range of an address space whose pages
 * are used alike (include/linux/mm.h of 2.6.38).
 */
#ifndef KMB_VM_AREA_H
#define KMB_VM_AREA_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/compiler.h"
#include "../base/rbtree.h"

enum vm_flag {
	VM_READ = 0x1,
	VM_WRITE = 0x2,
	VM_EXEC = 0x4,
	VM_SHARED = 0x8,
	VM_MAYWRITE = 0x20, /* mprotect() may set VM_WRITE */
	VM_PFNMAP = 0x400,  /* its frames are not counted */
	VM_LOCKED = 0x2000,
	VM_HUGETLB = 0x400000,
	VM_HUGEPAGE = 0x20000000, /* madvise(): huge pages if it can be */
};

struct anon_vma;
struct mm_struct;
struct address_space;

/* All is written by whoever maps the area, before others see it. */
struct vm_area_struct {
	uint64_t vm_start, vm_end; /* [vm_start, vm_end), of whole pages */
	uint64_t vm_flags;	   /* of enum vm_flag */
	uint64_t vm_pgoff;	   /* vm_start, in pages of what is mapped */
	struct anon_vma *anon_vma; /* who else may map its own pages */
	bool has_fault;		   /* vm_ops->fault: its holes can be filled */
	struct mm_struct *vm_mm;
	struct address_space *vm_mapping; /* the file's; NULL: anonymous */
	struct rb_node vm_rb;		  /* mm_struct.areas */
	/*
	 * Which anon_vma of its own it has (0: none, as none of its pages is
	 * its own yet), and links to how many: what decides whether areas are
	 * merged, by number, so that every scheme merges the same.
	 */
	uint64_t anon_id;
	unsigned anon_links;
};

/* Is what it maps copied on write? */
forceinline bool is_cow_mapping(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
}

#endif
