/*
 * magazine_drain.h - what CPUs and the depot of a magazine_cache keep goes back
 * to the slabs; what there is is counted. Part of magazine.h; slow paths only.
 */

/* `rounds` objects of a magazine, and the magazine. NULL: none. */
static inline void magazine_unload(struct magazine_cache *c, struct magazine *m,
				   uint32_t rounds)
{
	if (!m)
		return;
	while (rounds)
		magazine_slabs_free(&c->slabs, m->round[--rounds]);
	magazine_slabs_free(&c->magazines[m->type], m);
}

/* A full previous magazine goes to the depot as it is. */
static inline void magazine_drain_cpu(struct magazine_cache *c, unsigned cpu,
				      unsigned dead)
{
	struct magazine_cpu *own = &c->cpu[dead];
	struct magazine *previous = own->previous;

	(void)cpu;
	magazine_unload(c, own->loaded, own->rounds);
	if (previous && own->previous_rounds) {
		struct magazine *old = magazine_depot_lock(&c->depot);

		magazine_depot_put_full(&c->depot, previous);
		spin_unlock(&c->depot.lock);
		magazine_delete_all(c, old);
	} else {
		magazine_unload(c, previous, 0);
	}
	*own = (struct magazine_cpu){ .refills = own->refills };
}

static inline uint64_t magazine_nr_pages(const struct magazine_cache *c)
{
	uint64_t pages = c->cache.nr_pages;

	for (unsigned i = 0; i < MAGAZINE_TYPES; i++)
		pages += c->magazine_cache[i].nr_pages;
	return pages;
}

static inline uint64_t magazine_shrink(struct magazine_cache *c, unsigned cpu)
{
	uint64_t before = magazine_nr_pages(c);
	struct magazine *m;

	for (unsigned i = 0; i < c->cache.host->nr_cpus; i++)
		magazine_drain_cpu(c, cpu, i);
	while ((m = magazine_depot_get_full(&c->depot)))
		magazine_unload(c, m, m->rounds);
	while ((m = magazine_depot_get_empty(&c->depot)))
		magazine_unload(c, m, 0);
	magazine_slabs_shrink(&c->slabs, cpu);
	for (unsigned i = 0; i < MAGAZINE_TYPES; i++)
		magazine_slabs_shrink(&c->magazines[i], cpu);
	return before - magazine_nr_pages(c);
}

static inline void magazine_stats(struct magazine_cache *c,
				  struct slab_stats *stats)
{
	const uint64_t slab_pages = c->slabs.nr_slabs << c->slabs.order;

	*stats = (struct slab_stats){
		.nr_slabs = c->slabs.nr_slabs,
		.nr_objects = c->slabs.nr_slabs * c->slabs.nr_each,
		.cached_objects = c->depot.nr_rounds,
		.page_bytes = magazine_nr_pages(c) << PAGE_SHIFT,
		.metadata_bytes = (magazine_nr_pages(c) - slab_pages)
				  << PAGE_SHIFT,
		.remote_frees = SLAB_NOT_COUNTED,
	};
	for (unsigned cpu = 0; cpu < c->cache.host->nr_cpus; cpu++) {
		const struct magazine_cpu *own = &c->cpu[cpu];

		stats->cached_objects += own->rounds + own->previous_rounds;
		stats->refills += own->refills;
	}
	stats->live_objects = c->slabs.nr_given - stats->cached_objects;
}

/* In a head's counters, above the objects given out: those in magazines. */
#define MAGAZINE_SEEN (1ull << 32)

/* Each round is an object of ours, and no slab has more of them in magazines
 * than it gave out. */
static inline bool magazine_see(struct magazine_cache *c,
				const struct magazine *m, uint32_t rounds)
{
	for (uint32_t i = 0; i < rounds; i++) {
		struct page *head = slab_virt_to_head(&c->cache, m->round[i]);

		if (head->slab_cache != c)
			return false;
		head->counters += MAGAZINE_SEEN;
		if (head->counters / MAGAZINE_SEEN >
		    head->counters % MAGAZINE_SEEN)
			return false;
	}
	return true;
}

static inline bool magazine_see_cpu(struct magazine_cache *c,
				    const struct magazine_cpu *own)
{
	const struct magazine *loaded = own->loaded, *previous = own->previous;

	if (own->size != (loaded ? loaded->rounds : 0) ||
	    own->rounds > own->size ||
	    (own->previous_rounds &&
	     (!previous || own->previous_rounds != previous->rounds)))
		return false;
	return magazine_see(c, loaded, own->rounds) &&
	       magazine_see(c, previous, own->previous_rounds);
}

static inline bool magazine_see_depot(struct magazine_cache *c)
{
	const struct magazine_depot *d = &c->depot;
	uint64_t nr_full = 0, nr_empty = 0, rounds = 0;

	for (const struct magazine *m = d->full; m; m = m->next) {
		if (!magazine_see(c, m, m->rounds) || ++nr_full > d->nr_full)
			return false;
		rounds += m->rounds;
	}
	for (const struct magazine *m = d->empty; m; m = m->next)
		if (m->type != d->type || ++nr_empty > d->nr_empty)
			return false;
	return nr_full == d->nr_full && nr_empty == d->nr_empty &&
	       rounds == d->nr_rounds;
}

static inline void magazine_unsee(struct list_head *slabs)
{
	struct list_head *l;

	list_for_each (l, slabs)
		list_entry(l, struct page, lru)->counters %= MAGAZINE_SEEN;
}

static inline bool magazine_validate(struct magazine_cache *c)
{
	bool valid = magazine_slabs_validate(&c->slabs);

	for (unsigned i = 0; i < MAGAZINE_TYPES; i++)
		valid = valid && magazine_slabs_validate(&c->magazines[i]);
	for (unsigned cpu = 0; cpu < c->cache.host->nr_cpus; cpu++)
		valid = valid && magazine_see_cpu(c, &c->cpu[cpu]);
	valid = valid && magazine_see_depot(c);
	magazine_unsee(&c->slabs.partial);
	magazine_unsee(&c->slabs.full);
	return valid;
}

static inline uint64_t magazine_destroy(struct magazine_cache *c)
{
	uint64_t live;

	magazine_shrink(c, 0);
	live = c->slabs.nr_given;
	slab_give_pages(&c->cache, 0, slab_virt_to_page(&c->cache, c->cpu),
			c->cpu_order);
	return live;
}
