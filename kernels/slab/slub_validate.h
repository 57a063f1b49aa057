/*
 * slub_validate.h - template: what there is, and whether all of it is where it
 * should be. Part of slub_template.h. No other call may run.
 */

/* A CPU's own freelist. */
static inline uint64_t S(nr_own)(struct S(cache) * c, const struct slub_cpu *k)
{
	uint64_t nr = 0;

	for (void *o = k->freelist; o; o = S(next)(c, o))
		nr++;
	return nr;
}

static inline uint64_t S(nr_free)(struct page *head)
{
	struct slub_state state = slub_state(head);

	return state.objects - state.inuse;
}

static inline uint64_t S(nr_partial_free)(const struct slub_node *node)
{
	uint64_t nr = 0;
	struct list_head *l;

	list_for_each (l, &node->partial)
		nr += S(nr_free)(list_entry(l, struct page, lru));
	return nr;
}

/* A free is remote if another CPU allocated from the slab last. */
static inline void S(stats)(struct S(cache) * c, struct slab_stats *stats)
{
	const struct slab_host *host = c->cache.host;
	uint64_t nr_free = 0;

	*stats = (struct slab_stats){ .page_bytes = c->cache.nr_pages
						    << PAGE_SHIFT };
	for (unsigned nid = 0; nid < host->nr_nodes; nid++) {
		const struct slub_node *node = c->node[nid];

		stats->nr_slabs += node->nr_slabs;
		stats->nr_objects += node->nr_objects;
		stats->metadata_bytes += PAGE_SIZE << node->order;
		nr_free += S(nr_partial_free)(node);
	}
	for (unsigned cpu = 0; cpu < host->nr_cpus; cpu++) {
		const struct slub_cpu *k = c->cpu[cpu];

		stats->refills += k->refills;
		stats->remote_frees += k->remote_frees;
		stats->cached_objects += S(nr_own)(c, k);
		if (k->page)
			nr_free += S(nr_free)(k->page);
		for (struct page *p = k->partial; p; p = p->next)
			nr_free += S(nr_free)(p);
	}
	stats->live_objects =
		stats->nr_objects - stats->cached_objects - nr_free;
}

/* A list of at most `most` objects of the slab, none of which was `seen`; how
 * many, or more than `most`: it is not that. */
static inline uint32_t S(check_list)(struct S(cache) * c, struct page *head,
				     void *first, uint32_t most, uint64_t *seen)
{
	char *slab = slab_page_address(&c->cache, head);
	uint32_t nr = 0;
	void **slot;

	for (char *o = first; o; o = S(encode)(c, *slot, slot)) {
		uint64_t offset = (uint64_t)(o - slab);
		uint64_t index = offset / c->cache.size;

		if (++nr > most || offset % c->cache.size ||
		    index >= slub_state(head).objects || test_bit(seen, index))
			return most + 1;
		set_bit(seen, index);
		slot = slab_link(&c->cache, o);
	}
	return nr;
}

/*
 * inuse + free == objects, and the free ones are there, once. `own`: those of
 * them that a CPU has, counted as in use. A valid slab is marked; one that is
 * marked is in two places.
 */
static inline bool S(check_slab)(struct S(cache) * c, struct page *head,
				 void *own, bool frozen)
{
	struct slub_state state = slub_state(head);
	uint64_t seen[BITS_TO_WORDS(SLUB_MAX_OBJECTS)];
	const uint32_t nr = state.objects, nr_free = nr - state.inuse;

	for (unsigned i = 0; i < BITS_TO_WORDS(nr); i++)
		seen[i] = 0;
	if (!page_test(head, PG_slab) || head->slab_cache != c ||
	    head->slab_head != head || state.frozen != frozen ||
	    nr != (PAGE_SIZE << slab_order(head)) / c->cache.size ||
	    state.inuse > nr || page_test(head, PG_referenced))
		return false;
	page_set(head, PG_referenced);
	return S(check_list)(c, head, state.freelist, nr_free, seen) ==
		       nr_free &&
	       S(check_list)(c, head, own, state.inuse, seen) <= state.inuse;
}

static inline bool S(check_cpu)(struct S(cache) * c, unsigned cpu)
{
	const struct slub_cpu *k = c->cpu[cpu];

	if (k->tid % c->tid_step != cpu || (k->freelist && !k->page))
		return false;
	if (k->page && !S(check_slab)(c, k->page, k->freelist, true))
		return false;
	for (struct page *p = k->partial; p; p = p->next)
		if (!S(check_slab)(c, p, NULL, true) || !p->freelist)
			return false;
	return true;
}

static inline bool S(check_node)(struct S(cache) * c, struct slub_node *node)
{
	struct list_head *l;
	uint64_t nr = 0;

	list_for_each (l, &node->partial) {
		struct page *head = list_entry(l, struct page, lru);

		if (S(node_of)(c, head) != node || !head->freelist ||
		    !S(check_slab)(c, head, NULL, false))
			return false;
		nr++;
	}
	return nr == node->nr_partial && !node->list_lock.locked;
}

/* A slab that no list has is full; takes the marks off. */
static inline bool S(check_unmarked)(struct S(cache) * c)
{
	struct physmem *mem = c->cache.pages->mem;
	uint64_t nr_slabs = 0, nr_objects = 0;
	bool valid = true;

	for (pfn_t pfn = 0; pfn < mem->nr_pages; pfn++) {
		struct page *head = pfn_to_page(mem, pfn);

		if (!page_test(head, PG_slab) || head->slab_cache != c ||
		    head->slab_head != head)
			continue;
		if (!page_test(head, PG_referenced))
			valid &= S(check_slab)(c, head, NULL, false) &&
				 !head->freelist;
		page_clear(head, PG_referenced);
		nr_slabs++;
		nr_objects += slub_state(head).objects;
	}
	for (unsigned nid = 0; nid < c->cache.host->nr_nodes; nid++) {
		nr_slabs -= c->node[nid]->nr_slabs;
		nr_objects -= c->node[nid]->nr_objects;
	}
	return valid && !nr_slabs && !nr_objects;
}

static inline bool S(validate)(struct S(cache) * c)
{
	const struct slab_host *host = c->cache.host;
	bool valid = true;

	for (unsigned cpu = 0; cpu < host->nr_cpus; cpu++)
		valid &= S(check_cpu)(c, cpu);
	for (unsigned nid = 0; nid < host->nr_nodes; nid++)
		valid &= S(check_node)(c, c->node[nid]);
	return S(check_unmarked)(c) && valid;
}
