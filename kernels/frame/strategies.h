/*
 * strategies.h - every strategy of the family frame, in one list.
 *
 * Includes STRATEGY_TEMPLATE once for each, with STRATEGY defined, and with
 * STRATEGY_MIGRATETYPES where there is an S_alloc_mt. The template's path is
 * seen from here.
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

#include "next_fit.h"
#define STRATEGY next_fit
#define STRATEGY_BYTES
#include STRATEGY_TEMPLATE
#undef STRATEGY_BYTES
#undef STRATEGY

#include "free_area.h"
#define STRATEGY free_area
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "free_area_mt.h"
#define STRATEGY free_area_mt
#define STRATEGY_MIGRATETYPES 1
#include STRATEGY_TEMPLATE
#undef STRATEGY_MIGRATETYPES
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

#include "percpu_bitfield.h"
#define STRATEGY percpu_bitfield
#include STRATEGY_TEMPLATE
#undef STRATEGY

/* From outside the tree, by CMake's option KMB_FRAME_ADAPTOR. */
#ifdef KMB_FRAME_ADAPTOR
#include KMB_FRAME_ADAPTOR
#define STRATEGY KMB_FRAME_ADAPTOR_NAME
#include STRATEGY_TEMPLATE
#undef STRATEGY
#endif
