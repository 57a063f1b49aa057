/*
 * zone.h - the contract of zoned allocators: __alloc_pages of Linux 2.6.11 with
 * zonelists, watermarks, kswapd and direct reclaim, over one frame allocator a
 * zone.
 *
 * A request tries, in this order, and ends with the first pages it gets:
 *   (1) all zones of its list, each down to its low mark
 *   (2) kswapd is woken for each zone below low, and told the order
 *   (3) all zones down to min; by `harder` to 3/4 of it (a real-time task, or
 *       who cannot wait), by GFP_HIGH to half
 *   (4) PF_MEMALLOC or TIF_MEMDIE, not in an interrupt: down to the last page,
 *       and else fail
 *   (5) without GFP_WAIT: fail
 *   (6) reclaim by the task itself, which has PF_MEMALLOC meanwhile
 *   (7) if that freed any, all zones as in (3); if not, and with GFP_FS and
 *       without GFP_NORETRY, all zones down to high, then kill and go to (1)
 *   (8) without GFP_NORETRY, and with an order up to 3, GFP_REPEAT or
 *       GFP_NOFAIL: wait a little and go to (6); else fail
 * A small request of a task that may wait but not call the file system thus
 * tries for ever; so it did in 2.6.11.
 *
 * A strategy S is one header that defines, all static inline or static:
 *
 *   struct S_zones;                 its first member: struct zones zones;
 *   enum { S_max_threads = ... };   as in frame.h
 *   enum { S_traits = ... };        of enum frame_trait
 *   static const char S_models[];   one line: what it models
 *
 *   size_t S_zones_boot_bytes(uint64_t node_pages, unsigned nr_cpus);
 *       Boot memory that S_zones_create takes on each node, at most.
 *   int S_zones_create(struct S_zones *s, struct physmem *mem,
 *                      const struct zones_config *config);
 *       All zones of mem. 0, or -ENOMEM. One thread.
 *   pfn_t S_alloc_pages(struct S_zones *s, struct zone_task *task, gfp_t gfp,
 *                       unsigned order);
 *       2^order frames for a task, or PFN_NONE. No two tasks with the same
 *       cpu may be in a call at once.
 *   void S_free_pages(struct S_zones *s, struct zone_task *task, pfn_t pfn,
 *                     unsigned order);
 *       Give back just what S_alloc_pages gave.
 *   void S_kswapd(struct S_zones *s, struct zone_task *task);
 *       The life of kswapd of task->node: sleeps and reclaims in turns until
 *       hooks->wait() says that it is to end. The host gives it a thread, and a
 *       cpu of its own.
 *   bool S_zones_validate(struct S_zones *s);
 *       As S_validate in frame.h; the LRU lists too.
 *   void S_zone_stats(struct S_zones *s, unsigned zone_id,
 *                     struct frame_stats *stats);
 *   void S_zones_destroy(struct S_zones *s);
 */
#ifndef KMB_ZONE_H
#define KMB_ZONE_H

#include "gfp.h"
#include "kswapd.h"
#include "lru.h"
#include "watermark.h"
#include "zonelist.h"

#include "../frame/frame.h"
#include "../mm/numa_stat.h"

/* A retry waits for others to free pages, at most so long. */
#define ZONE_RETRY_MS 20
/* Larger blocks are not retried unless GFP_REPEAT asks for it. */
#define ZONE_COSTLY_ORDER 3
/* Reclaim is content with so many pages, and takes as many at once. */
#define ZONE_CLUSTER 32
/* A first scan looks at 1 / 2^12 of a list, the last one at all of it. */
#define ZONE_PRIORITY 12

enum zone_task_flag {
	PF_MEMALLOC = 1 << 0, /* it is freeing memory: let it have some */
	TIF_MEMDIE = 1 << 1,  /* it was chosen to die: let it get there */
	TASK_REALTIME = 1 << 2,
	TASK_INTERRUPT = 1 << 3, /* not the task itself: an interrupt of it */
};

/* Who asks. The flags are its own, but a killer may set TIF_MEMDIE. */
struct zone_task {
	unsigned cpu, node;
	unsigned flags;
};

/* How a request ended. */
enum zone_path {
	ZONE_FAST,    /* above low */
	ZONE_WOKEN,   /* below low, above min: kswapd was woken */
	ZONE_RESERVE, /* below min: harder, high, or without any mark */
	ZONE_RECLAIM, /* after the task itself reclaimed */
	ZONE_OOM,     /* after something was killed */
	ZONE_FAILED,
	NR_ZONE_PATHS
};

/* Of one CPU, which alone writes them. */
struct zone_counters {
	uint64_t path[NR_ZONE_PATHS];
	uint64_t fallback;	     /* served by another zone than the first */
	uint64_t scanned, reclaimed; /* pages */
	uint64_t wakeups, waits, kills;
} cacheline_aligned;

