/* walk_loop.h - template: walk_many as what it is by default, one by one. */
forceinline void P(walk_many)(struct P(space) * s, unsigned cpu,
			      const uint64_t *addr, pfn_t *pfn, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		pfn[i] = P(walk)(s, cpu, addr[i]);
}
