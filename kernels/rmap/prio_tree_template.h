/* prio_tree_template.h - template: i_mmap.h's functions over a prio_tree. */
static inline void TREE(init)(struct prio_tree_root *root)
{
	*root = (struct prio_tree_root){ .index_bits = 1 };
}

static inline bool TREE(empty)(const struct prio_tree_root *root)
{
	return !root->top;
}

forceinline bool TREE(same)(const struct prio_tree_node *a,
			    const struct prio_tree_node *b)
{
	return TREE(first)(a) == TREE(first)(b) &&
	       TREE(last)(a) == TREE(last)(b);
}

/* Does `a` belong above `b`? */
forceinline bool TREE(above)(const struct prio_tree_node *a,
			     const struct prio_tree_node *b)
{
	if (TREE(last)(a) != TREE(last)(b))
		return TREE(last)(a) > TREE(last)(b);
	return TREE(first)(a) < TREE(first)(b);
}

/* On which side of one at `level` does a node belong that is below it? */
forceinline unsigned TREE(side)(const struct prio_tree_root *root,
				const struct prio_tree_node *node,
				unsigned level)
{
	uint64_t first = TREE(first)(node);

	if (level < root->index_bits)
		return first >> (root->index_bits - 1 - level) & 1;
	level -= root->index_bits;
	return (TREE(last)(node) - first) >> (BITS_PER_WORD - 1 - level) & 1;
}

/* Where a node in the tree is held. */
forceinline struct prio_tree_node **TREE(link)(struct prio_tree_root *root,
					       struct prio_tree_node *node)
{
	if (node->parent == node)
		return &root->top;
	return &node->parent->child[node->parent->child[1] == node];
}

/* `node` takes the place of `old`, which is out of the tree then. */
static inline void TREE(replace)(struct prio_tree_root *root,
				 struct prio_tree_node *old,
				 struct prio_tree_node *node)
{
	struct prio_tree_node **link = TREE(link)(root, old);

	node->parent = old->parent == old ? node : old->parent;
	*link = node;
	for (unsigned i = 0; i < 2; i++) {
		node->child[i] = old->child[i];
		if (node->child[i])
			node->child[i]->parent = node;
	}
}

/* Out of the tree: the greater child moves up, and so on below it. */
static inline void TREE(pull)(struct prio_tree_root *root,
			      struct prio_tree_node *node)
{
	struct prio_tree_node *leaf = node;

	while (leaf->child[0] || leaf->child[1]) {
		struct prio_tree_node **child = leaf->child;

		leaf = child[!child[0] ||
			     (child[1] && TREE(above)(child[1], child[0]))];
	}
	*TREE(link)(root, leaf) = NULL;
	while (leaf != node) {
		struct prio_tree_node *parent = leaf->parent;

		TREE(replace)(root, parent, leaf);
		leaf = parent;
	}
}

/* A node that is no leaf's parent yet goes to an empty place. */
forceinline void TREE(put)(struct prio_tree_node **link,
			   struct prio_tree_node *parent,
			   struct prio_tree_node *node)
{
	node->child[0] = node->child[1] = NULL;
	node->parent = parent ? parent : node;
	*link = node;
}

/*
 * A node whose last page is beyond index_bits is the greatest of all. It is the
 * new top; of the levels that come in below it, in which all are left, each
 * takes the greatest of those that remain.
 */
static coldpath void TREE(expand)(struct prio_tree_root *root,
				  struct prio_tree_node *node)
{
	unsigned bits = fls64(TREE(last)(node)) + 1;
	struct prio_tree_node *chain = NULL, *at = NULL;
	struct prio_tree_node **link = &chain;

	for (; root->index_bits < bits; root->index_bits++) {
		TREE(put)(link, at, node);
		at = node;
		link = &at->child[0];
		node = root->top;
		if (!node)
			break;
		if (root->index_bits + 1 < bits)
			TREE(pull)(root, node);
	}
	root->index_bits = bits;
	*link = root->top;
	if (root->top)
		root->top->parent = at;
	root->top = chain;
}

/* `node` covers just what `at`, in the tree, does. */
static inline void TREE(hang)(struct prio_tree_node *at,
			      struct prio_tree_node *node)
{
	node->parent = NULL;
	if (at->head) {
		list_add_tail(&node->set, &at->head->set);
		return;
	}
	list_init(&node->set);
	at->head = node;
	node->head = at;
}

/* The next of those that hang where the first of them does; NULL: no more. */
forceinline struct prio_tree_node *TREE(set_next)(struct prio_tree_node *first,
						  struct prio_tree_node *node)
{
	struct prio_tree_node *next =
		container_of(node->set.next, struct prio_tree_node, set);

	return next == first ? NULL : next;
}

/* `first` hangs there no more, the others still do. */
static inline void TREE(unhang_first)(struct prio_tree_node *at,
				      struct prio_tree_node *first)
{
	struct prio_tree_node *next = TREE(set_next)(first, first);

	list_del(&first->set);
	at->head = next;
	if (next)
		next->head = at;
}

static inline void TREE(insert)(struct prio_tree_root *root,
				struct prio_tree_node *node)
{
	struct prio_tree_node *at = root->top;
	unsigned level = 0;

