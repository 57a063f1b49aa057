/* x86/chunk_scan_impl.h - the passes over chunks by AVX2 and AVX-512. */
#include <immintrin.h>

#define V(name) KMB_PASTE(name, SUFFIX)

#define SUFFIX _avx2
#define ATTRIBUTES __attribute__((target("avx2,bmi,popcnt")))
#define NEEDS (CPU_AVX2 | CPU_BMI1 | CPU_POPCNT)
#define LANES 8

typedef __m256i vec_avx2;

forceinline ATTRIBUTES vec_avx2 load_avx2(const uint32_t *p)
{
	return _mm256_loadu_si256((const __m256i *)p);
}

forceinline ATTRIBUTES vec_avx2 all_avx2(uint32_t x)
{
	return _mm256_set1_epi32((int)x);
}

forceinline ATTRIBUTES vec_avx2 sub_avx2(vec_avx2 a, vec_avx2 b)
{
	return _mm256_sub_epi32(a, b);
}

forceinline ATTRIBUTES vec_avx2 min_avx2(vec_avx2 a, vec_avx2 b)
{
	return _mm256_min_epu32(a, b);
}

/* A lane of ones where a < b: there is no unsigned compare. */
forceinline ATTRIBUTES vec_avx2 below_avx2(vec_avx2 a, vec_avx2 b)
{
	return ~_mm256_cmpeq_epi32(_mm256_max_epu32(a, b), a);
}

forceinline ATTRIBUTES vec_avx2 spoil_avx2(vec_avx2 v, vec_avx2 a, vec_avx2 b)
{
	return v | below_avx2(a, b);
}

forceinline ATTRIBUTES uint32_t hits_avx2(vec_avx2 a, vec_avx2 b)
{
	return (uint32_t)_mm256_movemask_ps((__m256)below_avx2(a, b));
}

static ATTRIBUTES unsigned expand_avx2(uint64_t word, uint32_t base,
				       uint32_t *out)
{
	unsigned nr = 0;

	/* All set is frequent, and no vector does it lane by lane. */
	if (word == UINT64_MAX) {
		for (unsigned b = 0; b < BITS_PER_WORD; b++)
			out[b] = base + b;
		return BITS_PER_WORD;
	}
	for (; word; word &= word - 1)
		out[nr++] = base + ffs64(word);
	return nr;
}

#include "chunk_scan_template.h"

#define SUFFIX _avx512
#define ATTRIBUTES __attribute__((target("avx512f,bmi,popcnt")))
#define NEEDS (CPU_AVX512F | CPU_BMI1 | CPU_POPCNT)
#define LANES 16

typedef __m512i vec_avx512;

forceinline ATTRIBUTES vec_avx512 load_avx512(const uint32_t *p)
{
	return _mm512_loadu_si512(p);
}

forceinline ATTRIBUTES vec_avx512 all_avx512(uint32_t x)
{
	return _mm512_set1_epi32((int)x);
}

forceinline ATTRIBUTES vec_avx512 sub_avx512(vec_avx512 a, vec_avx512 b)
{
	return _mm512_sub_epi32(a, b);
}

forceinline ATTRIBUTES vec_avx512 min_avx512(vec_avx512 a, vec_avx512 b)
{
	return _mm512_min_epu32(a, b);
}

forceinline ATTRIBUTES vec_avx512 spoil_avx512(vec_avx512 v, vec_avx512 a,
					       vec_avx512 b)
{
	return _mm512_mask_set1_epi32(v, _mm512_cmplt_epu32_mask(a, b), -1);
}

forceinline ATTRIBUTES uint32_t hits_avx512(vec_avx512 a, vec_avx512 b)
{
	return _mm512_cmplt_epu32_mask(a, b);
}

/*
 * vpcompressd to a register and a store of the whole vector: to memory it is
 * microcode on Zen 4.
 */
static ATTRIBUTES unsigned expand_avx512(uint64_t word, uint32_t base,
					 uint32_t *out)
{
	const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
						10, 11, 12, 13, 14, 15);
	__m512i frames = _mm512_add_epi32(_mm512_set1_epi32((int)base), lanes);
	uint32_t *to = out;

	for (unsigned i = 0; i < BITS_PER_WORD / 16; i++, word >>= 16) {
		__mmask16 bits = (__mmask16)word;

		_mm512_storeu_si512(to,
				    _mm512_maskz_compress_epi32(bits, frames));
		to += __builtin_popcount(bits);
		frames = _mm512_add_epi32(frames, _mm512_set1_epi32(16));
	}
	return (unsigned)(to - out);
}

#include "chunk_scan_template.h"

#undef V

/* clang-format off */
#define CHUNK_SCAN_VECTOR_VARIANTS \
	CHUNK_SCAN_VECTOR_VARIANT("avx2", _avx2), \
	CHUNK_SCAN_VECTOR_VARIANT("avx512", _avx512),
/* clang-format on */

#define CHUNK_SCAN_VECTOR_VARIANT(isa_name, suffix)            \
	{                                                      \
		.isa = isa_name,                               \
		.unsupported = KMB_PASTE(unsupported, suffix), \
		.least = KMB_PASTE(least, suffix),             \
		.collect = KMB_PASTE(collect, suffix),         \
		.expand = KMB_PASTE(expand, suffix),           \
	}
