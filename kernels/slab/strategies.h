/*
 * strategies.h - every strategy of the family slab, in one list.
 *
 * Includes STRATEGY_TEMPLATE once for each, with STRATEGY defined, and with
 * STRATEGY_ANY_CPU where the thread may be moved at any moment. The template's
 * path is seen from here.
 */
#include "null.h"
#define STRATEGY null
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "floor.h"
#define STRATEGY floor
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "list_lock.h"
#define STRATEGY list_lock
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "array_cache.h"
#define STRATEGY array_cache
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "slub.h"
#define STRATEGY slub
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "slub_hardened.h"
#define STRATEGY slub_hardened
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "magazine.h"
#define STRATEGY magazine
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "percpu.h"
#define STRATEGY percpu
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "percpu_rseq.h"
#define STRATEGY percpu_rseq
#define STRATEGY_ANY_CPU
#include STRATEGY_TEMPLATE
#undef STRATEGY_ANY_CPU
#undef STRATEGY
