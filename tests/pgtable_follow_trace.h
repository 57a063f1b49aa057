/*
 * pgtable_follow_trace.h - template: follow_page() with any flags against a
 * flat model of what is mapped, for one FORMAT; and the list of its checks.
 */

static uint64_t F(slot_flags)(const struct follow_slot *s)
{
	return (s->rw ? PAGE_RW : 0) | (s->dirty ? PAGE_DIRTY : 0);
}

static F(pte_t) F(slot_entry)(const struct follow_slot *s, uint64_t i)
{
	uint64_t flags = F(slot_flags)(s) | PAGE_PRESENT;

	switch (s->kind) {
	case SLOT_PROTNONE:
		flags ^= PAGE_PRESENT | PAGE_PROTNONE;
		break;
	case SLOT_ZERO:
		return F(pfn_pte)(AREA_ZERO_PFN, flags | PAGE_SPECIAL);
	case SLOT_SPECIAL:
		flags |= PAGE_SPECIAL;
		break;
	case SLOT_NO_FRAME:
		return F(pfn_pte)(counting.mem.nr_pages + i, flags);
	case SLOT_SWAP:
		return F(area_swap)(i % 30);
	case SLOT_HOLE:
		return (F(pte_t)){ 0 };
	case SLOT_PAGE:
	default:
		break;
	}
	return F(pfn_pte)(AREA_PFN + i, flags);
}

/* The whole of what one huge page would map is empty, tables and all. */
static void F(trace_clear)(struct F(mm) * mm, struct follow_model *m,
			   uint64_t head)
{
	uint64_t nr = F(huge_pages)();
	uint64_t start = head << PAGE_SHIFT, end = (head + nr) << PAGE_SHIFT;

	assert_true(F(unmap_range)(mm, 0, start, end) >= 0);
	F(free_tables)(mm, 0, start, end);
	memset(&m->slot[head], 0, nr * sizeof(m->slot[0]));
}

static void F(trace_change)(struct F(mm) * mm, struct follow_model *m,
			    struct random *r)
{
	uint64_t i = random_below(r, AREA_FRAMES), nr = F(huge_pages)();
	uint64_t head = align_down(i, nr), bits = random_next(r);
	struct follow_slot slot = {
		.kind = bits % NR_SLOT_KINDS,
		.rw = bits & 1 << 8,
		.dirty = bits & 1 << 9,
	};

	if (random_below(r, 64) == 0) {
		slot.kind = SLOT_PAGE;
		slot.huge = true;
		F(trace_clear)(mm, m, head);
		F(area_map_huge)(mm, head, F(slot_flags)(&slot));
		for (uint64_t n = head; n < head + nr; n++)
			m->slot[n] = slot;
		return;
	}
	if (m->slot[i].huge && random_below(r, 16))
		return;
	if (m->slot[i].huge)
		F(trace_clear)(mm, m, head);
	m->slot[i] = slot;
	F(area_set)(mm, i << PAGE_SHIFT, F(slot_entry)(&slot, i));
}

static void F(trace_check)(const struct follow_model *m, uint64_t i)
{
	assert_int_equal(area_page(i)->_refcount, m->count[i]);
	assert_int_equal(area_page(i)->flags & FOLLOW_MARKS, m->marks[i]);
}

static void F(trace_follow)(struct follow_model *m, struct random *r)
{
	struct vm_area_struct vma = area_vma(0, AREA_FRAMES << PAGE_SHIFT);
	uint64_t i = random_below(r, AREA_FRAMES);
	/* Of two flags in three lookups each; huge pages split now and then. */
	unsigned flags = random_next(r) & random_next(r) & 0x7ff;
	struct page *want;

	if (random_below(r, 8))
		flags &= ~(unsigned)FOLL_SPLIT;
	vma.has_fault = random_below(r, 2);
	vma.vm_flags |= random_below(r, 2) ? VM_LOCKED : 0;
	vma.vm_flags |= random_below(r, 4) ? 0 : VM_HUGETLB;
	want = m->slot[i].huge ? model_huge(m, &vma, i, flags)
			       : model_small(m, &vma, i, flags);
	check(F(follow)(&vma, i, flags) == want,
	      "page %u, kind %u, huge %d, flags %#x", (unsigned)i,
	      (unsigned)m->slot[i].kind, m->slot[i].huge, flags);
	F(trace_check)(m, i);
}

