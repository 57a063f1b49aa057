/*
 * mm.h - the world that reverse mapping works on: processes' address spaces,
 * files, and what a page is to them. Page tables are pgtable's x86_64.
 */
#ifndef KMB_RMAP_MM_H
#define KMB_RMAP_MM_H

#include "../mm/page_flags.h"
#include "../mm/vm_area.h"
#include "../pgtable/operations.h"

/*
 * One process's memory. The page of a table that maps memory has mapping = its
 * mm_struct, index = the first address that it maps, private = its level: 2.5's
 * rmap asks for them.
 */
struct mm_struct {
	struct x86_64_mm tables;   /* page_table_lock in it */
	struct rb_root areas;	   /* by vm_start */
	struct spinlock mmap_lock; /* mmap_sem: areas, forks and faults */
	/* Pages that its entries map; under page_table_lock, but to read. */
	uint64_t rss;
	unsigned id;
	struct list_head mmlist; /* all of them: rmap_host.mmlist */
};

/* A file, all of whose pages are in memory: page->mapping is this, page->index
 * the page of the file. */
struct address_space {
	uint64_t nr_pages;
	struct page **pages; /* [nr_pages] */
	struct spinlock i_mmap_lock;
};

/* Is it a page of a file? Else it is some process's own. */
forceinline bool page_is_file(const struct page *page)
{
	uintptr_t mapping = (uintptr_t)READ_ONCE(page->mapping);

	return mapping && !(mapping & 1);
}

/* page->mapping of an anonymous page: its anon_vma with the low bit set. */
#define PAGE_MAPPING_ANON 1ul

forceinline bool page_anon(const struct page *page)
{
	return (uintptr_t)READ_ONCE(page->mapping) & PAGE_MAPPING_ANON;
}

/* Under page_table_lock: its entries map so many pages more, or fewer. */
forceinline void mm_add_rss(struct mm_struct *mm, int64_t nr)
{
	WRITE_ONCE(mm->rss, mm->rss + (uint64_t)nr);
}

/* The place of an address in what its area maps: page->index of its page. */
forceinline uint64_t linear_page_index(const struct vm_area_struct *vma,
				       uint64_t addr)
{
	return ((addr - vma->vm_start) >> PAGE_SHIFT) + vma->vm_pgoff;
}

forceinline uint64_t page_index(const struct page *page)
{
	return READ_ONCE(page->index);
}

/* Where an area would map such a page; UINT64_MAX: outside (-EFAULT there). */
forceinline uint64_t vma_address(const struct vm_area_struct *vma,
				 uint64_t index)
{
	uint64_t addr = vma->vm_start + ((index - vma->vm_pgoff) << PAGE_SHIFT);

	return addr < vma->vm_start || addr >= vma->vm_end ? UINT64_MAX : addr;
}

/* The first area that ends above an address; NULL: none. */
static inline struct vm_area_struct *find_vma(const struct mm_struct *mm,
					      uint64_t addr)
{
	struct vm_area_struct *best = NULL;
	struct rb_node *node = mm->areas.node;

	while (node) {
		struct vm_area_struct *vma =
			rb_entry(node, struct vm_area_struct, vm_rb);

		if (addr < vma->vm_end) {
			best = vma;
			node = node->left;
		} else {
			node = node->right;
		}
	}
	return best;
}

/* The areas before and behind one; NULL: none. */
static inline struct vm_area_struct *vma_prev(const struct vm_area_struct *vma)
{
	struct rb_node *node = rb_prev(&vma->vm_rb);

	return node ? rb_entry(node, struct vm_area_struct, vm_rb) : NULL;
}

static inline struct vm_area_struct *vma_next(const struct vm_area_struct *vma)
{
	struct rb_node *node = rb_next(&vma->vm_rb);

	return node ? rb_entry(node, struct vm_area_struct, vm_rb) : NULL;
}

/*
 * Put an area into its process, where nothing is. The tree changes under
 * page_table_lock, too, as reclaim looks into it under that (2.6.11).
 */
static inline void insert_vma(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct rb_node *parent = NULL, **link = &mm->areas.node;

	spin_lock(&mm->tables.page_table_lock);
	while (*link) {
		const struct vm_area_struct *at;

		parent = *link;
		at = rb_entry(parent, struct vm_area_struct, vm_rb);
		link = vma->vm_start < at->vm_start ? &parent->left
						    : &parent->right;
	}
	rb_link(&vma->vm_rb, parent, link);
	rb_insert(&mm->areas, &vma->vm_rb, NULL);
	spin_unlock(&mm->tables.page_table_lock);
}

/* Take it out again. */
static inline void erase_vma(struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;

	spin_lock(&mm->tables.page_table_lock);
	rb_erase(&mm->areas, &vma->vm_rb, NULL);
	spin_unlock(&mm->tables.page_table_lock);
}

/* Mappings of a page; its _mapcount is one less. */
forceinline uint64_t page_mapcount(const struct page *page)
{
	return (uint64_t)(READ_ONCE(page->_mapcount) + 1);
}

#endif
