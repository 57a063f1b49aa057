/*
 * clustered_template.h - template: a strategy's address space whose
 * translations are lines of eight entries in hash tables, struct S(table), one
 * for each size of page. The entries are the FORMAT's own, and keep no flags in
 * the bits that a line needs (LINE_SPARE).
 *
 * A walk asks the tables in turn, the smallest pages first, and none that is
 * empty: a space that has pages of one size only asks one. What is mapped by
 * one table is not by another.
 */
#include "../base/bitops.h"

struct P(space) {
	struct S(table) table[LEVEL_PUD + 1]; /* from LEVEL_PTE */
};

/* A part of the address space, and what is to be done there. */
struct P(range) {
	uint64_t start, last; /* first and last byte */
	unsigned level;
	uint64_t set, clear;
	uint64_t nr;  /* entries that were cleared */
	bool emptied; /* there is a line now that maps nothing */
};

/* What is done to an entry that maps a part of a range; 0 to go on. */
typedef int (*P(entry_fn))(struct P(range) * r, struct pte_line *line,
			   unsigned slot);

static inline int P(create)(struct P(space) * s,
			    struct page_source *const *pages, unsigned nr_nodes,
			    unsigned nr_cpus, const uint8_t *cpu_node)
{
	(void)nr_nodes, (void)nr_cpus, (void)cpu_node;
	for (unsigned l = LEVEL_PTE; l <= LEVEL_PUD; l++)
		S(table_init)(&s->table[l], pages[0]);
	return 0;
}

/* A level's entry for an address; 0: none. */
forceinline F(pte_t)
	P(entry)(const struct P(space) * s, uint64_t addr, unsigned level)
{
	const struct S(table) *t = &s->table[level];
	unsigned shift = F(level_shift)(level);
	uint64_t key = line_key_of(addr, shift);

	if (!t->nr_lines)
		return (F(pte_t)){ 0 };
	return (F(pte_t)){ S(table_entry)(t, S(table_spot)(t, key), key,
					  line_slot(addr, shift)) };
}

/* The frame inside a huge page that maps an address, or PFN_NONE. */
static inline pfn_t P(walk_huge)(const struct P(space) * s, uint64_t addr)
{
	for (unsigned l = LEVEL_PMD; l <= LEVEL_PUD; l++) {
		F(pte_t) pte = P(entry)(s, addr, l);

		if (F(pte_present)(pte))
			return F(huge_pfn)(pte, l, addr);
	}
	return PFN_NONE;
}

forceinline pfn_t P(walk)(struct P(space) * s, unsigned cpu, uint64_t addr)
{
	F(pte_t) pte = P(entry)(s, addr, LEVEL_PTE);

	(void)cpu;
	return likely(F(pte_present)(pte)) ? F(pte_pfn)(pte)
					   : P(walk_huge)(s, addr);
}

/* Do it to those entries of a line that map a part of the range. */
forceinline int P(apply_line)(struct P(range) * r, struct pte_line *line,
			      P(entry_fn) fn)
{
	unsigned shift = F(level_shift)(r->level);
	uint64_t addr = line_addr(line_key(line), shift);
	int ret = 0;

	for (unsigned i = 0; i < LINE_PTES && !ret; i++, addr += 1ull << shift)
		if (addr >= r->start && addr <= r->last && line_pte(line, i))
			ret = fn(r, line, i);
	return ret;
}

static inline int P(entry_is_there)(struct P(range) * r, struct pte_line *line,
				    unsigned slot)
{
	(void)r, (void)line, (void)slot;
	return -EEXIST;
}

static inline int P(clear_entry)(struct P(range) * r, struct pte_line *line,
				 unsigned slot)
{
	line_set_pte(line, slot, 0);
	r->emptied |= line_empty(line);
	r->nr++;
	return 0;
}

static inline int P(protect_entry)(struct P(range) * r, struct pte_line *line,
				   unsigned slot)
{
	line_set_pte(line, slot, (line_pte(line, slot) & ~r->clear) | r->set);
	return 0;
}

/* What a table's for_each() takes, for each of the above. */
static inline int P(find_in_line)(struct pte_line *line, void *arg)
{
	return P(apply_line)(arg, line, P(entry_is_there));
}

static inline int P(clear_in_line)(struct pte_line *line, void *arg)
{
	return P(apply_line)(arg, line, P(clear_entry));
}

static inline int P(protect_in_line)(struct pte_line *line, void *arg)
{
	return P(apply_line)(arg, line, P(protect_entry));
}

