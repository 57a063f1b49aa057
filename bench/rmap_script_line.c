/* rmap_script_line.c - operations: their words, read and printed. */
#include "rmap_script_line.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "../kernels/mm/vm_area.h"

/* The words behind an operation's name, and how messages and
 * docs/RMAPSCRIPT.md call them. */
static const char *const field_names[] = {
	['P'] = "PROCESS",
	['C'] = "CHILD",
	['a'] = "PAGE", /* the first */
	['n'] = "PAGES",
	['s'] = "STEP", /* from one page to the next */
	['b'] = "NEW_PAGES",
	['t'] = "NEW_PAGE",
	['m'] = "MEMORY",
	['r'] = "REGION",
	['o'] = "PGOFF", /* the region's page */
	['p'] = "PROT",
	['K'] = "NUMBER",
	['N'] = "NAME",
	['c'] = "OPERATIONS", /* of a phase; may be left out */
};

static const struct {
	const char *name, *fields;
} syntax[RMAP_NR_OPS] = {
	[RMAP_MMAP] = { "mmap", "Panmrop" },
	[RMAP_HUGEPAGE] = { "hugepage", "Pan" },
	[RMAP_START] = { "start", "P" },
	[RMAP_FORK] = { "fork", "PC" },
	[RMAP_WRITE] = { "write", "Pans" },
	[RMAP_READ] = { "read", "Pans" },
	[RMAP_MUNMAP] = { "munmap", "Pan" },
	[RMAP_MPROTECT] = { "mprotect", "Panp" },
	[RMAP_MREMAP] = { "mremap", "Panbt" },
	[RMAP_DONTNEED] = { "dontneed", "Pan" },
	[RMAP_MLOCK] = { "mlock", "Pan" },
	[RMAP_MUNLOCK] = { "munlock", "Pan" },
	[RMAP_REFERENCED] = { "referenced", "Pa" },
	[RMAP_UNMAP] = { "unmap", "Pa" },
	[RMAP_RECLAIM] = { "reclaim", "Pa" },
	[RMAP_PAGEOUT] = { "pageout", "Pa" },
	[RMAP_EXIT] = { "exit", "P" },
	[RMAP_DUMP] = { "dump", "K" },
	[RMAP_PHASE] = { "phase", "Nc" },
};

static const char *const memories[] = { "anon", "shared", "fpriv" };
static const struct {
	const char *name;
	uint8_t flags;
} protections[] = { { "r", VM_READ },
		    { "rw", VM_READ | VM_WRITE },
		    { "none", 0 } };

const char *rmap_op_name(enum rmap_op_kind kind)
{
	return syntax[kind].name;
}

char *rmap_line_word(char **rest)
{
	*rest += strspn(*rest, " \t");
	return **rest ? text_file_word(rest, " \t") : NULL;
}

int rmap_line_number(const struct text_file *t, const char *word,
		     const char *name, uint64_t low, uint64_t high,
		     uint64_t *value)
{
	if (text_number(word, 10, high, value) && *value >= low)
		return 0;
	return text_file_bad(
		t, word, "%s has to be a number from %" PRIu64 " to %" PRIu64,
		name, low, high);
}

/* A number that is an id, or as small. */
static int take_id(const struct text_file *t, const char *word,
		   const char *name, uint32_t low, uint32_t high, uint32_t *id)
{
	uint64_t value = 0;
	int err = rmap_line_number(t, word, name, low, high, &value);

	*id = (uint32_t)value;
	return err;
}

static int take_memory(const struct text_file *t, const char *word,
		       struct rmap_op *op)
{
	for (uint8_t i = 0; i < ARRAY_SIZE(memories); i++)
		if (!strcmp(word, memories[i])) {
			op->memory = i;
			return 0;
		}
	return text_file_bad(t, word, "MEMORY has to be anon, shared or fpriv");
}

static int take_protection(const struct text_file *t, const char *word,
			   struct rmap_op *op)
{
	for (unsigned i = 0; i < ARRAY_SIZE(protections); i++)
		if (!strcmp(word, protections[i].name)) {
			op->flags = protections[i].flags;
			return 0;
		}
	return text_file_bad(t, word, "PROT has to be r, rw or none");
}

/* Its number; the first round says which there are. */
static int take_phase(const struct text_file *t, struct rmap_script *s,
		      const char *word, struct rmap_op *op)
{
	while (op->child < s->nr_phases && strcmp(word, s->phase[op->child]))
		op->child++;
	if (op->child < s->nr_phases)
		return 0;
	if (s->nr_rounds > 1)
		return text_file_bad(t, word,
				     "the first round had no such phase");
	if (s->nr_phases == RMAP_MAX_PHASES)
		return text_file_bad(t, word, "a script has at most %u phases",
				     RMAP_MAX_PHASES);
	if (strlen(word) >= sizeof(s->phase[0]))
		return text_file_bad(
			t, word, "a phase's name has at most %zu characters",
			sizeof(s->phase[0]) - 1);
	strcpy(s->phase[s->nr_phases++], word);
	return 0;
}

