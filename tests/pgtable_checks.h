/*
 * pgtable_checks.h - template: the contract of kernels/pgtable/pgtable.h,
 * checked for one STRATEGY over one FORMAT against the flat model. Adds the
 * group to pgtable_groups[].
 */

static struct P(space) P(space_under_test);

static struct P(space) * P(begin)(void)
{
	struct P(space) *s = &P(space_under_test);

	assert_int_equal(P(create)(s, counting_begin(0), COUNTING_NODES,
				   NR_STRESS_THREADS, counting_cpu_node),
			 0);
	return s;
}

/* Valid to the end, and no page of a table is lost. */
static void P(end)(struct P(space) * s)
{
	assert_true(P(validate)(s));
	P(destroy)(s);
	counting_end();
}

/* First address of the kernel's half. */
static uint64_t P(kernel_start)(void)
{
	uint64_t top = F(level_size)(LEVEL_PGD) << F(level_bits)(LEVEL_PGD);

	return F(address_ok)(top - PAGE_SIZE) ? F(user_top) : -(top / 2);
}

/* Behind the last address; 0 where that has 64 bits. */
static uint64_t P(kernel_end)(void)
{
	uint64_t top = F(level_size)(LEVEL_PGD) << F(level_bits)(LEVEL_PGD);

	return F(address_ok)(top - PAGE_SIZE) ? top : 0;
}

/*
 * Both ends of both halves, the border between two entries of the pgd, and
 * where there are pages of 1 GiB a span with room for one.
 */
static void P(model_init)(struct pgtable_model *m)
{
	const uint64_t size = F(level_size)(LEVEL_PMD);
	const uint64_t border =
		F(level_size)(LEVEL_PGD) << F(level_bits)(LEVEL_PGD) >> 2;

	*m = (struct pgtable_model){ 0 };
	for (unsigned l = LEVEL_PTE; l <= LEVEL_PUD; l++)
		if (F(level_has_leaf)(l) &&
		    (l == LEVEL_PTE || !(P(traits) & PGTABLE_SMALL_PAGES)))
			m->leaf_size[l] = F(level_size)(l);
	model_add_span(m, 0, 2 * size);
	model_add_span(m, align_down(F(user_top) - 2 * size, size),
		       F(user_top));
	model_add_span(m, P(kernel_start)(), P(kernel_start)() + 2 * size);
	model_add_span(m, P(kernel_end)() - 2 * size, P(kernel_end)());
	model_add_span(m, border - size, border + size);
	if (m->leaf_size[LEVEL_PUD])
		model_add_span(m, (5ull << 30) - size, (6ull << 30) + size);
}

/* Some may only be asked for what is mapped. */
static bool P(may_walk)(const struct model_page *page)
{
	if (P(traits) & PGTABLE_MAPPED_ONLY)
		return page->level;
	return true;
}

/* A walk to one page gives what the model says. */
static void P(check_page)(struct P(space) * s, const struct model_span *span,
			  uint64_t i)
{
	const struct model_page *page = &span->pages[i];
	uint64_t addr = model_addr(span, i);
	pfn_t pfn;

	if (!P(may_walk)(page))
		return;
	pfn = P(walk)(s, i % NR_STRESS_THREADS,
		      addr + addr / PAGE_SIZE % PAGE_SIZE);
	check(pfn == (page->level ? page->pfn : PFN_NONE),
	      "address %#llx: frame %#llx, not %#llx", (unsigned long long)addr,
	      (unsigned long long)pfn, (unsigned long long)page->pfn);
	check(P(flags)(s, addr) == page->flags,
	      "address %#llx: flags %#llx, not %#llx", (unsigned long long)addr,
	      (unsigned long long)P(flags)(s, addr),
	      (unsigned long long)page->flags);
}

/* Every `step`th page of every span, and the sum of all. */
static void P(check_all)(struct P(space) * s, const struct pgtable_model *m,
			 uint64_t step)
{
	struct pgtable_stats stats;
	uint64_t mapped = 0;

	for (unsigned n = 0; n < m->nr_spans; n++) {
		const struct model_span *span = &m->spans[n];

		for (uint64_t i = 0; i < span->nr_pages; i += step)
			P(check_page)(s, span, i);
		mapped += model_mapped(span, 0, span->nr_pages);
	}
	P(stats)(s, &stats);
	assert_int_equal(stats.mapped_pages, mapped);
	assert_true(P(validate)(s));
}

