/* load.c - the variants of load_sum(), by load_template.h. */
#include "load.h"

#include <string.h>

#include "../base/compiler.h"
#include "../base/cpu.h"

#define SUFFIX _scalar
#define ATTRIBUTES
#define VECTOR uint64_t
#define REGISTER "+r"
#include "load_template.h"

#ifdef __x86_64__
typedef uint64_t words256
	__attribute__((vector_size(32), aligned(32), may_alias));
typedef uint64_t words512
	__attribute__((vector_size(64), aligned(64), may_alias));

#define SUFFIX _avx2
#define ATTRIBUTES __attribute__((target("avx2")))
#define VECTOR words256
#define REGISTER "+x"
#include "load_template.h"

#define SUFFIX _avx512
#define ATTRIBUTES __attribute__((target("avx512f")))
#define VECTOR words512
#define REGISTER "+v"
#include "load_template.h"

const char *load_avx2_unsupported(void)
{
	return cpu_unsupported(CPU_AVX2);
}

const char *load_avx512_unsupported(void)
{
	return cpu_unsupported(CPU_AVX512F);
}
#endif

#ifdef __aarch64__
typedef uint64_t words128
	__attribute__((vector_size(16), aligned(16), may_alias));

#define SUFFIX _neon
#define ATTRIBUTES
#define VECTOR words128
#define REGISTER "+w"
#include "load_template.h"
#endif