	node->head = NULL;
	if (TREE(last)(node) >> (root->index_bits - 1) > 1) {
		TREE(expand)(root, node);
		return;
	}
	if (!at) {
		TREE(put)(&root->top, NULL, node);
		return;
	}
	for (;; level++) {
		struct prio_tree_node **link;

		if (TREE(same)(node, at)) {
			TREE(hang)(at, node);
			return;
		}
		if (TREE(above)(node, at)) {
			struct prio_tree_node *below = at;

			TREE(replace)(root, at, node);
			at = node;
			node = below;
		}
		link = &at->child[TREE(side)(root, node, level)];
		if (!*link) {
			TREE(put)(link, at, node);
			return;
		}
		at = *link;
	}
}

static inline void TREE(remove)(struct prio_tree_root *root,
				struct prio_tree_node *node)
{
	struct prio_tree_node *first = node->head;

	if (!node->parent && first) {
		TREE(unhang_first)(first, node);
	} else if (!node->parent) {
		list_del(&node->set);
	} else if (first) {
		TREE(unhang_first)(node, first);
		TREE(replace)(root, node, first);
		first->head = node->head;
		if (first->head)
			first->head->head = first;
	} else {
		TREE(pull)(root, node);
	}
}

static inline void TREE(begin)(struct prio_tree_iter *iter,
			       struct prio_tree_root *root, uint64_t first,
			       uint64_t last)
{
	*iter = (struct prio_tree_iter){
		.root = root,
		.first = first,
		.last = last,
	};
}

/* Can a node, and what is below it, whose first pages are `least` at least,
 * cover a page that is asked for? */
forceinline bool TREE(worth)(struct prio_tree_iter *iter,
			     const struct prio_tree_node *node, uint64_t least)
{
	if (!node || least > iter->last)
		return false;
	iter->visited++;
	return TREE(last)(node) >= iter->first;
}

/* The bit of a first page that tells the sides of a level; 0: none does. */
forceinline uint64_t TREE(level_bit)(const struct prio_tree_iter *iter,
				     unsigned level)
{
	unsigned bits = iter->root->index_bits;

	return level < bits ? 1ull << (bits - 1 - level) : 0;
}

/* To a child, if that can cover a page. */
forceinline bool TREE(descend)(struct prio_tree_iter *iter, unsigned side)
{
	struct prio_tree_node *child = iter->at->child[side];
	uint64_t bit = side ? TREE(level_bit)(iter, iter->level) : 0;

	if (!TREE(worth)(iter, child, iter->least | bit))
		return false;
	iter->at = child;
	iter->least |= bit;
	iter->level++;
	return true;
}

/* To what is right of the nearest above that this is left of. */
static inline bool TREE(ascend)(struct prio_tree_iter *iter)
{
	while (iter->at->parent != iter->at) {
		struct prio_tree_node *from = iter->at;

		iter->at = from->parent;
		iter->level--;
		if (from == iter->at->child[0]) {
			if (TREE(descend)(iter, 1))
				return true;
		} else {
			iter->least &= ~TREE(level_bit)(iter, iter->level);
		}
	}
	return false;
}

static inline struct prio_tree_node *TREE(next)(struct prio_tree_iter *iter)
{
	struct prio_tree_node *node = iter->set;

	if (node) {
		iter->visited++;
		iter->set = TREE(set_next)(iter->at->head, node);
		return node;
	}
	do {
		if (!iter->at) {
			if (!TREE(worth)(iter, iter->root->top, 0))
				return NULL;
			iter->at = iter->root->top;
		} else if (!TREE(descend)(iter, 0) && !TREE(descend)(iter, 1) &&
			   !TREE(ascend)(iter)) {
			return NULL;
		}
	} while (TREE(first)(iter->at) > iter->last);
	iter->set = iter->at->head;
	return iter->at;
}

/* Those that hang on a node are like it, and all point where they should. */
static inline bool TREE(set_valid)(const struct prio_tree_node *node)
{
	struct prio_tree_node *first = node->head, *at = first;

	if (first && first->head != node)
		return false;
	for (; at; at = TREE(set_next)(first, at))
		if (at->parent || !TREE(same)(at, node) ||
		    (at != first && at->head) || at->set.next->prev != &at->set)
			return false;
	return true;
}

/* A child is where its bits say, and below what is greater. */
static inline bool TREE(valid_below)(const struct prio_tree_root *root,
				     const struct prio_tree_node *node,
				     unsigned level)
{
	if (!TREE(set_valid)(node))
		return false;
	for (unsigned side = 0; side < 2; side++) {
		const struct prio_tree_node *child = node->child[side];

		if (!child)
			continue;
		if (child->parent != node || !TREE(above)(node, child) ||
		    !TREE(valid_below)(root, child, level + 1))
			return false;
	}
	return true;
}

/* Is every node on the path that its bits say? */
static inline bool TREE(on_path)(const struct prio_tree_root *root,
				 const struct prio_tree_node *node)
{
	const struct prio_tree_node *at = root->top;

	for (unsigned level = 0; at && at != node; level++)
		at = at->child[TREE(side)(root, node, level)];
	return at;
}

static inline bool TREE(paths_valid)(const struct prio_tree_root *root,
				     const struct prio_tree_node *node)
{
	return !node || (TREE(on_path)(root, node) &&
			 TREE(paths_valid)(root, node->child[0]) &&
			 TREE(paths_valid)(root, node->child[1]));
}

static inline bool TREE(valid)(const struct prio_tree_root *root)
{
	const struct prio_tree_node *top = root->top;

	if (!top)
		return true;
	return top->parent == top &&
	       TREE(last)(top) >> (root->index_bits - 1) <= 1 &&
	       TREE(valid_below)(root, top, 0) && TREE(paths_valid)(root, top);
}
