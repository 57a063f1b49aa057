/*
 * file_areas.h - template: the areas of a file for a STRATEGY that keeps them
 * in an I_MMAP (i_mmap.h): struct S(mapping), and what areas do with it.
 *
 * S(vma) has a `struct I_MMAP_TYPE(node) shared`.
 */
#define TREE(name) S(KMB_PASTE(file_, name))

static inline uint64_t TREE(first)(const struct I_MMAP_TYPE(node) * node)
{
	return container_of(node, struct S(vma), shared)->vma.vm_pgoff;
}

static inline uint64_t TREE(last)(const struct I_MMAP_TYPE(node) * node)
{
	const struct vm_area_struct *vma =
		&container_of(node, struct S(vma), shared)->vma;

	return vma->vm_pgoff + ((vma->vm_end - vma->vm_start) >> PAGE_SHIFT) -
	       1;
}

#include I_MMAP_TEMPLATE

struct S(mapping) {
	struct address_space file;
	struct I_MMAP_TYPE(root) i_mmap;
};

forceinline struct S(mapping) * S(mapping_of)(struct address_space *file)
{
	return container_of(file, struct S(mapping), file);
}

static inline void S(mapping_init)(struct S(mapping) * mapping)
{
	TREE(init)(&mapping->i_mmap);
}

/* Under i_mmap_lock: the file knows what the area covers now. */
static inline void S(insert_file)(struct S(vma) * vma)
{
	TREE(insert)
	(&S(mapping_of)(vma->vma.vm_mapping)->i_mmap, &vma->shared);
}

static inline void S(remove_file)(struct S(vma) * vma)
{
	TREE(remove)
	(&S(mapping_of)(vma->vma.vm_mapping)->i_mmap, &vma->shared);
}

static inline void S(vma_link_file)(struct S(rmap) * r, unsigned cpu,
				    struct S(vma) * vma)
{
	(void)r, (void)cpu;
	spin_lock(&vma->vma.vm_mapping->i_mmap_lock);
	S(insert_file)(vma);
	spin_unlock(&vma->vma.vm_mapping->i_mmap_lock);
}

static inline void S(unlink_file)(struct S(vma) * vma)
{
	struct address_space *file = vma->vma.vm_mapping;

	if (!file)
		return;
	spin_lock(&file->i_mmap_lock);
	S(remove_file)(vma);
	spin_unlock(&file->i_mmap_lock);
}

/* Each area that may map a page of a file, until fn says false: how many were
 * looked at. */
forceinline uint64_t S(walk_file)(struct page *page,
				  bool (*fn)(void *arg, struct S(vma) * vma),
				  void *arg)
{
	struct address_space *file = READ_ONCE(page->mapping);
	struct I_MMAP_TYPE(iter) iter;
	struct I_MMAP_TYPE(node) * node;

	spin_lock(&file->i_mmap_lock);
	TREE(begin)
	(&iter, &S(mapping_of)(file)->i_mmap, page->index, page->index);
	while ((node = TREE(next)(&iter)) &&
	       fn(arg, container_of(node, struct S(vma), shared)))
		continue;
	spin_unlock(&file->i_mmap_lock);
	return iter.visited;
}

#undef TREE
