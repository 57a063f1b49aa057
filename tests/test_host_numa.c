/* test_host_numa.c - memory on this machine's nodes: bound, touched, found. */
#include <errno.h>
#include <numaif.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../harness/host_numa.h"
#include "../harness/topology.h"
#include "../kernels/base/random.h"
#include "test.h"

#define MIB (1ull << 20)

static uint64_t node_mask[2]; /* two simulated nodes */
static bool can_verify;	      /* this kernel has move_pages */

/* This machine's first two nodes with memory, or its only one twice. */
static int find_nodes(void **state)
{
	struct topology t;
	char error[256];
	unsigned found = 0;
	int status = -1, on_stack;
	void *page = (void *)((uintptr_t)&on_stack & ~(uintptr_t)4095);

	(void)state;
	if (topology_load(&t, NULL, error, sizeof(error)))
		return -1;
	for (unsigned i = 0; i < t.nr_nodes && found < 2; i++)
		if (t.nodes[i].memory_bytes && t.nodes[i].os < 64)
			node_mask[found++] = 1ull << t.nodes[i].os;
	if (found == 1)
		node_mask[1] = node_mask[0];
	topology_free(&t);
	on_stack = 1;
	can_verify = !move_pages(0, 1, &page, NULL, &status, 0);
	print_message("nodes %#llx and %#llx, move_pages %s\n",
		      (unsigned long long)node_mask[0],
		      (unsigned long long)node_mask[1],
		      can_verify ? "works" : "is refused");
	return found ? 0 : -1;
}

struct fixture {
	struct host_numa *h;
	struct host_memory *memory;
	char *addr;
	size_t bytes;
};

static void start(struct fixture *f, enum host_pages pages, size_t bytes)
{
	f->h = host_numa_new(pages, node_mask, 2);
	assert_non_null(f->h);
	f->memory = host_numa_memory(f->h);
	f->bytes = bytes;
	f->addr = f->memory->map(f->memory, bytes);
	assert_non_null(f->addr);
	assert_int_equal((uintptr_t)f->addr % (2 * MIB), 0);
}

static void stop(struct fixture *f)
{
	f->memory->unmap(f->memory, f->addr, f->bytes);
	host_numa_free(f->h);
}

static void bind_halves(struct fixture *f)
{
	size_t half = f->bytes / 2;

	assert_int_equal(f->memory->bind(f->memory, f->addr, half, 0), 0);
	assert_int_equal(
		f->memory->bind(f->memory, f->addr + half, f->bytes - half, 1),
		0);
}

static void assert_placed(struct fixture *f, struct host_numa_report *r,
			  uint64_t nodes, uint64_t checked)
{
	host_numa_verify(f->h, r);
	assert_int_equal(r->verified, can_verify);
	if (!can_verify)
		return;
	check(r->nodes == nodes && r->misplaced == 0 && r->checked == checked,
	      "nodes %#llx checked %llu misplaced %llu: %s",
	      (unsigned long long)r->nodes, (unsigned long long)r->checked,
	      (unsigned long long)r->misplaced, r->reason);
}

static void base_pages(void **state)
{
	struct host_numa_report r;
	struct fixture f;

	(void)state;
	start(&f, HOST_PAGES_4K, 8 * MIB);
	bind_halves(&f);
	assert_placed(&f, &r, 0, 0);
	for (size_t i = 0; i < f.bytes; i += 4096)
		assert_int_equal(f.addr[i]++, 0);
	/* 8 windows of 256 pages, all present: all 2048 are looked at. */
	assert_placed(&f, &r, node_mask[0] | node_mask[1], 2048);
	assert_int_equal(r.pages, HOST_PAGES_4K);
	assert_string_equal(r.reason, "");
	stop(&f);
}

/* What was released is gone, and comes back as zeros where it was bound. */
static void released_pages(void **state)
{
	struct host_numa_report r;
	struct fixture f;
	size_t half = 4 * MIB;

	(void)state;
	start(&f, HOST_PAGES_4K, 2 * half);
	bind_halves(&f);
	memset(f.addr, 1, f.bytes);
	f.memory->release(f.memory, f.addr + half, half);
	assert_placed(&f, &r, node_mask[0], 1024);
	for (size_t i = 0; i < f.bytes; i += 4096)
		assert_int_equal(f.addr[i]++, i < half);
	assert_placed(&f, &r, node_mask[0] | node_mask[1], 2048);
	stop(&f);
}

/* The only pages touched are found wherever they are in a small mapping. */
static void sparse_pages(void **state)
{
	struct random random = { test_seed() };
	struct host_numa_report r;
	struct fixture f;
	bool touched[1 << 15] = { false };
	unsigned nr = 0;

	(void)state;
	start(&f, HOST_PAGES_4K, 128 * MIB);
	bind_halves(&f);
	for (unsigned i = 0; i < 100; i++) {
		uint64_t page = random_below(&random, f.bytes / 4096);

		nr += !touched[page];
		touched[page] = true;
		f.addr[page * 4096] = 1;
	}
	assert_placed(&f, &r, node_mask[0] | node_mask[1], nr);
	/* A page only read is nobody's: the shared page of zeroes. */
	assert_int_equal(*(volatile char *)(f.addr + f.bytes - 1),
			 touched[f.bytes / 4096 - 1]);
	assert_placed(&f, &r, node_mask[0] | node_mask[1], nr);
	stop(&f);
}

