/*
 * rmap_threads_checks.h - template: processes of one family, each some
 * thread's, map, write, fork and exit, while another thread takes their pages
 * away. Adds the STRATEGY's test to the list.
 */
#include "rmap_world.h"

struct S(worker) {
	struct rmap_random r;
	unsigned cpu;
	struct mm_struct *mm[NR_PROCESSES]; /* at least one is there */
};

/* Hand a page of its own to whoever takes pages away. */
static void S(offer)(struct S(worker) * worker, unsigned id, uint64_t page)
{
	struct page *other,
		*own = S(get_mapped_page)(&S(tested), worker->mm[id],
					  rmap_page_addr(page));

	if (!own)
		return;
	other = swap_offered(below(&worker->r, NR_OFFERED), own);
	if (other)
		S(put_page)(&S(tested), worker->cpu, other);
}

static void S(step)(struct S(worker) * worker)
{
	unsigned id = (unsigned)below(&worker->r, NR_PROCESSES), free = -1u;
	unsigned nr = 0;
	struct rmap_op op;

	for (unsigned j = 0; j < NR_PROCESSES; j++)
		if (!worker->mm[j])
			free = j;
		else
			nr++;
	while (!worker->mm[id])
		id = (id + 1) % NR_PROCESSES;
	op = random_op(&worker->r, worker->mm[id], id, free);
	if (op.kind == RMAP_EXIT && nr == 1)
		return;
	S(execute)(&S(tested), worker->mm, worker->cpu, &op);
	if (op.kind == RMAP_WRITE || op.kind == RMAP_READ)
		S(offer)(worker, id, op.page);
}

static void *S(work)(void *arg)
{
	struct S(worker) *worker = arg;

	chaos_one_in = CHAOS_ONE_IN;
	do
		for (unsigned i = 0; i < NR_STEPS; i++)
			S(step)(worker);
	while (test_now_ns() < stress_end ||
	       READ_ONCE(nr_unmapped) < LEAST_UNMAPPED);
	fetch_add_full(&nr_working, -1);
	return NULL;
}

/* Whatever else happens, an entry that was found maps the page. */
static bool S(maps_it)(void *arg, struct mm_struct *mm, uint64_t addr,
		       x86_64_pte_t *ptep)
{
	x86_64_pte_t pte = x86_64_read(ptep);
	struct x86_64_leaf leaf = x86_64_lookup(&mm->tables, addr);

	if (!x86_64_pte_present(pte) || leaf.ptep != ptep ||
	    pfn_to_page(S(tested).mem, x86_64_pte_pfn(pte)) != arg)
		fetch_add_relaxed(&nr_wrong, 1);
	fetch_add_relaxed(&nr_walked, 1);
	return true;
}

static void S(take_away)(struct page *page, unsigned cpu, struct random *r)
{
	enum swap_status status;

	if (random_below(r, 4) && trylock_page(page)) {
		S(page_referenced)(&S(tested).rmap, cpu, page);
		S(rmap_walk)(&S(tested).rmap, cpu, page, S(maps_it), page);
		unlock_page(page);
	}
	status = S(reclaim)(&S(tested), cpu, page);
	if (status == SWAP_SUCCESS)
		fetch_add_relaxed(&nr_unmapped, 1);
	if (status == SWAP_SUCCESS && random_below(r, 2))
		S(drop_page)(&S(tested), cpu, page);
	S(put_page)(&S(tested), cpu, page);
}

static void *S(reclaim_some)(void *arg)
{
	struct random r = { test_seed() };
	const unsigned cpu = *(unsigned *)arg;

	chaos_one_in = CHAOS_ONE_IN;
	while (READ_ONCE(nr_working)) {
		struct page *page =
			swap_offered(random_below(&r, NR_OFFERED), NULL);

		if (page)
			S(take_away)(page, cpu, &r);
		else
			cpu_relax();
	}
	return NULL;
}

/* All are children of process 0, and have its pages until they write. */
static void S(make_family)(struct S(worker) workers[NR_WORKERS])
{
	S(begin)(256);
	S(play)
	("mmap 0 0 %u anon 0 0 rw\nwrite 0 0 %u 1", AREA_PAGES, AREA_PAGES);
	/* What threads do then has no order that could be told. */
	nr_played = 0;
	for (unsigned i = 0; i < NR_WORKERS; i++) {
		workers[i] = (struct S(worker)){
			.r = { .r = { test_seed() + i },
			       .area_pages = AREA_PAGES,
			       .reclaims = true },
			.cpu = i,
			.mm = { S(fork)(&S(tested), S(process)[0], 0) },
		};
		assert_non_null(workers[i].mm[0]);
	}
}

static void S(threads)(void **unused)
{
	static struct S(worker) workers[NR_WORKERS];
	unsigned cpu = NR_WORKERS;
	pthread_t thread[NR_WORKERS + 1];

	(void)unused;
	S(make_family)(workers);
	begin_threads();
	for (unsigned i = 0; i < NR_WORKERS; i++)
		pthread_create(&thread[i], NULL, S(work), &workers[i]);
	pthread_create(&thread[NR_WORKERS], NULL, S(reclaim_some), &cpu);
	for (unsigned i = 0; i <= NR_WORKERS; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(nr_wrong, 0);
	assert_true(nr_walked);
	for (unsigned i = 0; i < NR_OFFERED; i++)
		if (offered[i])
			S(put_page)(&S(tested), 0, offered[i]);
	/* Now that nobody changes anything, all are found again. */
	S(check_all)();
	for (unsigned i = 0; i < NR_WORKERS; i++)
		for (unsigned id = 0; id < NR_PROCESSES; id++)
			if (workers[i].mm[id])
				S(exit)(&S(tested), workers[i].mm[id], i);
	S(end)();
}

static __attribute__((constructor)) void S(add_tests)(void)
{
	if (!(S(traits) & RMAP_REFERENCE))
		add_test(STRATEGY_NAME, S(threads));
}
