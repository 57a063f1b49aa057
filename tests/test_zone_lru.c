/* test_zone_lru.c - the list of reclaimable pages: order, slots, references. */
#include "zone_machine.h"

static struct zone_lru lru;
static pfn_t slots[64];

/* Pages 0..nr-1, the last one most recently used. */
static void begin(unsigned nr)
{
	static const unsigned blocks[] = { 1 };

	machine_init(1, blocks, 0, 0, 0);
	zone_lru_init(&lru);
	for (unsigned i = 0; i < nr; i++) {
		slots[i] = i;
		zone_lru_add(&lru, pfn_to_page(&machine.mem, i), &slots[i]);
	}
}

static void end(void)
{
	assert_true(zone_lru_validate(
		&lru, &machine.mem,
		&machine.mem.node_data[0].zones[ZONE_NORMAL]));
	physmem_destroy(&machine.mem);
}

/* Scan, and what it took as a sum of bits. */
static uint64_t scan(uint64_t nr, uint64_t expected_scanned)
{
	struct list_head victims;
	uint64_t pages = 0;

	list_init(&victims);
	assert_int_equal(zone_lru_scan(&lru, nr, &victims), expected_scanned);
	while (!list_empty(&victims)) {
		struct page *page =
			list_entry(list_pop(&victims), struct page, lru);

		assert_false(page->flags & PG_referenced);
		pages |= 1ull << page_to_pfn(&machine.mem, page);
	}
	return pages;
}

static void the_least_recently_used_goes_first(void **unused)
{
	(void)unused;
	begin(8);
	assert_int_equal(scan(3, 3), 0x07);
	assert_int_equal(lru.nr_pages, 5);
	for (unsigned i = 0; i < 8; i++)
		assert_int_equal(slots[i], i < 3 ? PFN_NONE : i);
	assert_int_equal(scan(100, 5), 0xf8);
	assert_int_equal(scan(100, 0), 0);
	end();
}

static void a_referenced_page_is_spared_once(void **unused)
{
	(void)unused;
	begin(8);
	zone_lru_touch(&lru, &machine.mem, &slots[0]);
	zone_lru_touch(&lru, &machine.mem, &slots[2]);
	assert_int_equal(scan(4, 4), 0x0a);
	assert_int_equal(lru.nr_pages, 6);
	assert_int_equal(slots[0], 0);
	/* They are the youngest now, in the order in which they were seen. */
	assert_int_equal(scan(5, 5), 0xf1);
	assert_int_equal(scan(5, 1), 0x04);
	zone_lru_touch(&lru, &machine.mem, &slots[0]); /* gone: no effect */
	end();
}

static void a_forgotten_page_is_not_reclaimed(void **unused)
{
	(void)unused;
	begin(4);
	zone_lru_touch(&lru, &machine.mem, &slots[1]);
	assert_non_null(zone_lru_del(&lru, &machine.mem, &slots[1]));
	assert_int_equal(slots[1], PFN_NONE);
	assert_false(pfn_to_page(&machine.mem, 1)->flags & PG_referenced);
	assert_null(zone_lru_del(&lru, &machine.mem, &slots[1]));
	assert_int_equal(scan(4, 3), 0x0d);
	assert_null(zone_lru_del(&lru, &machine.mem, &slots[0]));
	end();
}

static void a_list_is_added_at_once(void **unused)
{
	struct list_head more;

	(void)unused;
	begin(2);
	list_init(&more);
	zone_lru_splice(&lru, &more, 0);
	assert_int_equal(lru.nr_pages, 2);
	for (unsigned i = 2; i < 5; i++) {
		pfn_to_page(&machine.mem, i)->mapping = NULL;
		list_add(&pfn_to_page(&machine.mem, i)->lru, &more);
	}
	zone_lru_splice(&lru, &more, 3);
	assert_true(list_empty(&more));
	assert_int_equal(lru.nr_pages, 5);
	assert_int_equal(scan(3, 3), 0x07);
	assert_int_equal(scan(1, 1), 0x08);
	end();
}

static void validate_sees_a_broken_lru(void **unused)
{
	const struct zone *zone;
	struct page *page;

	(void)unused;
	begin(4);
	zone = &machine.mem.node_data[0].zones[ZONE_NORMAL];
	page = pfn_to_page(&machine.mem, 2);
	lru.nr_pages++;
	assert_false(zone_lru_validate(&lru, &machine.mem, zone));
	lru.nr_pages -= 2;
	assert_false(zone_lru_validate(&lru, &machine.mem, zone));
	lru.nr_pages++;
	page->flags |= PG_private; /* it is a free block's head */
	assert_false(zone_lru_validate(&lru, &machine.mem, zone));
	page->flags &= ~(uint64_t)PG_private;
	zone = &machine.mem.node_data[0].zones[ZONE_HIGHMEM]; /* elsewhere */
	assert_false(zone_lru_validate(&lru, &machine.mem, zone));
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_least_recently_used_goes_first),
		cmocka_unit_test(a_referenced_page_is_spared_once),
		cmocka_unit_test(a_forgotten_page_is_not_reclaimed),
		cmocka_unit_test(a_list_is_added_at_once),
		cmocka_unit_test(validate_sees_a_broken_lru),
	};

	return cmocka_run_group_tests_name("zone_lru", tests, NULL, NULL);
}
