/* clear_checks.h - the checks of the family clear, once for each strategy. */

/* No byte of the page stays, and none beside it changes. */
static void S(clears_the_page)(void **unused)
{
	static _Alignas(PAGE_SIZE) uint64_t pages[3 * CLEAR_WORDS];
	uint64_t *page = pages + CLEAR_WORDS;

	(void)unused;
	if (S(reference))
		skip();
	memset(pages, 0xff, sizeof(pages));
	S(clear)(page);
	assert_true(page[-1] == UINT64_MAX);
	assert_true(page[CLEAR_WORDS] == UINT64_MAX);
	for (unsigned i = 0; i < CLEAR_WORDS; i++)
		assert_true(page[i] == 0);
}

static __attribute__((constructor)) void S(add_test)(void)
{
	tests[nr_tests++] = (struct CMUnitTest){
		.name = STRATEGY_NAME " clears the page",
		.test_func = S(clears_the_page),
	};
}
