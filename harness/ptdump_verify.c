/* ptdump_verify.c - every mapping of a dump against its oracle. */
#include "ptdump_verify.h"

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "plain_memory.h"
#include "ptdump_oracle.h"

#define MAX_SHOWN 10
#define NR_LEVELS 4 /* 1..3 */

struct verify {
	const struct ptdump *dump;
	const char *dump_path, *oracle_path;
	bool *known; /* [nr_leaves] the oracle has a row of it */
	uint64_t nr_in_tables[NR_PTDUMP_KINDS][NR_LEVELS];
	uint64_t nr_in_oracle[NR_PTDUMP_KINDS][NR_LEVELS];
	uint64_t nr_different[NR_PTDUMP_KINDS][NR_LEVELS];
	uint64_t nr_all_different;
	unsigned nr_shown;
	FILE *out;
};

__attribute__((format(printf, 3, 4))) static void
show(struct verify *v, uint64_t addr, const char *format, ...)
{
	va_list args;

	if (v->nr_shown++ >= MAX_SHOWN)
		return;
	fprintf(v->out, "%" PRIx64 ": ", addr);
	va_start(args, format);
	vfprintf(v->out, format, args);
	va_end(args);
	fputc('\n', v->out);
}

/* One field of a row. */
static bool same(struct verify *v, const struct ptdump_row *row,
		 const char *name, uint64_t tables, uint64_t oracle,
		 int64_t line)
{
	if (tables == oracle)
		return true;
	show(v, row->vaddr,
	     "%s: 0x%" PRIx64 " in the tables, 0x%" PRIx64
	     " in the oracle (line %" PRId64 ")",
	     name, tables, oracle, line);
	return false;
}

/* An entry of a swapped page has one flag more, at bit 1. */
static bool same_swap(struct verify *v, const struct ptdump_row *row,
		      struct ptdump_leaf leaf, int64_t line)
{
	bool all = same(v, row, "type | offset << 5", ptdump_swap(leaf),
			row->pfn, line);

	for (unsigned i = 0; i < NR_PTDUMP_FLAGS; i++)
		if (!strcmp(ptdump_flags[i].name, "soft_dirty"))
			all &= same(v, row, "soft_dirty", leaf.entry >> 1 & 1,
				    row->flag[i], line);
	return all;
}

static bool same_page(struct verify *v, const struct ptdump_row *row,
		      struct ptdump_leaf leaf, int64_t line)
{
	uint64_t inside = (row->vaddr - leaf.addr) >> PAGE_SHIFT;
	bool all =
		same(v, row, "pfn", ptdump_pfn(leaf) + inside, row->pfn, line);

	for (unsigned i = 0; i < NR_PTDUMP_FLAGS; i++) {
		const struct ptdump_flag *f = &ptdump_flags[i];

		all &= same(v, row, f->name,
			    leaf.entry >> f->shift & ((1u << f->bits) - 1),
			    row->flag[i], line);
	}
	return all;
}

static bool same_leaf(struct verify *v, const struct ptdump_row *row,
		      struct ptdump_leaf leaf, int64_t line)
{
	const enum ptdump_kind kind = ptdump_kind(leaf);
	bool all = same(v, row, "level", leaf.level, row->level, line);

	all &= same(v, row, "page_size", ptdump_leaf_bytes(leaf),
		    row->page_size, line);
	if (kind != row->kind) {
		show(v, row->vaddr,
		     "%s in the tables, %s in the oracle (line %" PRId64 ")",
		     ptdump_kind_name(kind), ptdump_kind_name(row->kind), line);
		return false;
	}
	return (kind == PTDUMP_SWAP ? same_swap : same_page)(v, row, leaf,
							     line) &&
	       all;
}

static void count_different(struct verify *v, enum ptdump_kind kind,
			    uint64_t level)
{
	v->nr_different[kind][level]++;
	v->nr_all_different++;
}

/* A row against what a walk finds at its address. -1, or the exit code. */
static int check_row(struct verify *v, const struct ptdump_row *row,
		     int64_t line)
{
	struct ptdump_leaf leaf;
	int found = ptdump_walk(v->dump, row->vaddr, &leaf);
	bool all = false;

	if (found < 0)
		return complain(EXIT_USAGE,
				"%s:%" PRId64 ": '%" PRIx64
				"': no address with %u levels of tables",
				v->oracle_path, line, row->vaddr,
				v->dump->levels);
	v->nr_in_oracle[row->kind][row->level]++;
	if (found) {
		v->known[ptdump_find(v->dump, leaf.addr)] = true;
		all = same_leaf(v, row, leaf, line);
	} else {
		show(v, row->vaddr,
		     "nothing in the tables, %s in the oracle (line %" PRId64
		     ")",
		     ptdump_kind_name(row->kind), line);
	}
	if (!all)
		count_different(v, row->kind, row->level);
	return -1;
}

