/*
 * census_template.h - template: every table of a FORMAT's address space
 * counted anew, for validate() and stats().
 */

struct F(census) {
	uint64_t mapped_pages; /* of 4 KiB */
	uint64_t nr_tables[LEVEL_PGD + 1];
	bool broken; /* an entry that the format does not have */
};

/* By what a leaf in a level's table is called: i386's are LEVEL_PMD's. */
static inline unsigned F(leaf_level)(unsigned level)
{
	while (level > LEVEL_PMD && F(level_folded)(level - 1))
		level--;
	return level;
}

static void F(census_table)(const struct F(mm) * mm, void *table,
			    unsigned level, struct F(census) * census)
{
	unsigned leaf = F(leaf_level)(level), below = F(level_below)(level);
	uint64_t pages = F(level_size)(level) >> PAGE_SHIFT;

	census->nr_tables[level]++;
	for (uint64_t i = 0; i < 1ull << F(level_bits)(level); i++) {
		uint64_t addr = i << F(level_shift)(level);
		F(pte_t) pte = F(read)(F(table_index)(table, level, addr));

		if (F(pte_none)(pte))
			continue;
		if (level == LEVEL_PTE || F(pmd_huge)(pte)) {
			census->mapped_pages += pages;
			if (!F(level_has_leaf)(leaf) ||
			    F(pte_pfn)(pte) & (pages - 1))
				census->broken = true;
		} else if (F(pmd_bad)(pte)) {
			census->broken = true;
		} else {
			F(census_table)
			(mm, pfn_to_virt(mm->mem, F(pte_pfn)(pte)), below,
			 census);
		}
	}
}

static inline struct F(census) F(census)(const struct F(mm) * mm)
{
	struct F(census) census = { 0 };

	F(census_table)(mm, mm->pgd, LEVEL_PGD, &census);
	return census;
}

/* Only entries that the format has, and as many tables as were counted. */
static inline bool F(mm_validate)(const struct F(mm) * mm)
{
	struct F(census) census = F(census)(mm);

	return !census.broken &&
	       !__builtin_memcmp(census.nr_tables, mm->nr_tables,
				 sizeof(census.nr_tables));
}
