/*
 * frame_request.h - what a workload asks for: an order and a migratetype, drawn
 * at random before the clock.
 */
#ifndef KMB_FRAME_REQUEST_H
#define KMB_FRAME_REQUEST_H

#include <stdint.h>

#include "../kernels/base/random.h"
#include "../kernels/mm/mmzone.h"

/* type << 4 | order */
#define FRAME_REQUEST_BITS 6

forceinline uint32_t frame_request(unsigned order, enum migratetype type)
{
	return (uint32_t)type << 4 | order;
}

forceinline unsigned frame_request_order(uint32_t request)
{
	return request & 15;
}

forceinline enum migratetype frame_request_type(uint32_t request)
{
	return (enum migratetype)(request >> 4 & 3);
}

/* One request of a workload whose point asks for `order`. */
typedef uint32_t (*frame_draw_fn)(unsigned order, struct random *r);

/* Always that order, movable. */
uint32_t frame_draw_same(unsigned order, struct random *r);
/* Orders 0..order alike, movable. */
uint32_t frame_draw_uniform(unsigned order, struct random *r);
/* As kernels ask; the point's order has no say. */
uint32_t frame_draw_real(unsigned order, struct random *r);

#endif
