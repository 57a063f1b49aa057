/*
 * rmap_world.h - template: a world of a STRATEGY under test, and the truth
 * about it: what all entries of all processes map, by looking at each.
 */
#include "../kernels/rmap/world_template.h"

#include "../bench/rmap_execute.h"
#include "rmap_play.h"

/* What maps a page. */
#ifndef KMB_RMAP_WORLD_TEST
#define KMB_RMAP_WORLD_TEST
struct entry {
	struct page *page;
	struct mm_struct *mm;
	uint64_t addr;
};

#define MAX_ENTRIES (1u << 16)
#define MAX_AREA_BYTES (8ul << 20)
static struct entry truth[MAX_ENTRIES], answer[MAX_ENTRIES];
static uint64_t nr_truth, nr_answer;
/* The test has a reference on it. */
static const struct page *held;

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->page != y->page)
		return x->page < y->page ? -1 : 1;
	if (x->mm != y->mm)
		return x->mm < y->mm ? -1 : 1;
	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static bool find_one(void *arg, struct mm_struct *mm, uint64_t addr,
		     x86_64_pte_t *ptep)
{
	(void)ptep;
	check(nr_answer < MAX_ENTRIES, "found without end");
	answer[nr_answer++] = (struct entry){ arg, mm, addr };
	return true;
}
#endif

static struct S(world) S(tested);
static struct mm_struct *S(process)[NR_PROCESSES];

static never_inline int S(run_op)(const struct rmap_op *op)
{
	int err = S(execute)(&S(tested), S(process), 0, op);

	play_keep(op, err);
	return err;
}

/* Lines of a script, of what can be done. */
static maybe_unused __attribute__((format(printf, 1, 2))) void
S(play)(const char *format, ...)
{
	struct rmap_op op;
	va_list args;

	va_start(args, format);
	play_begin(format, args);
	va_end(args);
	while (play_next(&op))
		check(!S(run_op)(&op), "line %u", op.line);
}

static void S(begin)(uint64_t swap_slots)
{
	const struct rmap_world_config config = {
		.slab = &source.slab,
		.nr_files = TEST_FILES,
		.file_pages = TEST_FILE_PAGES,
		.swap_slots = swap_slots,
	};

	source_begin(TEST_FRAMES);
	assert_int_equal(S(world_create)(&S(tested), &config), 0);
	nr_played = 0;
	memset(S(process), 0, sizeof(S(process)));
	S(process)[0] = S(mm_create)(&S(tested), 0);
	assert_non_null(S(process)[0]);
}

static void S(exit_all)(void)
{
	for (unsigned id = 0; id < NR_PROCESSES; id++)
		if (S(process)[id])
			S(run_op)
	(&(struct rmap_op){ .kind = RMAP_EXIT, .process = id });
}

static void S(end)(void)
{
	assert_true(S(validate)(&S(tested).rmap));
	S(exit_all)();
	assert_int_equal(S(world_destroy)(&S(tested)), 0);
	nr_played = 0;
	source_end();
}

static int S(true_leaf)(struct x86_64_mm *tables, x86_64_pte_t *ptep,
			uint64_t addr, unsigned level, void *arg)
{
	x86_64_pte_t pte = x86_64_read(ptep);
	uint64_t nr = x86_64_level_size(level) >> PAGE_SHIFT;
	struct page *page;

	(void)arg;
	page = x86_64_pte_present(pte) ? S(entry_page)(&S(tested), pte) : NULL;
	check(nr_truth + nr <= MAX_ENTRIES, "too small a test for this world");
	for (uint64_t i = 0; page && i < nr; i++)
		truth[nr_truth++] =
			(struct entry){ page + i,
					container_of(tables, struct mm_struct,
						     tables),
					addr + i * PAGE_SIZE };
	return 0;
}

static void S(look_at_all)(void)
{
	struct list_head *l, *mmlist = &S(tested).mmlist;

	nr_truth = 0;
	for (l = mmlist->next; l != mmlist; l = l->next) {
		struct mm_struct *mm = list_entry(l, struct mm_struct, mmlist);
		uint64_t before = nr_truth;

		/* All that is mapped, as rss says, is in there. */
		x86_64_walk_page_range(&mm->tables, RMAP_AREA,
				       RMAP_AREA + MAX_AREA_BYTES, S(true_leaf),
				       NULL);
		assert_int_equal(mm->rss, nr_truth - before);
	}
	qsort(truth, nr_truth, sizeof(*truth), compare_entries);
}

/* A page and the nr entries that map it, from `first` on. */
static void S(check_page)(const struct entry *first, uint64_t nr)
{
	struct page *page = first->page;
	int64_t said;

	assert_int_equal(page_mapcount(page), nr);
	assert_int_equal(page->_refcount, nr + page_test(page, PG_swapcache) +
						  page_is_file(page) +
						  (page == held));
	if (S(traits) & RMAP_NULL)
		return;
	nr_answer = 0;
	said = S(rmap_walk)(&S(tested).rmap, 0, page, find_one, page);
	assert_int_equal(said, nr);
	qsort(answer, nr_answer, sizeof(*answer), compare_entries);
	check(nr_answer == nr && !memcmp(answer, first, nr * sizeof(*answer)),
	      "%llu entries were found, not the %llu that there are",
	      (unsigned long long)nr_answer, (unsigned long long)nr);
}

/* Every page: what is found is what there is. */
static never_inline void S(check_all)(void)
{
	S(look_at_all)();
#ifdef STRATEGY_BUILD
	assert_int_equal(S(build)(&S(tested).rmap), 0);
#endif
	for (uint64_t i = 0, end; i < nr_truth; i = end) {
		for (end = i;
		     end < nr_truth && truth[end].page == truth[i].page;)
			end++;
		S(check_page)(&truth[i], end - i);
	}
}

/* Every area of every process. */
static maybe_unused void S(see_areas)(void (*fn)(struct S(vma) * vma))
{
	struct list_head *l, *mmlist = &S(tested).mmlist;

	list_for_each (l, mmlist)
		for (struct rb_node *n = rb_first(
			     &list_entry(l, struct mm_struct, mmlist)->areas);
		     n; n = rb_next(n))
			fn(S(vma_of)(
				rb_entry(n, struct vm_area_struct, vm_rb)));
}

/* With a reference, of which there is one at a time. */
static maybe_unused struct page *S(page_at)(unsigned process, uint64_t page)
{
	struct page *there = S(get_mapped_page)(&S(tested), S(process)[process],
						rmap_page_addr(page));

	assert_non_null(there);
	held = there;
	return there;
}

static maybe_unused void S(puts)(struct page *page)
{
	held = NULL;
	S(put_page)(&S(tested), 0, page);
}

static maybe_unused int S(asks)(struct page *page)
{
	int nr;

	assert_true(trylock_page(page));
	nr = S(page_referenced)(&S(tested).rmap, 0, page);
	unlock_page(page);
	return nr;
}

static maybe_unused enum swap_status S(unmaps)(struct page *page)
{
	return S(reclaim)(&S(tested), 0, page);
}
