/* x86/scan_impl.h - what the vector scans need of AVX2 and AVX-512. */
#include <immintrin.h>

/* Every CPU with AVX2 has bmi and popcnt; they serve heads and tails. */
#define SUFFIX _avx2
#define ATTRIBUTES __attribute__((target("avx2,bmi,popcnt")))
#define VL 32
#define NEEDS (CPU_AVX2 | CPU_BMI1 | CPU_POPCNT)
#define HIT_BITS 1

typedef __m256i vec_avx2;
typedef __m256i hits_avx2;

forceinline ATTRIBUTES hits_avx2 free_hits_avx2(vec_avx2 v)
{
	return ~_mm256_cmpeq_epi8(v, _mm256_set1_epi8(-1));
}

/*
 * a <= b is min(a, b) == a: there is no unsigned compare. The asm is empty; gcc
 * would else load next once for each use, each time across two cache lines.
 */
forceinline ATTRIBUTES hits_avx2 run_hits_avx2(vec_avx2 v, vec_avx2 next)
{
	vec_avx2 low;

	__asm__("" : "+x"(next));
	low = _mm256_andnot_si256(next,
				  _mm256_add_epi8(next, _mm256_set1_epi8(-1)));

	return _mm256_cmpeq_epi8(_mm256_min_epu8(v, low), v);
}

forceinline ATTRIBUTES uint64_t mask_avx2(hits_avx2 hits)
{
	return (uint32_t)_mm256_movemask_epi8(hits);
}

/* Nibbles by table lookup, then the bytes of a lane summed (Mula, 2008). */
forceinline ATTRIBUTES vec_avx2 popcount_avx2(vec_avx2 v)
{
	const __m256i table = _mm256_setr_epi8(
		0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, /* low lane */
		0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
	const __m256i nibble = _mm256_set1_epi8(0x0f);
	__m256i low = _mm256_shuffle_epi8(table, v & nibble);
	__m256i high =
		_mm256_shuffle_epi8(table, _mm256_srli_epi16(v, 4) & nibble);

	return _mm256_sad_epu8(_mm256_add_epi8(low, high),
			       _mm256_setzero_si256());
}

#include "../scan_template.h"

/* Ice Lake and Zen 4 on: vpopcntq came with the second generation. */
#define SUFFIX _avx512
#define ATTRIBUTES \
	__attribute__((target("avx512f,avx512bw,avx512vpopcntdq,bmi,popcnt")))
#define VL 64
#define NEEDS                                                          \
	(CPU_AVX512F | CPU_AVX512BW | CPU_AVX512VPOPCNTDQ | CPU_BMI1 | \
	 CPU_POPCNT)
#define HIT_BITS 1

typedef __m512i vec_avx512;
typedef __mmask64 hits_avx512;

forceinline ATTRIBUTES hits_avx512 free_hits_avx512(vec_avx512 v)
{
	return _mm512_cmpneq_epi8_mask(v, _mm512_set1_epi8(-1));
}

forceinline ATTRIBUTES hits_avx512 run_hits_avx512(vec_avx512 v,
						   vec_avx512 next)
{
	vec_avx512 low;

	__asm__("" : "+v"(next));
	low = _mm512_andnot_si512(next,
				  _mm512_add_epi8(next, _mm512_set1_epi8(-1)));

	return _mm512_cmple_epu8_mask(v, low);
}

forceinline ATTRIBUTES uint64_t mask_avx512(hits_avx512 hits)
{
	return hits;
}

forceinline ATTRIBUTES vec_avx512 popcount_avx512(vec_avx512 v)
{
	return _mm512_popcnt_epi64(v);
}

#include "../scan_template.h"

/* clang-format off */
#define SCAN_VECTOR_VARIANTS \
	SCAN_VECTOR_VARIANT("avx2", _avx2), \
	SCAN_VECTOR_VARIANT("avx512", _avx512),
/* clang-format on */
