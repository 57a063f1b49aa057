/*
 * chunk_scan_template.h - the passes over chunks, once per vector length.
 *
 * Parameters, undefined again at the end:
 *   SUFFIX		appended to every name: _avx2
 *   ATTRIBUTES		the target attribute
 *   NEEDS		enum cpu_feature
 *   LANES		of 32 bits in a vector; divides CHUNK_VECTOR
 * and, defined before with the suffix: vec, load, all (one number in all
 * lanes), sub, min (unsigned), spoil(v, a, b), which is v with all ones where
 * a < b, and hits(a, b), a bit for each lane where a < b.
 */
#define vec V(vec)

static const char *V(unsupported)(void)
{
	return cpu_unsupported(NEEDS);
}

/* chunk_room() of LANES states. */
forceinline ATTRIBUTES vec V(room)(const uint32_t *p, uint32_t mine,
				   unsigned order)
{
	const uint32_t frames = 1u << order;
	vec state = V(load)(p), tight = state & V(all)(CHUNK_TIGHT);
	vec count = state ^ tight;
	vec room = V(min)(V(sub)(count, V(all)(frames)),
			  V(sub)(count, V(all)(mine + frames)));

	return V(spoil)(room, V(sub)(tight, V(all)(1u << CHUNK_TIGHT_SHIFT)),
			V(all)(order << CHUNK_TIGHT_SHIFT));
}

static ATTRIBUTES uint32_t V(least)(const uint32_t *state, uint64_t nr,
				    uint32_t mine, unsigned order)
{
	vec v = V(all)(UINT32_MAX);
	uint32_t lane[LANES], least = UINT32_MAX;

	for (uint64_t i = 0; i < nr; i += LANES)
		v = V(min)(v, V(room)(state + i, mine, order));
	__builtin_memcpy(lane, &v, sizeof(lane));
	for (unsigned l = 0; l < LANES; l++)
		least = lane[l] < least ? lane[l] : least;
	return least;
}

static ATTRIBUTES unsigned V(collect)(const uint32_t *state, uint64_t from,
				      uint64_t nr, uint32_t mine,
				      unsigned order, uint32_t room,
				      uint32_t enough, uint32_t *chunk,
				      unsigned max)
{
	uint32_t frames = 0;
	unsigned found = 0;

	for (uint64_t i = from; i < nr; i += LANES) {
		uint32_t hits = V(hits)(V(room)(state + i, mine, order),
					V(all)(room + 1));

		for (; hits; hits &= hits - 1) {
			uint64_t at = i + ffs64(hits);

			if (found == max || frames >= enough)
				return found;
			chunk[found++] = (uint32_t)at;
			frames += READ_ONCE(state[at]) & CHUNK_COUNT;
		}
	}
	return found;
}

#undef vec
#undef SUFFIX
#undef ATTRIBUTES
#undef NEEDS
#undef LANES
