/* rmap_script.c - scripts of what processes do: read, and every line checked.
 */
#include "rmap_script.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/mm/vm_area.h"
#include "rmap_ranges.h"
#include "text_file.h"

/*
 * The words behind an operation's name: Process, Child, dump's number K; of
 * pages: first a, how many n, from one to the next s; what mremap makes of
 * them: how many b, from t on; memory m, region r, its page o, protection p.
 */
static const struct {
	const char *name, *fields;
} syntax[RMAP_NR_OPS] = {
	[RMAP_MMAP] = { "mmap", "Panmrop" },
	[RMAP_HUGEPAGE] = { "hugepage", "Pan" },
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
	[RMAP_EXIT] = { "exit", "P" },
	[RMAP_DUMP] = { "dump", "K" },
};

static const char *const memories[] = { "anon", "shared", "fpriv" };
static const struct {
	const char *name;
	uint8_t flags;
} protections[] = { { "r", VM_READ },
		    { "rw", VM_READ | VM_WRITE },
		    { "none", 0 } };

/* What is known of a process while its script is read. */
struct process {
	struct rmap_ranges ranges;
	uint64_t forked, exited; /* lines; 0: not yet */
};

struct reader {
	struct text_file text;
	struct rmap_script *s;
	struct process *process; /* [s->nr_processes] */
	uint64_t room, nr_ranges;
};

const char *rmap_op_name(enum rmap_op_kind kind)
{
	return syntax[kind].name;
}

static int no_memory(struct reader *r)
{
	snprintf(r->text.error, r->text.error_size, "%s: out of memory",
		 r->text.path);
	return -ENOMEM;
}

/* The next word of the line; NULL: the line has ended. */
static char *next_word(char **rest)
{
	*rest += strspn(*rest, " \t");
	return **rest ? text_file_word(rest, " \t") : NULL;
}

static int take_number(struct reader *r, const char *word, const char *name,
		       uint64_t low, uint64_t high, uint64_t *value)
{
	if (text_number(word, 10, high, value) && *value >= low)
		return 0;
	return text_file_bad(&r->text, word,
			     "%s has to be a number from %" PRIu64
			     " to %" PRIu64,
			     name, low, high);
}

static int take_memory(struct reader *r, const char *word, struct rmap_op *op)
{
	for (uint8_t i = 0; i < ARRAY_SIZE(memories); i++)
		if (!strcmp(word, memories[i])) {
			op->memory = i;
			return 0;
		}
	return text_file_bad(&r->text, word,
			     "memory has to be anon, shared or fpriv");
}

static int take_protection(struct reader *r, const char *word,
			   struct rmap_op *op)
{
	for (unsigned i = 0; i < ARRAY_SIZE(protections); i++)
		if (!strcmp(word, protections[i].name)) {
			op->flags = protections[i].flags;
			return 0;
		}
	return text_file_bad(&r->text, word,
			     "protection has to be r, rw or none");
}

static int take_field(struct reader *r, char field, char *word,
		      struct rmap_op *op)
{
	const uint64_t area = r->s->area_pages;
	uint64_t value = 0;
	int err;

	switch (field) {
	case 'P':
		err = take_number(r, word, "process", 0, RMAP_MAX_PROCESS,
				  &value);
		op->process = (uint32_t)value;
		return err;
	case 'C':
		err = take_number(r, word, "child", 0, RMAP_MAX_PROCESS,
				  &value);
		op->child = (uint32_t)value;
		return err;
	case 'K':
		err = take_number(r, word, "the dump", 1, UINT32_MAX, &value);
		op->child = (uint32_t)value;
		return err;
	case 'a':
		return take_number(r, word, "page", 0, area - 1, &op->page);
	case 'n':
		return take_number(r, word, "pages", 1, area, &op->nr);
	case 's':
		return take_number(r, word, "step", 1, area, &op->step);
	case 'b':
		return take_number(r, word, "new pages", 1, area, &op->to_nr);
	case 't':
		return take_number(r, word, "new page", 0, area - 1, &op->to);
	case 'm':
		return take_memory(r, word, op);
	case 'r':
		err = take_number(r, word, "region", 0, RMAP_MAX_FILES - 1,
				  &value);
		op->region = (uint8_t)value;
		return err;
	case 'o':
		return take_number(r, word, "the region's page", 0,
				   r->s->file_pages - 1, &op->pgoff);
	default:
		return take_protection(r, word, op);
	}
}

/* Room for a process's id. */
static int know_process(struct reader *r, unsigned id)
{
	unsigned nr = r->s->nr_processes;
	struct process *process;

	if (id < nr)
		return 0;
	process = realloc(r->process, (id + 1) * sizeof(*process));
	if (!process)
		return no_memory(r);
	memset(process + nr, 0, (id + 1 - nr) * sizeof(*process));
	r->process = process;
	r->s->nr_processes = id + 1;
	return 0;
}

