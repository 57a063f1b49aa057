/*
 * test_ptdump.c - dumps of page tables: a real one against its oracle by every
 * strategy, small ones leaf by leaf, and every way to be no dump.
 */
#include "test.h"
#include "host_plain.h"
#include "ptdump_small.h"
#include "scratch.h"

#include <inttypes.h>

#include "../bench/byte_stream.h"
#include "../bench/ptdump_bench.h"
#include "../harness/ptdump_oracle.h"
#include "../kernels/base/random.h"
#include "../kernels/pgtable/pgtable.h"

#define REAL KMB_TEST_DATA "/ptdump/pt4"

static char error[PATH_MAX + 512];

static struct CMUnitTest tests[128];
static unsigned nr_tests;

static void add_test(struct CMUnitTest test)
{
	check(nr_tests < ARRAY_SIZE(tests), "too many tests");
	test.setup_func = scratch_make;
	test.teardown_func = scratch_remove;
	tests[nr_tests++] = test;
}

/* The oracle of the real dump. */
static struct ptdump_row *rows;
static uint64_t nr_rows;

static int read_oracle(void **unused)
{
	struct ptdump_oracle *o =
		ptdump_oracle_open(REAL ".oracle.csv.xz", error, sizeof(error));
	int64_t line = 1;

	(void)unused;
	rows = calloc(16384, sizeof(*rows));
	if (!o || !rows)
		return -1;
	while (line > 0 && nr_rows < 16384)
		line = ptdump_oracle_next(o, &rows[nr_rows++], error,
					  sizeof(error));
	nr_rows--;
	ptdump_oracle_close(o);
	return (int)line;
}

static int free_oracle(void **unused)
{
	(void)unused;
	free(rows);
	return 0;
}

static struct ptdump *open_path(const char *path)
{
	struct ptdump *d =
		ptdump_open(path, &host_plain, true, error, sizeof(error));

	check(d, "%s", error);
	return d;
}

/* The real dump's bytes. */
static unsigned char *read_real(size_t *size)
{
	const size_t room = 4 << 20;
	unsigned char *bytes = malloc(room);
	struct byte_stream *s =
		byte_stream_open(REAL ".ptpages.xz", error, sizeof(error));
	size_t n;

	check(s && bytes, "%s", error);
	*size = 0;
	while ((n = byte_stream_read(s, bytes + *size, room - *size)))
		*size += n;
	byte_stream_close(s);
	return bytes;
}

/*
 * The same process with five levels: a table above the top one, whose first
 * entry leads to it. Its addresses, and so the oracle, are the same.
 */
static void write_five_levels(const char *path)
{
	size_t size;
	unsigned char *bytes = read_real(&size);
	struct ptdump_header h;
	struct ptdump_page last, top = { 0 };

	memcpy(&h, bytes, sizeof(h));
	memcpy(&last, bytes + size - sizeof(last), sizeof(last));
	top.pfn = last.pfn + 1;
	top.entry[0] = h.cr3 | 0x67;
	h.levels = 5;
	h.nr_pages++;
	h.cr3 = top.pfn << PAGE_SHIFT;
	memcpy(bytes, &h, sizeof(h));
	bytes = realloc(bytes, size + sizeof(top));
	memcpy(bytes + size, &top, sizeof(top));
	scratch_write(path, bytes, size + sizeof(top));
	free(bytes);
}

static struct ptdump *open_dump(unsigned levels)
{
	if (levels == 4)
		return open_path(REAL ".ptpages.xz");
	write_five_levels(scratch_path("five"));
	return open_path(scratch_path("five"));
}

#define STRATEGY_TEMPLATE "../../tests/ptdump_checks.h"
#include "../kernels/pgtable/strategies.h"

static void test_counts(void **unused)
{
	static const uint64_t expected[4][NR_PTDUMP_KINDS] = {
		{ 0 }, { 9323, 513, 561 }, { 12, 1, 0 }, { 1, 0, 0 }
	};

	(void)unused;
	for (unsigned levels = 4; levels <= 5; levels++) {
		struct ptdump *d = open_dump(levels);
		uint64_t nr[4][NR_PTDUMP_KINDS] = { 0 };

		assert_int_equal(d->levels, levels);
		assert_int_equal(d->nr_tables, levels == 4 ? 917 : 918);
		assert_int_equal(d->nr_unused, 0);
		/* The kernel's half is none of the page above. */
		assert_int_equal(d->nr_absent_kernel, levels == 4 ? 68 : 0);
		assert_int_equal(d->nr_absent_other, levels == 4 ? 0 : 68);
		for (uint64_t i = 0; i < d->nr_leaves; i++) {
			struct ptdump_leaf leaf = d->leaves[i], found;

			nr[leaf.level][ptdump_kind(leaf)]++;
			assert_int_equal(ptdump_walk(d, leaf.addr, &found), 1);
			assert_int_equal(found.entry, leaf.entry);
			assert_int_equal(found.addr, leaf.addr);
			assert_int_equal(ptdump_find(d, leaf.addr), i);
		}
		assert_memory_equal(nr, expected, sizeof(nr));
		ptdump_close(d);
	}
}

