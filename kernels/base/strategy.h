/*
 * strategy.h - S(name): the name of an operation of the strategy at hand.
 *
 * A template (a timed loop, a set of checks) is included once per strategy,
 * with STRATEGY defined as the strategy's bare name; S(alloc) is then
 * percpu_alloc, and a struct S(allocator) is struct percpu_allocator.
 */
#ifndef KMB_STRATEGY_H
#define KMB_STRATEGY_H

#include "compiler.h"

#define S(name) KMB_PASTE(KMB_PASTE(STRATEGY, _), name)
#define STRATEGY_NAME KMB_STRING(STRATEGY)

/* For strategies that any number of threads may call at once. */
#define KMB_MAX_THREADS 1024

#endif
