/*
 * pgtable_fork_trace.h - template: processes that map, fork, write, read and
 * unmap, against the flat model, for one FORMAT; and the list of its checks.
 */

struct F(processes) {
	struct F(mm) mm[NR_FORK_PROCESSES];
	struct vm_area_struct vma[2]; /* private, shared */
	struct fork_model model;
	struct random random;
};

static const struct vm_area_struct *F(vma_of)(const struct F(processes) * p,
					      uint64_t i)
{
	return &p->vma[model_is_shared(&p->model, i)];
}

static void F(trace_map)(struct F(processes) * p, unsigned n, uint64_t i)
{
	const uint64_t flags = PAGE_PRESENT | PAGE_USER | PAGE_RW;
	struct page *page;
	uint64_t value = random_next(&p->random);

	if (p->model.cell[n][i])
		return;
	page = counting_alloc(&counting, 0, 0);
	set_page_count(page, 1);
	*(uint64_t *)pfn_to_virt(&counting.mem,
				 page_to_pfn(&counting.mem, page)) = value;
	assert_int_equal(F(map_page)(&p->mm[n], 0, i << PAGE_SHIFT,
				     page_to_pfn(&counting.mem, page),
				     LEVEL_PTE, flags),
			 0);
	p->model.cell[n][i] = model_new_cell(&p->model, value);
}

/* A huge page, where there is room for one and one whose frames are free. */
static void F(trace_map_huge)(struct F(processes) * p, unsigned n)
{
	uint64_t nr = F(huge_pages)(), start = nr;
	uint64_t from = random_below(&p->random, AREA_FRAMES / nr) * nr;

	for (uint64_t i = 0; i < nr; i++)
		if (p->model.cell[n][start + i] ||
		    area_page(from + i)->_refcount)
			return;
	F(free_tables)
	(&p->mm[n], 0, start << PAGE_SHIFT, (start + nr) << PAGE_SHIFT);
	for (uint64_t i = 0; i < nr; i++) {
		uint64_t value = random_next(&p->random);

		set_page_count(area_page(from + i), 1);
		*(uint64_t *)pfn_to_virt(&counting.mem, AREA_PFN + from + i) =
			value;
		p->model.cell[n][start + i] = model_new_cell(&p->model, value);
	}
	assert_int_equal(F(map_page)(&p->mm[n], 0, start << PAGE_SHIFT,
				     AREA_PFN + from, LEVEL_PMD,
				     PAGE_PRESENT | PAGE_USER | PAGE_RW),
			 0);
}

static uint64_t *F(trace_word)(struct page *page)
{
	return pfn_to_virt(&counting.mem, page_to_pfn(&counting.mem, page));
}

static void F(trace_read)(struct F(processes) * p, unsigned n, uint64_t i)
{
	uint32_t cell = p->model.cell[n][i];
	struct page *page = F(follow_page)(&p->mm[n], 0, F(vma_of)(p, i),
					   i << PAGE_SHIFT, 0);

	if (!cell)
		assert_null(page);
	else
		assert_int_equal(*F(trace_word)(page), p->model.values[cell]);
}

static void F(trace_write)(struct F(processes) * p, unsigned n, uint64_t i)
{
	const struct vm_area_struct *vma = F(vma_of)(p, i);
	uint64_t addr = i << PAGE_SHIFT, value = random_next(&p->random);
	struct F(mm) *mm = &p->mm[n];
	struct page *page = F(follow_page)(mm, 0, vma, addr, FOLL_WRITE);

	if (!p->model.cell[n][i]) {
		assert_null(page);
		assert_int_equal(F(do_wp_page)(mm, 0, vma, addr), -EFAULT);
		return;
	}
	if (!page) {
		assert_int_equal(F(do_wp_page)(mm, 0, vma, addr), 0);
		page = F(follow_page)(mm, 0, vma, addr, FOLL_WRITE);
	}
	assert_non_null(page);
	*F(trace_word)(page) = value;
	p->model.values[p->model.cell[n][i]] = value;
}

static void F(trace_zap)(struct F(processes) * p, unsigned n, uint64_t i,
			 uint64_t end)
{
	assert_int_equal(F(zap_page_range)(&p->mm[n], 0, F(vma_of)(p, i),
					   i << PAGE_SHIFT, end << PAGE_SHIFT),
			 model_zap(&p->model, n, i, end));
}

static void F(trace_exit)(struct F(processes) * p, unsigned n)
{
	uint64_t half = p->model.nr_pages / 2;

	F(trace_zap)(p, n, 0, half);
	F(trace_zap)(p, n, half, 2 * half);
	F(free_tables)(&p->mm[n], 0, 0, 2 * half << PAGE_SHIFT);
}

static void F(trace_fork)(struct F(processes) * p, unsigned parent,
			  unsigned child)
{
	if (parent == child)
		return;
	F(trace_exit)(p, child);
	for (unsigned v = 0; v < 2; v++)
		assert_int_equal(F(copy_page_range)(&p->mm[child],
						    &p->mm[parent], 0,
						    &p->vma[v]),
				 0);
	model_fork(&p->model, parent, child);
}

