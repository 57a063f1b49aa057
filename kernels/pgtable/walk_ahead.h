/*
 * walk_ahead.h - template: walk_many over hash tables: where an address' line
 * lies is known before anything was loaded, so many are asked for at once.
 */
#define WALK_AHEAD 16

/* The same as so many walks, of which none is to a huge page alone. */
forceinline void P(walk_part)(struct P(space) * s, const uint64_t *addr,
			      pfn_t *pfn, unsigned nr)
{
	const struct S(table) *t = &s->table[LEVEL_PTE];
	struct S(spot) spot[WALK_AHEAD];

	for (unsigned i = 0; i < nr; i++) {
		spot[i] = S(table_spot)(t, line_key_of(addr[i], PAGE_SHIFT));
		S(spot_prefetch)(spot[i]);
	}
	for (unsigned i = 0; i < nr; i++) {
		F(pte_t)
		pte = { S(table_entry)(t, spot[i],
				       line_key_of(addr[i], PAGE_SHIFT),
				       line_slot(addr[i], PAGE_SHIFT)) };

		pfn[i] = likely(F(pte_present)(pte)) ? F(pte_pfn)(pte)
						     : P(walk_huge)(s, addr[i]);
	}
}

forceinline void P(walk_many)(struct P(space) * s, unsigned cpu,
			      const uint64_t *addr, pfn_t *pfn, unsigned nr)
{
	(void)cpu;
	for (unsigned part; nr; nr -= part, addr += part, pfn += part) {
		part = nr < WALK_AHEAD ? nr : WALK_AHEAD;
		if (likely(s->table[LEVEL_PTE].nr_lines))
			P(walk_part)(s, addr, pfn, part);
		else
			for (unsigned i = 0; i < part; i++)
				pfn[i] = P(walk_huge)(s, addr[i]);
	}
}

#undef WALK_AHEAD
