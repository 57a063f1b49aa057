/* rmap_script.c - scripts of what processes do: read, and every line checked.
 */
#include "rmap_script.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rmap_ranges.h"
#include "rmap_script_line.h"

/* What is known of a process while its script is read. */
struct process {
	struct rmap_ranges ranges;
	uint64_t began, exited; /* lines; 0: not yet */
};

struct reader {
	struct text_file text;
	struct rmap_script *s;
	struct process *process; /* [s->nr_processes] */
	uint64_t room, nr_ranges;
	bool tried;	/* so what is mapped is not known any more */
	unsigned phase; /* that came last */
};

static int no_memory(struct reader *r)
{
	snprintf(r->text.error, r->text.error_size, "%s: out of memory",
		 r->text.path);
	return -ENOMEM;
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
	if (id >= r->s->nr_processes || !r->process[id].began)
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

	if (r->tried)
		return 0;
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
	if (!r->tried && rmap_ranges_any(ranges, op->page, op->page + op->nr))
		return text_file_bad(&r->text, name,
				     "overlaps what process %u has mapped",
				     op->process);
	if (op->memory != RMAP_ANON && op->nr > r->s->file_pages - op->pgoff)
		return text_file_bad(&r->text, name,
				     "from the region's page %" PRIu64
				     " on ends behind its %" PRIu64 " pages",
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

	if (err || r->tried)
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

/* A process of which nobody has the id, with nothing mapped. */
static int check_start(struct reader *r, unsigned id)
{
	int err = know_process(r, id);
	struct process *process = &r->process[id];
	char name[16];

	if (err)
		return err;
	snprintf(name, sizeof(name), "%u", id);
	if (process->began && !process->exited)
		return text_file_bad(
			&r->text, name,
			"a process has this id since line %" PRIu64,
			process->began);
	process->began = r->text.line;
	process->exited = 0;
	r->s->nr_lives++;
	return 0;
}

static int check_fork(struct reader *r, const struct rmap_op *op)
{
	int err = check_start(r, op->child);
	struct process *child = &r->process[op->child];

	if (err)
		return err;
	if (!rmap_ranges_copy(&child->ranges, &r->process[op->process].ranges))
		return no_memory(r);
	r->nr_ranges += child->ranges.nr;
	return 0;
}

static void check_exit(struct reader *r, struct process *process)
{
	r->nr_ranges -= process->ranges.nr;
	rmap_ranges_free(&process->ranges);
	process->exited = r->text.line;
}

/* In each round the same ones, in the same order. */
static int check_phase(struct reader *r, const struct rmap_op *op)
{
	struct rmap_script *s = r->s;
	unsigned next = r->phase + 1 < s->nr_phases ? r->phase + 1 : 0;

	if (!s->nr_rounds)
		next = 0;
	if (op->child != next)
		return text_file_bad(&r->text, s->phase[op->child],
				     "phase %s has to come before",
				     s->phase[next]);
	r->phase = next;
	s->nr_rounds += !next;
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
	int err;

	if (op->kind == RMAP_DUMP)
		return check_dump(r, op);
	if (op->kind == RMAP_PHASE)
		return check_phase(r, op);
	if (op->kind == RMAP_START)
		return check_start(r, op->process);
	err = check_alive(r, op->process);
	if (!err && op->nr)
		err = check_inside(r, op->page, op->nr, steps ? op->step : 1);
	if (err)
		return err;
	r->tried |= op->may_fail;
	r->s->nr_reclaims += rmap_op_asks(op);
	switch (op->kind) {
	case RMAP_MMAP:
		return check_mmap(r, op);
	case RMAP_MREMAP:
		return check_mremap(r, op);
	case RMAP_FORK:
		return check_fork(r, op);
	case RMAP_MUNMAP:
		return set_ranges(r, op->process, op->page, op->nr, false);
	case RMAP_EXIT:
		check_exit(r, &r->process[op->process]);
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

/* Which comes first. */
#define AREA_LINE "area PAGES [REGION_PAGES]"

static int take_area(struct reader *r, const char *name, char *rest)
{
	struct rmap_script *s = r->s;
	const char *word = rmap_line_word(&rest);
	int err;

	if (strcmp(name, "area"))
		return text_file_bad(&r->text, name,
				     "a script begins with: " AREA_LINE);
	if (!word)
		return text_file_bad(&r->text, name,
				     "too few words: " AREA_LINE);
	err = rmap_line_number(&r->text, word, "PAGES", 1, RMAP_MAX_AREA,
			       &s->area_pages);
	word = err ? NULL : rmap_line_word(&rest);
	if (word)
		err = rmap_line_number(&r->text, word, "REGION_PAGES", 1,
				       RMAP_MAX_FILE_PAGES, &s->file_pages);
	if (!err && rmap_line_word(&rest))
		return text_file_bad(&r->text, name,
				     "too many words: " AREA_LINE);
	return err;
}

static int take_line(struct reader *r, char *line)
{
	struct rmap_op op = { .line = (uint32_t)r->text.line };
	const char *name;
	int err;

	line[strcspn(line, "#")] = '\0';
	name = rmap_line_word(&line);
	if (!name)
		return 0;
	if (!r->s->area_pages)
		return take_area(r, name, line);
	err = rmap_line_take(&r->text, r->s, name, line, &op);
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
	r->process[0].began = 1;
	r->s->nr_lives = 1;
	while ((ret = text_file_line(&r->text, &line)) > 0) {
		ret = take_line(r, line);
		if (ret)
			return ret;
	}
	if (!ret && !r->s->area_pages)
		return text_file_bad(&r->text, "",
				     "a script begins with: " AREA_LINE);
	if (!ret && r->s->nr_rounds > 1 && r->phase + 1 < r->s->nr_phases)
		return text_file_bad(&r->text, r->s->phase[r->phase + 1],
				     "the last round lacks this phase");
	return ret;
}

/* `path` is of a text that was opened, or not (err), and is closed then. */
static struct rmap_script *read_script(struct reader *r, const char *path,
				       int err)
{
	r->s = calloc(1, sizeof(*r->s));
	if (r->s)
		r->s->path = strdup(path);
	if (!err && (!r->s || !r->s->path))
		err = no_memory(r);
	if (!err) {
		r->s->file_pages = RMAP_FILE_PAGES;
		err = take_text(r);
		for (unsigned id = 0; id < r->s->nr_processes; id++)
			rmap_ranges_free(&r->process[id].ranges);
	}
	free(r->process);
	text_file_close(&r->text);
	if (!err)
		return r->s;
	if (r->s)
		rmap_script_close(r->s);
	return NULL;
}

struct rmap_script *rmap_script_open(const char *path, char *error,
				     size_t error_size)
{
	struct reader r = { .s = NULL };
	int err = text_file_open(&r.text, path, error, error_size);

	return read_script(&r, path, err);
}

struct rmap_script *rmap_script_parse(const char *name, char *text,
				      size_t length, char *error,
				      size_t error_size)
{
	struct reader r = { .text = { .path = name,
				      .bytes = text,
				      .next = text,
				      .left = length,
				      .error = error,
				      .error_size = error_size } };

	return read_script(&r, name, 0);
}

void rmap_script_close(struct rmap_script *s)
{
	free(s->path);
	free(s->ops);
	free(s);
}
