/* walk_loads.h - template: loads of a walk through every level that there is.
 */
static inline unsigned P(loads)(struct P(space) * s, unsigned cpu,
				uint64_t addr)
{
	(void)s, (void)cpu, (void)addr;
	return F(nr_levels)();
}
