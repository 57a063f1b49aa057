/*
 * ptdump_format.h - template: the family's walks over a dump's tables in one
 * FORMAT.
 */

static int F(ptdump_walk)(const struct ptdump *d, uint64_t addr,
			  struct ptdump_leaf *found)
{
	struct F(leaf) leaf;

	if (!F(address_ok)(addr))
		return -EFAULT;
	leaf = F(walk_leaf)(&d->mem, d->top, addr);
	if (leaf.level > LEVEL_PUD || F(pte_none)(leaf.pte))
		return 0;
	*found = (struct ptdump_leaf){
		.addr = addr & ~(F(level_size)(leaf.level) - 1),
		.entry = leaf.pte.v,
		.level = leaf.level,
	};
	return 1;
}

static int F(ptdump_add)(struct F(mm) * mm, F(pte_t) * ptep, uint64_t addr,
			 unsigned level, void *arg)
{
	struct ptdump *d = arg;

	(void)mm;
	return ptdump_add(d, (struct ptdump_leaf){ .addr = addr,
						   .entry = F(read)(ptep).v,
						   .level = level });
}

/* All leaves: the user's half, then the kernel's. 0 or -ENOMEM. */
static int F(ptdump_collect)(struct ptdump *d)
{
	struct F(mm) mm = { .pgd = d->top, .mem = &d->mem };
	const uint64_t half = F(level_size)(LEVEL_PGD)
			      << (F(level_bits)(LEVEL_PGD) - 1);
	int err = F(walk_page_range)(&mm, 0, half, F(ptdump_add), d);

	return err ? err : F(walk_page_range)(&mm, -half, 0, F(ptdump_add), d);
}
