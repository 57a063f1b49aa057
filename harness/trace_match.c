/* trace_match.c - live pages and slab objects, and the events they make. */
#include "trace_match.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/base/compiler.h"

void trace_match_init(struct trace_match *m, trace_sink sink, void *arg)
{
	memset(m, 0, sizeof(*m));
	m->sink = sink;
	m->arg = arg;
}

void trace_match_free(struct trace_match *m)
{
	trace_map_free(&m->pieces);
	trace_map_free(&m->slab);
	free(m->block);
	free(m->pages.free);
	free(m->objects.free);
	free(m->slab_free_kind);
}

/* Room for index in an array of items of `size` bytes. 0 or -ENOMEM. */
static int make_room(void *array, uint32_t *room, uint32_t index, size_t size)
{
	uint32_t wanted = *room ? *room : 512;
	void *bigger;

	if (index < *room)
		return 0;
	while (wanted <= index && wanted <= UINT32_MAX / 2)
		wanted *= 2;
	if (wanted <= index)
		return -ENOMEM;
	bigger = realloc(*(void **)array, wanted * size);
	if (!bigger)
		return -ENOMEM;
	*(void **)array = bigger;
	*room = wanted;
	return 0;
}

/* A number to use; giving it back cannot fail. 0 or -ENOMEM. */
static int take_number(struct trace_numbers *n, uint32_t *number)
{
	if (n->nr_free) {
		*number = n->free[--n->nr_free];
		return 0;
	}
	*number = n->nr;
	if (n->nr >= UINT32_MAX / 2 ||
	    make_room(&n->free, &n->room, n->nr, sizeof(*n->free)))
		return -ENOMEM;
	n->nr++;
	return 0;
}

static void give_number(struct trace_numbers *n, uint32_t number)
{
	n->free[n->nr_free++] = number;
}

/* Send an event off, with the time since the one before. */
static int send(struct trace_match *m, const struct trace_line *line,
		struct trace_event event)
{
	struct trace_header *h = &m->header;
	uint64_t delta = 0;

	if (!h->nr_events)
		m->first_us = m->last_us = line->time_us;
	/* The buffers of several CPUs may come a little out of order. */
	if (line->time_us > m->last_us) {
		delta = line->time_us - m->last_us;
		m->last_us = line->time_us;
	}
	event.delta_us = delta < UINT32_MAX ? (uint32_t)delta : UINT32_MAX;
	event.cpu = line->cpu;
	h->nr_events++;
	h->nr[event.kind]++;
	h->implied += event.flags & TRACE_IMPLIED;
	h->duration_us = m->last_us - m->first_us;
	if (h->nr_cpus <= line->cpu)
		h->nr_cpus = line->cpu + 1u;
	h->page_objects = m->pages.nr;
	h->slab_objects = m->objects.nr;
	if (h->peak_pages < m->live_pages)
		h->peak_pages = m->live_pages;
	if (h->peak_slab_bytes < m->live_bytes)
		h->peak_slab_bytes = m->live_bytes;
	return m->sink(m->arg, &event);
}

static int put_piece(struct trace_match *m, uint64_t pfn, unsigned order,
		     uint32_t object)
{
	int err = trace_map_put(&m->pieces, pfn, object, order);

	if (!err)
		m->nr_pieces[order]++;
	return err;
}

static void remove_piece(struct trace_match *m, struct trace_map_entry *piece)
{
	m->nr_pieces[piece->value]--;
	trace_map_remove(&m->pieces, piece);
}

/* The piece of order `at_least` or more that holds pfn, or NULL. */
static struct trace_map_entry *find_holder(const struct trace_match *m,
					   uint64_t pfn, unsigned at_least)
{
	for (unsigned o = at_least; o <= TRACE_MAX_ORDER; o++) {
		const uint64_t head = pfn & ~((UINT64_C(1) << o) - 1);
		struct trace_map_entry *piece;

		if (!m->nr_pieces[o])
			continue;
		piece = trace_map_find(&m->pieces, head);
		if (piece && piece->value == o)
			return piece;
	}
	return NULL;
}

/* All of a block is free: its pieces are gone already. */
static int send_page_free(struct trace_match *m, const struct trace_line *line,
			  uint32_t object, unsigned flags)
{
	const struct trace_block *block = &m->block[object];

	m->live_pages -= UINT64_C(1) << block->order;
	give_number(&m->pages, object);
	return send(m, line,
		    (struct trace_event){ .object = object,
					  .kind = TRACE_PAGE_FREE,
					  .flags = flags & 15,
					  .order = block->order & 15 });
}

/* A block's free was not traced. */
static int imply_page_free(struct trace_match *m, const struct trace_line *line,
			   uint32_t object)
{
	const struct trace_block *block = &m->block[object];
	const uint64_t end = block->pfn + (UINT64_C(1) << block->order);
	uint64_t pfn = block->pfn;

	while (pfn < end) {
		struct trace_map_entry *piece = trace_map_find(&m->pieces, pfn);
		const unsigned order = piece ? piece->value : 0;

		/* Others may have been allocated where parts were freed. */
		if (piece && piece->object == object)
			remove_piece(m, piece);
		pfn += UINT64_C(1) << order;
	}
	return send_page_free(m, line, object, TRACE_IMPLIED);
}