static void write_small(const struct small_dump *d, size_t size)
{
	scratch_write(scratch_path("small"), d, size);
}

static struct ptdump *open_small(const struct small_dump *d)
{
	write_small(d, sizeof(*d));
	return open_path(scratch_path("small"));
}

#define AT(top, pud, pmd, pte)                                         \
	((uint64_t)(top) << 39 | (uint64_t)(pud) << 30 | (pmd) << 21 | \
	 (pte) << 12)

static void test_leaves(void **unused)
{
	static const struct {
		uint64_t addr, value;
		unsigned level;
		enum ptdump_kind kind;
	} expected[] = {
		{ AT(1, 2, 3, 4), 0xabcde, 1, PTDUMP_MAPPED },
		{ AT(1, 2, 3, 5), 3 | 0x123 << 5, 1, PTDUMP_SWAP },
		{ AT(1, 2, 3, 6), 0x777, 1, PTDUMP_PROTNONE },
		{ AT(1, 2, 7, 0), 0x600, 2, PTDUMP_MAPPED },
		{ AT(1, 8, 0, 0), 0x80000, 3, PTDUMP_MAPPED },
	};
	struct small_dump small;
	struct ptdump_leaf leaf;
	struct ptdump *d;

	(void)unused;
	small_dump_make(&small);
	d = open_small(&small);
	assert_int_equal(d->nr_leaves, ARRAY_SIZE(expected));
	assert_int_equal(d->nr_absent_kernel, 1);
	assert_int_equal(d->nr_absent_other, 1);
	for (unsigned i = 0; i < ARRAY_SIZE(expected); i++) {
		leaf = d->leaves[i];
		assert_int_equal(leaf.addr, expected[i].addr);
		assert_int_equal(leaf.level, expected[i].level);
		assert_int_equal(ptdump_kind(leaf), expected[i].kind);
		assert_int_equal(expected[i].kind == PTDUMP_SWAP
					 ? ptdump_swap(leaf)
					 : ptdump_pfn(leaf),
				 expected[i].value);
	}
	/* Inside huge pages, beside the leaves, and where no address is. */
	assert_int_equal(ptdump_walk(d, AT(1, 2, 7, 511) + 7, &leaf), 1);
	assert_int_equal(leaf.addr, AT(1, 2, 7, 0));
	assert_int_equal(ptdump_find(d, AT(1, 8, 511, 511)), 4);
	assert_int_equal(ptdump_find(d, AT(1, 9, 0, 0)), -1);
	assert_int_equal(ptdump_find(d, 0), -1);
	assert_int_equal(ptdump_walk(d, AT(1, 2, 3, 3), &leaf), 0);
	assert_int_equal(
		ptdump_walk(d, AT(300, 0, 0, 0) | 0xffffull << 48, &leaf), 0);
	assert_int_equal(ptdump_walk(d, 1ull << 47, &leaf), -EFAULT);
	ptdump_close(d);
}

/* A kernel's own half, where the dump has its tables. */
static void test_kernel_half(void **unused)
{
	struct small_dump small;
	struct ptdump *d;

	(void)unused;
	small_dump_make(&small);
	small.page[SMALL_TOP].entry[511] =
		small.page[SMALL_TOP].entry[1] & ~4ull; /* 0x63 */
	small.page[SMALL_TOP].entry[1] = 0;
	d = open_small(&small);
	assert_int_equal(d->nr_leaves, 5);
	assert_int_equal(d->leaves[0].addr, AT(511, 2, 3, 4) | 0xffffull << 48);
	assert_int_equal(ptdump_find(d, d->leaves[4].addr + 5), 4);
	ptdump_close(d);
}

/* From 6.1 on a kernel clears the accessed bit of what leads to tables. */
static void test_not_accessed(void **unused)
{
	struct small_dump small;
	struct ptdump_leaf leaf;
	struct ptdump *d;

	(void)unused;
	small_dump_make(&small);
	small.page[SMALL_PUD].entry[2] &= ~0x20ull;
	d = open_small(&small);
	assert_int_equal(d->nr_leaves, 5);
	assert_int_equal(ptdump_walk(d, AT(1, 2, 3, 4), &leaf), 1);
	ptdump_close(d);
}

