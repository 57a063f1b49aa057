/*
 * clear.h - the contract of clearing a page.
 *
 * A strategy S is one header that defines, static inline or static:
 *
 *   enum { S_reference = ... };     1: null and floor
 *   static const char S_models[];   one line: what it models
 *   void S_clear(uint64_t *page);
 *       Fill the PAGE_SIZE bytes at page, which is aligned to them, with zero.
 */
#ifndef KMB_CLEAR_H
#define KMB_CLEAR_H

#include <stdint.h>

#include "../base/strategy.h"
#include "../mm/mm_types.h"

#define CLEAR_WORDS (PAGE_SIZE / sizeof(uint64_t))

#endif