static int check_alive(struct reader *r, unsigned id)
{
	char name[16];

	snprintf(name, sizeof(name), "%u", id);
	if (id >= r->s->nr_processes || !r->process[id].forked)
		return text_file_bad(&r->text, name,
				     "no process has this id (yet)");
	if (r->process[id].exited)
		return text_file_bad(&r->text, name,
				     "this process has exited in line %" PRIu64,
				     r->process[id].exited);
	return 0;
}

/* [page, page + nr) is inside the area. */
static int check_inside(struct reader *r, uint64_t page, uint64_t nr,
			uint64_t step)
{
	char name[64];

	if ((nr - 1) <= (r->s->area_pages - 1 - page) / step)
		return 0;
	snprintf(name, sizeof(name), "%" PRIu64 " %" PRIu64, page, nr);
	return text_file_bad(&r->text, name,
			     "ends behind the area's %" PRIu64 " pages",
			     r->s->area_pages);
}

static int set_ranges(struct reader *r, unsigned id, uint64_t page, uint64_t nr,
		      bool mapped)
{
	struct rmap_ranges *ranges = &r->process[id].ranges;

	r->nr_ranges -= ranges->nr;
	if (!rmap_ranges_set(ranges, page, page + nr, mapped))
		return no_memory(r);
	r->nr_ranges += ranges->nr;
	return 0;
}

static int check_mmap(struct reader *r, const struct rmap_op *op)
{
	const struct rmap_ranges *ranges = &r->process[op->process].ranges;
	char name[64];

	snprintf(name, sizeof(name), "%" PRIu64 " %" PRIu64, op->page, op->nr);
	if (rmap_ranges_any(ranges, op->page, op->page + op->nr))
		return text_file_bad(&r->text, name,
				     "overlaps what process %u has mapped",
				     op->process);
	if (op->memory != RMAP_ANON && op->nr > r->s->file_pages - op->pgoff)
		return text_file_bad(&r->text, name,
				     "from page %" PRIu64
				     " on ends behind the region's %" PRIu64
				     " pages",
				     op->pgoff, r->s->file_pages);
	if (op->memory != RMAP_ANON && op->region >= r->s->nr_files)
		r->s->nr_files = op->region + 1u;
	return set_ranges(r, op->process, op->page, op->nr, true);
}

static int check_mremap(struct reader *r, const struct rmap_op *op)
{
	const struct rmap_ranges *ranges = &r->process[op->process].ranges;
	const bool stays = op->to == op->page;
	char name[64];
	int err = check_inside(r, op->to, op->to_nr, 1);

	if (err)
		return err;
	snprintf(name, sizeof(name), "%" PRIu64 " %" PRIu64, op->page, op->nr);
	if (!rmap_ranges_all(ranges, op->page, op->page + op->nr))
		return text_file_bad(&r->text, name,
				     "process %u has not all of it mapped",
				     op->process);
	if (!stays && op->to < op->page + op->nr &&
	    op->page < op->to + op->to_nr)
		return text_file_bad(&r->text, name,
				     "overlaps where it is to go");
	if (stays && op->to_nr > op->nr &&
	    rmap_ranges_any(ranges, op->page + op->nr, op->page + op->to_nr))
		return text_file_bad(&r->text, name,
				     "overlaps what lies behind when it grows");
	err = set_ranges(r, op->process, op->page, op->nr, false);
	return err ? err : set_ranges(r, op->process, op->to, op->to_nr, true);
}

static int check_fork(struct reader *r, const struct rmap_op *op)
{
	int err = know_process(r, op->child);
	struct process *child = &r->process[op->child];
	char name[16];

	if (err)
		return err;
	snprintf(name, sizeof(name), "%u", op->child);
	if (child->forked)
		return text_file_bad(&r->text, name,
				     "a process had this id from line %" PRIu64
				     " on",
				     child->forked);
	child->forked = r->text.line;
	if (!rmap_ranges_copy(&child->ranges, &r->process[op->process].ranges))
		return no_memory(r);
	r->nr_ranges += child->ranges.nr;
	return 0;
}

static int check_dump(struct reader *r, const struct rmap_op *op)
{
	char name[16];

	snprintf(name, sizeof(name), "%u", op->child);
	for (uint64_t i = r->s->nr_ops; i--;)
		if (r->s->ops[i].kind == RMAP_DUMP) {
			if (r->s->ops[i].child < op->child)
				break;
			return text_file_bad(&r->text, name,
					     "has to be above the dump before, "
					     "%u",
					     r->s->ops[i].child);
		}
	r->s->nr_dumps++;
	return 0;
}

/* An operation whose words are right: is it possible? */
static int check_op(struct reader *r, const struct rmap_op *op)
{
	const bool steps = op->kind == RMAP_READ || op->kind == RMAP_WRITE;
	struct process *process;
	int err;

	if (op->kind == RMAP_DUMP)
		return check_dump(r, op);
	err = check_alive(r, op->process);
	if (!err && op->nr)
		err = check_inside(r, op->page, op->nr, steps ? op->step : 1);
	if (err)
		return err;
	process = &r->process[op->process];
	switch (op->kind) {
	case RMAP_MMAP:
		return check_mmap(r, op);
	case RMAP_MREMAP:
		return check_mremap(r, op);
	case RMAP_FORK:
		return check_fork(r, op);
	case RMAP_MUNMAP:
		return set_ranges(r, op->process, op->page, op->nr, false);
	case RMAP_REFERENCED:
	case RMAP_UNMAP:
	case RMAP_RECLAIM:
		r->s->nr_reclaims++;
		return 0;
	case RMAP_EXIT:
		r->nr_ranges -= process->ranges.nr;
		rmap_ranges_free(&process->ranges);
		process->exited = r->text.line;
		return 0;
	default:
		return 0;
	}
}

