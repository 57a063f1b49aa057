/*
 * load_template.h - one variant of load_sum(): read every word of a set.
 *
 * Parameters, undefined at the end:
 *   SUFFIX      of the function's name: load_sum##SUFFIX
 *   ATTRIBUTES  the target attribute, or nothing
 *   VECTOR      the type of one load; whole words, up to 64 bytes
 *   REGISTER    the asm constraint of a register that holds one
 *
 * Eight accumulators: an add waits for the one eight loads before, so that
 * neither its latency (1) nor a core's loads per cycle (2 or 3) binds. The
 * empty asm keeps each of them in its register: the compiler may not join
 * scalar ones to vectors.
 */
#define LOAD_WORDS (sizeof(VECTOR) / sizeof(uint64_t))

ATTRIBUTES never_inline uint64_t KMB_PASTE(load_sum,
					   SUFFIX)(const uint64_t *set,
						   uint64_t nr)
{
	VECTOR a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };
	VECTOR e = { 0 }, f = { 0 }, g = { 0 }, h = { 0 };
	uint64_t words[LOAD_WORDS], sum = 0, i = 0;

	for (; i + 8 * LOAD_WORDS <= nr; i += 8 * LOAD_WORDS) {
		const VECTOR *v = (const VECTOR *)(const void *)(set + i);

		a += v[0], b += v[1], c += v[2], d += v[3];
		e += v[4], f += v[5], g += v[6], h += v[7];
		__asm__(""
			: REGISTER(a), REGISTER(b), REGISTER(c), REGISTER(d));
		__asm__(""
			: REGISTER(e), REGISTER(f), REGISTER(g), REGISTER(h));
	}
	a += b + c + d + e + f + g + h;
	memcpy(words, &a, sizeof(words));
	for (unsigned w = 0; w < LOAD_WORDS; w++)
		sum += words[w];
	for (; i < nr; i++)
		sum += set[i];
	return sum;
}

#undef LOAD_WORDS
#undef SUFFIX
#undef ATTRIBUTES
#undef VECTOR
#undef REGISTER
