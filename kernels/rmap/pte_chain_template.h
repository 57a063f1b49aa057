/*
 * pte_chain_template.h - template: each page knows the entries that map it
 * (mm/rmap.c of 2.5.33 to 2.6.6): one directly, more by a chain of arrays of
 * NRPTE, 2^k - 1, which is also the mask of an array's index.
 *
 * Slots fill from the top down. Only the head has free slots, its lowest ones;
 * next_and_idx is the next array and the head's lowest slot in use. All of a
 * page's is under its PG_chainlock, which is taken inside page_table_lock; who
 * comes the other way only tries that. Chains are x86's PTEs only in name: a
 * huge page's entry, which these kernels did not know, maps 512 pages.
 */
#include "objects.h"
#include "rmap.h"
#include "unmap_one.h"

struct S(pte_chain) {
	uintptr_t next_and_idx;
	x86_64_pte_t *ptes[NRPTE];
};
_Static_assert(sizeof(struct S(pte_chain)) == (NRPTE + 1) * sizeof(void *) &&
		       (NRPTE & (NRPTE + 1)) == 0,
	       "aligned to its size, the index fits below the pointer");

/* Chains for S(page_add_anon) and the like that no allocation may fail in: a
 * mapping needs one, but two where one array has no place for it. */
#define RESERVE (NRPTE == 1 ? 2 : 1)

struct S(spare) {
	struct S(pte_chain) * chain[RESERVE];
	unsigned nr;
	/* On this CPU, so far. */
	uint64_t walks, visited, found;
} cacheline_aligned;

struct S(rmap) {
	const struct rmap_host *host;
	struct rmap_cache chains;
	struct S(spare) * spare; /* [host->nr_cpus] */
};

struct S(vma) {
	struct vm_area_struct vma;
};

struct S(mapping) {
	struct address_space file;
};

enum { S(vma_bytes) = 0 };
enum { S(max_threads) = KMB_MAX_THREADS };

static inline size_t S(spare_bytes)(const struct rmap_host *host)
{
	return align_up(host->nr_cpus * sizeof(struct S(spare)), PAGE_SIZE);
}

static inline int S(create)(struct S(rmap) * r, const struct rmap_host *host)
{
	struct host_memory *from = host->pages->mem->host;
	const size_t bytes = sizeof(struct S(pte_chain));
	int err;

	*r = (struct S(rmap)){ .host = host };
	r->spare = host_map_on(from, S(spare_bytes)(host), 0);
	if (!r->spare)
		return -ENOMEM;
	err = rmap_cache_create(&r->chains, "pte_chain", bytes, bytes, NULL,
				host->slab);
	if (err)
		from->unmap(from, r->spare, S(spare_bytes)(host));
	return err;
}

static inline void S(destroy)(struct S(rmap) * r)
{
	struct host_memory *from = r->host->pages->mem->host;
	uint64_t left;

	for (unsigned cpu = 0; cpu < r->host->nr_cpus; cpu++)
		while (r->spare[cpu].nr)
			rmap_cache_free(
				&r->chains, cpu,
				r->spare[cpu].chain[--r->spare[cpu].nr]);
	from->unmap(from, r->spare, S(spare_bytes)(r->host));
	left = rmap_cache_destroy(&r->chains);
	KMB_BUG_ON(left);
	(void)left;
}

/* Nothing is kept but what pages hold. */
static inline bool S(validate)(struct S(rmap) * r)
{
	return r->spare;
}

static inline void S(stats)(struct S(rmap) * r, struct rmap_stats *stats)
{
	*stats = (struct rmap_stats){
		.bytes = rmap_cache_bytes(&r->chains),
		.links = rmap_cache_live(&r->chains),
	};
	for (unsigned cpu = 0; cpu < r->host->nr_cpus; cpu++) {
		stats->walks += r->spare[cpu].walks;
		stats->visited += r->spare[cpu].visited;
		stats->found += r->spare[cpu].found;
	}
}

#include "no_areas.h"

