/* pgtable_walks.h - template: one FORMAT's walk as a function. */
pfn_t F(walk)(char *base, F(pgd_t) * pgd, uint64_t addr);

pfn_t F(walk)(char *base, F(pgd_t) * pgd, uint64_t addr)
{
	const struct physmem mem = { .base = base };

	return F(walk_pfn)(&mem, pgd, addr);
}
