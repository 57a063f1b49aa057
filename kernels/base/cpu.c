/* cpu.c - the feature bits of this CPU, less $KMB_DISABLE_CPU. */
#include "cpu.h"

#include <stdlib.h>
#include <string.h>

#include "compiler.h"

#define NO "no "

static const struct cpu_name {
	unsigned feature;
	const char *missing; /* NO and the name */
} names[] = {
	{ CPU_POPCNT, NO "popcnt" },
	{ CPU_BMI1, NO "bmi1" },
	{ CPU_BMI2, NO "bmi2" },
	{ CPU_AVX2, NO "avx2" },
	{ CPU_AVX512F, NO "avx512f" },
	{ CPU_AVX512BW, NO "avx512bw" },
	{ CPU_AVX512VL, NO "avx512vl" },
	{ CPU_AVX512VBMI2, NO "avx512vbmi2" },
	{ CPU_AVX512VPOPCNTDQ, NO "avx512vpopcntdq" },
	{ CPU_NEON, NO "neon" },
};

static unsigned features;

#if defined(__x86_64__)
/* The compiler's own table: CPUID, and XGETBV for what the OS saves. */
static unsigned detect(void)
{
	unsigned found = 0;

	__builtin_cpu_init();
#define DETECT(bit, name)                 \
	if (__builtin_cpu_supports(name)) \
	found |= (bit)
	DETECT(CPU_POPCNT, "popcnt");
	DETECT(CPU_BMI1, "bmi");
	DETECT(CPU_BMI2, "bmi2");
	DETECT(CPU_AVX2, "avx2");
	DETECT(CPU_AVX512F, "avx512f");
	DETECT(CPU_AVX512BW, "avx512bw");
	DETECT(CPU_AVX512VL, "avx512vl");
	DETECT(CPU_AVX512VBMI2, "avx512vbmi2");
	DETECT(CPU_AVX512VPOPCNTDQ, "avx512vpopcntdq");
#undef DETECT
	return found;
}
#elif defined(__aarch64__)
/* Part of the base ISA. */
static unsigned detect(void)
{
	return CPU_NEON;
}
#else
static unsigned detect(void)
{
	return 0;
}
#endif

static unsigned find_name(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *own = names[i].missing + strlen(NO);

		if (strlen(own) == len && !memcmp(own, name, len))
			return names[i].feature;
	}
	return 0;
}

unsigned cpu_parse_features(const char *list, const char **unknown)
{
	unsigned mask = 0;

	*unknown = NULL;
	while (*list) {
		size_t len = strcspn(list, ",");
		unsigned feature = find_name(list, len);

		if (len && !feature && !*unknown)
			*unknown = list;
		mask |= feature;
		list += len + (list[len] == ',');
	}
	return mask;
}

/* Ahead of the constructors that register what this CPU can run. */
static __attribute__((constructor(101))) void cpu_init(void)
{
	const char *disabled = getenv("KMB_DISABLE_CPU"), *unknown;

	features = detect();
	if (disabled)
		features &= ~cpu_parse_features(disabled, &unknown);
}

unsigned cpu_features(void)
{
	return features;
}

const char *cpu_unsupported(unsigned needs)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (needs & ~features & names[i].feature)
			return names[i].missing;
	return NULL;
}
