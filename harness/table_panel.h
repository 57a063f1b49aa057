/*
 * table_panel.h - a block on paper, in one panel or, where columns do not fit
 * beside each other, in several.
 *
 * A cell has as much as fits: "4.10 ±1.2% 5.13x" (median, the interval's
 * longer half, times floor), or without the last, or the median alone. What
 * cells leave out stands at the line's end for the whole line, if it fits.
 */
#ifndef KMB_TABLE_PANEL_H
#define KMB_TABLE_PANEL_H

#include "table_block.h"
#include "table_text.h"

void block_print(const struct block *b, struct table_text *t);

#endif
