/*
 * percpu_rseq.h - percpu for threads that may be moved at any moment: a pop and
 * a push are restartable sequences on the store of the CPU they run on.
 *
 * Whoever works longer on a store takes it, in a sequence that leaves &nothing
 * for its top: to pops it is then empty and to pushes full, and the store is
 * his alone wherever he is moved, until his last store gives back the top. That
 * store commits an exchange of magazines. Who finds a store taken, or runs on
 * no CPU of the host's nr_cpus, or has no restartable sequences, uses one of as
 * many stores more, each under a lock, his own by the thread's address. So
 * stores are bounded as percpu's are, twice.
 *
 * Give it a host whose nr_cpus is more than any number of a CPU that threads
 * may run on (sysconf(_SC_NPROCESSORS_CONF)): it is right without, but threads
 * on the others take locks. Its argument `cpu` is handed on to host->pages.
 */
#ifndef KMB_SLAB_PERCPU_RSEQ_H
#define KMB_SLAB_PERCPU_RSEQ_H

#include "percpu_check.h"
#include "percpu_pool.h"
#include "rseq.h"

struct percpu_rseq_cache {
	union {
		struct kmem_cache cache;
		struct percpu_pool pool;
	};
};

enum { percpu_rseq_max_threads = KMB_MAX_THREADS };
enum { percpu_rseq_traits = 0 };
static const char percpu_rseq_models[] =
	"ours: percpu by restartable sequences, threads may migrate";

/* The first nr CPUs have stores of their own; the others share those that are
 * locked, which are always empty and full to a sequence. */
static inline void percpu_rseq_number(struct percpu_rseq_cache *c, unsigned nr)
{
	const unsigned nr_cpus = c->cache.host->nr_cpus;
	struct percpu_store **locked = c->pool.store + nr_cpus;

	for (unsigned i = 0; i < RSEQ_CPUS; i++)
		c->pool.by_number[i] =
			i < nr ? c->pool.store[i] : locked[i % nr_cpus];
}

static inline int percpu_rseq_create(struct percpu_rseq_cache *c,
				     const struct slab_params *params,
				     const struct slab_host *host)
{
	int err = percpu_pool_create(&c->pool, params, host, 2 * host->nr_cpus,
				     RSEQ_CPUS);

	if (err)
		return err;
	for (unsigned i = 0; i < host->nr_cpus; i++)
		c->pool.store[host->nr_cpus + i]->locked = 1;
	percpu_rseq_number(c, rseq_available() ? host->nr_cpus : 0);
	return 0;
}

/* ---- who has a store ---- */

/* Take a store that no magazine is loaded in, or that is locked by this. */
static inline bool percpu_rseq_take_idle(struct percpu_store *s)
{
	/* pairs with the release in percpu_rseq_put_store() */
	return READ_ONCE(s->idle) && xchg_acquire(&s->idle, 0);
}

/* Each thread's own, nearly. */
static coldpath struct percpu_store *
percpu_rseq_take_locked(struct percpu_rseq_cache *c)
{
	static __thread char here;
	uint64_t hash = (uintptr_t)&here * 0x9e3779b97f4a7c15ull >> 32;
	const unsigned nr_cpus = c->cache.host->nr_cpus;
	struct percpu_store *s = c->pool.store[nr_cpus + hash % nr_cpus];

	while (!percpu_rseq_take_idle(s))
		cpu_relax();
	return s;
}

static inline struct percpu_store *
percpu_rseq_take_store(struct percpu_rseq_cache *c)
{
	void **top;
	struct percpu_store *s = rseq_take(c->pool.by_number, &top);

	if (s && top != &s->nothing) {
		s->held = top;
		return s;
	}
	return s && percpu_rseq_take_idle(s) ? s : percpu_rseq_take_locked(c);
}

/* The top goes back where it is not under a lock; both releases pair with what
 * orders a thread's reads behind its taking the store. */
static inline void percpu_rseq_put_store(struct percpu_store *s)
{
	if (!s->locked && s->held != &s->nothing)
		smp_store_release(&s->top, s->held);
	else
		smp_store_release(&s->idle, 1);
}

/* ---- objects ---- */

static coldpath void *percpu_rseq_alloc_slow(struct percpu_rseq_cache *c,
					     unsigned cpu)
{
	struct percpu_store *s = percpu_rseq_take_store(c);
	void *object = percpu_store_alloc(&c->pool, s, cpu);

	percpu_rseq_put_store(s);
	return object;
}

static coldpath void percpu_rseq_free_slow(struct percpu_rseq_cache *c,
					   unsigned cpu, void *object)
{
	struct percpu_store *s = percpu_rseq_take_store(c);

	percpu_store_free(&c->pool, s, cpu, object);
	percpu_rseq_put_store(s);
}

forceinline void *percpu_rseq_alloc(struct percpu_rseq_cache *c, unsigned cpu)
{
	void *object = rseq_pop(c->pool.by_number);

	if (unlikely(!object))
		object = percpu_rseq_alloc_slow(c, cpu);
	return slab_check_alloc(&c->cache, object);
}

forceinline void percpu_rseq_free(struct percpu_rseq_cache *c, unsigned cpu,
				  void *object)
{
	if (!slab_check_free(&c->cache, object))
		return;
	if (unlikely(!rseq_push(c->pool.by_number, object)))
		percpu_rseq_free_slow(c, cpu, object);
}

static inline unsigned percpu_rseq_alloc_bulk(struct percpu_rseq_cache *c,
					      unsigned cpu, unsigned nr,
					      void **objects)
{
	struct percpu_store *s = percpu_rseq_take_store(c);
	bool all = percpu_store_alloc_bulk(&c->pool, s, cpu, objects, nr);

	percpu_rseq_put_store(s);
	return all ? percpu_check_alloc_bulk(&c->pool, nr, objects) : 0;
}

static inline void percpu_rseq_free_bulk(struct percpu_rseq_cache *c,
					 unsigned cpu, unsigned nr,
					 void **objects)
{
	struct percpu_store *s = percpu_rseq_take_store(c);

	percpu_check_free_bulk(&c->pool, s, cpu, nr, objects);
	percpu_rseq_put_store(s);
}

/* ---- all of it ---- */

static inline uint64_t percpu_rseq_shrink(struct percpu_rseq_cache *c,
					  unsigned cpu)
{
	return percpu_pool_shrink(&c->pool, cpu);
}

/* No thread runs on the dead CPU, so no sequence does; but one may have taken
 * its store there and been moved. */
static inline void percpu_rseq_drain_cpu(struct percpu_rseq_cache *c,
					 unsigned cpu, unsigned dead)
{
	struct percpu_store *s = c->pool.store[dead];
	void **top;

	while ((top = xchg_full(&s->top, &s->nothing)) == &s->nothing) {
		if (percpu_rseq_take_idle(s))
			break;
		cpu_relax();
	}
	s->held = top;
	percpu_store_drain(&c->pool, s, cpu);
	percpu_rseq_put_store(s);
}

static inline void percpu_rseq_stats(struct percpu_rseq_cache *c,
				     struct slab_stats *stats)
{
	percpu_pool_stats(&c->pool, stats);
}

static inline bool percpu_rseq_validate(struct percpu_rseq_cache *c)
{
	return percpu_pool_validate(&c->pool);
}

static inline uint64_t percpu_rseq_destroy(struct percpu_rseq_cache *c)
{
	return percpu_pool_destroy(&c->pool);
}

#endif
