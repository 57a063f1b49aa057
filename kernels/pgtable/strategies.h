/*
 * strategies.h - every strategy of the family pgtable over every format that
 * it can be had for.
 *
 * Includes STRATEGY_TEMPLATE once for each pair, with STRATEGY and FORMAT
 * defined. The template's path is seen from here. It may be included again
 * with another template: the strategies themselves are defined but once. Those
 * between STRATEGY_GET and its end have P(get), too, and others P(prepare);
 * those between STRATEGY_TABLES and its end walk the tables of s->mm and
 * nothing else; those between STRATEGY_LOCKS and its end change them under the
 * locks that operations.h takes or wants held; those between STRATEGY_COPIES
 * and its end have tables on every node, and P(walk_node).
 *
 * WALKER_FORMATS may name fewer formats for those that only walk in their own
 * way, and change tables as `walk` does.
 */
#ifndef WALKER_FORMATS
#define WALKER_FORMATS "each_format.h"
#endif
#define FORMAT_TEMPLATE "pair.h"

#define STRATEGY null
#define STRATEGY_HEADER "null.h"
#include "each_format.h"
#undef STRATEGY_HEADER
#undef STRATEGY

#define STRATEGY_TABLES

#define STRATEGY floor
#define STRATEGY_HEADER "floor.h"
#include WALKER_FORMATS
#undef STRATEGY_HEADER
#undef STRATEGY

#define STRATEGY_PREPARE

#define STRATEGY floor_batch
#define STRATEGY_HEADER "floor_batch.h"
#include WALKER_FORMATS
#undef STRATEGY_HEADER
#undef STRATEGY

#undef STRATEGY_PREPARE

#define STRATEGY walk_independent
#define STRATEGY_HEADER "walk_independent.h"
#include WALKER_FORMATS
#undef STRATEGY_HEADER
#undef STRATEGY

#define STRATEGY walk_batch_4
#define STRATEGY_HEADER "walk_batch_4.h"
#include WALKER_FORMATS
#undef STRATEGY_HEADER
#undef STRATEGY

#define STRATEGY walk_batch_16
#define STRATEGY_HEADER "walk_batch_16.h"
#include WALKER_FORMATS
#undef STRATEGY_HEADER
#undef STRATEGY

#define STRATEGY walk_batch_64
#define STRATEGY_HEADER "walk_batch_64.h"
#include WALKER_FORMATS
#undef STRATEGY_HEADER
#undef STRATEGY

#define STRATEGY walk_cached
#define STRATEGY_HEADER "walk_cached.h"
#include WALKER_FORMATS
#undef STRATEGY_HEADER
#undef STRATEGY

#define STRATEGY_GET

#define STRATEGY walk
#define STRATEGY_HEADER "walk.h"
#include "each_format.h"
#undef STRATEGY_HEADER
#undef STRATEGY

#define STRATEGY_LOCKS

#define STRATEGY walk_mm_lock
#define STRATEGY_HEADER "walk_mm_lock.h"
#include "each_format.h"
#undef STRATEGY_HEADER
#undef STRATEGY

#define STRATEGY walk_split_lock
#define STRATEGY_HEADER "walk_split_lock.h"
#include "each_format.h"
#undef STRATEGY_HEADER
#undef STRATEGY

#undef STRATEGY_LOCKS

#define STRATEGY gup_fast
#define STRATEGY_HEADER "gup_fast.h"
#include "each_format.h"
#undef STRATEGY_HEADER
#undef STRATEGY

#undef STRATEGY_TABLES

#define STRATEGY_COPIES

#define STRATEGY replicated
#define STRATEGY_HEADER "replicated.h"
#include "each_format.h"
#undef STRATEGY_HEADER
#undef STRATEGY

#undef STRATEGY_COPIES

#undef STRATEGY_GET

#define STRATEGY hashed
#define STRATEGY_HEADER "hashed.h"
#include "each_format_64.h"
#undef STRATEGY_HEADER
#undef STRATEGY

#define STRATEGY cuckoo
#define STRATEGY_HEADER "cuckoo.h"
#include "each_format_64.h"
#undef STRATEGY_HEADER
#undef STRATEGY

#undef FORMAT_TEMPLATE
#define KMB_PGTABLE_STRATEGIES