static void F(follow_equals_the_flat_model)(void **unused)
{
	struct follow_model *m = calloc(1, sizeof(*m));
	struct F(mm) *mm = F(area_begin)();
	struct random r = { test_seed() };

	(void)unused;
	for (uint64_t i = 0; i < AREA_FRAMES; i++) {
		m->count[i] = 1;
		area_page(i)->mapping = i % 2 ? NULL : mm;
		if (i % 7 == 0)
			page_set(area_page(i), PG_locked);
	}
	m->zero_count = 1;
	m->huge_pages = F(huge_pages)();
	for (uint64_t op = 0; op < NR_FOLLOW_OPS; op++) {
		if (op % (NR_FOLLOW_OPS / 2) == 0)
			mm->split_locks = op != 0;
		if (random_below(&r, 4) == 0)
			F(trace_change)(mm, m, &r);
		else
			F(trace_follow)(m, &r);
	}
	for (uint64_t i = 0; i < AREA_FRAMES; i++)
		F(trace_check)(m, i);
	assert_int_equal(area_page(AREA_FRAMES)->_refcount, m->zero_count);
	assert_int_equal(area_page(AREA_FRAMES)->flags & FOLLOW_MARKS,
			 m->zero_marks);
	F(area_end)(mm);
	free(m);
}

#define FOLLOW_CHECK(check_name)                      \
	{                                             \
		.name = FORMAT_NAME ": " #check_name, \
		.test_func = F(check_name)            \
	}

static int F(run_follow_checks)(void)
{
	const struct CMUnitTest tests[] = {
		FOLLOW_CHECK(a_mapped_page_is_found),
		FOLLOW_CHECK(get_counts_once),
		FOLLOW_CHECK(write_wants_a_writable_entry),
		FOLLOW_CHECK(touch_marks_the_page),
		FOLLOW_CHECK(touch_marks_a_huge_entry),
		FOLLOW_CHECK(dump_of_a_hole),
		FOLLOW_CHECK(zero_page_is_found_but_not_dumped),
		FOLLOW_CHECK(no_struct_page_is_efault),
		FOLLOW_CHECK(swap_and_prot_none_are_not_dumped),
		FOLLOW_CHECK(migration_is_waited_for),
		FOLLOW_CHECK(mlock_marks_what_it_can_lock),
		FOLLOW_CHECK(mlock_marks_the_head_of_a_huge_page),
		FOLLOW_CHECK(hugetlb_pages_of_each_level),
		FOLLOW_CHECK(trans_huge_gives_the_subpage),
		FOLLOW_CHECK(protnone_huge_pages_are_found),
		FOLLOW_CHECK(split_goes_on_at_the_pte),
		FOLLOW_CHECK(split_without_memory_is_enomem),
		FOLLOW_CHECK(splitting_is_waited_for),
		FOLLOW_CHECK(split_of_what_is_split_already),
		FOLLOW_CHECK(follow_races_with_split_mm_lock),
		FOLLOW_CHECK(follow_races_with_split_split_lock),
		FOLLOW_CHECK(as_of_2_6_11),
		FOLLOW_CHECK(follow_equals_the_flat_model),
	};

	return cmocka_run_group_tests_name("pgtable/follow/" FORMAT_NAME, tests,
					   NULL, NULL);
}

static __attribute__((constructor)) void F(add_follow_checks)(void)
{
	follow_groups[nr_follow_groups++] = F(run_follow_checks);
}

#undef FOLLOW_CHECK
