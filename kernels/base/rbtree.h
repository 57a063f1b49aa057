/*
 * rbtree.h - a red-black tree of nodes that are part of something else, which
 * may keep a summary of each subtree (augmented: Cormen, Leiserson, Rivest and
 * Stein, chapters 13 and 14).
 *
 * Whoever inserts finds the place first, as only he knows the order:
 * rb_link(node, parent, link), then rb_insert(). `update`, a constant at each
 * call, recomputes a node's summary from itself and its children; NULL: there
 * is none. A tree is one thread's, or its lock holder's.
 */
#ifndef KMB_RBTREE_H
#define KMB_RBTREE_H

#include <stdbool.h>

#include "compiler.h"

struct rb_node {
	struct rb_node *parent, *left, *right;
	bool red;
};

struct rb_root {
	struct rb_node *node;
};

typedef void (*rb_update_fn)(struct rb_node *node);

#define rb_entry(ptr, type, member) container_of(ptr, type, member)

forceinline struct rb_node *rb_leftmost(struct rb_node *node)
{
	while (node && node->left)
		node = node->left;
	return node;
}

forceinline struct rb_node *rb_first(const struct rb_root *root)
{
	return rb_leftmost(root->node);
}

/* The next in order; NULL: that was the last. */
static inline struct rb_node *rb_next(const struct rb_node *node)
{
	if (node->right)
		return rb_leftmost(node->right);
	while (node->parent && node == node->parent->right)
		node = node->parent;
	return node->parent;
}

static inline struct rb_node *rb_prev(const struct rb_node *node)
{
	if (node->left) {
		struct rb_node *last = node->left;

		while (last->right)
			last = last->right;
		return last;
	}
	while (node->parent && node == node->parent->left)
		node = node->parent;
	return node->parent;
}

/* Hang a node where its place was found empty: *link is parent's. */
forceinline void rb_link(struct rb_node *node, struct rb_node *parent,
			 struct rb_node **link)
{
	*node = (struct rb_node){ .parent = parent, .red = true };
	*link = node;
}

/* Summaries from a node up to the root. */
forceinline void rb_update_path(struct rb_node *node, rb_update_fn update)
{
	if (update)
		for (; node; node = node->parent)
			update(node);
}

/* Where the tree, or its parent, points to a node. */
forceinline struct rb_node **rb_place(struct rb_root *root,
				      const struct rb_node *node)
{
	if (!node->parent)
		return &root->node;
	return node == node->parent->left ? &node->parent->left
					  : &node->parent->right;
}

/* The right child of `node` takes its place (left: the left one does). */
forceinline void rb_rotate(struct rb_root *root, struct rb_node *node,
			   bool right_rises, rb_update_fn update)
{
	struct rb_node *up = right_rises ? node->right : node->left;
	struct rb_node *middle = right_rises ? up->left : up->right;

	*rb_place(root, node) = up;
	up->parent = node->parent;
	node->parent = up;
	if (middle)
		middle->parent = node;
	if (right_rises) {
		node->right = middle;
		up->left = node;
	} else {
		node->left = middle;
		up->right = node;
	}
	if (update) {
		update(node);
		update(up);
	}
}

forceinline bool rb_is_red(const struct rb_node *node)
{
	return node && node->red;
}

/* Balance the tree again after rb_link(). */
static inline void rb_insert(struct rb_root *root, struct rb_node *node,
			     rb_update_fn update)
{
	struct rb_node *parent;

	rb_update_path(node, update);
	while ((parent = node->parent) && parent->red) {
		struct rb_node *above = parent->parent;
		bool left = parent == above->left;
		struct rb_node *uncle = left ? above->right : above->left;

		if (rb_is_red(uncle)) {
			parent->red = uncle->red = false;
			above->red = true;
			node = above;
			continue;
		}
		if (node == (left ? parent->right : parent->left)) {
			rb_rotate(root, parent, left, update);
			node = parent;
			parent = node->parent;
		}
		parent->red = false;
		above->red = true;
		rb_rotate(root, above, !left, update);
	}
	root->node->red = false;
}

/* A black node is missing on the path to `node`, a child of `parent`. */
static inline void rb_repair(struct rb_root *root, struct rb_node *node,
			     struct rb_node *parent, rb_update_fn update)
{
	while (parent && !rb_is_red(node)) {
		bool left = node == parent->left;
		struct rb_node *other = left ? parent->right : parent->left;
		struct rb_node *near, *far;

		if (other->red) {
			other->red = false;
			parent->red = true;
			rb_rotate(root, parent, left, update);
			other = left ? parent->right : parent->left;
		}
		near = left ? other->left : other->right;
		far = left ? other->right : other->left;
		if (!rb_is_red(near) && !rb_is_red(far)) {
			other->red = true;
			node = parent;
			parent = node->parent;
			continue;
		}
		if (!rb_is_red(far)) {
			near->red = false;
			other->red = true;
			rb_rotate(root, other, !left, update);
			far = other;
			other = near;
		}
		other->red = parent->red;
		parent->red = false;
		far->red = false;
		rb_rotate(root, parent, left, update);
		node = root->node;
		break;
	}
	if (node)
		node->red = false;
}

/* Put `other`, or nothing, where a node hangs. */
forceinline void rb_replace(struct rb_root *root, const struct rb_node *node,
			    struct rb_node *other)
{
	*rb_place(root, node) = other;
	if (other)
		other->parent = node->parent;
}

static inline void rb_erase(struct rb_root *root, struct rb_node *node,
			    rb_update_fn update)
{
	struct rb_node *child, *parent;
	bool red = node->red;

	if (!node->left || !node->right) {
		child = node->left ? node->left : node->right;
		parent = node->parent;
		rb_replace(root, node, child);
	} else {
		struct rb_node *next = rb_leftmost(node->right);

		red = next->red;
		child = next->right;
		parent = next->parent == node ? next : next->parent;
		if (next != node->right) {
			rb_replace(root, next, child);
			next->right = node->right;
			next->right->parent = next;
		}
		rb_replace(root, node, next);
		next->left = node->left;
		next->left->parent = next;
		next->red = node->red;
	}
	rb_update_path(parent, update);
	if (!red)
		rb_repair(root, child, parent, update);
}

#endif