/* The first and the last pages of what is never wholly looked at. */
static void large_mapping(void **state)
{
	struct host_numa_report r;
	struct fixture f;

	(void)state;
	if ((uint64_t)sysconf(_SC_PHYS_PAGES) < 8192 * MIB / 4096) {
		print_message("too little memory for a large mapping\n");
		skip();
	}
	start(&f, HOST_PAGES_4K, 3072 * MIB);
	bind_halves(&f);
	f.addr[0] = 1;
	f.addr[f.bytes - 1] = 1;
	assert_placed(&f, &r, node_mask[0] | node_mask[1], 2);
	stop(&f);
}

static void interleave(void **state)
{
	struct host_numa_report r;
	struct fixture f;
	uint64_t both = node_mask[0] | node_mask[1];

	(void)state;
	f.h = host_numa_new(HOST_PAGES_4K, &both, 1);
	assert_non_null(f.h);
	f.memory = host_numa_memory(f.h);
	f.bytes = MIB;
	f.addr = f.memory->map(f.memory, f.bytes);
	assert_non_null(f.addr);
	assert_int_equal(f.memory->bind(f.memory, f.addr, f.bytes, 0), 0);
	memset(f.addr, 1, f.bytes);
	assert_placed(&f, &r, both, 256);
	stop(&f);
}

/* Memory bound behind our back after it was touched: seen as misplaced. */
static void misplaced(void **state)
{
	struct host_numa_report r;
	struct fixture f;
	unsigned long other = node_mask[1];

	(void)state;
	if (node_mask[0] == node_mask[1] || !can_verify) {
		print_message("one node: nothing can be misplaced\n");
		skip();
	}
	start(&f, HOST_PAGES_4K, MIB);
	bind_halves(&f);
	memset(f.addr, 1, f.bytes);
	assert_int_equal(mbind(f.addr, 4096 * 16, MPOL_BIND, &other, 65,
			       MPOL_MF_MOVE | MPOL_MF_STRICT),
			 0);
	host_numa_verify(f.h, &r);
	assert_int_equal(r.checked, 256);
	assert_int_equal(r.misplaced, 16);
	stop(&f);
}

static void later_bind_wins(void **state)
{
	struct host_numa_report r;
	struct fixture f;

	(void)state;
	start(&f, HOST_PAGES_4K, MIB);
	assert_int_equal(f.memory->bind(f.memory, f.addr, MIB, 0), 0);
	/* Outwards to whole pages: 4096..12288. */
	assert_int_equal(f.memory->bind(f.memory, f.addr + 5000, 4096, 1), 0);
	memset(f.addr + 4096, 1, 8192);
	assert_placed(&f, &r, node_mask[1], 2);
	f.addr[0] = f.addr[12288] = 1;
	assert_placed(&f, &r, node_mask[0] | node_mask[1], 4);
	stop(&f);
}

static void huge_pages(void **state)
{
	struct host_numa_report r;
	struct fixture f;
	char mode[16];

	(void)state;
	host_thp_mode(mode, sizeof(mode));
	start(&f, HOST_PAGES_THP, 16 * MIB);
	bind_halves(&f);
	memset(f.addr, 1, f.bytes);
	assert_placed(&f, &r, node_mask[0] | node_mask[1], 4096);
	if (!mode[0] || !strcmp(mode, "never")) {
		assert_int_equal(r.pages, HOST_PAGES_4K);
		assert_string_equal(r.reason,
				    "thp: transparent huge pages are off");
	} else if (r.pages == HOST_PAGES_4K) {
		/* Fragmented memory: allowed, but it must be said. */
		assert_non_null(strstr(r.reason, "% of touched memory"));
	} else {
		assert_int_equal(r.pages, HOST_PAGES_THP);
		assert_string_equal(r.reason, "");
	}
	/* Split into base pages, it is no longer what was asked for. */
	if (r.pages == HOST_PAGES_THP) {
		for (size_t i = 0; i < f.bytes; i += 2 * MIB)
			madvise(f.addr + i, 4096, MADV_DONTNEED);
		host_numa_verify(f.h, &r);
		assert_int_equal(r.pages, HOST_PAGES_4K);
		assert_string_equal(r.reason, "thp: 0 % of touched memory got "
					      "huge pages");
	}
	stop(&f);
}

static uint64_t free_pages(enum host_pages pages, uint64_t mask)
{
	uint64_t nr = host_pool_free(pages, (unsigned)__builtin_ctzll(mask));

	return nr == UINT64_MAX ? 0 : nr;
}

