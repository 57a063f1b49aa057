/* test.h - what every cmocka test includes, and its seed. */
#ifndef KMB_TEST_H
#define KMB_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "../kernels/base/compiler.h"

/* ctest's SKIP_RETURN_CODE: this test cannot run here. */
#define TEST_SKIP 77

/* $KMB_SEED or a fixed seed; printed once, so that a failure can be rerun. */
static inline uint64_t test_seed(void)
{
	static uint64_t seed;

	if (!seed) {
		const char *text = getenv("KMB_SEED");

		seed = text ? strtoull(text, NULL, 0) : 20260101;
		printf("# KMB_SEED=%llu\n", (unsigned long long)seed);
	}
	return seed;
}

static inline uint64_t test_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* When a stress that begins now may end: in $KMB_STRESS_SECONDS, or at once. */
static inline uint64_t test_stress_end(void)
{
	const char *text = getenv("KMB_STRESS_SECONDS");

	return test_now_ns() +
	       (text ? (uint64_t)(strtod(text, NULL) * 1e9) : 0);
}

/* assert_true with a message in printf's manner. */
#define check(cond, ...)                                                  \
	do {                                                              \
		if (!(cond)) {                                            \
			print_error(__VA_ARGS__);                         \
			print_error("\n");                                \
			fail_msg("%s:%d: %s", __FILE__, __LINE__, #cond); \
		}                                                         \
	} while (0)

#endif
