/*
 * lock_strategies.h - the locks that are compared, by one set of names.
 *
 * Includes STRATEGY_TEMPLATE once per lock. The template has, and undefines:
 *   STRATEGY, LOCK_MODELS    its name, and what it is in one line
 *   LOCK_TYPE                its type
 *   LOCK_INIT(lock)
 *   LOCK(lock, node)         node: struct spin_mcs_node, one per waiter
 *   TRYLOCK(lock, node)      true: taken
 *   UNLOCK(lock, node)
 *   LOCK_DESTROY(lock)       nobody holds it
 */
#include <pthread.h>

#include "../sync/spin_mcs.h"
#include "../sync/spin_ticket.h"
#include "../sync/spinlock.h"

/* clang-format off */
#define STRATEGY spin_tas
#define LOCK_MODELS "the spinlock of 2.6: test, then test-and-set; unfair"
#define LOCK_TYPE struct spinlock
#define LOCK_INIT(lock) spin_lock_init(lock)
#define LOCK(lock, node) ((void)(node), spin_lock(lock))
#define TRYLOCK(lock, node) ((void)(node), spin_trylock(lock))
#define UNLOCK(lock, node) ((void)(node), spin_unlock(lock))
#define LOCK_DESTROY(lock) ((void)(lock))
#include STRATEGY_TEMPLATE

#define STRATEGY spin_ticket
#define LOCK_MODELS "the ticket lock of 2.6.25: fair, all spin on one word"
#define LOCK_TYPE struct spin_ticket
#define LOCK_INIT(lock) spin_ticket_init(lock)
#define LOCK(lock, node) ((void)(node), spin_ticket_lock(lock))
#define TRYLOCK(lock, node) ((void)(node), spin_ticket_trylock(lock))
#define UNLOCK(lock, node) ((void)(node), spin_ticket_unlock(lock))
#define LOCK_DESTROY(lock) ((void)(lock))
#include STRATEGY_TEMPLATE

#define STRATEGY spin_mcs
#define LOCK_MODELS "Mellor-Crummey and Scott's: a queue, each on its own line"
#define LOCK_TYPE struct spin_mcs
#define LOCK_INIT(lock) spin_mcs_init(lock)
#define LOCK(lock, node) spin_mcs_lock(lock, node)
#define TRYLOCK(lock, node) spin_mcs_trylock(lock, node)
#define UNLOCK(lock, node) spin_mcs_unlock(lock, node)
#define LOCK_DESTROY(lock) ((void)(lock))
#include STRATEGY_TEMPLATE

#define STRATEGY mutex
#define LOCK_MODELS "pthread_mutex: waiters sleep in the kernel"
#define LOCK_TYPE pthread_mutex_t
#define LOCK_INIT(lock) ((void)pthread_mutex_init(lock, NULL))
#define LOCK(lock, node) ((void)(node), pthread_mutex_lock(lock))
#define TRYLOCK(lock, node) ((void)(node), !pthread_mutex_trylock(lock))
#define UNLOCK(lock, node) ((void)(node), pthread_mutex_unlock(lock))
#define LOCK_DESTROY(lock) ((void)pthread_mutex_destroy(lock))
#include STRATEGY_TEMPLATE
/* clang-format on */