forceinline void S(chain_lock)(struct page *page)
{
	/* pairs with the release in S(chain_unlock) */
	while (__atomic_fetch_or(&page->flags, PG_chainlock, __ATOMIC_ACQUIRE) &
	       PG_chainlock)
		while (READ_ONCE(page->flags) & PG_chainlock)
			cpu_relax();
}

forceinline void S(chain_unlock)(struct page *page)
{
	__atomic_fetch_and(&page->flags, ~(uint64_t)PG_chainlock,
			   __ATOMIC_RELEASE);
}

forceinline struct S(pte_chain) * S(chain_next)(const struct S(pte_chain) * pc)
{
	return (void *)(pc->next_and_idx & ~(uintptr_t)NRPTE);
}

forceinline unsigned S(chain_idx)(const struct S(pte_chain) * pc)
{
	return (unsigned)(pc->next_and_idx & NRPTE);
}

static inline int S(reserve)(struct S(rmap) * r, unsigned cpu)
{
	struct S(spare) *spare = &r->spare[cpu];

	while (unlikely(spare->nr < RESERVE)) {
		void *chain = rmap_cache_alloc(&r->chains, cpu);

		if (!chain)
			return -ENOMEM;
		spare->chain[spare->nr++] = chain;
	}
	return 0;
}

/* A new head, empty but for its last slot. */
forceinline struct S(pte_chain) *
	S(push_chain)(struct S(rmap) * r, unsigned cpu,
		      struct S(pte_chain) * next, x86_64_pte_t *ptep)
{
	struct S(spare) *spare = &r->spare[cpu];
	struct S(pte_chain) *pc = spare->chain[--spare->nr];

	for (unsigned i = NRPTE; i--;)
		pc->ptes[i] = NULL;
	pc->ptes[NRPTE - 1] = ptep;
	pc->next_and_idx = (uintptr_t)next | (NRPTE - 1);
	return pc;
}

/* The head goes: to the CPU's spare ones if there is room, or to the slab. */
forceinline void S(pop_chain)(struct S(rmap) * r, unsigned cpu,
			      struct page *page, struct S(pte_chain) * head)
{
	struct S(spare) *spare = &r->spare[cpu];

	page->chain = (void *)S(chain_next)(head);
	if (spare->nr < RESERVE)
		spare->chain[spare->nr++] = head;
	else
		rmap_cache_free(&r->chains, cpu, head);
}

/* One more entry maps the page. */
static inline void S(add)(struct S(rmap) * r, unsigned cpu, struct page *page,
			  x86_64_pte_t *ptep)
{
	struct S(pte_chain) * pc;

	S(chain_lock)(page);
	page->_mapcount++;
	if (!page->chain) {
		page->direct = ptep;
		page_set(page, PG_direct);
		S(chain_unlock)(page);
		return;
	}
	pc = (void *)page->chain;
	if (page_test(page, PG_direct)) {
		pc = S(push_chain)(r, cpu, NULL, page->direct);
		page_clear(page, PG_direct);
	}
	if (unlikely(!S(chain_idx)(pc))) {
		pc = S(push_chain)(r, cpu, pc, ptep);
	} else {
		pc->ptes[S(chain_idx)(pc) - 1] = ptep;
		pc->next_and_idx--;
	}
	page->chain = (void *)pc;
	S(chain_unlock)(page);
}

/* The slot of an entry; NULL: it is not in the chain. */
static inline x86_64_pte_t **S(find_slot)(struct S(pte_chain) * pc,
					  const x86_64_pte_t *ptep)
{
	for (; pc; pc = S(chain_next)(pc))
		for (unsigned i = S(chain_idx)(pc); i < NRPTE; i++)
			if (pc->ptes[i] == ptep)
				return &pc->ptes[i];
	return NULL;
}

/* Fill a slot with the head's lowest entry, of which the head has one less. */
forceinline void S(drop_slot)(struct S(rmap) * r, unsigned cpu,
			      struct page *page, x86_64_pte_t **slot)
{
	struct S(pte_chain) *head = (void *)page->chain;
	unsigned idx = S(chain_idx)(head);

