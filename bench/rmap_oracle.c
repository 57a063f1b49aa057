/* rmap_oracle.c - the sets of a real kernel's mappings: read, and compared. */
#include "rmap_oracle.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text_file.h"

#define HEADER                            \
	"dump,pfn,kpagecount,kpageflags," \
	"nmap,mappings(proc:page_index;...)"

/* /proc/kpageflags: the zero page, whose mappings nobody counts. */
#define KPF_ZERO_PAGE 24

/* Who maps one page, ascending: nr members from ->first on. */
struct set {
	unsigned dump;
	uint32_t line;
	uint64_t first, nr;
};

struct rmap_oracle {
	char *path;
	struct rmap_mapping *members; /* their pfn is 0 */
	struct set *sets;	      /* by dump and members */
	uint64_t nr_members, nr_sets, members_room, sets_room;
};

static int compare_members(const void *a, const void *b)
{
	const struct rmap_mapping *x = a, *y = b;

	if (x->process != y->process)
		return x->process < y->process ? -1 : 1;
	return x->page < y->page ? -1 : x->page > y->page;
}

/* The order of sets: by members, a shorter one before what it begins. */
static int compare_sets(const struct rmap_mapping *a, uint64_t nr_a,
			const struct rmap_mapping *b, uint64_t nr_b)
{
	for (uint64_t i = 0; i < nr_a && i < nr_b; i++) {
		int order = compare_members(&a[i], &b[i]);

		if (order)
			return order;
	}
	return nr_a < nr_b ? -1 : nr_a > nr_b;
}

static int compare_rows(const void *a, const void *b, void *members)
{
	const struct set *x = a, *y = b;
	const struct rmap_mapping *of = members;

	if (x->dump != y->dump)
		return x->dump < y->dump ? -1 : 1;
	return compare_sets(of + x->first, x->nr, of + y->first, y->nr);
}

static int no_memory(const struct text_file *t)
{
	snprintf(t->error, t->error_size, "%s: out of memory", t->path);
	return -ENOMEM;
}

/* A column's number. */
static int take_number(struct text_file *t, char **rest, const char *name,
		       int base, uint64_t limit, uint64_t *value)
{
	const char *word = text_file_word(rest, ",");

	if (text_number(word, base, limit, value))
		return 0;
	return text_file_bad(t, word, "%s has to be a %snumber up to %" PRIu64,
			     name, base == 16 ? "hexadecimal " : "", limit);
}

/* "0:7673", a process and its page. */
static int take_member(struct rmap_oracle *o, struct text_file *t, char *word)
{
	char *rest = word, *process = text_file_word(&rest, ":");
	uint64_t id, page;

	if (!text_number(process, 10, RMAP_MAX_PROCESS, &id) ||
	    !text_number(rest, 10, RMAP_MAX_AREA - 1, &page))
		return text_file_bad(t, word,
				     "mappings are PROCESS:PAGE;PROCESS:PAGE");
	if (o->nr_members == o->members_room) {
		uint64_t room = o->members_room ? 2 * o->members_room : 1024;
		void *more = realloc(o->members, room * sizeof(*o->members));

		if (!more)
			return no_memory(t);
		o->members = more;
		o->members_room = room;
	}
	o->members[o->nr_members++] =
		(struct rmap_mapping){ 0, (unsigned)id, page };
	return 0;
}

static int add_set(struct rmap_oracle *o, struct text_file *t,
		   const struct set *set)
{
	if (o->nr_sets == o->sets_room) {
		uint64_t room = o->sets_room ? 2 * o->sets_room : 1024;
		void *more = realloc(o->sets, room * sizeof(*o->sets));

		if (!more)
			return no_memory(t);
		o->sets = more;
		o->sets_room = room;
	}
	qsort(o->members + set->first, set->nr, sizeof(*o->members),
	      compare_members);
	o->sets[o->nr_sets++] = *set;
	return 0;
}

static int take_row(struct rmap_oracle *o, struct text_file *t, char *rest)
{
	struct set set = { .line = (uint32_t)t->line, .first = o->nr_members };
	uint64_t dump, ignored, flags = 0, nr = 0;
	int err = take_number(t, &rest, "dump", 10, UINT32_MAX, &dump);

	if (!err)
		err = take_number(t, &rest, "pfn", 16, UINT64_MAX, &ignored);
	if (!err)
		err = take_number(t, &rest, "kpagecount", 10, UINT64_MAX,
				  &ignored);
	if (!err)
		err = take_number(t, &rest, "kpageflags", 16, UINT64_MAX,
				  &flags);
	if (!err)
		err = take_number(t, &rest, "nmap", 10, UINT32_MAX, &nr);
	if (err || flags >> KPF_ZERO_PAGE & 1)
		return err;
	while (*rest && !err)
		err = take_member(o, t, text_file_word(&rest, ";"));
	if (err)
		return err;
	set.dump = (unsigned)dump;
	set.nr = o->nr_members - set.first;
	if (!nr || set.nr != nr)
		return text_file_bad(
			t, "nmap", "%" PRIu64 " mappings follow, not %" PRIu64,
			set.nr, nr);
	return add_set(o, t, &set);
}

