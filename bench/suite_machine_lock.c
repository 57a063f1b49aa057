/* suite_machine_lock.c - locks around one shared counter, by threads. */
#include "thread_sets.h"

#include "../kernels/base/strategy.h"

#define STRATEGY_TEMPLATE "../../bench/machine_lock_loops.h"
#include "../kernels/machine/lock_strategies.h"
