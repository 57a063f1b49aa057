/* arm64/scan_impl.h - what the vector scans need of NEON. */
#include <arm_neon.h>

#define SUFFIX _neon
#define ATTRIBUTES
#define VL 16
#define NEEDS CPU_NEON
#define HIT_BITS 4

typedef uint64x2_t vec_neon;
typedef uint8x16_t hits_neon;

forceinline hits_neon free_hits_neon(vec_neon v)
{
	return vmvnq_u8(vceqq_u8(vreinterpretq_u8_u64(v), vdupq_n_u8(0xff)));
}

forceinline hits_neon run_hits_neon(vec_neon v, vec_neon next)
{
	uint8x16_t behind = vreinterpretq_u8_u64(next);
	uint8x16_t low = vbicq_u8(vsubq_u8(behind, vdupq_n_u8(1)), behind);

	return vcleq_u8(vreinterpretq_u8_u64(v), low);
}

/* There is no movemask: narrowing leaves four bits of each byte. */
forceinline uint64_t mask_neon(hits_neon hits)
{
	uint8x8_t nibbles = vshrn_n_u16(vreinterpretq_u16_u8(hits), 4);

	return vget_lane_u64(vreinterpret_u64_u8(nibbles), 0);
}

forceinline vec_neon popcount_neon(vec_neon v)
{
	return vpaddlq_u32(
		vpaddlq_u16(vpaddlq_u8(vcntq_u8(vreinterpretq_u8_u64(v)))));
}

#include "../scan_template.h"

#define SCAN_VECTOR_VARIANTS SCAN_VECTOR_VARIANT("neon", _neon),
