/* slab_subject_each.h - template: one STRATEGY as a struct slab_subject. */

static int S(subject_create)(struct kmem_cache *c,
			     const struct slab_params *params,
			     const struct slab_host *host)
{
	return S(create)((struct S(cache) *)c, params, host);
}

static void *S(subject_alloc)(struct kmem_cache *c, unsigned cpu)
{
	return S(alloc)((struct S(cache) *)c, cpu);
}

static void S(subject_free)(struct kmem_cache *c, unsigned cpu, void *object)
{
	S(free)((struct S(cache) *)c, cpu, object);
}

static unsigned S(subject_alloc_bulk)(struct kmem_cache *c, unsigned cpu,
				      unsigned nr, void **objects)
{
	return S(alloc_bulk)((struct S(cache) *)c, cpu, nr, objects);
}

static void S(subject_free_bulk)(struct kmem_cache *c, unsigned cpu,
				 unsigned nr, void **objects)
{
	S(free_bulk)((struct S(cache) *)c, cpu, nr, objects);
}

static uint64_t S(subject_shrink)(struct kmem_cache *c, unsigned cpu)
{
	return S(shrink)((struct S(cache) *)c, cpu);
}

static void S(subject_drain_cpu)(struct kmem_cache *c, unsigned cpu,
				 unsigned dead)
{
	S(drain_cpu)((struct S(cache) *)c, cpu, dead);
}

static void S(subject_stats)(struct kmem_cache *c, struct slab_stats *stats)
{
	S(stats)((struct S(cache) *)c, stats);
}

static bool S(subject_validate)(struct kmem_cache *c)
{
	return S(validate)((struct S(cache) *)c);
}

static uint64_t S(subject_destroy)(struct kmem_cache *c)
{
	return S(destroy)((struct S(cache) *)c);
}

_Static_assert(offsetof(struct S(cache), cache) == 0,
	       "a strategy's cache begins with a kmem_cache");

static __attribute__((constructor)) void S(add_subject)(void)
{
	slab_subjects[nr_slab_subjects++] = (struct slab_subject){
		.name = STRATEGY_NAME,
		.traits = S(traits),
		.max_threads = S(max_threads),
#ifdef STRATEGY_ANY_CPU
		.any_cpu = true,
#endif
		.cache_bytes = sizeof(struct S(cache)),
		.create = S(subject_create),
		.alloc = S(subject_alloc),
		.free = S(subject_free),
		.alloc_bulk = S(subject_alloc_bulk),
		.free_bulk = S(subject_free_bulk),
		.shrink = S(subject_shrink),
		.drain_cpu = S(subject_drain_cpu),
		.stats = S(subject_stats),
		.validate = S(subject_validate),
		.destroy = S(subject_destroy),
	};
}