/* A table that nothing leads to, and a huge page under migration. */
static void test_odd_but_right(void **unused)
{
	struct small_dump small;
	struct ptdump *d;

	(void)unused;
	small_dump_make(&small);
	small.page[SMALL_PMD].entry[3] = 31ull << 59 | 0x1000;
	d = open_small(&small);
	assert_int_equal(d->nr_tables, SMALL_PAGES - 1);
	assert_int_equal(d->nr_unused, 1);
	assert_int_equal(d->nr_leaves, 3);
	assert_int_equal(ptdump_kind(d->leaves[0]), PTDUMP_SWAP);
	assert_int_equal(d->leaves[0].level, 2);
	ptdump_close(d);
}

/* It is no dump, and the line says where: "small: at byte OFFSET: ... WHAT". */
static void fails_at(uint64_t offset, const char *what)
{
	char begin[PATH_MAX + 128];
	struct ptdump *d = ptdump_open(scratch_path("small"), &host_plain,
				       false, error, sizeof(error));

	check(!d, "%s", what);
	snprintf(begin, sizeof(begin), "%s: at byte %" PRIu64 ": ",
		 scratch_path("small"), offset);
	if (strncmp(error, begin, strlen(begin)) || !strstr(error, what))
		fail_msg("'%s' is not '%s...%s'", error, begin, what);
	assert_null(strchr(error, '\n'));
}

#define HEADER(field) offsetof(struct ptdump_header, field)

static void test_bad_dumps(void **unused)
{
	static const struct {
		const char *name, *what;
		size_t offset, size;
		uint64_t value;
	} bad[] = {
		{ "foreign magic", "does not begin with KMPTDMP1", 0, 8,
		  0x3250435142544d4b },
		{ "three levels", "3 levels of tables; 4 or 5", HEADER(levels),
		  4, 3 },
		{ "six levels", "6 levels of tables; 4 or 5", HEADER(levels), 4,
		  6 },
		{ "no pages", "0 pages of tables; 1 to 1048576",
		  HEADER(nr_pages), 4, 0 },
		{ "too many pages", "4294967295 pages of tables",
		  HEADER(nr_pages), 4, UINT32_MAX },
		{ "half a page of memory", "it takes whole pages",
		  HEADER(ram_bytes), 8, 0x100800 },
		{ "memory for fewer tables", "at least the 4 of the tables",
		  HEADER(ram_bytes), 8, 0x3000 },
		{ "CR3 elsewhere",
		  "CR3 0x999000 leads to page 0x999, which is "
		  "not in the file",
		  HEADER(cr3), 8, 0x999000 },
		{ "a page twice", "page 0x10 behind page 0x10; they must",
		  SMALL_PAGE(1), 8, SMALL_PFN(0) },
		{ "pages out of order", "page 0x5 behind page 0x10; they must",
		  SMALL_PAGE(1), 8, 5 },
		{ "a page beyond memory",
		  "page 0x1000 lies beyond memory, which has 0x1000 pages",
		  SMALL_PAGE(3), 8, SMALL_RAM_PAGES },
		{ "a loop to the top", "to which byte 16 led already: a loop",
		  SMALL_ENTRY(SMALL_PMD, 0), 8, SMALL_TABLE(SMALL_TOP) },
		{ "the top in itself", "to which byte 16 led already: a loop",
		  SMALL_ENTRY(SMALL_TOP, 0), 8, SMALL_TABLE(SMALL_TOP) },
		{ "a loop below the top", "led already: a loop",
		  SMALL_ENTRY(SMALL_PMD, 500), 8, SMALL_TABLE(SMALL_PUD) },
		{ "a table shared", "led already: a loop, or a shared table",
		  SMALL_ENTRY(SMALL_PMD, 500), 8, SMALL_TABLE(SMALL_PTE) },
		{ "an entry beyond memory",
		  "leads beyond memory, which has 0x1000 pages",
		  SMALL_ENTRY(SMALL_PMD, 0), 8, SMALL_RAM_PAGES << 12 | 0x67 },
		{ "the kernel's half beyond memory", "leads beyond memory",
		  SMALL_ENTRY(SMALL_TOP, 400), 8, 0xffffffffff067 },
		{ "a table that is not dirty", "not with the bits (0x63 or",
		  SMALL_ENTRY(SMALL_PMD, 0), 8,
		  SMALL_PFN(SMALL_PTE) << 12 | 0x27 },
		{ "a huge page at the top", "which has only tables below it",
		  SMALL_ENTRY(SMALL_TOP, 0), 8, 0xe7 },
		{ "swap at the top", "which has only tables below it",
		  SMALL_ENTRY(SMALL_TOP, 0), 8, 0x1000 },
	};
	struct small_dump small;

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
		small_dump_make(&small);
		memcpy((char *)&small + bad[i].offset, &bad[i].value,
		       bad[i].size);
		write_small(&small, sizeof(small));
		print_message("%s\n", bad[i].name);
		fails_at(bad[i].offset, bad[i].what);
	}
}