/* Bits that a mapping may have besides being present. */
static uint64_t P(random_flags)(struct random *r)
{
	const uint64_t all = PAGE_RW | PAGE_USER | PAGE_PWT | PAGE_PCD |
			     PAGE_ACCESSED | PAGE_DIRTY | PAGE_SOFT_DIRTY |
			     F(nx);

	return random_next(r) & all;
}

/* Mostly small pages, of the others now and then one. */
static unsigned P(random_level)(struct random *r, const struct pgtable_model *m,
				const struct model_span *span)
{
	unsigned level = LEVEL_PTE;

	if (random_below(r, 8) == 0)
		level = LEVEL_PMD;
	if (random_below(r, 512) == 0)
		level = LEVEL_PUD;
	if (!m->leaf_size[level] ||
	    m->leaf_size[level] >> PAGE_SHIFT > span->nr_pages)
		level = LEVEL_PTE;
	return level;
}

/* One page, where nothing is or something. */
static void P(try_map)(struct P(space) * s, struct pgtable_model *m,
		       struct model_span *span, struct random *r)
{
	unsigned level = P(random_level)(r, m, span);
	uint64_t nr = m->leaf_size[level] >> PAGE_SHIFT;
	uint64_t start = span->start >> PAGE_SHIFT;
	uint64_t first = align_up(start, nr) - start;
	uint64_t room = (span->nr_pages - first) / nr;
	uint64_t i = first + random_below(r, room) * nr;
	uint64_t addr = model_addr(span, i);
	uint64_t flags = PAGE_PRESENT | P(random_flags)(r);
	pfn_t pfn = random_below(r, F(pfn_limit) / nr) * nr;
	int err;

	err = P(map)(s, 0, addr, pfn, level, flags);
	if (model_mapped(span, i, i + nr)) {
		assert_int_equal(err, -EEXIST);
		return;
	}
	if (err && level > LEVEL_PTE) { /* an empty table is in the way */
		assert_int_equal(err, -EEXIST);
		assert_int_equal(
			P(unmap)(s, 0, addr, addr + m->leaf_size[level]), 0);
		err = P(map)(s, 0, addr, pfn, level, flags);
	}
	assert_int_equal(err, 0);
	model_map(m, span, i, pfn, level, flags);
}

/* A range of a span: [*i, *end), mostly short, now and then all of it. */
static void P(random_range)(struct random *r, const struct model_span *span,
			    uint64_t *i, uint64_t *end)
{
	uint64_t nr = 1 + random_below(r, 1ull << random_below(r, 10));

	if (random_below(r, 256) == 0)
		nr = span->nr_pages;
	*i = random_below(r, span->nr_pages);
	*end = *i + nr < span->nr_pages ? *i + nr : span->nr_pages;
	if (nr == span->nr_pages)
		*i = 0;
}

static void P(try_unmap)(struct P(space) * s, struct pgtable_model *m,
			 struct model_span *span, struct random *r)
{
	uint64_t i, end;
	int64_t nr;

	P(random_range)(r, span, &i, &end);
	nr = P(unmap)(s, 0, model_addr(span, i), model_addr(span, end));
	assert_int_equal(nr, model_unmap(m, span, i, end));
}

/* With nothing to set or clear it is but a split of what is huge. */
static void P(try_protect)(struct P(space) * s, struct pgtable_model *m,
			   struct model_span *span, struct random *r)
{
	uint64_t set = P(random_flags)(r) & P(random_flags)(r);
	uint64_t clear = P(random_flags)(r) & ~set, i, end;

	if (random_below(r, 4) == 0)
		set = clear = 0;
	P(random_range)(r, span, &i, &end);
	assert_int_equal(P(protect)(s, 0, model_addr(span, i),
				    model_addr(span, end), set, clear),
			 0);
	model_protect(m, span, i, end, set, clear);
}

static void P(try_walk_many)(struct P(space) * s, struct model_span *span,
			     struct random *r)
{
	uint64_t addr[67], want[67];
	pfn_t pfn[67];
	unsigned nr = 0;

	for (unsigned n = 0; n < ARRAY_SIZE(addr); n++) {
		uint64_t i = random_below(r, span->nr_pages);

		if (!P(may_walk)(&span->pages[i]))
			continue;
		addr[nr] = model_addr(span, i) + random_below(r, PAGE_SIZE);
		want[nr++] =
			span->pages[i].level ? span->pages[i].pfn : PFN_NONE;
#ifdef STRATEGY_PREPARE
		addr[nr - 1] = P(prepare)(s, addr[nr - 1]);
#endif
	}
	P(walk_many)
	(s, random_below(r, NR_STRESS_THREADS), addr, pfn, nr);
	for (unsigned n = 0; n < nr; n++)
		assert_int_equal(pfn[n], want[n]);
}