static int add_op(struct reader *r, const struct rmap_op *op)
{
	struct rmap_script *s = r->s;

	if (s->nr_ops == r->room) {
		uint64_t room = r->room ? 2 * r->room : 64;
		void *ops = realloc(s->ops, room * sizeof(*s->ops));

		if (!ops)
			return no_memory(r);
		s->ops = ops;
		r->room = room;
	}
	s->ops[s->nr_ops++] = *op;
	if (s->nr_ops > RMAP_MAX_OPS || r->nr_ranges > RMAP_MAX_RANGES)
		return text_file_bad(&r->text, rmap_op_name(op->kind),
				     "a script has at most %llu operations, "
				     "and %llu mapped ranges at once",
				     RMAP_MAX_OPS, RMAP_MAX_RANGES);
	return 0;
}

/* `area PAGES [FILE_PAGES]`, which comes first. */
static int take_area(struct reader *r, const char *name, char *rest)
{
	struct rmap_script *s = r->s;
	char *word = next_word(&rest);
	int err;

	if (strcmp(name, "area"))
		return text_file_bad(&r->text, name,
				     "a script begins with: area PAGES");
	if (!word)
		return text_file_bad(&r->text, name, "PAGES is missing");
	err = take_number(r, word, "the area", 1, RMAP_MAX_AREA,
			  &s->area_pages);
	word = err ? NULL : next_word(&rest);
	if (word)
		err = take_number(r, word, "a region", 1, RMAP_MAX_FILE_PAGES,
				  &s->file_pages);
	if (!err && next_word(&rest))
		return text_file_bad(
			&r->text, name,
			"more words than area PAGES [REGION_PAGES]");
	return err;
}

static int find_op(struct reader *r, const char *name, struct rmap_op *op)
{
	for (uint8_t kind = 0; kind < RMAP_NR_OPS; kind++)
		if (!strcmp(name, syntax[kind].name)) {
			op->kind = kind;
			return 0;
		}
	if (!strcmp(name, "area"))
		return text_file_bad(&r->text, name, "a script has one area");
	return text_file_bad(&r->text, name, "no operation is called so");
}

static int take_line(struct reader *r, char *line)
{
	struct rmap_op op = { .line = (uint32_t)r->text.line };
	char *name;
	int err;

	line[strcspn(line, "#")] = '\0';
	name = next_word(&line);
	if (!name)
		return 0;
	if (!r->s->area_pages)
		return take_area(r, name, line);
	err = find_op(r, name, &op);
	for (const char *f = syntax[op.kind].fields; !err && *f; f++) {
		char *word = next_word(&line);

		if (!word)
			return text_file_bad(
				&r->text, name,
				"%zu words have to follow, not "
				"%zu",
				strlen(syntax[op.kind].fields),
				(size_t)(f - syntax[op.kind].fields));
		err = take_field(r, *f, word, &op);
	}
	if (!err && next_word(&line))
		err = text_file_bad(&r->text, name,
				    "more than %zu words follow",
				    strlen(syntax[op.kind].fields));
	if (!err)
		err = check_op(r, &op);
	return err ? err : add_op(r, &op);
}

static int take_text(struct reader *r)
{
	char *line;
	int ret = know_process(r, 0);

	if (ret)
		return ret;
	r->process[0].forked = 1;
	while ((ret = text_file_line(&r->text, &line)) > 0) {
		ret = take_line(r, line);
		if (ret)
			return ret;
	}
	if (!ret && !r->s->area_pages)
		return text_file_bad(&r->text, "",
				     "a script begins with: area PAGES");
	return ret;
}

struct rmap_script *rmap_script_open(const char *path, char *error,
				     size_t error_size)
{
	struct reader r = { .s = calloc(1, sizeof(*r.s)) };
	int err;

	if (r.s)
		r.s->path = strdup(path);
	if (!r.s || !r.s->path) {
		snprintf(error, error_size, "%s: out of memory", path);
		free(r.s);
		return NULL;
	}
	r.s->file_pages = RMAP_FILE_PAGES;
	err = text_file_open(&r.text, path, error, error_size);
	if (!err)
		err = take_text(&r);
	for (unsigned id = 0; id < r.s->nr_processes; id++)
		rmap_ranges_free(&r.process[id].ranges);
	free(r.process);
	text_file_close(&r.text);
	if (!err)
		return r.s;
	rmap_script_close(r.s);
	return NULL;
}

void rmap_script_close(struct rmap_script *s)
{
	free(s->path);
	free(s->ops);
	free(s);
}
