/* thread_sets.c - a working set for each thread, on the thread's own node. */
#include "thread_sets.h"

#include <stdlib.h>

/* A mapping each: sets of two nodes never share a host page, however large. */
struct thread_sets *thread_sets_new(const struct bench_env *env, uint64_t bytes)
{
	unsigned nr = env->point.threads;
	struct thread_sets *sets =
		calloc(1, sizeof(*sets) + nr * sizeof(sets->addr[0]));

	if (!sets)
		return NULL;
	sets->host = env->host;
	sets->bytes = bytes;
	for (; sets->nr < nr; sets->nr++) {
		void *addr = env->host->map(env->host, bytes);

		if (!addr)
			goto free_sets;
		sets->addr[sets->nr] = addr;
		if (env->host->bind(env->host, addr, bytes,
				    env->thread_node[sets->nr])) {
			sets->nr++;
			goto free_sets;
		}
	}
	return sets;

free_sets:
	thread_sets_free(sets);
	return NULL;
}

void thread_sets_free(struct thread_sets *sets)
{
	for (unsigned i = 0; i < sets->nr; i++)
		sets->host->unmap(sets->host, sets->addr[i], sets->bytes);
	free(sets);
}

void thread_sets_touch(const struct thread_sets *sets, unsigned cpu)
{
	sets->host->touch(sets->host, sets->addr[cpu], sets->bytes);
}

void thread_sets_teardown(void *state)
{
	thread_sets_free(state);
}

int thread_sets_thread_setup(struct bench_thread *self)
{
	struct thread_sets *sets = self->state;

	thread_sets_touch(sets, self->cpu);
	self->local = sets->addr[self->cpu];
	return 0;
}
