/*
 * strategies.h - every strategy of the family frame, in one list.
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

#include "first_fit.h"
#define STRATEGY first_fit
#define STRATEGY_BYTES
#include STRATEGY_TEMPLATE
#undef STRATEGY_BYTES
#undef STRATEGY

#include "first_fit_2_6_11.h"
#define STRATEGY first_fit_2_6_11
#define STRATEGY_BYTES
#include STRATEGY_TEMPLATE
#undef STRATEGY_BYTES
#undef STRATEGY

#include "free_area.h"
#define STRATEGY free_area
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "pcp_2_6_11.h"
#define STRATEGY pcp_2_6_11
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "pcp.h"
#define STRATEGY pcp
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "pcp_nolock.h"
#define STRATEGY pcp_nolock
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "pair_bitmap.h"
#define STRATEGY pair_bitmap
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "hierarchical.h"
#define STRATEGY hierarchical
#include STRATEGY_TEMPLATE
#undef STRATEGY
