/* rmap_collection.c - arrays of mappings: filled, sorted, compared. */
#include "rmap_collection.h"

#include <errno.h>
#include <stdlib.h>

#include "../kernels/base/compiler.h"

bool rmap_collection_init(struct rmap_collection *c,
			  const struct rmap_script *script)
{
	*c = (struct rmap_collection){ 0 };
	c->process_of = calloc(script->nr_lives, sizeof(*c->process_of));
	return c->process_of;
}

void rmap_collection_free(struct rmap_collection *c)
{
	free(c->dump.mappings);
	free(c->dump.areas);
	free(c->process_of);
	free(c->found);
}

void rmap_collect_begin(struct rmap_collection *c)
{
	c->dump.nr_mappings = c->dump.nr_pages = c->dump.nr_areas = 0;
}

/* Room for nr elements at *array, which may move. */
static bool make_room(void *array, size_t size, uint64_t nr, uint64_t *room)
{
	void **at = array, *more;
	uint64_t wanted = *room ? *room : 64;

	while (wanted < nr)
		wanted *= 2;
	if (wanted == *room)
		return true;
	more = realloc(*at, wanted * size);
	if (!more)
		return false;
	*at = more;
	*room = wanted;
	return true;
}

static uint64_t page_of(uint64_t addr)
{
	return (addr - RMAP_AREA) >> PAGE_SHIFT;
}

int rmap_collect_pages(struct rmap_collection *c, uint64_t pfn, uint64_t addr,
		       uint64_t nr)
{
	struct rmap_dump *d = &c->dump;

	if (!make_room(&d->mappings, sizeof(*d->mappings), d->nr_mappings + nr,
		       &c->mappings_room))
		return -ENOMEM;
	for (uint64_t i = 0; i < nr; i++)
		d->mappings[d->nr_mappings++] =
			(struct rmap_mapping){ pfn + i, c->process,
					       page_of(addr) + i };
	return 0;
}

int rmap_collect_area(struct rmap_collection *c,
		      const struct vm_area_struct *vma)
{
	struct rmap_dump *d = &c->dump;

	if (!make_room(&d->areas, sizeof(*d->areas), d->nr_areas + 1,
		       &c->areas_room))
		return -ENOMEM;
	d->areas[d->nr_areas++] = (struct rmap_area){
		.process = c->process,
		.start = page_of(vma->vm_start),
		.end = page_of(vma->vm_end),
		.flags = vma->vm_flags & (VM_READ | VM_WRITE | VM_SHARED),
		.file = vma->vm_mapping,
	};
	return 0;
}

static int compare_mappings(const void *a, const void *b)
{
	const struct rmap_mapping *x = a, *y = b;

	if (x->pfn != y->pfn)
		return x->pfn < y->pfn ? -1 : 1;
	if (x->process != y->process)
		return x->process < y->process ? -1 : 1;
	return x->page < y->page ? -1 : x->page > y->page;
}

/* Areas were collected in their order. */
void rmap_collect_end(struct rmap_collection *c)
{
	struct rmap_dump *d = &c->dump;

	if (d->nr_mappings)
		qsort(d->mappings, d->nr_mappings, sizeof(*d->mappings),
		      compare_mappings);
	for (uint64_t i = 0; i < d->nr_mappings; i += rmap_same_page(d, i))
		d->nr_pages++;
}

uint64_t rmap_same_page(const struct rmap_dump *dump, uint64_t first)
{
	uint64_t end = first;

	while (end < dump->nr_mappings &&
	       dump->mappings[end].pfn == dump->mappings[first].pfn)
		end++;
	return end - first;
}

/* Room for more than there should be, which is then seen. */
bool rmap_found_begin(struct rmap_collection *c, uint64_t nr)
{
	c->nr_found = 0;
	return make_room(&c->found, sizeof(*c->found), 2 * nr, &c->found_room);
}

void rmap_found(struct rmap_collection *c, unsigned mm_id, uint64_t addr)
{
	if (c->nr_found < c->found_room)
		c->found[c->nr_found] = (struct rmap_mapping){
			.process = c->process_of[mm_id],
			.page = page_of(addr),
		};
	c->nr_found++;
}

const char *rmap_found_differs(struct rmap_collection *c,
			       const struct rmap_mapping *first, uint64_t nr,
			       struct rmap_mapping *at)
{
	const uint64_t kept =
		c->nr_found < c->found_room ? c->nr_found : c->found_room;

	for (uint64_t i = 0; i < kept; i++)
		c->found[i].pfn = first->pfn;
	if (kept)
		qsort(c->found, kept, sizeof(*c->found), compare_mappings);
	for (uint64_t i = 0; i < nr || i < kept; i++) {
		int order = i == kept ? 1
			    : i == nr
				    ? -1
				    : compare_mappings(&c->found[i], &first[i]);

		*at = order < 0 ? c->found[i] : first[i < nr ? i : 0];
		if (order > 0)
			return "maps the page and was not found";
		if (order < 0 && i &&
		    !compare_mappings(&c->found[i], &c->found[i - 1]))
			return "was found twice";
		if (order < 0)
			return "was found and does not map the page";
	}
	return NULL;
}