/* What the simulation around it does; `self` is its own. */
struct zone_hooks {
	/* Make this node's wait() return. Any thread. */
	void (*wake)(void *self, unsigned node);
	/* In kswapd: sleep until woken. False: end. */
	bool (*wait)(void *self, unsigned node);
	/* Let others free pages, up to ZONE_RETRY_MS. */
	void (*congestion_wait)(void *self, struct zone_task *task);
	/*
	 * Free other things than those on the LRU, as slab caches are shrunk;
	 * the pages that it made free. The task has PF_MEMALLOC. May be NULL.
	 */
	uint64_t (*shrink)(void *self, struct zone_task *task);
	/* Kill for memory. False: there is nothing to kill. */
	bool (*out_of_memory)(void *self, struct zone_task *task, gfp_t gfp,
			      unsigned order);
	void *self;
};

struct zones_config {
	unsigned nr_cpus; /* of tasks and kswapds */
	/* As zonelist_build() takes it. */
	const uint8_t *distance;
	const struct zone_hooks *hooks;
};

/* What a zone is beside its frames. */
struct zone_state {
	const struct zone *zone;
	struct zone_marks marks;
	struct numa_stat *numa; /* [nr_cpus] in the zone's node */
	struct zone_lru lru;
};

struct zone_node {
	struct zonelist lists[NR_ZONELISTS];
	struct kswapd kswapd;
};

struct zones {
	struct physmem *mem;
	const struct zone_hooks *hooks;
	unsigned nr_cpus;
	struct zone_counters *counters; /* [nr_cpus] */
	struct zone_node *node[MAX_NUMNODES];
	/* By zone_id(); NULL: no such zone. */
	struct zone_state *zone[MAX_NUMNODES * MAX_NR_ZONES];
};

/* Boot memory for zones_init() and zone_state_init() on each node. */
size_t zones_boot_bytes(unsigned nr_cpus);

/* All but zones->zone, which the strategy fills in. 0 or -ENOMEM. */
int zones_init(struct zones *zones, struct physmem *mem,
	       const struct zones_config *config);

/* A zone's state; its frames are the strategy's. 0 or -ENOMEM. */
int zone_state_init(struct zone_state *state, struct physmem *mem,
		    const struct zone *zone, unsigned nr_cpus);

/* When zones->zone is complete. */
void zones_build_lists(struct zones *zones, const uint8_t *distance);

/* A user's page in *slot, by zone_lru_touch() and zone_lru_del(). */
void zones_touch(struct zones *zones, pfn_t *slot);
/* It is the caller's again; or PFN_NONE, it has been reclaimed. */
pfn_t zones_forget(struct zones *zones, pfn_t *slot);
/* The same for nr slots, with few locks: those not reclaimed, into a list by
 * page->lru; how many. */
uint64_t zones_forget_many(struct zones *zones, pfn_t *slots, uint64_t nr,
			   struct list_head *pages);

/* Sleep until someone wakes this node's kswapd. False: it is to end. */
static inline bool kswapd_sleep(struct kswapd *k,
				const struct zone_hooks *hooks, unsigned node)
{
	bool more;

	WRITE_ONCE(k->waiting, true);
	more = hooks->wait(hooks->self, node);
	WRITE_ONCE(k->waiting, false);
	return more;
}

/* All CPUs' counters; no call may run. */
void zones_sum(const struct zones *zones, struct zone_counters *sum);
/* The same of how a node served. */
void zones_sum_numa(const struct zones *zones, unsigned node,
		    struct numa_stat *sum);
/* Forget what a CPU has counted so far. */
void zones_reset_cpu(struct zones *zones, unsigned cpu);

forceinline struct zone_state *page_zone(const struct zones *zones,
					 const struct page *page)
{
	return zones->zone[zone_id(page_to_nid(page), page_zonenum(page))];
}

forceinline const struct zonelist *zones_list(const struct zones *zones,
					      unsigned node, gfp_t gfp)
{
	return &zones->node[node]->lists[gfp & GFP_ZONEMASK];
}

forceinline void zones_count(struct zones *zones, unsigned cpu,
			     enum zone_path path)
{
	zones->counters[cpu].path[path]++;
}

/* A task's request, which the zone `wanted` comes first for, was served by
 * another or the same. */
forceinline void zone_statistics(const struct zone_task *task,
				 const struct zone_state *wanted,
				 const struct zone_state *by)
{
	unsigned node = by->zone->node;

	numa_stat_count(&wanted->numa[task->cpu], &by->numa[task->cpu],
			node == wanted->zone->node, node == task->node);
}

#endif
