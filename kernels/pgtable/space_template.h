/*
 * space_template.h - template: changes to a strategy's address space whose
 * translations are a FORMAT's own tables, struct P(space)'s field `mm`.
 *
 * Parameters, undefined at the end:
 *   SPACE_LOCKED    1: each change is made under page_table_lock
 *   SPACE_WALKERS   1: s->walkers keeps tables for who walks without a lock
 *   SPACE_SPLIT_LOCKS   1: entries that map memory have their table's lock,
 *                   too, and P(map) is the strategy's
 *   SPACE_CACHES    defined: s->caches holds where tables are, for each CPU
 */

forceinline void P(lock)(struct P(space) * s)
{
	if (SPACE_LOCKED)
		spin_lock(&s->mm.page_table_lock);
}

forceinline void P(unlock)(struct P(space) * s)
{
	if (SPACE_LOCKED)
		spin_unlock(&s->mm.page_table_lock);
}

#if SPACE_WALKERS
static void P(free_table)(struct F(mm) * mm, unsigned cpu, struct page *page,
			  unsigned order)
{
	struct P(space) *s = container_of(mm, struct P(space), mm);

	walkers_defer(&s->walkers, cpu, page, order);
}
#endif

#ifdef SPACE_CACHES
static void P(free_table)(struct F(mm) * mm, unsigned cpu, struct page *page,
			  unsigned order)
{
	container_of(mm, struct P(space), mm)->caches.generation++;
	put_pages(mm->pages, cpu, page, order);
}
#endif

static inline int P(create)(struct P(space) * s,
			    struct page_source *const *pages, unsigned nr_nodes,
			    unsigned nr_cpus, const uint8_t *cpu_node)
{
	int err = F(mm_init)(&s->mm, 0, pages[0]);

	(void)nr_nodes, (void)nr_cpus, (void)cpu_node;
	s->mm.split_locks = SPACE_SPLIT_LOCKS;
#if SPACE_WALKERS
	if (!err) {
		err = walkers_init(&s->walkers, pages[0], nr_cpus);
		if (err)
			F(mm_destroy)(&s->mm, 0);
		s->mm.free_table = P(free_table);
	}
#endif
#ifdef SPACE_CACHES
	if (!err) {
		err = walk_caches_init(&s->caches, pages[0], nr_cpus);
		if (err)
			F(mm_destroy)(&s->mm, 0);
		s->mm.free_table = P(free_table);
	}
#endif
	return err;
}

#if !SPACE_SPLIT_LOCKS
static inline int P(map)(struct P(space) * s, unsigned cpu, uint64_t addr,
			 pfn_t pfn, unsigned level, uint64_t flags)
{
	int err;

	P(lock)(s);
	err = F(map_page)(&s->mm, cpu, addr, pfn, level, flags);
	P(unlock)(s);
	return err;
}
#endif

static inline int64_t P(unmap)(struct P(space) * s, unsigned cpu,
			       uint64_t start, uint64_t end)
{
	int64_t nr;

	P(lock)(s);
	nr = F(unmap_range)(&s->mm, cpu, start, end);
	if (nr >= 0)
		F(free_tables)(&s->mm, cpu, start, end);
	P(unlock)(s);
	return nr;
}

static inline int P(protect)(struct P(space) * s, unsigned cpu, uint64_t start,
			     uint64_t end, uint64_t set, uint64_t clear)
{
	int err;

	P(lock)(s);
	err = F(protect_range)(&s->mm, cpu, start, end, set, clear);
	P(unlock)(s);
	return err;
}

static inline uint64_t P(flags)(struct P(space) * s, uint64_t addr)
{
	return F(mm_flags)(&s->mm, addr);
}

static inline void P(stats)(struct P(space) * s, struct pgtable_stats *stats)
{
	struct F(census) census = F(census)(&s->mm);

	*stats = (struct pgtable_stats){
		.mapped_pages = census.mapped_pages,
		.table_bytes = F(mm_table_bytes)(&s->mm),
	};
	for (unsigned l = LEVEL_PTE; l <= LEVEL_PGD; l++)
		stats->nr_tables += census.nr_tables[l];
#if SPACE_WALKERS
	stats->table_bytes += walkers_bytes(&s->walkers);
#endif
#ifdef SPACE_CACHES
	stats->table_bytes += walk_caches_bytes(&s->caches);
#endif
}

static inline bool P(validate)(struct P(space) * s)
{
	return F(mm_validate)(&s->mm);
}

static inline void P(destroy)(struct P(space) * s)
{
	F(mm_destroy)(&s->mm, 0);
#if SPACE_WALKERS
	walkers_destroy(&s->walkers);
#endif
#ifdef SPACE_CACHES
	walk_caches_destroy(&s->caches);
#endif
}

#undef SPACE_LOCKED
#undef SPACE_WALKERS
#undef SPACE_SPLIT_LOCKS
#undef SPACE_CACHES