/* Lines that a range of a level would have. */
static inline uint64_t P(nr_lines)(const struct P(range) * r)
{
	unsigned shift = F(level_shift)(r->level) + LINE_SHIFT;

	return (r->last >> shift) - (r->start >> shift) + 1;
}

/*
 * Every line of a range: each looked up, or where the range has more than
 * there are, all that there are.
 */
forceinline int P(for_range)(struct P(space) * s, unsigned cpu,
			     struct P(range) * r,
			     int (*fn)(struct pte_line *, void *))
{
	struct S(table) *t = &s->table[r->level];
	unsigned shift = F(level_shift)(r->level);
	uint64_t nr = P(nr_lines)(r), addr = r->start;
	int ret = 0;

	if (!t->nr_lines)
		return 0;
	if (nr > t->nr_lines) {
		ret = S(table_for_each)(t, fn, r);
		if (r->emptied)
			S(table_sweep)(t, cpu);
		return ret;
	}
	for (; nr-- && !ret && t->nr_lines;
	     addr += 1ull << (shift + LINE_SHIFT)) {
		uint64_t key = line_key_of(addr, shift);
		struct pte_line *line = S(table_find)(t, key);

		ret = line ? fn(line, r) : 0;
		if (r->emptied)
			S(table_drop)(t, cpu, key);
		r->emptied = false;
	}
	return ret;
}

/* Entries of a level in [start, last] are cleared: how many there were. */
static uint64_t P(clear_level)(struct P(space) * s, unsigned cpu,
			       uint64_t start, uint64_t last, unsigned level)
{
	struct P(range) r = { .start = start, .last = last, .level = level };

	P(for_range)(s, cpu, &r, P(clear_in_line));
	if (r.nr)
		S(table_trim)(&s->table[level], cpu);
	return r.nr;
}

/* Is anything mapped in a level's page at `addr`, by whatever size? */
static bool P(mapped)(struct P(space) * s, unsigned cpu, uint64_t addr,
		      unsigned level)
{
	struct P(range) r = {
		.start = addr,
		.last = addr + F(level_size)(level) - 1,
	};

	for (unsigned l = level; l <= LEVEL_PUD; l++)
		if (!F(pte_none)(P(entry)(s, addr, l)))
			return true;
	for (r.level = LEVEL_PTE; r.level < level; r.level++)
		if (P(for_range)(s, cpu, &r, P(find_in_line)))
			return true;
	return false;
}

static inline int P(map)(struct P(space) * s, unsigned cpu, uint64_t addr,
			 pfn_t pfn, unsigned level, uint64_t flags)
{
	int err = F(check_page)(addr, pfn, level);
	unsigned shift = F(level_shift)(level);
	struct pte_line *line;

	if (err)
		return err;
	if (P(mapped)(s, cpu, addr, level))
		return -EEXIST;
	line = S(table_insert)(&s->table[level], cpu, line_key_of(addr, shift));
	if (!line)
		return -ENOMEM;
	if (level > LEVEL_PTE)
		flags |= PAGE_PSE;
	line_set_pte(line, line_slot(addr, shift), F(pfn_pte)(pfn, flags).v);
	return 0;
}

/*
 * Break the huge page that maps an address into those of the next lower size.
 * 0, or -ENOMEM and nothing has changed.
 */
static int P(split_huge)(struct P(space) * s, unsigned cpu, uint64_t addr,
			 unsigned level)
{
	F(pte_t) huge = P(entry)(s, addr, level);
	uint64_t flags = F(pte_flags)(huge), size = F(level_size)(level);
	unsigned below = level - 1, shift = F(level_shift)(below);
	uint64_t start = align_down(addr, size), last = start + size - 1;
	pfn_t pfn = F(pte_pfn)(huge);

	if (below == LEVEL_PTE)
		flags &= ~PAGE_PSE;
	for (addr = start; addr - start < size;) {
		struct pte_line *line = S(table_insert)(
			&s->table[below], cpu, line_key_of(addr, shift));

		if (!line) {
			P(clear_level)(s, cpu, start, last, below);
			return -ENOMEM;
		}
		for (unsigned i = 0; i < LINE_PTES; i++) {
			line_set_pte(line, i, F(pfn_pte)(pfn, flags).v);
			addr += 1ull << shift;
			pfn += 1ull << (shift - PAGE_SHIFT);
		}
	}
	P(clear_level)(s, cpu, start, last, level);
	return 0;
}

