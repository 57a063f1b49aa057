/* tb.h - a buddy tree over numbered units: the foreign allocator's own header.
 */
#ifndef TB_H
#define TB_H

#include <stddef.h>

struct tb;

/* Bytes of a tree over so many units; and the tree in them, all units free. */
size_t tb_bytes(size_t units);
struct tb *tb_init(void *memory, size_t units);

/* The first of 2^log2 free units, aligned to their number; or -1. */
long tb_get(struct tb *tb, unsigned log2);
void tb_put(struct tb *tb, size_t unit, unsigned log2);

int tb_is_free(const struct tb *tb, size_t unit);
/* Does the tree make sense? */
int tb_check(const struct tb *tb);

#endif