/* Nothing may be live where a block is allocated, or freed as a whole. */
static int imply_overlapping(struct trace_match *m,
			     const struct trace_line *line)
{
	const uint64_t end = line->address + (UINT64_C(1) << line->order);
	struct trace_map_entry *piece =
		find_holder(m, line->address, line->order);
	bool smaller = false;
	int err;

	if (piece)
		return imply_page_free(m, line, piece->object);
	for (unsigned o = 0; o < line->order; o++)
		smaller |= m->nr_pieces[o] != 0;
	if (!smaller)
		return 0;
	for (uint64_t pfn = line->address; pfn < end; pfn++) {
		piece = trace_map_find(&m->pieces, pfn);
		err = piece ? imply_page_free(m, line, piece->object) : 0;
		if (err)
			return err;
	}
	return 0;
}

static int alloc_pages(struct trace_match *m, const struct trace_line *line)
{
	const unsigned order = line->order;
	uint32_t object;
	int err = imply_overlapping(m, line);

	if (!err)
		err = take_number(&m->pages, &object);
	if (!err)
		err = make_room(&m->block, &m->block_room, object,
				sizeof(*m->block));
	if (!err)
		err = put_piece(m, line->address, order, object);
	if (err)
		return err;
	m->block[object] =
		(struct trace_block){ line->address, (uint16_t)(1u << order),
				      line->order };
	m->live_pages += UINT64_C(1) << order;
	return send(m, line,
		    (struct trace_event){ .object = object,
					  .kind = TRACE_PAGE_ALLOC,
					  .order = line->order & 15,
					  .type = line->type & 15 });
}

/* Halve a piece until one of the order at pfn is its own: that one, or NULL. */
static struct trace_map_entry *split(struct trace_match *m,
				     struct trace_map_entry *piece,
				     uint64_t pfn, unsigned order)
{
	const uint32_t object = piece->object;
	uint64_t head = piece->key;
	unsigned o = piece->value;

	remove_piece(m, piece);
	while (o-- > order) {
		const uint64_t upper = head + (UINT64_C(1) << o);

		if (put_piece(m, pfn < upper ? upper : head, o, object))
			return NULL;
		if (pfn >= upper)
			head = upper;
	}
	if (put_piece(m, pfn, order, object))
		return NULL;
	return trace_map_find(&m->pieces, pfn);
}

static int free_pages(struct trace_match *m, const struct trace_line *line)
{
	const unsigned order = line->order;
	struct trace_map_entry *piece = find_holder(m, line->address, order);
	uint32_t object;

	if (!piece) {
		m->header.unknown_pages++;
		return imply_overlapping(m, line);
	}
	if (piece->value != order)
		piece = split(m, piece, line->address, order);
	if (!piece)
		return -ENOMEM;
	object = piece->object;
	remove_piece(m, piece);
	m->block[object].left -= (uint16_t)(1u << order);
	if (!m->block[object].left)
		return send_page_free(m, line, object, 0);
	m->header.partial_frees++;
	return 0;
}

static int free_slab(struct trace_match *m, const struct trace_line *line,
		     struct trace_map_entry *entry, unsigned kind,
		     unsigned flags)
{
	const uint32_t object = entry->object;

	m->live_bytes -= entry->value;
	trace_map_remove(&m->slab, entry);
	give_number(&m->objects, object);
	return send(m, line,
		    (struct trace_event){ .object = object,
					  .kind = kind & 15,
					  .flags = flags & 15 });
}

static int alloc_slab(struct trace_match *m, const struct trace_line *line)
{
	struct trace_map_entry *old = trace_map_find(&m->slab, line->address);
	uint32_t object;
	int err = 0;

	if (old)
		err = free_slab(m, line, old, m->slab_free_kind[old->object],
				TRACE_IMPLIED);
	if (!err)
		err = take_number(&m->objects, &object);
	if (!err)
		err = make_room(&m->slab_free_kind, &m->slab_room, object,
				sizeof(*m->slab_free_kind));
	if (!err)
		err = trace_map_put(&m->slab, line->address, object,
				    line->bytes);
	if (err)
		return err;
	m->slab_free_kind[object] =
		line->kind == TRACE_KMALLOC ? TRACE_KFREE : TRACE_CACHE_FREE;
	m->live_bytes += line->bytes;
	return send(m, line,
		    (struct trace_event){ .object = object,
					  .bytes = line->bytes,
					  .kind = line->kind & 15 });
}

int trace_match_add(struct trace_match *m, const struct trace_line *line)
{
	struct trace_map_entry *entry;

	if (line->null && trace_is_alloc(line->kind))
		m->header.failed++;
	else if (line->null)
		m->header.null_frees++;
	else if (line->kind == TRACE_PAGE_ALLOC)
		return alloc_pages(m, line);
	else if (line->kind == TRACE_PAGE_FREE)
		return free_pages(m, line);
	else if (trace_is_alloc(line->kind))
		return alloc_slab(m, line);
	else if ((entry = trace_map_find(&m->slab, line->address)))
		return free_slab(m, line, entry, line->kind, 0);
	else
		m->header.unknown_slab++;
	return 0;
}