static void P(lookup_equals_the_flat_model)(void **unused)
{
	struct P(space) *s = P(begin)();
	struct random r = { test_seed() };
	struct pgtable_model m;

	(void)unused;
	P(model_init)(&m);
	for (uint64_t op = 0; op < NR_TRACE_OPS; op++) {
		struct model_span *span =
			&m.spans[random_below(&r, m.nr_spans)];
		uint64_t kind = random_below(&r, 128);

		if (kind < 80)
			P(try_map)(s, &m, span, &r);
		else if (kind < 84)
			P(try_unmap)(s, &m, span, &r);
		else if (kind < 88)
			P(try_protect)(s, &m, span, &r);
		else if (kind < 90)
			P(try_walk_many)(s, span, &r);
		else
			P(check_page)
		(s, span, random_below(&r, span->nr_pages));
		if (op % (NR_TRACE_OPS / 8) == 0)
			P(check_all)(s, &m, 101);
	}
	P(check_all)(s, &m, PGTABLE_DEBUG_SCALE);
	model_free(&m);
	P(end)(s);
}

/* Where something may be mapped at all, and what else is refused. */
static void P(corner_addresses)(void **unused)
{
	const uint64_t flags = PAGE_PRESENT | PAGE_RW;
	struct P(space) *s = P(begin)();
	uint64_t corners[2 * LEVEL_PGD + 8] = { 0, F(user_top) - PAGE_SIZE,
						P(kernel_start)(),
						P(kernel_end)() - PAGE_SIZE };
	unsigned nr = 4;

	(void)unused;
	for (unsigned l = LEVEL_PMD; l <= LEVEL_PGD; l++)
		if (!F(level_folded)(l - 1)) { /* the last and the next first */
			corners[nr++] = F(level_size)(l) - PAGE_SIZE;
			corners[nr++] = F(level_size)(l);
		}
	for (unsigned i = 0; i < nr; i++)
		assert_int_equal(
			P(map)(s, 0, corners[i], i + 1, LEVEL_PTE, flags), 0);
	for (unsigned i = 0; i < nr; i++) {
		uint64_t addr = corners[i];

		assert_int_equal(P(walk)(s, 0, addr), i + 1);
		assert_int_equal(P(walk)(s, 0, addr + PAGE_SIZE - 1), i + 1);
		assert_int_equal(
			P(protect)(s, 0, addr, addr + PAGE_SIZE, 0, PAGE_RW),
			0);
		assert_int_equal(P(flags)(s, addr), PAGE_PRESENT);
		assert_int_equal(P(map)(s, 0, addr, 1, LEVEL_PTE, flags),
				 -EEXIST);
		assert_int_equal(P(unmap)(s, 0, addr, addr + PAGE_SIZE), 1);
		assert_int_equal(P(unmap)(s, 0, addr, addr + PAGE_SIZE), 0);
		if (!(P(traits) & PGTABLE_MAPPED_ONLY))
			assert_int_equal(P(walk)(s, 0, addr), PFN_NONE);
	}
	P(end)(s);
}

static void P(check_refused)(struct P(space) * s, uint64_t start, uint64_t end,
			     int err)
{
	assert_int_equal(P(unmap)(s, 0, start, end), err);
	assert_int_equal(P(protect)(s, 0, start, end, PAGE_RW, 0), err);
}

static void P(what_is_no_range_is_refused)(void **unused)
{
	struct P(space) *s = P(begin)();
	const uint64_t top = F(user_top),
		       hole = P(kernel_end)() ? P(kernel_end)()
					      : P(kernel_start)() - PAGE_SIZE;

	(void)unused;
	assert_int_equal(P(map)(s, 0, hole, 1, LEVEL_PTE, PAGE_PRESENT),
			 -EFAULT);
	assert_int_equal(P(map)(s, 0, 1, 1, LEVEL_PTE, PAGE_PRESENT), -EINVAL);
	assert_int_equal(P(map)(s, 0, 0, 0, LEVEL_P4D, PAGE_PRESENT), -EINVAL);
	assert_int_equal(P(map)(s, 0, PAGE_SIZE, 0, LEVEL_PMD, PAGE_PRESENT),
			 -EINVAL);
	assert_int_equal(P(map)(s, 0, 0, 1, LEVEL_PMD, PAGE_PRESENT), -EINVAL);
	P(check_refused)(s, 0, 1, -EINVAL);
	P(check_refused)(s, 1, PAGE_SIZE, -EINVAL);
	P(check_refused)(s, PAGE_SIZE, PAGE_SIZE, -EINVAL);
	P(check_refused)(s, 2 * PAGE_SIZE, PAGE_SIZE, -EINVAL);
	P(check_refused)(s, hole, hole + PAGE_SIZE, -EFAULT);
	P(check_refused)(s, top - PAGE_SIZE, hole + PAGE_SIZE, -EFAULT);
	P(check_refused)
	(s, top - PAGE_SIZE, P(kernel_start)() + PAGE_SIZE, -EFAULT);
	P(end)(s);
}

