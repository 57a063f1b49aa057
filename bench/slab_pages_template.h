/*
 * slab_pages_template.h - template: STRATEGY of kernels/frame behind the calls
 * of a page_source.
 */

/* The CPU's own node first, then the others by distance. */
static struct page *S(alloc_pages)(void *self, unsigned cpu, unsigned order)
{
	struct slab_pages *p = self;
	const unsigned nr_nodes = p->mem.nr_nodes;
	unsigned own;

	if (p->any_cpu)
		cpu = slab_pages_cpu;
	own = p->cpu_node[cpu];
	for (unsigned i = 0; i < nr_nodes; i++) {
		unsigned node = p->order[own][i];
		pfn_t pfn = S(alloc)(slab_pages_allocator(p, node), cpu, order);

		if (pfn == PFN_NONE)
			continue;
		slab_pages_took(p, cpu, own, node, pfn, order);
		return pfn_to_page(&p->mem, pfn);
	}
	return NULL;
}

static void S(free_pages)(void *self, unsigned cpu, struct page *page,
			  unsigned order)
{
	struct slab_pages *p = self;

	if (p->any_cpu)
		cpu = slab_pages_cpu;
	slab_pages_gives(p, cpu, page, order);
	S(free)
	(slab_pages_allocator(p, page_to_nid(page)), cpu,
	 page_to_pfn(&p->mem, page), order);
}

static int S(pages_create)(void *allocator, struct physmem *mem,
			   const struct zone *zone, unsigned nr_cpus)
{
	return S(create)(allocator, mem, zone, nr_cpus);
}

static void S(pages_destroy)(void *allocator)
{
	S(destroy)(allocator);
}

static bool S(pages_validate)(void *allocator)
{
	return S(validate)(allocator);
}

static void S(pages_stats)(void *allocator, struct frame_stats *stats)
{
	S(stats)(allocator, stats);
}

static const struct slab_pages_kind S(pages_kind) = {
	.name = STRATEGY_NAME,
	.allocator_bytes = sizeof(struct S(allocator)),
	.boot_bytes = S(boot_bytes),
	.create = S(pages_create),
	.destroy = S(pages_destroy),
	.validate = S(pages_validate),
	.stats = S(pages_stats),
	.alloc_pages = S(alloc_pages),
	.free_pages = S(free_pages),
};
