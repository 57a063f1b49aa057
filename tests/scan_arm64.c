/* scan_arm64.c - the NEON scans; built and run by scan_arm64.sh. */
#include <stdbool.h>
#include <stdlib.h>

#include "scan_checks.h"

/* Fewer than natively: the emulator is slow. */
#define TRIALS 10000

int main(void)
{
	const char *text = getenv("KMB_SEED");
	uint64_t seed = text ? strtoull(text, NULL, 0) : 20260101;
	bool neon = false;

	printf("# KMB_SEED=%llu\n", (unsigned long long)seed);
	for (unsigned i = 0; i < nr_scan_variants; i++) {
		const struct scan_variant *v = &scan_variants[i];
		const char *why = v->unsupported ? v->unsupported() : NULL;

		if (!why)
			why = scan_check_none(v);
		if (!why)
			why = scan_check_runs(v);
		if (!why)
			why = scan_check_random(v, seed, TRIALS);
		if (why) {
			printf("%s\n", why);
			return 1;
		}
		neon |= !strcmp(v->isa, "neon");
	}
	printf("%s\n", neon ? "ok" : "there is no neon variant");
	return !neon;
}
