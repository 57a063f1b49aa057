/* plain_memory.h - memory of the host for what is not timed: from anywhere, and
 * only what is touched. */
#ifndef KMB_PLAIN_MEMORY_H
#define KMB_PLAIN_MEMORY_H

#include "../kernels/mm/host_memory.h"

extern struct host_memory plain_memory;

#endif
