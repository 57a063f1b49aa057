/*
 * slub_partial.h - template: slabs that are partly free, on a CPU's list and on
 * a node's. Part of slub_template.h.
 *
 * A slab goes from frozen to listed and back under its node's list_lock; from
 * frozen to full and back, which is on no list, by its own exchange alone. So
 * who holds the lock finds every slab of the list unfrozen, and no free can
 * empty one meanwhile: it would need the lock first.
 */

forceinline struct slub_node *S(node_of)(struct S(cache) * c, struct page *head)
{
	/* Other bits of flags may be written now. */
	return c->node[READ_ONCE(head->flags) >> PAGE_NODE_SHIFT];
}

/* All its objects are free, and it is on no list. */
static never_inline void S(discard)(struct S(cache) * c, unsigned cpu,
				    struct page *head)
{
	struct slub_node *node = S(node_of)(c, head);

	fetch_add_relaxed(&node->nr_slabs, -1);
	fetch_add_relaxed(&node->nr_objects, -slub_state(head).objects);
	slab_free_slab(&c->cache, cpu, head);
}

static inline void S(discard_all)(struct S(cache) * c, unsigned cpu,
				  struct page *heads)
{
	for (struct page *next; heads; heads = next) {
		next = heads->next;
		S(discard)(c, cpu, heads);
	}
}

/* Under the node's lock. */
static inline void S(list_partial)(struct slub_node *node, struct page *head)
{
	list_add_tail(&head->lru, &node->partial);
	WRITE_ONCE(node->nr_partial, node->nr_partial + 1);
}

static inline void S(unlist_partial)(struct slub_node *node, struct page *head)
{
	list_del(&head->lru);
	WRITE_ONCE(node->nr_partial, node->nr_partial - 1);
}

/* Need an empty slab not be kept? Under the node's lock. */
static inline bool S(has_enough)(const struct S(cache) * c,
				 const struct slub_node *node)
{
	return node->nr_partial > c->min_partial && slab_may_go(&c->cache);
}

/*
 * Give a frozen slab up, with nr objects that were this CPU's, linked from
 * first to last. Under the node's lock. True: nobody needs it, discard it.
 */
static inline bool S(unfreeze)(struct S(cache) * c, struct slub_node *node,
			       struct page *head, void *first, void *last,
			       uint32_t nr)
{
	struct slub_state old, new;

	do {
		new = old = slub_state(head);
		new.frozen = 0;
		if (nr) {
			S(set_next)(c, last, old.freelist);
			new.freelist = first;
			new.inuse -= nr;
		}
	} while (!slub_exchange(head, old, new));
	if (!new.inuse && S(has_enough)(c, node))
		return true;
	if (new.freelist)
		S(list_partial)(node, head);
	return false;
}

/* All of a CPU's partial slabs to their nodes, a lock for each run of a node's;
 * what is to be discarded is, when no lock is held. */
static never_inline void S(unfreeze_partial)(struct S(cache) * c, unsigned cpu,
					     struct slub_cpu *k)
{
	struct slub_node *node = NULL;
	struct page *head, *empty = NULL;

	while ((head = k->partial)) {
		k->partial = head->next;
		if (node != S(node_of)(c, head)) {
			if (node)
				spin_unlock(&node->list_lock);
			node = S(node_of)(c, head);
			spin_lock(&node->list_lock);
		}
		if (S(unfreeze)(c, node, head, NULL, NULL, 0)) {
			head->next = empty;
			empty = head;
		}
	}
	if (node)
		spin_unlock(&node->list_lock);
	S(discard_all)(c, cpu, empty);
}

/* A slab that this CPU froze. */
static inline void S(push_partial)(struct slub_cpu *k, struct page *head)
{
	struct slub_state state = slub_state(head);

	head->pobjects = state.objects - state.inuse;
	if (k->partial)
		head->pobjects += k->partial->pobjects;
	head->next = k->partial;
	k->partial = head;
}

/* Likewise, but give away what is there if that is much. */
static inline void S(put_partial)(struct S(cache) * c, unsigned cpu,
				  struct page *head)
{
	struct slub_cpu *k = c->cpu[cpu];

	if (k->partial && k->partial->pobjects > c->cpu_partial)
		S(unfreeze_partial)(c, cpu, k);
	S(push_partial)(k, head);
}

/* A listed slab is this CPU's. If `take`, it is to be its cpu slab, and its
 * free objects count as in use. Returns the state before. */
static inline struct slub_state S(freeze)(struct page *head, unsigned cpu,
					  bool take)
{
	struct slub_state old, new;

	do {
		new = old = slub_state(head);
		new.frozen = 1;
		if (take) {
			new.freelist = NULL;
			new.inuse = old.objects;
			new.cpu = cpu;
		}
	} while (!slub_exchange(head, old, new));
	return old;
}

/*
 * Slabs of a node for this CPU: the first becomes the cpu slab and its freelist
 * is returned, more of them its partial ones, until there are free objects for
 * more than half of what it may keep. NULL: none.
 */
static inline void *S(get_partial_node)(struct S(cache) * c, unsigned cpu,
					struct slub_cpu *k,
					struct slub_node *node)
{
	void *freelist = NULL;
	uint32_t available = 0;

	if (!READ_ONCE(node->nr_partial))
		return NULL;
	spin_lock(&node->list_lock);
	while (!list_empty(&node->partial) && available <= c->cpu_partial / 2) {
		struct page *head =
			list_first_entry(&node->partial, struct page, lru);
		struct slub_state was = S(freeze)(head, cpu, !freelist);

		S(unlist_partial)(node, head);
		available += was.objects - was.inuse;
		if (freelist) {
			S(push_partial)(k, head);
		} else {
			freelist = was.freelist;
			k->page = head;
		}
	}
	spin_unlock(&node->list_lock);
	return freelist;
}

/* Of this CPU's node, else of one that has more than it keeps anyway. */
static inline void *S(get_partial)(struct S(cache) * c, unsigned cpu,
				   struct slub_cpu *k)
{
	const unsigned nr_nodes = c->cache.host->nr_nodes;
	const unsigned own = slab_cpu_node(&c->cache, cpu);
	void *freelist = S(get_partial_node)(c, cpu, k, c->node[own]);

	for (unsigned i = 1; !freelist && i < nr_nodes; i++) {
		struct slub_node *node = c->node[(own + i) % nr_nodes];

		if (READ_ONCE(node->nr_partial) > c->min_partial)
			freelist = S(get_partial_node)(c, cpu, k, node);
	}
	return freelist;
}
