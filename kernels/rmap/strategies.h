/*
 * strategies.h - every strategy of the family rmap, in one list.
 *
 * Includes STRATEGY_TEMPLATE once for each, with STRATEGY defined. The
 * template's path is seen from here. It may be included again with another
 * template: the strategies themselves are defined but once. Where
 * STRATEGY_BUILD is defined, too, S(build)(r) has to come between what changes
 * mappings and what asks for them.
 *
 * For builds that take long: RMAP_ONE_OF_A_KIND leaves out those that differ
 * from another by a number only, RMAP_FEW_STRATEGIES all that another stands
 * for.
 */
#include "null.h"
#define STRATEGY null
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "floor.h"
#define STRATEGY floor
#define STRATEGY_BUILD
#include STRATEGY_TEMPLATE
#undef STRATEGY_BUILD
#undef STRATEGY

#include "full_scan.h"
#define STRATEGY full_scan
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "i_mmap_list.h"
#define STRATEGY i_mmap_list
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "anon_vma.h"
#define STRATEGY anon_vma
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "anon_vma_chain_tree.h"
#define STRATEGY anon_vma_chain_tree
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "pte_chain.h"
#define STRATEGY pte_chain
#include STRATEGY_TEMPLATE
#undef STRATEGY

#ifndef RMAP_FEW_STRATEGIES

#include "virtual_clock.h"
#define STRATEGY virtual_clock
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "i_mmap_prio_tree.h"
#define STRATEGY prio_tree
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "i_mmap_interval_tree.h"
#define STRATEGY interval_tree
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "anon_vma_chain.h"
#define STRATEGY anon_vma_chain
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "pte_chain_1.h"
#define STRATEGY pte_chain_1
#include STRATEGY_TEMPLATE
#undef STRATEGY

#ifndef RMAP_ONE_OF_A_KIND
#include "pte_chain_15.h"
#define STRATEGY pte_chain_15
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "pte_chain_31.h"
#define STRATEGY pte_chain_31
#include STRATEGY_TEMPLATE
#undef STRATEGY
#endif

#endif
