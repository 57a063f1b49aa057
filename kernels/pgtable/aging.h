/*
 * aging.h - template: the bits that the hardware sets, asked for and cleared
 * over a range while it sets them (ptep_test_and_clear_young(), mm/rmap.c's
 * page_mkclean(); of 2.6.24).
 *
 * The caller holds page_table_lock.
 */
static inline int F(young_leaf)(struct F(mm) * mm, F(pte_t) * ptep,
				uint64_t addr, unsigned level, void *arg)
{
	int64_t *nr = arg;
	F(pte_t) pte = F(read)(ptep);

	(void)mm, (void)addr, (void)level;
	if (F(pte_present)(pte) && pte.v & PAGE_ACCESSED)
		*nr += !!F(clear_bits)(ptep, PAGE_ACCESSED);
	return 0;
}

/* Entries of [start, end) that were used since they were last asked; -errno. */
static inline int64_t F(test_and_clear_young)(struct F(mm) * mm, uint64_t start,
					      uint64_t end)
{
	int64_t nr = 0;
	int err = F(check_range)(start, end);

	if (!err)
		F(walk_page_range)(mm, start, end, F(young_leaf), &nr);
	return err ? err : nr;
}

/*
 * A clean entry that may be written would become dirty without a fault, so it
 * is write-protected, too; it is empty meanwhile, so that no bit is lost.
 */
static inline int F(mkclean_leaf)(struct F(mm) * mm, F(pte_t) * ptep,
				  uint64_t addr, unsigned level, void *arg)
{
	int64_t *nr = arg;
	F(pte_t) pte = F(read)(ptep);

	(void)mm, (void)addr, (void)level;
	if (!F(pte_present)(pte) || !(pte.v & (PAGE_DIRTY | PAGE_RW)))
		return 0;
	pte = F(get_and_clear)(ptep);
	*nr += !!(pte.v & PAGE_DIRTY);
	pte.v &= (__typeof__(pte.v))~(PAGE_DIRTY | PAGE_RW);
	F(set)(ptep, pte);
	return 0;
}

/*
 * Write-protect [start, end), all clean: entries that were dirty, or -errno.
 * Huge pages across an end are split.
 */
static inline int64_t F(mkclean)(struct F(mm) * mm, unsigned cpu,
				 uint64_t start, uint64_t end)
{
	int64_t nr = 0;
	int err = F(split_ends)(mm, cpu, start, end);

	if (!err)
		F(walk_page_range)(mm, start, end, F(mkclean_leaf), &nr);
	return err ? err : nr;
}
