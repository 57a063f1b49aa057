/*
 * load.h - read every word of a set, with loads of each width.
 *
 * The sum of nr words, modulo 2^64; `set` is 64-byte aligned. All variants
 * give the same; each may be called only where its *_unsupported() is NULL.
 */
#ifndef KMB_LOAD_H
#define KMB_LOAD_H

#include <stdint.h>

/* 8 bytes a load, never joined to vectors. */
uint64_t load_sum_scalar(const uint64_t *set, uint64_t nr);

#ifdef __x86_64__
uint64_t load_sum_avx2(const uint64_t *set, uint64_t nr);
uint64_t load_sum_avx512(const uint64_t *set, uint64_t nr);
/* NULL, or what this CPU lacks. */
const char *load_avx2_unsupported(void);
const char *load_avx512_unsupported(void);
#endif

#ifdef __aarch64__
uint64_t load_sum_neon(const uint64_t *set, uint64_t nr);
#endif

#endif