/* Whatever the pools hold: no SIGBUS, and the report tells what it was. */
static void hugetlb(enum host_pages pages, size_t bytes)
{
	uint64_t page = host_pages_bytes(pages);
	uint64_t per_node = (bytes / 2 + page - 1) / page;
	uint64_t need = node_mask[0] == node_mask[1] ? 2 * per_node : per_node;
	bool enough = free_pages(pages, node_mask[0]) >= need &&
		      free_pages(pages, node_mask[1]) >= need;
	struct host_numa_report r;
	struct fixture f;

	start(&f, pages, bytes);
	bind_halves(&f);
	for (size_t i = 0; i < f.bytes; i += MIB)
		f.addr[i] = 1;
	host_numa_verify(f.h, &r);
	assert_int_equal(r.misplaced, 0);
	if (can_verify)
		assert_int_equal(r.nodes, node_mask[0] | node_mask[1]);
	print_message("%s asked for, %s given: %s\n", host_pages_name[pages],
		      host_pages_name[r.pages], r.reason);
	if (enough) {
		assert_int_equal(r.pages, pages);
		assert_string_equal(r.reason, "");
	} else {
		assert_true(r.pages < pages);
		assert_true(strstr(r.reason, "pool is short") != NULL);
	}
	stop(&f);
}

static void hugetlb_2m(void **state)
{
	(void)state;
	hugetlb(HOST_PAGES_2M, 8 * MIB);
}

static void hugetlb_1g(void **state)
{
	(void)state;
	if (free_pages(HOST_PAGES_1G, node_mask[0])) {
		print_message("a pool of 1g pages would make this slow\n");
		skip();
	}
	hugetlb(HOST_PAGES_1G, 8 * MIB);
}

/* Two nodes on one 2 MiB page: both get theirs, on smaller pages. */
static void shared_huge_page(void **state)
{
	struct host_numa_report r;
	struct fixture f;

	(void)state;
	start(&f, HOST_PAGES_2M, MIB);
	bind_halves(&f);
	memset(f.addr, 1, f.bytes);
	host_numa_verify(f.h, &r);
	assert_int_equal(r.misplaced, 0);
	if (node_mask[0] != node_mask[1])
		assert_true(r.pages < HOST_PAGES_2M);
	stop(&f);
}

static void refusals(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, HOST_PAGES_4K, MIB);
	assert_null(f.memory->map(f.memory, SIZE_MAX));
	assert_null(f.memory->map(f.memory, 1ull << 60));
	assert_null(f.memory->map(
		f.memory, (size_t)sysconf(_SC_PHYS_PAGES) *
					  (size_t)sysconf(_SC_PAGESIZE) +
				  1));
	assert_null(f.memory->map(f.memory, 0));
	assert_int_equal(f.memory->bind(f.memory, f.addr, MIB, 2), -EINVAL);
	assert_int_equal(f.memory->bind(f.memory, f.addr, 0, 0), -EINVAL);
	assert_int_equal(f.memory->bind(f.memory, f.addr, MIB + 1, 0), -EINVAL);
	assert_int_equal(f.memory->bind(f.memory, &f, 1, 0), -EINVAL);
	stop(&f);
}

/* Nodes that do not exist: an error, not memory elsewhere. */
static void absent_node(void **state)
{
	uint64_t absent = 1ull << 63;
	struct host_numa *h = host_numa_new(HOST_PAGES_4K, &absent, 1);
	struct host_memory *memory = host_numa_memory(h);
	char *addr = memory->map(memory, MIB);
	int err;

	(void)state;
	assert_non_null(addr);
	err = memory->bind(memory, addr, MIB, 0);
	if (can_verify)
		assert_true(err == -EINVAL || err == -ENOMEM);
	host_numa_free(h);
}

static void names(void **state)
{
	(void)state;
	assert_int_equal(host_pages_parse("4k"), HOST_PAGES_4K);
	assert_int_equal(host_pages_parse("thp"), HOST_PAGES_THP);
	assert_int_equal(host_pages_parse("2m"), HOST_PAGES_2M);
	assert_int_equal(host_pages_parse("1g"), HOST_PAGES_1G);
	assert_int_equal(host_pages_parse("4K"), -1);
	assert_int_equal(host_pages_parse(""), -1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(base_pages),
		cmocka_unit_test(released_pages),
		cmocka_unit_test(sparse_pages),
		cmocka_unit_test(large_mapping),
		cmocka_unit_test(interleave),
		cmocka_unit_test(misplaced),
		cmocka_unit_test(later_bind_wins),
		cmocka_unit_test(huge_pages),
		cmocka_unit_test(hugetlb_2m),
		cmocka_unit_test(hugetlb_1g),
		cmocka_unit_test(shared_huge_page),
		cmocka_unit_test(refusals),
		cmocka_unit_test(absent_node),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, find_nodes, NULL);
}
