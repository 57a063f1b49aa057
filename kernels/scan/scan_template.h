/*
 * scan_template.h - the vector scans, once per ISA.
 *
 * Parameters, undefined again at the end:
 *   SUFFIX		appended to every name: _avx2
 *   ATTRIBUTES		the target attribute, or nothing
 *   VL			bytes of a vector
 *   NEEDS		enum cpu_feature
 *   HIT_BITS		bits that V(mask) gives to each byte of a vector
 * and, defined before with the suffix:
 *   vec		a vector; & | + work on it, + by 64-bit lanes
 *   hits		a bool for each byte of a vector; | works on it
 *   free_hits(v)	the bytes that hold a clear bit
 *   run_hits(v, next)	the bytes where a run of 8 begins, or one before:
 *			those whose clear top bits and the clear low bits of
 *			the byte behind, in the same place of next, make 8
 *   mask(hits)		the hits as a number, byte 0 in the lowest bits
 *   popcount(v)	the set bits of each 64-bit lane
 *
 * run_hits() costs two instructions and a compare. With low, the lowest set bit
 * of the byte behind, the clear bits between the two bytes' set ones are 8 or
 * more iff low is higher than the byte's highest set bit, that is iff
 * byte < low, that is iff byte <= ~behind & (behind - 1), which is 255, and so
 * always true, when behind is 0. Every run of n >= 8 is such a hit; it is then
 * measured. Shorter runs are sought by their first clear bit alone.
 */

#define vec V(vec)
#define hits V(hits)

/* Vectors a block: one branch for all of them. */
#define BLOCK 4

forceinline ATTRIBUTES vec V(load_vec)(const uint8_t *p)
{
	vec v;

	__builtin_memcpy(&v, p, VL);
	return v;
}

forceinline ATTRIBUTES hits V(test)(const uint8_t *p, bool runs)
{
	vec v = V(load_vec)(p);

	return runs ? V(run_hits)(v, V(load_vec)(p + 1)) : V(free_hits)(v);
}

forceinline ATTRIBUTES bool V(test_block)(const uint8_t *p, bool runs)
{
	if (runs)
		return V(mask)(V(test)(p, true) | V(test)(p + VL, true) |
			       V(test)(p + 2 * VL, true) |
			       V(test)(p + 3 * VL, true));
	return V(mask)(V(free_hits)(V(load_vec)(p) & V(load_vec)(p + VL) &
				    V(load_vec)(p + 2 * VL) &
				    V(load_vec)(p + 3 * VL)));
}

/*
 * The first byte in [i, end) that is a hit, or end. Where less than a vector
 * is left it is i: the caller looks closer anyway. Reads p[i] to p[end - 1],
 * and for runs p[end].
 */
forceinline ATTRIBUTES uint64_t V(find)(const uint8_t *p, uint64_t i,
					uint64_t end, bool runs)
{
	uint64_t found;

	if (i + VL > end)
		return i;
	found = V(mask)(V(test)(p + i, runs));
	if (found)
		return i + ffs64(found) / HIT_BITS;

	i += VL - ((uintptr_t)p + i) % VL;
	while (i + BLOCK * VL <= end && !V(test_block)(p + i, runs))
		i += BLOCK * VL;
	for (; i + VL <= end; i += VL) {
		found = V(mask)(V(test)(p + i, runs));
		if (found)
			return i + ffs64(found) / HIT_BITS;
	}

	/* The rest lies in the last whole vector, where the head is no hit. */
	i = end - VL;
	found = V(mask)(V(test)(p + i, runs));
	return found ? i + ffs64(found) / HIT_BITS : end;
}

static ATTRIBUTES uint64_t V(first_zero)(const uint64_t *map, uint64_t nr_bits,
					 uint64_t start)
{
	uint64_t first = start / BITS_PER_WORD, byte;

	if (start >= nr_bits || ~map[first] >> start % BITS_PER_WORD)
		return scan_next_zero(map, nr_bits, start);
	byte = V(find)((const uint8_t *)map, (first + 1) * 8,
		       BITS_TO_WORDS(nr_bits) * 8, false);
	return scan_next_zero(map, nr_bits, byte * 8);
}

static ATTRIBUTES uint64_t V(first_run)(const uint64_t *map, uint64_t nr_bits,
					uint64_t start, uint64_t n)
{
	const uint8_t *p = (const uint8_t *)map;
	const uint64_t end = BITS_TO_WORDS(nr_bits) * 8;
	uint64_t pos = start, stop, byte;

	while (pos < nr_bits) {
		if (n >= 8)
			byte = V(find)(p, pos / 8, end - 1, true);
		else
			byte = V(find)(p, pos / 8, end, false);
		if (pos < byte * 8)
			pos = byte * 8;
		pos = scan_next_zero(map, nr_bits, pos);
		if (nr_bits - pos < n)
			break;
		stop = scan_next_set(map, pos + n, pos);
		if (stop == pos + n)
			return pos;
		pos = stop;
	}
	return nr_bits;
}

forceinline ATTRIBUTES uint64_t V(sum)(vec v)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < VL / 8; i++)
		sum += (uint64_t)v[i];
	return sum;
}

static ATTRIBUTES uint64_t V(count_zeros)(const uint64_t *map, uint64_t nr_bits,
					  uint64_t start)
{
	const uint8_t *p = (const uint8_t *)map;
	uint64_t head = align_up(start, BITS_PER_WORD), bit = head;
	vec a = { 0 }, b = a, c = a, d = a;

	if (head >= nr_bits)
		return scan_nr_zeros(map, nr_bits, start);
	for (; bit + 4 * 8 * VL <= nr_bits; bit += 4 * 8 * VL) {
		a += V(popcount)(V(load_vec)(p + bit / 8));
		b += V(popcount)(V(load_vec)(p + bit / 8 + VL));
		c += V(popcount)(V(load_vec)(p + bit / 8 + 2 * VL));
		d += V(popcount)(V(load_vec)(p + bit / 8 + 3 * VL));
	}
	return scan_nr_zeros(map, head, start) + bit - head -
	       V(sum)(a + b + c + d) + scan_nr_zeros(map, nr_bits, bit);
}

static ATTRIBUTES uint64_t V(load)(const uint64_t *map, uint64_t nr_words)
{
	const uint8_t *p = (const uint8_t *)map;
	uint64_t i = 0, all = 0;
	vec a = { 0 }, b = a, c = a, d = a;

	for (; i + 4 * VL <= nr_words * 8; i += 4 * VL) {
		a |= V(load_vec)(p + i);
		b |= V(load_vec)(p + i + VL);
		c |= V(load_vec)(p + i + 2 * VL);
		d |= V(load_vec)(p + i + 3 * VL);
	}
	a |= b | c | d;
	for (unsigned lane = 0; lane < VL / 8; lane++)
		all |= (uint64_t)a[lane];
	return all | load_word(map + i / 8, nr_words - i / 8);
}

static const char *V(unsupported)(void)
{
	return cpu_unsupported(NEEDS);
}

#undef BLOCK
#undef hits
#undef vec
#undef HIT_BITS
#undef NEEDS
#undef VL
#undef ATTRIBUTES
#undef SUFFIX