static int P(call)(struct P(space) * s, const struct model_span *span,
		   const struct pgtable_call *c)
{
	uint64_t addr = model_addr(span, c->page);
	uint64_t end = model_addr(span, c->end);

	if (c->kind == CALL_MAP)
		return P(map)(s, 0, addr, 1024, c->level, PAGE_PRESENT);
	if (c->kind == CALL_PROTECT)
		return P(protect)(s, 0, addr, end, PAGE_RW, 0);
	return (int)P(unmap)(s, 0, addr, end);
}

/* Each call fails at its first page, its second, ... and at last succeeds. */
static void P(no_memory_changes_nothing)(void **unused)
{
	const uint64_t nr = F(level_size)(LEVEL_PMD) >> PAGE_SHIFT;
	const struct pgtable_call calls[] = {
		{ CALL_MAP, 5, 6, LEVEL_PTE },
		{ CALL_MAP, nr, 2 * nr, LEVEL_PMD },
		{ CALL_PROTECT, nr + 3, nr + 5, LEVEL_PTE },
		{ CALL_UNMAP, 0, nr + 4, LEVEL_PTE },
		{ CALL_UNMAP, nr, 2 * nr, LEVEL_PTE },
		{ CALL_MAP, nr, 2 * nr, LEVEL_PMD },
		{ CALL_UNMAP, 2 * nr - 1, 2 * nr, LEVEL_PTE },
	};
	struct page_source *const *sources = counting_begin(0);
	struct P(space) *s = &P(space_under_test);
	unsigned nr_failed = 0;
	struct pgtable_model m;

	(void)unused;
	P(model_init)(&m);
	for (counting.left = 0; P(create)(s, sources, COUNTING_NODES,
					  NR_STRESS_THREADS, counting_cpu_node);
	     counting.left = ++nr_failed)
		assert_int_equal(counting.nr_pages, 0);
	for (unsigned i = 0; i < ARRAY_SIZE(calls); i++) {
		int err;

		if (!m.leaf_size[calls[i].level])
			continue;
		for (uint64_t left = 0;; left++) {
			counting.left = left;
			err = P(call)(s, &m.spans[0], &calls[i]);
			counting.left = UINT64_MAX;
			if (err >= 0)
				break;
			assert_int_equal(err, -ENOMEM);
			nr_failed++;
			P(check_all)(s, &m, PGTABLE_DEBUG_SCALE);
		}
		model_call(&m, &m.spans[0], &calls[i]);
		P(check_all)(s, &m, PGTABLE_DEBUG_SCALE);
	}
	assert_true(nr_failed);
	model_free(&m);
	P(end)(s);
}

#define PGTABLE_CHECK(check_name)                                       \
	{                                                               \
		.name = STRATEGY_NAME " " FORMAT_NAME ": " #check_name, \
		.test_func = P(check_name)                              \
	}

static int P(run_checks)(void)
{
	const struct CMUnitTest tests[] = {
		PGTABLE_CHECK(lookup_equals_the_flat_model),
		PGTABLE_CHECK(corner_addresses),
		PGTABLE_CHECK(what_is_no_range_is_refused),
		PGTABLE_CHECK(no_memory_changes_nothing),
	};

	return cmocka_run_group_tests_name(
		"pgtable/" STRATEGY_NAME "/" FORMAT_NAME, tests, NULL, NULL);
}

static __attribute__((constructor)) void P(add_checks)(void)
{
	/* What looks nothing up keeps no contract. */
	if (!(P(traits) & PGTABLE_NULL))
		pgtable_groups[nr_pgtable_groups++] = P(run_checks);
}

#undef PGTABLE_CHECK