/* Huge pages that lie across either end are split. */
static int P(split_ends)(struct P(space) * s, unsigned cpu, uint64_t start,
			 uint64_t end)
{
	const uint64_t ends[] = { start, end };
	int err = F(check_range)(start, end);

	for (unsigned i = 0; i < 2 * (LEVEL_PUD - LEVEL_PTE) && !err; i++) {
		unsigned level = LEVEL_PUD - i / 2;
		uint64_t addr = ends[i % 2];

		if (addr & (F(level_size)(level) - 1) && F(address_ok)(addr) &&
		    !F(pte_none)(P(entry)(s, addr, level)))
			err = P(split_huge)(s, cpu, addr, level);
	}
	return err;
}

static inline int64_t P(unmap)(struct P(space) * s, unsigned cpu,
			       uint64_t start, uint64_t end)
{
	int err = P(split_ends)(s, cpu, start, end);
	uint64_t nr = 0;

	if (err)
		return err;
	for (unsigned l = LEVEL_PTE; l <= LEVEL_PUD; l++)
		nr += P(clear_level)(s, cpu, start, end - 1, l)
		      << (F(level_shift)(l) - PAGE_SHIFT);
	return (int64_t)nr;
}

static inline int P(protect)(struct P(space) * s, unsigned cpu, uint64_t start,
			     uint64_t end, uint64_t set, uint64_t clear)
{
	struct P(range) r = {
		.start = start, .last = end - 1, .set = set, .clear = clear
	};
	int err = P(split_ends)(s, cpu, start, end);

	if (err)
		return err;
	for (r.level = LEVEL_PTE; r.level <= LEVEL_PUD; r.level++)
		P(for_range)(s, cpu, &r, P(protect_in_line));
	return 0;
}

static inline uint64_t P(flags)(struct P(space) * s, uint64_t addr)
{
	for (unsigned l = LEVEL_PTE; l <= LEVEL_PUD; l++) {
		F(pte_t) pte = P(entry)(s, addr, l);

		if (!F(pte_none)(pte))
			return F(pte_flags)(pte) &
			       ~(l > LEVEL_PTE ? PAGE_PSE : 0);
	}
	return 0;
}

/* The tables are asked in turn, up to the one that has the address. */
static inline unsigned P(loads)(struct P(space) * s, unsigned cpu,
				uint64_t addr)
{
	uint64_t loads = 0;

	(void)cpu;
	for (unsigned l = LEVEL_PTE; l <= LEVEL_PUD; l++) {
		if (!s->table[l].nr_lines)
			continue;
		loads += S(table_loads)(&s->table[l],
					line_key_of(addr, F(level_shift)(l)));
		if (F(pte_present)(P(entry)(s, addr, l)))
			break;
	}
	return (unsigned)loads;
}

struct P(census) {
	struct P(space) * s;
	struct pgtable_stats *stats;
	unsigned level;
	bool broken; /* an address with two entries */
};

static int P(count_line)(struct pte_line *line, void *arg)
{
	struct P(census) *c = arg;
	unsigned shift = F(level_shift)(c->level);
	uint64_t addr = line_addr(line_key(line), shift);

	for (unsigned i = 0; i < LINE_PTES; i++, addr += 1ull << shift) {
		if (!line_pte(line, i))
			continue;
		c->stats->mapped_pages += 1ull << (shift - PAGE_SHIFT);
		for (unsigned l = c->level + 1; l <= LEVEL_PUD; l++)
			c->broken |= !F(pte_none)(P(entry)(c->s, addr, l));
	}
	return 0;
}

static bool P(count)(struct P(space) * s, struct pgtable_stats *stats)
{
	struct P(census) c = { .s = s, .stats = stats };

	*stats = (struct pgtable_stats){ 0 };
	for (c.level = LEVEL_PTE; c.level <= LEVEL_PUD; c.level++) {
		struct S(table) *t = &s->table[c.level];

		S(table_for_each)(t, P(count_line), &c);
		stats->table_bytes += S(table_bytes)(t);
		stats->nr_tables += S(table_blocks)(t);
	}
	return !c.broken;
}

static inline void P(stats)(struct P(space) * s, struct pgtable_stats *stats)
{
	P(count)(s, stats);
}

static inline bool P(validate)(struct P(space) * s)
{
	struct pgtable_stats stats;

	for (unsigned l = LEVEL_PTE; l <= LEVEL_PUD; l++)
		if (!S(table_validate)(&s->table[l]))
			return false;
	return P(count)(s, &stats);
}

static inline void P(destroy)(struct P(space) * s)
{
	for (unsigned l = LEVEL_PTE; l <= LEVEL_PUD; l++)
		S(table_destroy)(&s->table[l], 0);
}