static int take_text(struct rmap_oracle *o, struct text_file *t)
{
	char *line = "";
	int ret = text_file_line(t, &line);

	if (ret >= 0 && strcmp(line, HEADER))
		return text_file_bad(t, line, "an oracle begins with " HEADER);
	while (ret > 0 && (ret = text_file_line(t, &line)) > 0) {
		int err = take_row(o, t, line);

		if (err)
			return err;
	}
	return ret;
}

struct rmap_oracle *rmap_oracle_open(const char *path, char *error,
				     size_t error_size)
{
	struct rmap_oracle *o = calloc(1, sizeof(*o));
	struct text_file text;
	int err;

	if (o)
		o->path = strdup(path);
	if (!o || !o->path) {
		snprintf(error, error_size, "%s: out of memory", path);
		free(o);
		return NULL;
	}
	err = text_file_open(&text, path, error, error_size);
	if (!err)
		err = take_text(o, &text);
	text_file_close(&text);
	if (err) {
		rmap_oracle_close(o);
		return NULL;
	}
	if (o->nr_sets)
		qsort_r(o->sets, o->nr_sets, sizeof(*o->sets), compare_rows,
			o->members);
	return o;
}

void rmap_oracle_close(struct rmap_oracle *o)
{
	free(o->path);
	free(o->members);
	free(o->sets);
	free(o);
}

int rmap_oracle_fits(const struct rmap_oracle *o, const struct rmap_script *s,
		     char *error, size_t error_size)
{
	for (uint64_t i = 0, at = 0; i < o->nr_sets; i++) {
		const struct set *set = &o->sets[i];

		at = rmap_script_dump(s, at, set->dump);
		if (at < s->nr_ops && s->ops[at].child == set->dump)
			continue;
		snprintf(error, error_size,
			 "%s:%" PRIu32 ": '%u': %s has no such dump", o->path,
			 set->line, set->dump, s->path);
		return -EINVAL;
	}
	return 0;
}

/* As the file writes them, cut off. */
static const char *print_set(const struct rmap_mapping *members, uint64_t nr,
			     char text[100])
{
	size_t length = 0;

	for (uint64_t i = 0; i < nr; i++) {
		if (length > 60) {
			snprintf(text + length, 100 - length, ";...");
			break;
		}
		length += (size_t)snprintf(text + length, 100 - length,
					   "%s%u:%" PRIu64, i ? ";" : "",
					   members[i].process, members[i].page);
	}
	return text;
}

/* A dump's sets, in the oracle's order: of each its first mapping. NULL: no
 * memory. */
struct own_set {
	const struct rmap_mapping *first;
	uint64_t nr;
};

static int compare_own(const void *a, const void *b)
{
	const struct own_set *x = a, *y = b;

	return compare_sets(x->first, x->nr, y->first, y->nr);
}

static struct own_set *sort_own(const struct rmap_dump *dump)
{
	struct own_set *own = malloc((dump->nr_pages + 1) * sizeof(*own));
	uint64_t nr = 0;

	for (uint64_t i = 0; own && i < dump->nr_mappings; i += own[nr++].nr)
		own[nr] = (struct own_set){ dump->mappings + i,
					    rmap_same_page(dump, i) };
	if (own)
		qsort(own, nr, sizeof(*own), compare_own);
	return own;
}

/* The sets of one dump: the first, and how many. */
static const struct set *find_dump(const struct rmap_oracle *o, unsigned dump,
				   uint64_t *nr)
{
	uint64_t first = 0, end;

	while (first < o->nr_sets && o->sets[first].dump < dump)
		first++;
	for (end = first; end < o->nr_sets && o->sets[end].dump == dump;)
		end++;
	*nr = end - first;
	return *nr ? &o->sets[first] : NULL;
}

int rmap_oracle_compare(const struct rmap_oracle *o,
			const struct rmap_dump *dump, char *error,
			size_t error_size)
{
	struct own_set *own = sort_own(dump);
	const struct rmap_mapping *of = o->members;
	uint64_t nr, i;
	const struct set *set = find_dump(o, dump->number, &nr);
	int order = 0;
	char text[100];

	if (!own) {
		snprintf(error, error_size, "%s: out of memory", o->path);
		return -ENOMEM;
	}
	for (i = 0; !order && (i < nr || i < dump->nr_pages); i++)
		order = i == nr ? -1
			: i == dump->nr_pages
				? 1
				: compare_sets(own[i].first, own[i].nr,
					       of + set[i].first, set[i].nr);
	if (order < 0)
		snprintf(error, error_size,
			 "dump %u: a page is mapped by %s, and %s has none so",
			 dump->number,
			 print_set(own[i - 1].first, own[i - 1].nr, text),
			 o->path);
	else if (order > 0)
		snprintf(error, error_size,
			 "dump %u: no page is mapped by %s, as %s:%" PRIu32
			 " says",
			 dump->number,
			 print_set(of + set[i - 1].first, set[i - 1].nr, text),
			 o->path, set[i - 1].line);
	free(own);
	return order ? RMAP_DIFFERS : 0;
}
