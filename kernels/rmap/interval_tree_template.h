/* interval_tree_template.h - template: i_mmap.h's functions over a tree. */
static inline void TREE(init)(struct interval_tree_root *root)
{
	root->rb.node = NULL;
}

static inline bool TREE(empty)(const struct interval_tree_root *root)
{
	return !root->rb.node;
}

static inline void TREE(update)(struct rb_node *rb)
{
	struct interval_tree_node *node = interval_node(rb);
	uint64_t last = TREE(last)(node);

	if (rb->left && interval_node(rb->left)->subtree_last > last)
		last = interval_node(rb->left)->subtree_last;
	if (rb->right && interval_node(rb->right)->subtree_last > last)
		last = interval_node(rb->right)->subtree_last;
	node->subtree_last = last;
}

/* Those with the same first page lie behind each other as they came. */
static inline void TREE(insert)(struct interval_tree_root *root,
				struct interval_tree_node *node)
{
	struct rb_node *parent = NULL, **link = &root->rb.node;
	uint64_t first = TREE(first)(node);

	while (*link) {
		parent = *link;
		link = first < TREE(first)(interval_node(parent))
			       ? &parent->left
			       : &parent->right;
	}
	rb_link(&node->rb, parent, link);
	rb_insert(&root->rb, &node->rb, TREE(update));
}

static inline void TREE(remove)(struct interval_tree_root *root,
				struct interval_tree_node *node)
{
	rb_erase(&root->rb, &node->rb, TREE(update));
}

static inline void TREE(begin)(struct interval_tree_iter *iter,
			       struct interval_tree_root *root, uint64_t first,
			       uint64_t last)
{
	*iter = (struct interval_tree_iter){
		.next = interval_node(root->rb.node),
		.below = true,
		.first = first,
		.last = last,
	};
}

/* The leftmost node below that ends at or behind iter->first: it is the first
 * that can cover a page, as it has the least beginning. */
forceinline struct interval_tree_node *
TREE(descend)(struct interval_tree_iter *iter, struct interval_tree_node *node)
{
	for (;;) {
		struct interval_tree_node *left = interval_node(node->rb.left);

		iter->visited++;
		if (left && left->subtree_last >= iter->first) {
			node = left;
			continue;
		}
		if (TREE(last)(node) >= iter->first)
			return node;
		node = interval_node(node->rb.right);
	}
}

/* The next to the right of a node, and of all above it that it is left of,
 * whose subtree has an end at or behind iter->first; NULL: none. */
forceinline struct interval_tree_node *
TREE(advance)(struct interval_tree_iter *iter, struct interval_tree_node *node)
{
	for (;;) {
		struct interval_tree_node *right =
			interval_node(node->rb.right);
		struct rb_node *up, *from = &node->rb;

		if (right && right->subtree_last >= iter->first)
			return TREE(descend)(iter, right);
		while ((up = rb_parent(from)) && from == up->right)
			from = up;
		if (!up)
			return NULL;
		node = interval_node(up);
		iter->visited++;
		if (TREE(last)(node) >= iter->first)
			return node;
	}
}

static inline struct interval_tree_node *
TREE(next)(struct interval_tree_iter *iter)
{
	struct interval_tree_node *node = iter->next;

	if (node && iter->below)
		node = node->subtree_last >= iter->first
			       ? TREE(descend)(iter, node)
			       : NULL;
	else if (node)
		node = TREE(advance)(iter, node);
	iter->below = false;
	if (node && TREE(first)(node) > iter->last)
		node = NULL;
	iter->next = node;
	return node;
}

static inline bool TREE(valid_below)(struct rb_node *rb, uint64_t *nr_black)
{
	struct interval_tree_node *node = interval_node(rb);
	uint64_t left = 0, right = 0, last;

	*nr_black = 0;
	if (!rb)
		return true;
	last = node->subtree_last;
	TREE(update)(rb);
	if (last != node->subtree_last || !TREE(valid_below)(rb->left, &left) ||
	    !TREE(valid_below)(rb->right, &right) || left != right)
		return false;
	if (rb_is_red(rb) && (rb_is_red(rb->left) || rb_is_red(rb->right)))
		return false;
	*nr_black = left + !rb_is_red(rb);
	return true;
}

/* Balanced, in order, and every summary true. */
static inline bool TREE(valid)(const struct interval_tree_root *root)
{
	struct rb_node *rb = rb_first(&root->rb), *next;
	uint64_t nr_black;

	for (; rb && (next = rb_next(rb)); rb = next)
		if (TREE(first)(interval_node(rb)) >
		    TREE(first)(interval_node(next)))
			return false;
	return TREE(valid_below)(root->rb.node, &nr_black);
}
