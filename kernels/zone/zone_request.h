/* zone_request.h - a request below low, and what its flags let it do. */
#ifndef KMB_ZONE_REQUEST_H
#define KMB_ZONE_REQUEST_H

#include "zone.h"

/* A request that was not served above low, on its way. */
struct zone_request {
	struct zone_task *task;
	const struct zonelist *list;
	gfp_t gfp;
	unsigned order;
	bool harder, high, killed;
	/* When it is decided: */
	pfn_t pfn;
	enum zone_path path;
};

static inline void zone_request_init(struct zone_request *r,
				     const struct zones *zones,
				     struct zone_task *task, gfp_t gfp,
				     unsigned order)
{
	unsigned flags = task->flags & (TASK_REALTIME | TASK_INTERRUPT);

	*r = (struct zone_request){
		.task = task,
		.list = zones_list(zones, task->node, gfp),
		.gfp = gfp,
		.order = order,
		.harder = !(gfp & GFP_WAIT) || flags == TASK_REALTIME,
		.high = gfp & GFP_HIGH,
		.pfn = PFN_NONE,
		.path = ZONE_FAILED,
	};
}

/* It ends, with pages or without. */
static inline bool zone_decide(struct zone_request *r, enum zone_path path)
{
	r->path = r->pfn == PFN_NONE ? ZONE_FAILED
		  : r->killed	     ? ZONE_OOM
				     : path;
	return true;
}

static inline bool zone_ignores_marks(const struct zone_task *task)
{
	unsigned flags = READ_ONCE(task->flags);

	return flags & (PF_MEMALLOC | TIF_MEMDIE) && !(flags & TASK_INTERRUPT);
}

/* Is a request that reclaim did not satisfy to try again? */
forceinline bool zone_may_retry(gfp_t gfp, unsigned order)
{
	return !(gfp & GFP_NORETRY) &&
	       (order <= ZONE_COSTLY_ORDER || gfp & (GFP_REPEAT | GFP_NOFAIL));
}

#endif
