/* frame_request.c - the draws, and what a real kernel was seen to ask for. */
#include "frame_request.h"

#include <stddef.h>

#include "../kernels/base/compiler.h"

uint32_t frame_draw_same(unsigned order, struct random *r)
{
	(void)r;
	return frame_request(order, MIGRATE_MOVABLE);
}

uint32_t frame_draw_uniform(unsigned order, struct random *r)
{
	return frame_request((unsigned)random_below(r, order + 1),
			     MIGRATE_MOVABLE);
}

/*
 * Events kmem:mm_page_alloc of Linux 6.1 (Debian's, x86-64, 2 GiB on 2 nodes,
 * 4 CPUs), by order and migratetype, summed over four recordings: the boot up
 * to the first user job; shells that start small commands; tar, gzip, grep, cp
 * and rm on tmpfs; compiling C files. 236,007 events. (The kernel numbers the
 * types 0 unmovable, 1 movable, 2 reclaimable; ours are those of 2.6.24.)
 */
static const struct {
	uint32_t order;
	enum migratetype type;
	uint32_t events;
} real[] = {
	{ 0, MIGRATE_MOVABLE, 169738 },	 { 0, MIGRATE_UNMOVABLE, 59888 },
	{ 1, MIGRATE_UNMOVABLE, 4392 },	 { 0, MIGRATE_RECLAIMABLE, 849 },
	{ 2, MIGRATE_RECLAIMABLE, 726 }, { 2, MIGRATE_UNMOVABLE, 239 },
	{ 3, MIGRATE_UNMOVABLE, 121 },	 { 9, MIGRATE_MOVABLE, 32 },
	{ 6, MIGRATE_UNMOVABLE, 7 },	 { 4, MIGRATE_UNMOVABLE, 4 },
	{ 5, MIGRATE_UNMOVABLE, 4 },	 { 7, MIGRATE_UNMOVABLE, 3 },
	{ 8, MIGRATE_UNMOVABLE, 3 },	 { 3, MIGRATE_RECLAIMABLE, 1 },
};
#define REAL_EVENTS 236007

uint32_t frame_draw_real(unsigned order, struct random *r)
{
	uint64_t event = random_below(r, REAL_EVENTS);
	size_t i = 0;

	(void)order;
	while (event >= real[i].events)
		event -= real[i++].events;
	return frame_request(real[i].order, real[i].type);
}
