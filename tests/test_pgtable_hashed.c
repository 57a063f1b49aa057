/*
 * test_pgtable_hashed.c - the hash tables of family pgtable: their lines, their
 * loads and their memory, and keys that were chosen to collide.
 */
#include "pgtable_source.h"

#include "../kernels/pgtable/cuckoo_table.h"
#include "../kernels/pgtable/hashed_table.h"

/*
 * Pages of 4 KiB, one every 2^shift bytes, and the pages of memory that each
 * structure takes for them. Radix: the tables. hashed: 2 buckets a line, 64 to
 * a page, in chunks of 4, a directory, and the pool: by Poisson 0.213 lines a
 * line. cuckoo: 8/3 places a line, half of them in each way, in chunks of 4,
 * and 2 directories.
 */
struct memory_case {
	const char *name;
	uint64_t nr;
	unsigned shift;
	uint64_t walk, hashed, cuckoo;
};

static const struct memory_case memory_cases[] = {
	{ "dense", 65536, 12, 131, 285, 346 },
	{ "every 8th page", 8192, 15, 131, 285, 346 },
	{ "every 64th page", 8192, 18, 1028, 284, 346 },
	{ "one in 2 MiB", 4096, 21, 4106, 142, 178 },
	{ "one in 1 GiB", 1024, 30, 2051, 37, 50 },
};

/*
 * Lines, by their number, whose hashes are alike in so many of the lowest bits:
 * in both of cuckoo's; and in hashed's.
 */
static const uint64_t alike_9[] = { 0x1, 0x4beb7, 0x86126, 0xb7920 };
static const uint64_t alike_13[] = { 0x1, 0x4ecc9d, 0x6f9b661 };
static const uint64_t chained_16[] = { 0x3ccc,	0x69b6,	 0x2c8ae, 0x2f6bf,
				       0x51af2, 0x5ef3c, 0x6b094, 0x7cef5,
				       0x88b05, 0xb4b54, 0xd546b, 0xf07ec };
#define LINE_BYTES_SHIFT (PAGE_SHIFT + LINE_SHIFT)

static void a_line_keeps_key_link_and_entries(void **unused)
{
	const uint64_t addr[] = { 0,
				  1ull << 15,
				  0x00ffffffffff8000,
				  0xff00000000000000,
				  0xffff800000000000,
				  0xffffffffffff8000 };
	const uint64_t pte = LINE_SPARE ^ UINT64_MAX;
	struct pte_line line = { { 0 } };

	(void)unused;
	assert_int_equal(sizeof(line), 64);
	for (unsigned i = 0; i < ARRAY_SIZE(addr); i++) {
		uint64_t key = line_key_of(addr[i], PAGE_SHIFT);

		assert_int_equal(line_addr(key, PAGE_SHIFT), addr[i]);
		assert_true(key >> 44 == 0 && key);
		assert_false(line_is(&(struct pte_line){ { 0 } }, key));
		for (unsigned n = 0; n < LINE_PTES; n++)
			line_set_pte(&line, n, i % 2 ? pte : 0);
		line_set_key(&line, key);
		line_set_link(&line, key ^ 0xfffffffffff);
		for (unsigned n = 0; n < LINE_PTES; n++)
			assert_int_equal(line_pte(&line, n), i % 2 ? pte : 0);
		assert_int_equal(line_key(&line), key);
		assert_int_equal(line_link(&line), key ^ 0xfffffffffff);
		assert_int_equal(line_empty(&line), i % 2 == 0);
		for (unsigned n = 0; n < ARRAY_SIZE(addr); n++)
			assert_int_equal(
				line_is(&line,
					line_key_of(addr[n], PAGE_SHIFT)),
				n == i);
	}
}