static int take_field(const struct text_file *t, struct rmap_script *s,
		      char field, const char *word, struct rmap_op *op)
{
	const char *name = field_names[(unsigned char)field];
	const uint64_t area = s->area_pages;
	uint32_t region;
	int err;

	switch (field) {
	case 'P':
		return take_id(t, word, name, 0, RMAP_MAX_PROCESS,
			       &op->process);
	case 'C':
		return take_id(t, word, name, 0, RMAP_MAX_PROCESS, &op->child);
	case 'K':
		return take_id(t, word, name, 1, UINT32_MAX, &op->child);
	case 'a':
		return rmap_line_number(t, word, name, 0, area - 1, &op->page);
	case 'n':
		return rmap_line_number(t, word, name, 1, area, &op->nr);
	case 's':
		return rmap_line_number(t, word, name, 1, area, &op->step);
	case 'b':
		return rmap_line_number(t, word, name, 1, area, &op->to_nr);
	case 't':
		return rmap_line_number(t, word, name, 0, area - 1, &op->to);
	case 'm':
		return take_memory(t, word, op);
	case 'r':
		err = take_id(t, word, name, 0, RMAP_MAX_FILES - 1, &region);
		op->region = (uint8_t)region;
		return err;
	case 'o':
		return rmap_line_number(t, word, name, 0, s->file_pages - 1,
					&op->pgoff);
	case 'N':
		return take_phase(t, s, word, op);
	case 'c':
		return rmap_line_number(t, word, name, 1, RMAP_MAX_AREA,
					&op->nr);
	default:
		return take_protection(t, word, op);
	}
}

/* An operation's line as it has to be. */
static int bad_line(const struct text_file *t, const char *what,
		    const struct rmap_op *op)
{
	const char *name = syntax[op->kind].name;
	char line[80] = "";

	for (const char *f = syntax[op->kind].fields; *f; f++) {
		strcat(line, *f == 'c' ? " [" : " ");
		strcat(line, field_names[(unsigned char)*f]);
		strcat(line, *f == 'c' ? "]" : "");
	}
	return text_file_bad(t, name, "too %s words: %s%s", what, name, line);
}

static int bad_kind(const struct text_file *t, const char *name)
{
	char names[256] = "";

	for (unsigned i = 0; i < RMAP_NR_OPS; i++) {
		strcat(names, " ");
		strcat(names, syntax[i].name);
	}
	return text_file_bad(
		t, name,
		"no operation is called so; there are:%s, and try before one",
		names);
}

static int find_kind(const struct text_file *t, const char *name, uint8_t *kind)
{
	for (*kind = 0; *kind < RMAP_NR_OPS; (*kind)++)
		if (!strcmp(name, syntax[*kind].name))
			return 0;
	if (!strcmp(name, "area"))
		return text_file_bad(t, name,
				     "a script has one, in its first line");
	return bad_kind(t, name);
}

int rmap_line_take(const struct text_file *t, struct rmap_script *s,
		   const char *name, char *rest, struct rmap_op *op)
{
	const char *fields;
	int err;

	op->may_fail = !strcmp(name, "try");
	if (op->may_fail)
		name = rmap_line_word(&rest);
	if (!name)
		return text_file_bad(t, "try", "an operation has to follow");
	err = find_kind(t, name, &op->kind);
	if (err)
		return err;
	fields = syntax[op->kind].fields;
	if (op->may_fail && strncmp(fields, "Pan", 3))
		return text_file_bad(t, name,
				     "only an operation on PAGES may be tried");
	for (const char *f = fields; !err && *f; f++) {
		const char *word = rmap_line_word(&rest);

		if (!word && *f == 'c')
			return 0;
		if (!word)
			return bad_line(t, "few", op);
		err = take_field(t, s, *f, word, op);
	}
	if (!err && rmap_line_word(&rest))
		err = bad_line(t, "many", op);
	return err;
}

static const char *protection_name(uint8_t flags)
{
	unsigned i = 0;

	while (protections[i].flags != flags)
		i++;
	return protections[i].name;
}

static void print_field(char field, const struct rmap_op *op, FILE *out)
{
	switch (field) {
	case 'P':
		fprintf(out, " %" PRIu32, op->process);
		return;
	case 'C':
	case 'K':
		fprintf(out, " %" PRIu32, op->child);
		return;
	case 'a':
		fprintf(out, " %" PRIu64, op->page);
		return;
	case 'n':
		fprintf(out, " %" PRIu64, op->nr);
		return;
	case 's':
		fprintf(out, " %" PRIu64, op->step);
		return;
	case 'b':
		fprintf(out, " %" PRIu64, op->to_nr);
		return;
	case 't':
		fprintf(out, " %" PRIu64, op->to);
		return;
	case 'm':
		fprintf(out, " %s", memories[op->memory]);
		return;
	case 'r':
		fprintf(out, " %u", op->region);
		return;
	case 'o':
		fprintf(out, " %" PRIu64,
			op->memory == RMAP_ANON ? 0 : op->pgoff);
		return;
	default:
		fprintf(out, " %s", protection_name(op->flags));
	}
}

void rmap_op_print(const struct rmap_op *op, FILE *out)
{
	fprintf(out, "%s%s", op->may_fail ? "try " : "", syntax[op->kind].name);
	for (const char *f = syntax[op->kind].fields; *f; f++)
		print_field(*f, op, out);
	fputc('\n', out);
}
