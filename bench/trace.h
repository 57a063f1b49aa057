/* trace.h - random inputs of timed loops, made before the clock. */
#ifndef KMB_TRACE_H
#define KMB_TRACE_H

#include <stdint.h>

#include "../kernels/base/random.h"

/* Every order of n values is as likely as any other (Fisher and Yates). */
void trace_shuffle(uint64_t *values, uint64_t n, struct random *r);
void trace_shuffle32(uint32_t *values, uint64_t n, struct random *r);

/* A random permutation of 0..n-1. */
void trace_permutation(uint32_t *values, uint64_t n, struct random *r);

#endif
