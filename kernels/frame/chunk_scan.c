/* chunk_scan.c - the scalar passes over chunks, and the table of all. */
#include "chunk_scan.h"

#include "../base/bitops.h"
#include "../base/cpu.h"

static uint32_t least_scalar(const uint32_t *state, uint64_t nr, uint32_t mine,
			     unsigned order)
{
	uint32_t least = UINT32_MAX;

	for (uint64_t i = 0; i < nr; i++) {
		uint32_t room = chunk_room(READ_ONCE(state[i]), mine, order);

		least = room < least ? room : least;
	}
	return least;
}

static unsigned collect_scalar(const uint32_t *state, uint64_t from,
			       uint64_t nr, uint32_t mine, unsigned order,
			       uint32_t room, uint32_t enough, uint32_t *chunk,
			       unsigned max)
{
	uint32_t frames = 0;
	unsigned found = 0;

	for (uint64_t i = from; i < nr && found < max && frames < enough; i++) {
		uint32_t s = READ_ONCE(state[i]);

		if (chunk_room(s, mine, order) > room)
			continue;
		chunk[found++] = (uint32_t)i;
		frames += s & CHUNK_COUNT;
	}
	return found;
}

static unsigned expand_scalar(uint64_t word, uint32_t base, uint32_t *out)
{
	unsigned nr = 0;

	for (; word; word &= word - 1)
		out[nr++] = base + ffs64(word);
	return nr;
}

/* Plain vector loads of words that others write: ThreadSanitizer objects. */
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
#include "x86/chunk_scan_impl.h"
#else
#define CHUNK_SCAN_VECTOR_VARIANTS
#endif

const struct chunk_scan chunk_scans[] = { {
						  .isa = "scalar",
						  .least = least_scalar,
						  .collect = collect_scalar,
						  .expand = expand_scalar,
					  },
					  CHUNK_SCAN_VECTOR_VARIANTS };

const unsigned nr_chunk_scans = ARRAY_SIZE(chunk_scans);

const struct chunk_scan *chunk_scan_widest(void)
{
	const struct chunk_scan *v = chunk_scans + nr_chunk_scans - 1;

	while (v->unsupported && v->unsupported())
		v--;
	return v;
}
