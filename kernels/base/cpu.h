/*
 * cpu.h - what this CPU can do and this OS lets it do, asked once.
 *
 * $KMB_DISABLE_CPU=avx2,avx512f hides features by name, so that one machine
 * can run the code paths of lesser ones. A feature counts only if the OS saves
 * its registers.
 */
#ifndef KMB_CPU_H
#define KMB_CPU_H

#include <stdint.h>

enum cpu_feature {
	CPU_POPCNT = 1 << 0,
	CPU_BMI1 = 1 << 1,
	CPU_BMI2 = 1 << 2,
	CPU_AVX2 = 1 << 3,
	CPU_AVX512F = 1 << 4,
	CPU_AVX512BW = 1 << 5,
	CPU_AVX512VL = 1 << 6,
	CPU_AVX512VBMI2 = 1 << 7,
	CPU_AVX512VPOPCNTDQ = 1 << 8,
	CPU_NEON = 1 << 9,
};

/* The features that may be used, as a mask of enum cpu_feature. */
unsigned cpu_features(void);

/* Why code that needs these cannot run here ("no avx2"); NULL: it can. */
const char *cpu_unsupported(unsigned needs);

/*
 * The mask of the features in a list "avx2,avx512f". A name that is none of
 * ours is left out; *unknown is then where the first such name begins, or else
 * NULL.
 */
unsigned cpu_parse_features(const char *list, const char **unknown);

#endif
