/* test_clear.c - every strategy of the family clear. */
#include "test.h"

#include "../kernels/clear/clear.h"

static struct CMUnitTest tests[8];
static unsigned nr_tests;

#define STRATEGY_TEMPLATE "../../tests/clear_checks.h"
#include "../kernels/clear/strategies.h"

int main(void)
{
	return _cmocka_run_group_tests("clear", tests, nr_tests, NULL, NULL);
}