static int check_rows(struct verify *v)
{
	char error[PATH_MAX + 512];
	struct ptdump_row row;
	struct ptdump_oracle *oracle =
		ptdump_oracle_open(v->oracle_path, error, sizeof(error));
	int64_t line;
	int code = -1;

	if (!oracle)
		return complain(EXIT_USAGE, "%s", error);
	while (code == -1 && (line = ptdump_oracle_next(oracle, &row, error,
							sizeof(error))) > 0)
		code = check_row(v, &row, line);
	if (code == -1 && line < 0)
		code = complain(EXIT_USAGE, "%s", error);
	ptdump_oracle_close(oracle);
	return code;
}

/* What the tables have and the oracle has not. */
static void check_leaves(struct verify *v)
{
	for (uint64_t i = 0; i < v->dump->nr_leaves; i++) {
		struct ptdump_leaf leaf = v->dump->leaves[i];
		enum ptdump_kind kind = ptdump_kind(leaf);

		v->nr_in_tables[kind][leaf.level]++;
		if (v->known[i])
			continue;
		show(v, leaf.addr,
		     "%s in the tables (entry 0x%" PRIx64
		     " of level %u), not in the oracle",
		     ptdump_kind_name(kind), leaf.entry, leaf.level);
		count_different(v, kind, leaf.level);
	}
}

static void print_dump(const struct verify *v)
{
	const struct ptdump *d = v->dump;

	fprintf(v->out,
		"%s: %u levels, %" PRIu64 " tables from CR3 0x%" PRIx64 "\n",
		v->dump_path, d->levels, d->nr_tables, d->cr3);
	fprintf(v->out,
		"Entries whose tables are not in it: %" PRIu64
		" of the kernel's half, %" PRIu64 " others.\n",
		d->nr_absent_kernel, d->nr_absent_other);
	if (d->nr_unused)
		fprintf(v->out, "Pages that nothing leads to: %" PRIu64 "\n",
			d->nr_unused);
}

static void print_counts(const struct verify *v)
{
	static const char *const sizes[NR_LEVELS] = { "", "4k", "2m", "1g" };

	fprintf(v->out, "\n%-9s %5s %5s %10s %10s %10s\n", "kind", "level",
		"page", "tables", "oracle", "different");
	for (enum ptdump_kind k = 0; k < NR_PTDUMP_KINDS; k++)
		for (unsigned l = 1; l < NR_LEVELS; l++)
			if (v->nr_in_tables[k][l] || v->nr_in_oracle[k][l])
				fprintf(v->out,
					"%-9s %5u %5s %10" PRIu64 " %10" PRIu64
					" %10" PRIu64 "\n",
					ptdump_kind_name(k), l, sizes[l],
					v->nr_in_tables[k][l],
					v->nr_in_oracle[k][l],
					v->nr_different[k][l]);
}

static int verify(struct verify *v)
{
	int code;

	print_dump(v);
	code = check_rows(v);
	if (code != -1)
		return code;
	check_leaves(v);
	if (v->nr_shown > MAX_SHOWN)
		fprintf(v->out, "and %u more differences\n",
			v->nr_shown - MAX_SHOWN);
	print_counts(v);
	if (v->nr_all_different)
		return complain(
			EXIT_FAILED, "%s: %" PRIu64 " mappings differ from %s",
			v->dump_path, v->nr_all_different, v->oracle_path);
	fprintf(v->out, "\nNothing differs from %s.\n", v->oracle_path);
	return EXIT_OK;
}

int ptdump_verify(const char *dump, const char *oracle, FILE *out)
{
	char error[PATH_MAX + 512];
	struct ptdump *d =
		ptdump_open(dump, &plain_memory, false, error, sizeof(error));
	struct verify v = {
		.dump = d, .dump_path = dump, .oracle_path = oracle, .out = out
	};
	int code;

	if (!d)
		return complain(EXIT_USAGE, "%s", error);
	v.known = calloc(d->nr_leaves + 1, sizeof(*v.known));
	if (v.known)
		code = verify(&v);
	else
		code = complain(EXIT_FAILED, "%s: out of memory", dump);
	free(v.known);
	ptdump_close(d);
	return code;
}
