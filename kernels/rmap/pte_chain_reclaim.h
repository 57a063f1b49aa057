/* pte_chain_reclaim.h - template: reclaim's questions, answered by a chain. */

/* A chain of one array with one entry is that entry again. */
static inline void S(collapse)(struct S(rmap) * r, unsigned cpu,
			       struct page *page)
{
	struct S(pte_chain) *head = (void *)page->chain;
	x86_64_pte_t *last;

	if (S(chain_next)(head) || S(chain_idx)(head) != NRPTE - 1)
		return;
	last = head->ptes[NRPTE - 1];
	S(pop_chain)(r, cpu, page, head);
	page->direct = last;
	page_set(page, PG_direct);
}

/*
 * Beyond the caches an array is one miss after another: its address comes with
 * the one before, and to prefetch it as soon as that is there gains 0 to 3 %.
 * To guess it from where earlier arrays lie halves a walk of 4096, but only
 * where memory was never used: with pages given out in another order than that
 * of their addresses, it gains nothing. So there is no hint here.
 */
static inline int S(page_referenced)(struct S(rmap) * r, unsigned cpu,
				     struct page *page)
{
	struct S(spare) *own = &r->spare[cpu];
	int referenced = 0;
	uint64_t nr = 0;

	S(chain_lock)(page);
	if (page_test(page, PG_direct)) {
		referenced += ptep_clear_young(page->direct);
		nr = 1;
	} else if (page->chain) {
		for (struct S(pte_chain) *pc = (void *)page->chain; pc;
		     pc = S(chain_next)(pc))
			for (unsigned i = S(chain_idx)(pc); i < NRPTE;
			     i++, nr++)
				referenced += ptep_clear_young(pc->ptes[i]);
		S(collapse)(r, cpu, page);
	}
	S(chain_unlock)(page);
	own->walks++;
	own->visited += nr;
	own->found += nr;
	return referenced;
}

/* One entry, whose process's lock is only tried. The page's chain is locked. */
static inline enum swap_status S(unmap_one)(struct S(rmap) * r, unsigned cpu,
					    struct page *page,
					    x86_64_pte_t *ptep)
{
	enum swap_status status;
	struct mm_struct *mm;
	uint64_t addr;
	unsigned level;

	mm = S(entry_table)(r, ptep)->mapping;
	r->spare[cpu].visited++;
	if (!spin_trylock(&mm->tables.page_table_lock))
		return SWAP_AGAIN;
	r->spare[cpu].found++;
	addr = S(entry_address)(r, page, ptep, &level);
	status = may_unmap(find_vma(mm, addr), page, ptep, level);
	if (status == SWAP_SUCCESS) {
		unmap_entry(mm, r->host->swap, page, ptep);
		page->_mapcount--;
	}
	spin_unlock(&mm->tables.page_table_lock);
	return status;
}

/*
 * From the head on: what was unmapped is filled with the head's lowest entry,
 * so only what could not be is passed by. Once the head is gone the next is
 * full, and begins at its slot 0.
 */
static inline enum swap_status S(unmap_chain)(struct S(rmap) * r, unsigned cpu,
					      struct page *page)
{
	enum swap_status result = SWAP_SUCCESS;
	struct S(pte_chain) *pc = (void *)page->chain, *next;

	for (; pc; pc = next) {
		next = S(chain_next)(pc);
		for (unsigned i = S(chain_idx)(pc); i < NRPTE; i++) {
			enum swap_status status =
				S(unmap_one)(r, cpu, page, pc->ptes[i]);

			if (status == SWAP_FAIL)
				return SWAP_FAIL;
			if (status == SWAP_AGAIN) {
				result = SWAP_AGAIN;
				continue;
			}
			/* What comes into the slot from a head further up was
			 * passed by: it is not asked again. */
			S(drop_slot)(r, cpu, page, &pc->ptes[i]);
		}
	}
	return result;
}

static inline enum swap_status S(try_to_unmap)(struct S(rmap) * r, unsigned cpu,
					       struct page *page)
{
	enum swap_status status = SWAP_SUCCESS;

	r->spare[cpu].walks++;
	S(chain_lock)(page);
	if (page_test(page, PG_direct)) {
		status = S(unmap_one)(r, cpu, page, page->direct);
		if (status == SWAP_SUCCESS)
			S(drop_direct)(page);
	} else if (page->chain) {
		status = S(unmap_chain)(r, cpu, page);
	}
	S(chain_unlock)(page);
	return status;
}

/* fn for one entry; false: the walk ends, *err says if a lock was busy. */
static inline bool S(walk_one)(struct S(rmap) * r, unsigned cpu,
			       struct page *page, x86_64_pte_t *ptep,
			       rmap_fn fn, void *arg, int64_t *found)
{
	struct mm_struct *mm;
	uint64_t addr;
	unsigned level;
	bool more;

	mm = S(entry_table)(r, ptep)->mapping;
	r->spare[cpu].visited++;
	if (!spin_trylock(&mm->tables.page_table_lock)) {
		*found = -EAGAIN;
		return false;
	}
	r->spare[cpu].found++;
	++*found;
	addr = S(entry_address)(r, page, ptep, &level);
	more = fn(arg, mm, addr, ptep);
	spin_unlock(&mm->tables.page_table_lock);
	return more;
}

static inline int64_t S(rmap_walk)(struct S(rmap) * r, unsigned cpu,
				   struct page *page, rmap_fn fn, void *arg)
{
	bool more = true;
	int64_t found = 0;

	r->spare[cpu].walks++;
	S(chain_lock)(page);
	if (page_test(page, PG_direct))
		S(walk_one)(r, cpu, page, page->direct, fn, arg, &found);
	else
		for (struct S(pte_chain) *pc = (void *)page->chain; more && pc;
		     pc = S(chain_next)(pc))
			for (unsigned i = S(chain_idx)(pc); more && i < NRPTE;
			     i++)
				more = S(walk_one)(r, cpu, page, pc->ptes[i],
						   fn, arg, &found);
	S(chain_unlock)(page);
	return found;
}
