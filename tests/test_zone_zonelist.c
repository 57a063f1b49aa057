/*
 * test_zone_zonelist.c - which zones a request may use, in which order, and the
 * bits that say so.
 */
#include "test.h"

#include "../kernels/zone/zonelist.h"

/* A zone is its name here: "N1" is NORMAL of node 1. */
#define ZONE(name) ((struct zone_state *)(void *)(uintptr_t)(name))
static char names[MAX_NUMNODES * MAX_NR_ZONES][4];

/* `machine` has a word for each node, of its zones: "DNH NH H -". */
static unsigned make_zones(const char *machine, struct zone_state **zones)
{
	unsigned node = 0;

	memset(zones, 0, MAX_NUMNODES * MAX_NR_ZONES * sizeof(*zones));
	for (const char *c = machine; *c; c++) {
		const char *type = strchr("DNH", *c);

		if (*c == ' ')
			node++;
		else if (type) {
			unsigned id = zone_id(node, (unsigned)(type - "DNH"));

			snprintf(names[id], sizeof(names[id]), "%c%u", *c,
				 node % 100);
			zones[id] = ZONE(names[id]);
		}
	}
	return node + 1;
}

static void list_is(const char *machine, const uint8_t *distance, unsigned node,
		    gfp_t gfp, const char *expected)
{
	struct zone_state *zones[MAX_NUMNODES * MAX_NR_ZONES];
	unsigned nr_nodes = make_zones(machine, zones);
	struct zonelist list;
	char text[1024] = "";

	zonelist_build(&list, zones, nr_nodes, distance, node,
		       gfp & GFP_ZONEMASK);
	for (unsigned i = 0; list.zones[i]; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "%s%s", i ? " " : "", (char *)list.zones[i]);
	assert_string_equal(text, expected);
}

static void highmem_then_normal_then_dma(void **unused)
{
	(void)unused;
	list_is("DNH", NULL, 0, GFP_HIGHUSER, "H0 N0 D0");
	list_is("DNH", NULL, 0, GFP_KERNEL, "N0 D0");
	list_is("DNH", NULL, 0, GFP_ATOMIC, "N0 D0");
	list_is("DNH", NULL, 0, GFP_KERNEL | GFP_DMA, "D0");
	list_is("DNH", NULL, 0, GFP_HIGHMEM | GFP_DMA, "D0");
}

static void zones_without_pages_are_left_out(void **unused)
{
	(void)unused;
	list_is("DN", NULL, 0, GFP_HIGHUSER, "N0 D0");
	list_is("N", NULL, 0, GFP_HIGHUSER, "N0");
	list_is("N", NULL, 0, GFP_DMA, "");
	list_is("H", NULL, 0, GFP_KERNEL, "");
}

/* The own node first, then the others in the order of their numbers. */
static void all_of_a_node_before_the_next(void **unused)
{
	(void)unused;
	list_is("DNH H H", NULL, 0, GFP_HIGHUSER, "H0 N0 D0 H1 H2");
	list_is("DNH H H", NULL, 1, GFP_HIGHUSER, "H1 H2 H0 N0 D0");
	list_is("DNH H H", NULL, 1, GFP_KERNEL, "N0 D0");
	list_is("DN N N N", NULL, 2, GFP_KERNEL, "N2 N3 N0 D0 N1");
}

static void a_node_without_memory_uses_the_others(void **unused)
{
	(void)unused;
	list_is("DN - N", NULL, 1, GFP_KERNEL, "N2 N0 D0");
	list_is("- DN", NULL, 0, GFP_KERNEL, "N1 D1");
}

static void nearer_nodes_come_first(void **unused)
{
	/* A ring of four, and two packages of two. */
	static const uint8_t ring[] = { 10, 20, 30, 20, 20, 10, 20, 30,
					30, 20, 10, 20, 20, 30, 20, 10 };
	static const uint8_t packages[] = { 10, 12, 40, 40, 12, 10, 40, 40,
					    40, 40, 10, 12, 40, 40, 12, 10 };
	/* Nearer to node 2 than to itself: still the own one first. */
	static const uint8_t odd[] = { 30, 20, 10, 20, 10, 20, 10, 20, 10 };

	(void)unused;
	list_is("DN N N N", ring, 0, GFP_KERNEL, "N0 D0 N1 N3 N2");
	list_is("DN N N N", ring, 1, GFP_KERNEL, "N1 N2 N0 D0 N3");
	list_is("DN N N N", ring, 3, GFP_KERNEL, "N3 N0 D0 N2 N1");
	list_is("DN N N N", packages, 1, GFP_KERNEL, "N1 N0 D0 N2 N3");
	list_is("DN N N N", packages, 3, GFP_KERNEL, "N3 N2 N0 D0 N1");
	list_is("N N N", odd, 0, GFP_KERNEL, "N0 N2 N1");
}

static void the_largest_machine_ends_with_null(void **unused)
{
	struct zone_state *zones[MAX_NUMNODES * MAX_NR_ZONES];
	struct zonelist list;

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(zones); i++)
		zones[i] = ZONE(names[i]);
	zonelist_build(&list, zones, MAX_NUMNODES, NULL, 63, GFP_HIGHMEM);
	assert_ptr_equal(list.zones[0], zones[zone_id(63, ZONE_HIGHMEM)]);
	assert_ptr_equal(list.zones[191], zones[zone_id(62, ZONE_DMA)]);
	assert_null(list.zones[192]);
}

static void gfp_bits_are_those_of_2_6_11(void **unused)
{
	static const gfp_t bits[] = { GFP_DMA,	  GFP_HIGHMEM, GFP_WAIT,
				      GFP_HIGH,	  GFP_IO,      GFP_FS,
				      GFP_COLD,	  GFP_NOWARN,  GFP_REPEAT,
				      GFP_NOFAIL, GFP_NORETRY, GFP_NO_GROW,
				      GFP_COMP,	  GFP_ZERO };
	static const gfp_t values[] = { 0x1,	0x2,	0x10,	0x20,  0x40,
					0x80,	0x100,	0x200,	0x400, 0x800,
					0x1000, 0x2000, 0x4000, 0x8000 };

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(bits); i++)
		assert_int_equal(bits[i], values[i]);
	assert_int_equal(GFP_ATOMIC, 0x20);
	assert_int_equal(GFP_NOIO, 0x10);
	assert_int_equal(GFP_NOFS, 0x50);
	assert_int_equal(GFP_KERNEL, 0xd0);
	assert_int_equal(GFP_HIGHUSER, 0xd2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(highmem_then_normal_then_dma),
		cmocka_unit_test(zones_without_pages_are_left_out),
		cmocka_unit_test(all_of_a_node_before_the_next),
		cmocka_unit_test(a_node_without_memory_uses_the_others),
		cmocka_unit_test(nearer_nodes_come_first),
		cmocka_unit_test(the_largest_machine_ends_with_null),
		cmocka_unit_test(gfp_bits_are_those_of_2_6_11),
	};

	return cmocka_run_group_tests_name("zone_zonelist", tests, NULL, NULL);
}
