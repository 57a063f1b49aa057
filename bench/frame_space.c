/* frame_space.c - sums over zones, and the metrics made of them. */
#include "frame_space.h"

#include <stdio.h>

void frame_space_add(struct frame_space *space, const struct frame_stats *zone)
{
	space->nr_zones++;
	space->free_pages += zone->free_pages;
	space->cached_pages += zone->cached_pages;
	space->metadata_bytes += zone->metadata_bytes;
	space->huge_possible += zone->free_pages >> FRAME_HUGE_ORDER;
	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++) {
		space->nr_free[o] += zone->nr_free[o];
		if (o >= FRAME_HUGE_ORDER)
			space->huge_frames += zone->nr_free[o]
					      << (o - FRAME_HUGE_ORDER);
	}
}

double frame_space_huge_share(const struct frame_space *space)
{
	return (double)space->huge_frames / (double)space->huge_possible;
}

double frame_space_unusable(const struct frame_space *space, unsigned order)
{
	uint64_t usable = 0;

	for (unsigned o = order; o < NR_PAGE_ORDERS; o++)
		usable += space->nr_free[o] << o;
	if (!space->free_pages)
		return 0;
	return (double)(space->free_pages - usable) / (double)space->free_pages;
}

void frame_space_emit(const struct frame_space *space, bench_metric_fn emit,
		      void *arg)
{
	if (!space->nr_zones)
		return;
	emit(arg, "stranded_frames", (double)space->cached_pages, "1");
	emit(arg, "huge_frames_free", (double)space->huge_frames, "1");
	if (space->huge_possible)
		emit(arg, "huge_free_share", frame_space_huge_share(space),
		     "1");
}

static void emit_at(const char *what, unsigned round, double value,
		    const char *unit, bench_metric_fn emit, void *arg)
{
	char metric[48];

	snprintf(metric, sizeof(metric), "%s_round_%03u", what, round);
	emit(arg, metric, value, unit);
}

static void emit_orders(const struct frame_space *space, unsigned round,
			bench_metric_fn emit, void *arg)
{
	char what[32];

	for (unsigned o = 0; o < NR_PAGE_ORDERS; o++) {
		snprintf(what, sizeof(what), "free_blocks_order_%02u", o);
		emit_at(what, round, (double)space->nr_free[o], "1", emit, arg);
	}
	emit_at("unusable_free_index", round,
		frame_space_unusable(space, FRAME_HUGE_ORDER), "1", emit, arg);
}

void frame_ages_emit(const struct frame_age *ages, bool timed,
		     bench_metric_fn emit, void *arg)
{
	for (unsigned i = 0; i < FRAME_AGES; i++) {
		const struct frame_age *age = &ages[i];
		unsigned round = i * FRAME_ROUNDS_PER_AGE;

		if (age->space.huge_possible)
			emit_at("huge_free_share", round,
				frame_space_huge_share(&age->space), "1", emit,
				arg);
		if (i % (FRAME_AGES / 2) == 0 && age->space.nr_zones)
			emit_orders(&age->space, round, emit, arg);
		if (timed && age->ops)
			emit_at("ns_per_op", round,
				(double)age->ns / (double)age->ops, "ns", emit,
				arg);
	}
}
