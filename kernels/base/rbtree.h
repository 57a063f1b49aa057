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
#include <stdint.h>

#include "compiler.h"

struct rb_node {
	uintptr_t parent_red; /* the parent, and 1 if it is red */
	struct rb_node *left, *right;
};

struct rb_root {
	struct rb_node *node;
};

typedef void (*rb_update_fn)(struct rb_node *node);

#define RB_RED 1ul

forceinline struct rb_node *rb_parent(const struct rb_node *node)
{
	return (struct rb_node *)(node->parent_red & ~RB_RED);
}

forceinline void rb_set_parent(struct rb_node *node, struct rb_node *parent)
{
	node->parent_red = (uintptr_t)parent | (node->parent_red & RB_RED);
}

forceinline bool rb_is_red(const struct rb_node *node)
{
	return node && node->parent_red & RB_RED;
}

forceinline void rb_set_red(struct rb_node *node, bool red)
{
	node->parent_red = (node->parent_red & ~RB_RED) | red;
}

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
	while (rb_parent(node) && node == rb_parent(node)->right)
		node = rb_parent(node);
	return rb_parent(node);
}

static inline struct rb_node *rb_prev(const struct rb_node *node)
{
	if (node->left) {
		struct rb_node *last = node->left;

		while (last->right)
			last = last->right;
		return last;
	}
	while (rb_parent(node) && node == rb_parent(node)->left)
		node = rb_parent(node);
	return rb_parent(node);
}

/* Hang a node where its place was found empty: *link is parent's. */
forceinline void rb_link(struct rb_node *node, struct rb_node *parent,
			 struct rb_node **link)
{
	*node = (struct rb_node){ .parent_red = (uintptr_t)parent | RB_RED };
	*link = node;
}

/* Summaries from a node up to the root. */
forceinline void rb_update_path(struct rb_node *node, rb_update_fn update)
{
	if (update)
		for (; node; node = rb_parent(node))
			update(node);
}

/* Where the tree, or its parent, points to a node. */
forceinline struct rb_node **rb_place(struct rb_root *root,
				      const struct rb_node *node)
{
	if (!rb_parent(node))
		return &root->node;
	return node == rb_parent(node)->left ? &rb_parent(node)->left
					     : &rb_parent(node)->right;
}

/* The right child of `node` takes its place (left: the left one does). */
forceinline void rb_rotate(struct rb_root *root, struct rb_node *node,
			   bool right_rises, rb_update_fn update)
{
	struct rb_node *up = right_rises ? node->right : node->left;
	struct rb_node *middle = right_rises ? up->left : up->right;

	*rb_place(root, node) = up;
	rb_set_parent(up, rb_parent(node));
	rb_set_parent(node, up);
	if (middle)
		rb_set_parent(middle, node);
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

/* Balance the tree again after rb_link(). */
static inline void rb_insert(struct rb_root *root, struct rb_node *node,
			     rb_update_fn update)
{
	struct rb_node *parent;

	rb_update_path(node, update);
	while ((parent = rb_parent(node)) && rb_is_red(parent)) {
		struct rb_node *above = rb_parent(parent);
		bool left = parent == above->left;
		struct rb_node *uncle = left ? above->right : above->left;

		if (rb_is_red(uncle)) {
			rb_set_red(parent, false);
			rb_set_red(uncle, false);
			rb_set_red(above, true);
			node = above;
			continue;
		}
		if (node == (left ? parent->right : parent->left)) {
			rb_rotate(root, parent, left, update);
			node = parent;
			parent = rb_parent(node);
		}
		rb_set_red(parent, false);
		rb_set_red(above, true);
		rb_rotate(root, above, !left, update);
	}
	rb_set_red(root->node, false);
}

/* A black node is missing on the path to `node`, a child of `parent`. */
static inline void rb_repair(struct rb_root *root, struct rb_node *node,
			     struct rb_node *parent, rb_update_fn update)
{
	while (parent && !rb_is_red(node)) {
		bool left = node == parent->left;
		struct rb_node *other = left ? parent->right : parent->left;
		struct rb_node *near, *far;

		if (rb_is_red(other)) {
			rb_set_red(other, false);
			rb_set_red(parent, true);
			rb_rotate(root, parent, left, update);
			other = left ? parent->right : parent->left;
		}
		near = left ? other->left : other->right;
		far = left ? other->right : other->left;
		if (!rb_is_red(near) && !rb_is_red(far)) {
			rb_set_red(other, true);
			node = parent;
			parent = rb_parent(node);
			continue;
		}
		if (!rb_is_red(far)) {
			rb_set_red(near, false);
			rb_set_red(other, true);
			rb_rotate(root, other, !left, update);
			far = other;
			other = near;
		}
		rb_set_red(other, rb_is_red(parent));
		rb_set_red(parent, false);
		rb_set_red(far, false);
		rb_rotate(root, parent, left, update);
		node = root->node;
		break;
	}
	if (node)
		rb_set_red(node, false);
}

/* Put `other`, or nothing, where a node hangs. */
forceinline void rb_replace(struct rb_root *root, const struct rb_node *node,
			    struct rb_node *other)
{
	*rb_place(root, node) = other;
	if (other)
		rb_set_parent(other, rb_parent(node));
}

static inline void rb_erase(struct rb_root *root, struct rb_node *node,
			    rb_update_fn update)
{
	struct rb_node *child, *parent;
	bool red = rb_is_red(node);

	if (!node->left || !node->right) {
		child = node->left ? node->left : node->right;
		parent = rb_parent(node);
		rb_replace(root, node, child);
	} else {
		struct rb_node *next = rb_leftmost(node->right);

		red = rb_is_red(next);
		child = next->right;
		parent = rb_parent(next) == node ? next : rb_parent(next);
		if (next != node->right) {
			rb_replace(root, next, child);
			next->right = node->right;
			rb_set_parent(next->right, next);
		}
		rb_replace(root, node, next);
		next->left = node->left;
		rb_set_parent(next->left, next);
		rb_set_red(next, rb_is_red(node));
	}
	rb_update_path(parent, update);
	if (!red)
		rb_repair(root, child, parent, update);
}

#endif
