/*
 * strategies.h - every strategy of the family zone, in one list.
 *
 * Includes STRATEGY_TEMPLATE once for each, with STRATEGY defined. The
 * template's path is seen from here.
 */
#include "null.h"
#define STRATEGY null
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "floor.h"
#define STRATEGY floor
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "zone_lock.h"
#define STRATEGY zone_lock
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "zone_pcp.h"
#define STRATEGY zone_pcp
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "zone_frame.h"
#define STRATEGY zone_frame
#include STRATEGY_TEMPLATE
#undef STRATEGY
