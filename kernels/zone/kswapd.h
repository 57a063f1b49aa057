/*
 * kswapd.h - one node's reclaiming thread, awake or asleep, and what it was
 * last asked for. What it does is in zone_template.h; the thread is the host's.
 */
#ifndef KMB_ZONE_KSWAPD_H
#define KMB_ZONE_KSWAPD_H

#include <stdbool.h>

#include "../sync/atomic.h"

struct kswapd {
	unsigned max_order; /* asked for since it last looked */
	bool waiting;	    /* asleep, and nobody has woken it */
} cacheline_aligned;

/* Ask for blocks of an order. True: it was asleep, and the caller wakes it. */
static inline bool kswapd_wake(struct kswapd *k, unsigned order)
{
	/* Two at once may lose one, who will be back if it is still short. */
	if (READ_ONCE(k->max_order) < order)
		WRITE_ONCE(k->max_order, order);
	return READ_ONCE(k->waiting) && xchg_full(&k->waiting, false);
}

/* What was asked for; it is forgotten. */
static inline unsigned kswapd_take_order(struct kswapd *k)
{
	return xchg_full(&k->max_order, 0);
}

#endif
