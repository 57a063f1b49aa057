/* vma_list_template.h - template: i_mmap.h's functions over a list. */
static inline void TREE(init)(struct vma_list_root *root)
{
	list_init(&root->head);
}

static inline bool TREE(empty)(const struct vma_list_root *root)
{
	return list_empty(&root->head);
}

static inline void TREE(insert)(struct vma_list_root *root,
				struct vma_list_node *node)
{
	list_add_tail(&node->list, &root->head);
}

static inline void TREE(remove)(struct vma_list_root *root,
				struct vma_list_node *node)
{
	(void)root;
	list_del(&node->list);
}

static inline void TREE(begin)(struct vma_list_iter *iter,
			       struct vma_list_root *root, uint64_t first,
			       uint64_t last)
{
	*iter = (struct vma_list_iter){ root, &root->head, first, last, 0 };
}

static inline struct vma_list_node *TREE(next)(struct vma_list_iter *iter)
{
	while ((iter->at = iter->at->next) != &iter->root->head) {
		struct vma_list_node *node =
			list_entry(iter->at, struct vma_list_node, list);

		iter->visited++;
		if (TREE(first)(node) <= iter->last &&
		    TREE(last)(node) >= iter->first)
			return node;
	}
	return NULL;
}

/* Every neighbour agrees. */
static inline bool TREE(valid)(const struct vma_list_root *root)
{
	const struct list_head *at = &root->head;

	do {
		if (at->next->prev != at)
			return false;
		at = at->next;
	} while (at != &root->head);
	return true;
}
