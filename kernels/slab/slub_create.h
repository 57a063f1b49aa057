/*
 * slub_create.h - template: a cache is made, flushed, shrunk and destroyed.
 * Part of slub_template.h.
 *
 * Each node has a block of pages with its slub_node and the slub_cpu of its
 * CPUs; node 0's begins with the directory of all CPUs.
 */

/* Give node blocks 0..nr-1 back. */
static inline void S(destroy_nodes)(struct S(cache) * c, unsigned nr)
{
	while (nr--) {
		struct page *head = slab_virt_to_page(&c->cache, c->node[nr]);

		slab_give_pages(&c->cache, 0, head, c->node[nr]->order);
	}
}

/* A node's block: what is in it lies there in this order. */
static inline void S(init_node)(struct S(cache) * c, unsigned nid, char *at,
				unsigned order)
{
	const unsigned nr_cpus = c->cache.host->nr_cpus;
	struct slub_node *node;

	if (!nid) {
		c->cpu = (void *)at;
		at += align_up(nr_cpus * sizeof(*c->cpu), CACHE_LINE_BYTES);
	}
	c->node[nid] = node = (void *)at;
	*node = (struct slub_node){ .order = order };
	spin_lock_init(&node->list_lock);
	list_init(&node->partial);
	at += sizeof(*node);
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		if (slab_cpu_node(&c->cache, cpu) == nid) {
			c->cpu[cpu] = (void *)at;
			*c->cpu[cpu] = (struct slub_cpu){ .tid = cpu };
			at += sizeof(struct slub_cpu);
		}
}

static inline int S(create_node)(struct S(cache) * c, unsigned nid)
{
	const unsigned nr_cpus = c->cache.host->nr_cpus;
	uint64_t bytes = sizeof(struct slub_node);
	unsigned near = 0, order;
	struct page *head;

	if (!nid)
		bytes += align_up(nr_cpus * sizeof(*c->cpu), CACHE_LINE_BYTES);
	for (unsigned cpu = 0; cpu < nr_cpus; cpu++)
		if (slab_cpu_node(&c->cache, cpu) == nid) {
			bytes += sizeof(struct slub_cpu);
			near = cpu;
		}
	order = slub_min_order((uint32_t)bytes);
	head = slab_take_pages(&c->cache, near, order);
	if (!head)
		return -ENOMEM;
	S(init_node)(c, nid, slab_page_address(&c->cache, head), order);
	return 0;
}

static inline int S(create)(struct S(cache) * c,
			    const struct slab_params *params,
			    const struct slab_host *host)
{
	int err = slab_cache_init(&c->cache, params, host, SLAB_LINK_INSIDE);

	if (err)
		return err;
	c->order = slub_order(c->cache.size, host->nr_cpus);
	c->min_order = slub_min_order(c->cache.size);
	c->min_partial = slub_min_partial(c->cache.size);
	c->cpu_partial = slub_cpu_partial(c->cache.size);
	c->tid_step = slub_tid_step(host->nr_cpus);
#if SLUB_HARDENED
	/* Another one for each cache; a kernel has better seeds. */
	c->secret = random_next(&(struct random){ (uintptr_t)c });
#endif
	for (unsigned nid = 0; nid < host->nr_nodes; nid++) {
		err = S(create_node)(c, nid);
		if (err) {
			S(destroy_nodes)(c, nid);
			return err;
		}
	}
	/* Nodes that the host does not tell apart are one. */
	for (unsigned nid = host->nr_nodes; nid < MAX_NUMNODES; nid++)
		c->node[nid] = c->node[0];
	return 0;
}

/* The cpu slab to its node, with all that is left of it. */
static inline void S(deactivate)(struct S(cache) * c, unsigned cpu,
				 struct slub_cpu *k)
{
	struct page *head = k->page;
	struct slub_node *node = S(node_of)(c, head);
	void *first = k->freelist, *last = NULL;
	uint32_t nr = 0;
	bool empty;

	for (void *o = first; o; o = S(next)(c, o)) {
		last = o;
		nr++;
	}
	k->freelist = NULL;
	k->page = NULL;
	k->tid += c->tid_step;
	spin_lock(&node->list_lock);
	empty = S(unfreeze)(c, node, head, first, last, nr);
	spin_unlock(&node->list_lock);
	if (empty)
		S(discard)(c, cpu, head);
}

static inline void S(drain_cpu)(struct S(cache) * c, unsigned cpu,
				unsigned dead)
{
	struct slub_cpu *k = c->cpu[dead];

	if (k->page)
		S(deactivate)(c, cpu, k);
	S(unfreeze_partial)(c, cpu, k);
}

/* The empty slabs that a node kept. */
static inline void S(shrink_node)(struct S(cache) * c, unsigned cpu,
				  struct slub_node *node)
{
	struct page *empty = NULL;
	struct list_head *l, *next;

	spin_lock(&node->list_lock);
	for (l = node->partial.next; l != &node->partial; l = next) {
		struct page *head = list_entry(l, struct page, lru);

		next = l->next;
		if (slub_state(head).inuse)
			continue;
		S(unlist_partial)(node, head);
		head->next = empty;
		empty = head;
	}
	spin_unlock(&node->list_lock);
	S(discard_all)(c, cpu, empty);
}

/* Left out: 3.13 also sorts what is left, the fullest first. */
static inline uint64_t S(shrink)(struct S(cache) * c, unsigned cpu)
{
	const struct slab_host *host = c->cache.host;
	uint64_t before = c->cache.nr_pages;

	for (unsigned i = 0; i < host->nr_cpus; i++)
		S(drain_cpu)(c, cpu, i);
	for (unsigned nid = 0; nid < host->nr_nodes; nid++)
		S(shrink_node)(c, cpu, c->node[nid]);
	return before - c->cache.nr_pages;
}

static inline uint64_t S(destroy)(struct S(cache) * c)
{
	struct slab_stats stats;

	S(shrink)(c, 0);
	S(stats)(c, &stats);
	S(destroy_nodes)(c, c->cache.host->nr_nodes);
	return stats.live_objects;
}
