/* plan_order.h - in which order a run's jobs go. */
#ifndef KMB_PLAN_ORDER_H
#define KMB_PLAN_ORDER_H

#include "plan.h"

/* Make the jobs of a plan that has its points, and number their groups. */
void plan_order(struct plan *plan, unsigned blocks, uint64_t seed);

#endif
