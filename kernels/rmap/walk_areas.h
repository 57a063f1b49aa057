/*
 * walk_areas.h - template: reclaim's questions for a STRATEGY that finds areas,
 * not entries: an area that could map the page is asked by its tables (objrmap:
 * mm/rmap.c of 2.6.11).
 *
 * S(walk_areas)(r, page, fn, arg) calls fn for each candidate under the lock
 * that keeps it there, until fn says false, and returns how many it looked at.
 * S(passes_empty): a process that has no page at all is not asked (2.6.11).
 */
struct S(search) {
	struct page *page;
	unsigned cpu;
	struct swap_area *swap;
	uint64_t found;	   /* entries that map it */
	uint64_t mapcount; /* so many are to be found, at most */
	int referenced;
	enum swap_status status;
	rmap_fn fn;
	void *arg;
};

/* The entry of an area that maps the page, with its lock taken; or NULL. */
static inline x86_64_pte_t *S(lock_entry)(struct S(search) * s,
					  const struct S(vma) * vma,
					  uint64_t *addr, unsigned *level)
{
	struct mm_struct *mm = vma->vma.vm_mm;
	x86_64_pte_t *ptep;

	if (S(passes_empty) && !READ_ONCE(mm->rss))
		return NULL;
	*addr = vma_address(&vma->vma, page_index(s->page));
	if (*addr == UINT64_MAX)
		return NULL;
	spin_lock(&mm->tables.page_table_lock);
	ptep = page_check_address(mm, s->page, *addr, level);
	if (!ptep)
		spin_unlock(&mm->tables.page_table_lock);
	else
		s->found++;
	return ptep;
}

forceinline void S(unlock_entry)(const struct S(vma) * vma)
{
	spin_unlock(&vma->vma.vm_mm->tables.page_table_lock);
}

/* Count what a walk looked at and found. */
forceinline void S(count_walk)(struct S(rmap) * r, const struct S(search) * s,
			       uint64_t visited)
{
	fetch_add_relaxed(&r->walks, 1);
	fetch_add_relaxed(&r->visited, visited);
	fetch_add_relaxed(&r->found, s->found);
}

static inline bool S(referenced_one)(void *arg, struct S(vma) * vma)
{
	struct S(search) *s = arg;
	uint64_t addr;
	unsigned level;
	x86_64_pte_t *ptep = S(lock_entry)(s, vma, &addr, &level);

	if (!ptep)
		return true;
	s->referenced += ptep_clear_young(ptep);
	S(unlock_entry)(vma);
	return s->found < s->mapcount;
}

static inline int S(page_referenced)(struct S(rmap) * r, unsigned cpu,
				     struct page *page)
{
	struct S(search) s = { .page = page,
			       .cpu = cpu,
			       .mapcount = page_mapcount(page) };

	if (s.mapcount)
		S(count_walk)
	(r, &s, S(walk_areas)(r, page, S(referenced_one), &s));
	return s.referenced;
}

static inline bool S(unmap_one)(void *arg, struct S(vma) * vma)
{
	struct S(search) *s = arg;
	uint64_t addr;
	unsigned level;
	x86_64_pte_t *ptep = S(lock_entry)(s, vma, &addr, &level);

	if (!ptep)
		return true;
	s->status = may_unmap(&vma->vma, s->page, ptep, level);
	if (s->status == SWAP_SUCCESS) {
		unmap_entry(vma->vma.vm_mm, s->swap, s->page, ptep);
		fetch_add_relaxed(&s->page->_mapcount, -1);
	}
	S(unlock_entry)(vma);
	return s->status == SWAP_SUCCESS && page_mapcount(s->page);
}

static inline enum swap_status S(try_to_unmap)(struct S(rmap) * r, unsigned cpu,
					       struct page *page)
{
	struct S(search)
		s = { .page = page, .cpu = cpu, .swap = r->host->swap };

	S(count_walk)(r, &s, S(walk_areas)(r, page, S(unmap_one), &s));
	if (s.status == SWAP_SUCCESS && page_mapcount(page))
		return SWAP_AGAIN;
	return s.status;
}

static inline bool S(walk_one)(void *arg, struct S(vma) * vma)
{
	struct S(search) *s = arg;
	uint64_t addr;
	unsigned level;
	x86_64_pte_t *ptep = S(lock_entry)(s, vma, &addr, &level);
	bool more;

	if (!ptep)
		return true;
	more = s->fn(s->arg, vma->vma.vm_mm, addr, ptep);
	S(unlock_entry)(vma);
	return more;
}

static inline int64_t S(rmap_walk)(struct S(rmap) * r, unsigned cpu,
				   struct page *page, rmap_fn fn, void *arg)
{
	struct S(search) s = { .page = page, .cpu = cpu, .fn = fn, .arg = arg };

	S(count_walk)(r, &s, S(walk_areas)(r, page, S(walk_one), &s));
	return (int64_t)s.found;
}
