/*
 * world_template.h - template: processes that map, fault, fork and exit over
 * one STRATEGY of reverse mapping. What they do is the same for all of them,
 * and ends in the same mappings: that of Linux 6.1, whose records it is checked
 * with.
 *
 * Addresses and lengths are bytes, of whole pages. Functions return 0, -ENOMEM,
 * -EFAULT (no area, or not for this), -EINVAL or -EEXIST. Any number of threads
 * of a strategy that takes them, each with a `cpu` of its own; one process is
 * one thread's at a time but for reclaim. Contents of pages are not copied:
 * nobody looks at them, and the subject is who maps them.
 */
#include "objects.h"
#include "rmap.h"
#include "unmap_one.h"

struct S(world) {
	struct S(rmap) rmap;
	struct rmap_host host;
	struct page_source *pages; /* processes' and files' */
	struct physmem *mem;
	struct rmap_cache mms, vmas;
	struct S(mapping) * files; /* [nr_files] */
	unsigned nr_files;
	size_t bytes; /* of files, of their pages' array and of swap.place */
	struct swap_area swap;
	struct list_head mmlist;
	struct spinlock mmlist_lock;
	struct page *zero, *huge_zero; /* of order 0 and 9 */
	uint64_t last_anon_id, last_id;
};

/* What a world has beside its processes. */
#ifndef KMB_RMAP_WORLD_CONFIG
#define KMB_RMAP_WORLD_CONFIG
struct rmap_world_config {
	const struct slab_host *slab; /* its pages are the tables', too */
	unsigned nr_files;
	uint64_t file_pages; /* of each */
	uint64_t swap_slots; /* room for so many pages */
	/* Where processes' and files' pages come from, of the same memory as
	 * the slab's; NULL: from there, too. */
	struct page_source *pages;
};

#define RMAP_HUGE_ORDER 9
#define RMAP_HUGE_PAGES (1u << RMAP_HUGE_ORDER)
#define RMAP_HUGE_SIZE (PAGE_SIZE << RMAP_HUGE_ORDER)
#endif

forceinline struct S(vma) * S(vma_of)(struct vm_area_struct *vma)
{
	return container_of(vma, struct S(vma), vma);
}

#include "world_entries.h"
#include "world_areas.h"
#include "world_change.h"
#include "world_fault.h"
#include "world_fork.h"
#include "world_reclaim.h"

/* The files' pages, all of them there; false: no memory. */
static inline bool S(fill_files)(struct S(world) * w,
				 const struct rmap_world_config *config,
				 struct page **pages)
{
	for (unsigned f = 0; f < config->nr_files; f++) {
		struct address_space *file = &w->files[f].file;

		file->pages = pages + f * config->file_pages;
		spin_lock_init(&file->i_mmap_lock);
		S(mapping_init)(&w->files[f]);
		w->nr_files++;
		for (; file->nr_pages < config->file_pages; file->nr_pages++) {
			struct page *page = S(new_page)(w, 0, 0);

			if (!page)
				return false;
			page->mapping = file;
			page->index = file->nr_pages;
			file->pages[file->nr_pages] = page;
		}
	}
	return true;
}

static inline void S(drop_file)(struct S(world) * w, struct address_space *file)
{
	while (file->nr_pages--)
		S(put_page)(w, 0, file->pages[file->nr_pages]);
}

/* All processes have exited. What was never given back: objects and areas. */
static inline uint64_t S(world_destroy)(struct S(world) * w)
{
	struct host_memory *from = w->mem->host;
	uint64_t left;

	S(drop_swap_cache)(w, 0);
	while (w->nr_files)
		S(drop_file)(w, &w->files[--w->nr_files].file);
	if (w->huge_zero)
		w->pages->free_pages(w->pages->self, 0, w->huge_zero,
				     RMAP_HUGE_ORDER);
	if (w->zero)
		w->pages->free_pages(w->pages->self, 0, w->zero, 0);
	S(destroy)(&w->rmap);
	left = rmap_cache_destroy(&w->mms) + rmap_cache_destroy(&w->vmas);
	from->unmap(from, w->files, w->bytes);
	return left;
}

/* 0 or -ENOMEM. One thread. */
static inline int S(world_create)(struct S(world) * w,
				  const struct rmap_world_config *config)
{
	struct page_source *pages =
		config->pages ? config->pages : config->slab->pages;
	struct host_memory *from = pages->mem->host;
	size_t files = config->nr_files * sizeof(*w->files);
	size_t arrays =
		config->nr_files * config->file_pages * sizeof(struct page *);
	size_t swap = (config->swap_slots + 1) * sizeof(struct swap_place);
	char *memory;

	*w = (struct S(world)){ .pages = pages, .mem = pages->mem };
	files = align_up(files, CACHE_LINE_BYTES);
	w->bytes = align_up(files + arrays + swap, PAGE_SIZE);
	memory = host_map_on(from, w->bytes, 0);
	if (!memory)
		return -ENOMEM;
	w->files = (void *)memory;
	swap_init(&w->swap, (void *)(memory + files + arrays),
		  config->swap_slots + 1);
	list_init(&w->mmlist);
	spin_lock_init(&w->mmlist_lock);
	w->host = (struct rmap_host){
		.pages = config->slab->pages,
		.slab = config->slab,
		.swap = &w->swap,
		.nr_cpus = config->slab->nr_cpus,
		.mmlist = &w->mmlist,
		.mmlist_lock = &w->mmlist_lock,
	};
	if (rmap_cache_create(&w->mms, "mm_struct", sizeof(struct mm_struct), 0,
			      NULL, config->slab))
		goto no_mms;
	if (rmap_cache_create(&w->vmas, "vm_area_struct", sizeof(struct S(vma)),
			      0, NULL, config->slab))
		goto no_vmas;
	if (S(create)(&w->rmap, &w->host))
		goto no_rmap;
	w->zero = S(new_page)(w, 0, 0);
	w->huge_zero = S(new_page)(w, 0, RMAP_HUGE_ORDER);
	if (w->zero && w->huge_zero &&
	    S(fill_files)(w, config, (void *)(memory + files)))
		return 0;
	S(world_destroy)(w);
	return -ENOMEM;

no_rmap:
	rmap_cache_destroy(&w->vmas);
no_vmas:
	rmap_cache_destroy(&w->mms);
no_mms:
	from->unmap(from, memory, w->bytes);
	return -ENOMEM;
}
