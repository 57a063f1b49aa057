/* test_physmem.c - nodes, zones, mem_map and the models between them. */
#include "test.h"
#include "host_plain.h"

#include <errno.h>

#include "../kernels/mm/physmem.h"

static void nodes_are_contiguous_pieces(void **unused)
{
	struct physmem_config config = { .nr_nodes = 3,
					 .node_pages = { 4096, 0, 2048 },
					 .boot_bytes = 4096 };
	struct physmem mem;

	(void)unused;
	assert_int_equal(physmem_init(&mem, &config, &host_plain), 0);
	assert_int_equal(mem.nr_pages, 6144);
	assert_int_equal(mem.node_data[2].start_pfn, 4096);
	for (pfn_t pfn = 0; pfn < mem.nr_pages; pfn++) {
		struct page *page = pfn_to_page(&mem, pfn);

		assert_int_equal(page_to_pfn(&mem, page), pfn);
		assert_int_equal(virt_to_pfn(&mem, pfn_to_virt(&mem, pfn)),
				 pfn);
		assert_int_equal(page_to_nid(page), pfn < 4096 ? 0 : 2);
		assert_int_equal(page->_mapcount, -1);
	}
	physmem_destroy(&mem);
}

static void zones_follow_the_limits(void **unused)
{
	/* i386 with 1 GiB: DMA below 16 MiB, HIGHMEM from 896 MiB. */
	struct physmem_config config = { .nr_nodes = 1,
					 .node_pages = { 262144 },
					 .dma_end = 4096,
					 .normal_end = 229376 };
	struct physmem mem;
	const struct zone *zones = mem.node_data[0].zones;

	(void)unused;
	assert_int_equal(physmem_init(&mem, &config, &host_plain), 0);
	assert_int_equal(zones[ZONE_DMA].nr_pages, 4096);
	assert_int_equal(zones[ZONE_NORMAL].start_pfn, 4096);
	assert_int_equal(zones[ZONE_NORMAL].nr_pages, 229376 - 4096);
	assert_int_equal(zones[ZONE_HIGHMEM].nr_pages, 262144 - 229376);
	assert_int_equal(page_zonenum(pfn_to_page(&mem, 4095)), ZONE_DMA);
	assert_int_equal(page_zonenum(pfn_to_page(&mem, 229376)), ZONE_HIGHMEM);
	physmem_destroy(&mem);
}

static void boot_memory_is_bounded(void **unused)
{
	struct physmem_config config = { .nr_nodes = 1,
					 .node_pages = { 1024 },
					 .boot_bytes = 256 };
	struct physmem mem;

	(void)unused;
	assert_int_equal(physmem_init(&mem, &config, &host_plain), 0);
	assert_non_null(physmem_boot_alloc(&mem, 0, 1));
	assert_non_null(physmem_boot_alloc(&mem, 0, 192));
	assert_null(physmem_boot_alloc(&mem, 0, 1));
	physmem_destroy(&mem);
}

static void bad_configurations_are_refused(void **unused)
{
	struct physmem_config none = { .nr_nodes = 1 };
	struct physmem_config odd = { .nr_nodes = 1, .node_pages = { 1000 } };
	struct physmem_config no_nodes = { .nr_nodes = 0 };
	struct physmem mem;

	(void)unused;
	assert_int_equal(physmem_init(&mem, &none, &host_plain), -EINVAL);
	assert_int_equal(physmem_init(&mem, &odd, &host_plain), -EINVAL);
	assert_int_equal(physmem_init(&mem, &no_nodes, &host_plain), -EINVAL);
}

static void *no_memory(struct host_memory *self, size_t bytes)
{
	(void)self, (void)bytes;
	return NULL;
}

static void out_of_memory_is_reported(void **unused)
{
	struct physmem_config config = { .nr_nodes = 1,
					 .node_pages = { 1024 } };
	struct host_memory empty = host_plain;
	struct physmem mem;

	(void)unused;
	empty.map = no_memory;
	assert_int_equal(physmem_init(&mem, &config, &empty), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_are_contiguous_pieces),
		cmocka_unit_test(zones_follow_the_limits),
		cmocka_unit_test(boot_memory_is_bounded),
		cmocka_unit_test(bad_configurations_are_refused),
		cmocka_unit_test(out_of_memory_is_reported),
	};

	return cmocka_run_group_tests_name("physmem", tests, NULL, NULL);
}