static void test_cut_off(void **unused)
{
	struct small_dump small;
	char longer[sizeof(small) + 1] = { 0 };

	(void)unused;
	small_dump_make(&small);
	for (size_t size = 0; size < sizeof(small); size += 97) {
		write_small(&small, size);
		if (size && size < 8)
			fails_at(0, "no dump of page tables");
		else
			fails_at(size, size < sizeof(small.header)
					       ? "ends inside its header"
					       : "ends inside a page of");
	}
	write_small(&small, sizeof(small) - 1);
	fails_at(sizeof(small) - 1, "ends inside a page of tables");
	memcpy(longer, &small, sizeof(small));
	scratch_write(scratch_path("small"), longer, sizeof(longer));
	fails_at(sizeof(small), "more bytes than the header's 4 pages");
}

static void fails_xz(const char *bytes, size_t size, const char *what)
{
	scratch_write(scratch_path("small"), bytes, size);
	assert_null(ptdump_open(scratch_path("small"), &host_plain, false,
				error, sizeof(error)));
	check(strstr(error, "small: at byte ") && strstr(error, what), "%s",
	      error);
}

static void test_damaged_xz(void **unused)
{
	static char bytes[65536];
	FILE *file = fopen(REAL ".ptpages.xz", "r");
	size_t size;

	(void)unused;
	assert_non_null(file);
	size = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	assert_in_range(size, 30000, sizeof(bytes) - 1);
	fails_xz(bytes, size / 2, "the compressed data end too early");
	/* In its index: all pages have come, and they are not to be trusted. */
	bytes[size - 20] ^= 0x55;
	fails_xz(bytes, size, "damaged xz data");
}

static void test_no_file(void **unused)
{
	(void)unused;
	assert_null(ptdump_open(scratch_path("none"), &host_plain, false, error,
				sizeof(error)));
	assert_non_null(strstr(error, "none: No such file"));
	assert_null(ptdump_open(scratch_dir, &host_plain, false, error,
				sizeof(error)));
	assert_non_null(strstr(error, "Is a directory"));
}

static void *map_nothing(struct host_memory *self, size_t bytes)
{
	(void)self, (void)bytes;
	return NULL;
}

static void test_no_memory(void **unused)
{
	struct host_memory none = host_plain;
	struct small_dump small;

	(void)unused;
	none.map = map_nothing;
	small_dump_make(&small);
	write_small(&small, sizeof(small));
	assert_null(ptdump_open(scratch_path("small"), &none, false, error,
				sizeof(error)));
	assert_non_null(strstr(error, "small: out of memory"));
}

/* Whatever bits flip: a line that says where, or a dump that can be walked. */
static void test_flipped_bits(void **unused)
{
	struct random r = { 7 };
	unsigned nr_taken = 0;

	(void)unused;
	for (unsigned round = 0; round < 1000; round++) {
		struct small_dump small;
		struct ptdump_leaf leaf;
		struct ptdump *d;

		small_dump_make(&small);
		for (unsigned i = 0; i < 1 + round % 4; i++) {
			/* Where something is, every other time. */
			uint64_t at = random_below(&r, sizeof(small));

			if (round & 1)
				at = SMALL_ENTRY(i % SMALL_PAGES, 0) + at % 80;
			((unsigned char *)&small)[at] ^=
				(unsigned char)(1u << random_below(&r, 8));
		}
		write_small(&small, sizeof(small));
		d = ptdump_open(scratch_path("small"), &host_plain, false,
				error, sizeof(error));
		if (!d) {
			assert_non_null(strstr(error, "small: at byte "));
			continue;
		}
		nr_taken++;
		for (uint64_t i = 0; i < d->nr_leaves; i++) {
			assert_int_equal(
				ptdump_walk(d, d->leaves[i].addr, &leaf), 1);
			assert_int_equal(leaf.entry, d->leaves[i].entry);
		}
		ptdump_close(d);
	}
	assert_in_range(nr_taken, 100, 999);
}

int main(void)
{
	const struct CMUnitTest own[] = {
		scratch_test(test_counts),
		scratch_test(test_leaves),
		scratch_test(test_kernel_half),
		scratch_test(test_not_accessed),
		scratch_test(test_odd_but_right),
		scratch_test(test_bad_dumps),
		scratch_test(test_cut_off),
		scratch_test(test_damaged_xz),
		scratch_test(test_no_file),
		scratch_test(test_no_memory),
		scratch_test(test_flipped_bits),
	};

	for (unsigned i = 0; i < ARRAY_SIZE(own); i++)
		add_test(own[i]);
	return _cmocka_run_group_tests("ptdump", tests, nr_tests, read_oracle,
				       free_oracle);
}