/* A frame has as many references as there are mappings of it. */
static void F(trace_check_counts)(struct F(processes) * p)
{
	static int32_t count[AREA_ZERO_PFN];

	memset(count, 0, sizeof(count));
	for (unsigned n = 0; n < NR_FORK_PROCESSES; n++)
		for (uint64_t i = 0; i < p->model.nr_pages; i++) {
			struct F(mm) *mm = &p->mm[n];
			pfn_t pfn =
				F(walk_pfn)(mm->mem, mm->pgd, i << PAGE_SHIFT);

			assert_int_equal(pfn != PFN_NONE,
					 p->model.cell[n][i] != 0);
			if (pfn != PFN_NONE)
				count[pfn]++;
		}
	for (pfn_t pfn = 0; pfn < AREA_ZERO_PFN; pfn++)
		if (count[pfn] || pfn >= AREA_PFN)
			assert_int_equal(
				pfn_to_page(&counting.mem, pfn)->_refcount,
				count[pfn]);
}

static void F(trace_step)(struct F(processes) * p)
{
	struct random *r = &p->random;
	unsigned n = (unsigned)random_below(r, NR_FORK_PROCESSES);
	uint64_t i = random_below(r, p->model.nr_pages);
	uint64_t half = p->model.nr_pages / 2;
	uint64_t room = i < half ? half - i : 2 * half - i;
	uint64_t end = i + 1 + random_below(r, room < 32 ? room : 32);
	uint64_t kind = random_below(r, 256);

	if (kind == 0) {
		unsigned child = (unsigned)random_below(r, NR_FORK_PROCESSES);

		F(trace_fork)(p, n, child);
	} else if (kind < 4) {
		F(trace_map_huge)(p, n);
	} else if (kind < 12) {
		F(trace_zap)(p, n, i, end);
	} else if (kind < 100) {
		F(trace_map)(p, n, i);
	} else if (kind < 180) {
		F(trace_write)(p, n, i);
	} else {
		F(trace_read)(p, n, i);
	}
}

static void F(processes_equal_the_flat_model)(void **unused)
{
	static struct F(processes) processes;
	struct F(processes) *p = &processes;
	uint64_t nr = 2 * F(huge_pages)(), bytes = nr << PAGE_SHIFT;

	(void)unused;
	memset(p, 0, sizeof(*p));
	area_begin();
	for (uint64_t i = 0; i < AREA_FRAMES; i++)
		set_page_count(area_page(i), 0);
	p->random.state = test_seed();
	p->model.nr_pages = 2 * nr;
	p->vma[0] = area_vma(0, bytes);
	p->vma[1] = area_vma(bytes, 2 * bytes);
	p->vma[1].vm_flags |= VM_SHARED;
	for (unsigned n = 0; n < NR_FORK_PROCESSES; n++) {
		assert_int_equal(F(mm_init)(&p->mm[n], 0, &counting.source), 0);
		p->mm[n].split_locks = n % 2;
	}
	for (uint64_t op = 0; op < NR_FORK_OPS; op++) {
		F(trace_step)(p);
		if (op % (NR_FORK_OPS / 8) == 0)
			F(trace_check_counts)(p);
	}
	for (unsigned n = 0; n < NR_FORK_PROCESSES; n++) {
		F(trace_check_counts)(p);
		F(trace_exit)(p, n);
	}
	for (unsigned n = 0; n < NR_FORK_PROCESSES; n++) {
		assert_true(F(mm_validate)(&p->mm[n]));
		F(mm_destroy)(&p->mm[n], 0);
	}
	free(p->model.values);
	counting_end();
}

#define FORK_CHECK(check_name)                        \
	{                                             \
		.name = FORMAT_NAME ": " #check_name, \
		.test_func = F(check_name)            \
	}

static int F(run_fork_checks)(void)
{
	const struct CMUnitTest tests[] = {
		FORK_CHECK(fork_protects_private_pages_in_both),
		FORK_CHECK(fork_leaves_shared_pages_writable),
		FORK_CHECK(fork_copies_a_huge_entry),
		FORK_CHECK(fork_counts_what_is_counted),
		FORK_CHECK(fork_loses_no_dirty_bit),
		FORK_CHECK(fork_without_memory),
		FORK_CHECK(zap_keeps_the_bits),
		FORK_CHECK(a_write_is_not_seen_by_the_other),
		FORK_CHECK(a_write_to_each_kind_of_page),
		FORK_CHECK(a_write_without_memory),
		FORK_CHECK(processes_equal_the_flat_model),
	};

	return cmocka_run_group_tests_name("pgtable/fork/" FORMAT_NAME, tests,
					   NULL, NULL);
}

static __attribute__((constructor)) void F(add_fork_checks)(void)
{
	fork_groups[nr_fork_groups++] = F(run_fork_checks);
}

#undef FORK_CHECK
