/*
 * slub_bulk.h - template: many objects at once. Part of slub_template.h.
 *
 * An alloc takes the CPU's freelist object by object and tells the transaction
 * id once. A free collects objects of one slab to a list of their own, and
 * gives that back as a whole: one exchange for each group.
 */

/* How many objects of other slabs a group is searched beyond. */
#define SLUB_LOOK_AHEAD 3

/*
 * Move the objects of the first one's slab to the front and link them, as far
 * as they lie close together; how many they are. The first stays the first.
 */
static inline unsigned S(detach)(struct S(cache) * c, struct page *head,
				 unsigned nr, void **objects)
{
	unsigned group = 1, others = 0;

	for (unsigned i = 1; i < nr && others < SLUB_LOOK_AHEAD; i++) {
		void *object = objects[i];

		if (slab_virt_to_head(&c->cache, object) != head) {
			others++;
			continue;
		}
		S(set_next)(c, objects[group - 1], object);
		objects[i] = objects[group];
		objects[group++] = object;
	}
	return group;
}

/* What must be left alone goes to the end; how many are before it. */
static inline unsigned S(check_bulk)(struct S(cache) * c, unsigned nr,
				     void **objects)
{
	unsigned i = 0;

	while (KMB_DEBUG >= 1 && i < nr) {
		void *object = objects[i];

		if (slab_check_free(&c->cache, object)) {
			i++;
			continue;
		}
		objects[i] = objects[--nr];
		objects[nr] = object;
	}
	return nr;
}

/* The objects are in another order behind it. */
static inline void S(free_bulk)(struct S(cache) * c, unsigned cpu, unsigned nr,
				void **objects)
{
	nr = S(check_bulk)(c, nr, objects);
	while (nr) {
		struct page *head = slab_virt_to_head(&c->cache, *objects);
		unsigned group = S(detach)(c, head, nr, objects);
		void *last = objects[group - 1];

		S(free_list)(c, cpu, head, *objects, last, group);
		objects += group;
		nr -= group;
	}
}

/* From the CPU's own freelist; how many. */
static inline unsigned S(pop_bulk)(struct S(cache) * c, struct slub_cpu *k,
				   unsigned nr, void **objects)
{
	void *object = k->freelist;
	unsigned got = 0;

	for (; object && got < nr; object = S(next)(c, object))
		objects[got++] = object;
	k->freelist = object;
	k->tid += c->tid_step;
	return got;
}

static inline unsigned S(alloc_bulk)(struct S(cache) * c, unsigned cpu,
				     unsigned nr, void **objects)
{
	unsigned got = 0;

	for (;;) {
		got += S(pop_bulk)(c, c->cpu[cpu], nr - got, objects + got);
		if (got == nr)
			break;
		objects[got] = S(alloc_slow)(c, cpu);
		if (!objects[got])
			break;
		got++;
	}
	for (unsigned i = 0; i < got; i++)
		slab_check_alloc(&c->cache, objects[i]);
	if (got == nr)
		return nr;
	S(free_bulk)(c, cpu, got, objects);
	return 0;
}

#undef SLUB_LOOK_AHEAD