	*slot = head->ptes[idx];
	head->ptes[idx] = NULL;
	if (idx == NRPTE - 1)
		S(pop_chain)(r, cpu, page, head);
	else
		head->next_and_idx++;
}

forceinline void S(drop_direct)(struct page *page)
{
	page->direct = NULL;
	page_clear(page, PG_direct);
}

static inline void S(page_remove)(struct S(rmap) * r, unsigned cpu,
				  struct page *page, x86_64_pte_t *ptep)
{
	S(chain_lock)(page);
	page->_mapcount--;
	if (page_test(page, PG_direct)) {
		KMB_BUG_ON(page->direct != ptep);
		S(drop_direct)(page);
	} else {
		x86_64_pte_t **slot = S(find_slot)((void *)page->chain, ptep);

		KMB_BUG_ON(!slot);
		if (likely(slot))
			S(drop_slot)(r, cpu, page, slot);
	}
	S(chain_unlock)(page);
}

static inline void S(page_move)(struct S(rmap) * r, unsigned cpu,
				struct page *page, x86_64_pte_t *from,
				x86_64_pte_t *to)
{
	(void)r, (void)cpu;
	S(chain_lock)(page);
	if (page_test(page, PG_direct)) {
		page->direct = to;
	} else {
		x86_64_pte_t **slot = S(find_slot)((void *)page->chain, from);

		KMB_BUG_ON(!slot);
		if (likely(slot))
			*slot = to;
	}
	S(chain_unlock)(page);
}

forceinline void S(page_add_anon)(struct S(rmap) * r, unsigned cpu,
				  struct page *page, struct S(vma) * vma,
				  uint64_t addr, x86_64_pte_t *ptep)
{
	(void)vma, (void)addr;
	S(add)(r, cpu, page, ptep);
}

forceinline void S(page_add_new_anon)(struct S(rmap) * r, unsigned cpu,
				      struct page *page, struct S(vma) * vma,
				      uint64_t addr, x86_64_pte_t *ptep)
{
	S(page_add_anon)(r, cpu, page, vma, addr, ptep);
}

forceinline void S(page_add_file)(struct S(rmap) * r, unsigned cpu,
				  struct page *page, struct S(vma) * vma,
				  uint64_t addr, x86_64_pte_t *ptep)
{
	S(page_add_anon)(r, cpu, page, vma, addr, ptep);
}

forceinline void S(page_dup)(struct S(rmap) * r, unsigned cpu,
			     struct page *page, struct S(vma) * vma,
			     uint64_t addr, x86_64_pte_t *ptep)
{
	S(page_add_anon)(r, cpu, page, vma, addr, ptep);
}

/* The page of the table that an entry is in; it stays while the chain has the
 * entry and is locked. */
forceinline const struct page *S(entry_table)(const struct S(rmap) * r,
					      const x86_64_pte_t *ptep)
{
	const struct physmem *mem = r->host->pages->mem;

	return pfn_to_page(mem, virt_to_pfn(mem, ptep));
}

/* The address for which an entry maps the page. Under its page_table_lock: an
 * entry that is being changed is empty for a moment. */
forceinline uint64_t S(entry_address)(const struct S(rmap) * r,
				      const struct page *page,
				      x86_64_pte_t *ptep, unsigned *level)
{
	const struct physmem *mem = r->host->pages->mem;
	const struct page *table = S(entry_table)(r, ptep);
	uint64_t index = ((uintptr_t)ptep & (PAGE_SIZE - 1)) / sizeof(*ptep);

	*level = (unsigned)table->private;
	return table->index + (index << x86_64_level_shift(*level)) +
	       ((page_to_pfn(mem, page) - x86_64_pte_pfn(x86_64_read(ptep)))
		<< PAGE_SHIFT);
}

#include "pte_chain_reclaim.h"

#undef RESERVE