/* One bucket more or fewer at a time: every hash finds one that there is. */
static void linear_hashing_has_every_size(void **unused)
{
	struct linear_hash lh = { .pages = counting_begin(0)[0] };
	uint64_t from;

	(void)unused;
	assert_int_equal(linear_start(&lh, 0), 0);
	for (uint64_t nr = LINEAR_CHUNK_LINES; nr < 3000; nr++) {
		const uint64_t half = 1ull << fls64(nr) >> 0;

		assert_int_equal(linear_nr(&lh), nr);
		for (uint64_t hash = 0; hash < 4096; hash += 7) {
			uint64_t want = hash % (2 * half);

			if (want >= nr)
				want = hash % half;
			assert_int_equal(linear_index(&lh, hash), want);
		}
		assert_int_equal(linear_grow(&lh, 0, &from), 0);
		assert_int_equal(from, nr - half);
	}
	for (uint64_t nr = 3000; nr > LINEAR_CHUNK_LINES; nr--)
		assert_int_equal(linear_shrink(&lh),
				 nr - 1 - (1ull << fls64(nr - 1)));
	linear_trim(&lh, 0);
	assert_int_equal(lh.nr_chunks, 1);
	linear_destroy(&lh, 0);
	counting_end();
}

/* What was found by trying is what it is said to be. */
static void chosen_keys_are_alike(void **unused)
{
	const uint64_t way[] = { 0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f };

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(alike_9); i++)
		for (unsigned w = 0; w < 2; w++)
			assert_int_equal(
				(line_hash(alike_9[i] ^ LINE_KEY_EMPTY,
					   way[w]) ^
				 line_hash(1 ^ LINE_KEY_EMPTY, way[w])) %
					512,
				0);
	for (unsigned i = 0; i < ARRAY_SIZE(alike_13); i++)
		for (unsigned w = 0; w < 2; w++)
			assert_int_equal(
				(line_hash(alike_13[i] ^ LINE_KEY_EMPTY,
					   way[w]) ^
				 line_hash(1 ^ LINE_KEY_EMPTY, way[w])) %
					8192,
				0);
	for (unsigned i = 0; i < ARRAY_SIZE(chained_16); i++)
		assert_int_equal(
			line_hash(chained_16[i] ^ LINE_KEY_EMPTY, way[0]) %
				65536,
			0);
}

static struct CMUnitTest hashed_tests[32];
static unsigned nr_hashed_tests;

#define FORMAT x86_64
#define STRATEGY walk
#include "../kernels/pgtable/walk.h"
#define HASHED_LOADS 4
#define HASHED_TESTS 1
#include "pgtable_hashed_checks.h"
#undef STRATEGY
#define STRATEGY hashed
#include "../kernels/pgtable/hashed.h"
#define HASHED_LOADS 0
#define HASHED_TESTS 7
#include "pgtable_hashed_checks.h"
#undef STRATEGY
#define STRATEGY cuckoo
#include "../kernels/pgtable/cuckoo.h"
#define HASHED_LOADS 2
#define HASHED_TESTS 7
#include "pgtable_hashed_checks.h"

/* No table is so large that it parts them: the third is refused, no more. */
static void cuckoo_refuses_three_alike(void **unused)
{
	struct cuckoo_x86_64_space *s = cuckoo_x86_64_begin();
	const uint64_t *nr = alike_13;

	(void)unused;
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(
			cuckoo_x86_64_map(s, 0, nr[i] << LINE_BYTES_SHIFT,
					  i + 1, LEVEL_PTE, PAGE_PRESENT),
			i < 2 ? 0 : -ENOMEM);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(
			cuckoo_x86_64_walk(s, 0, nr[i] << LINE_BYTES_SHIFT),
			i < 2 ? i + 1 : PFN_NONE);
	/* One of the two goes, and it fits. */
	assert_int_equal(
		cuckoo_x86_64_unmap(s, 0, nr[0] << LINE_BYTES_SHIFT,
				    (nr[0] << LINE_BYTES_SHIFT) + PAGE_SIZE),
		1);
	assert_int_equal(cuckoo_x86_64_map(s, 0, nr[2] << LINE_BYTES_SHIFT, 3,
					   LEVEL_PTE, PAGE_PRESENT),
			 0);
	cuckoo_x86_64_end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_keeps_key_link_and_entries),
		cmocka_unit_test(linear_hashing_has_every_size),
		cmocka_unit_test(chosen_keys_are_alike),
		cmocka_unit_test(cuckoo_refuses_three_alike),
	};
	int failed =
		cmocka_run_group_tests_name("pgtable lines", tests, NULL, NULL);

	failed += _cmocka_run_group_tests("pgtable hash tables", hashed_tests,
					  nr_hashed_tests, NULL, NULL);
	return failed != 0;
}
