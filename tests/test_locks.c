/* test_locks.c - every lock excludes; the fair ones serve in order. */
#include "test.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

#include "../kernels/base/strategy.h"
#include "../kernels/sync/atomic.h"

/*
 * There are more threads here than CPUs may be, and whoever spins for a thread
 * that is not running would spin its whole time slice: now and then, let that
 * one run. Not each time: two that never spin side by side prove nothing.
 */
static void relax(void)
{
	static _Thread_local unsigned nr;

	if (++nr % 16 == 0)
		sched_yield();
}
#define cpu_relax() relax()

#define THREADS 4
#ifdef __SANITIZE_THREAD__ /* it tells a race from the order, not by luck */
#define INCREMENTS 20000
#else
#define INCREMENTS 100000
#endif

#define STRATEGY_TEMPLATE "../../tests/lock_checks.h"
#include "../kernels/machine/lock_strategies.h"

#define WAITERS 5

/* Who was served when, guarded by the lock itself. */
struct queue {
	struct spin_ticket ticket;
	struct spin_mcs mcs;
	unsigned order[WAITERS], nr_served;
};

struct waiter {
	struct queue *queue;
	unsigned place; /* it was the place-th to get in line */
	struct spin_mcs_node node;
	pthread_t thread;
};

static void served(struct waiter *w)
{
	w->queue->order[w->queue->nr_served++] = w->place;
}

static void check_order(const struct queue *queue)
{
	assert_int_equal(queue->nr_served, WAITERS);
	for (unsigned i = 0; i < WAITERS; i++)
		assert_int_equal(queue->order[i], i);
}

static void start(struct waiter *w, struct queue *queue, unsigned place,
		  void *(*wait)(void *))
{
	w->queue = queue;
	w->place = place;
	assert_int_equal(pthread_create(&w->thread, NULL, wait, w), 0);
}

static void *ticket_wait(void *arg)
{
	struct waiter *w = arg;

	spin_ticket_lock(&w->queue->ticket);
	served(w);
	spin_ticket_unlock(&w->queue->ticket);
	return NULL;
}

/*
 * Line up one after the other behind a held lock, each once the one before is
 * seen in line. The tickets wrap around on the way.
 */
static void ticket_serves_in_order(void **state)
{
	struct queue queue = { .nr_served = 0 };
	struct waiter waiters[WAITERS];

	(void)state;
	spin_ticket_init(&queue.ticket);
	queue.ticket.owner = queue.ticket.next = UINT16_MAX - 2;
	spin_ticket_lock(&queue.ticket);
	for (unsigned i = 0; i < WAITERS; i++) {
		uint16_t in_line = (uint16_t)(UINT16_MAX - 2 + 1 + i + 1);

		start(&waiters[i], &queue, i, ticket_wait);
		while (READ_ONCE(queue.ticket.next) != in_line)
			sched_yield();
	}
	assert_false(spin_ticket_trylock(&queue.ticket));
	spin_ticket_unlock(&queue.ticket);
	for (unsigned i = 0; i < WAITERS; i++)
		pthread_join(waiters[i].thread, NULL);
	check_order(&queue);
	assert_true(spin_ticket_trylock(&queue.ticket));
}

static void *mcs_wait(void *arg)
{
	struct waiter *w = arg;

	spin_mcs_lock(&w->queue->mcs, &w->node);
	served(w);
	spin_mcs_unlock(&w->queue->mcs, &w->node);
	return NULL;
}

static void mcs_serves_in_order(void **state)
{
	struct queue queue = { .nr_served = 0 };
	struct waiter waiters[WAITERS];
	struct spin_mcs_node node, other;

	(void)state;
	spin_mcs_init(&queue.mcs);
	spin_mcs_lock(&queue.mcs, &node);
	for (unsigned i = 0; i < WAITERS; i++) {
		start(&waiters[i], &queue, i, mcs_wait);
		while (READ_ONCE(queue.mcs.tail) != &waiters[i].node)
			sched_yield();
	}
	assert_false(spin_mcs_trylock(&queue.mcs, &other));
	spin_mcs_unlock(&queue.mcs, &node);
	for (unsigned i = 0; i < WAITERS; i++)
		pthread_join(waiters[i].thread, NULL);
	check_order(&queue);
	assert_null(queue.mcs.tail);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		spin_tas_tests[0],
		spin_tas_tests[1],
		spin_ticket_tests[0],
		spin_ticket_tests[1],
		spin_mcs_tests[0],
		spin_mcs_tests[1],
		mutex_tests[0],
		mutex_tests[1],
		cmocka_unit_test(ticket_serves_in_order),
		cmocka_unit_test(mcs_serves_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
