/* slab_fault.h - what a checked build saw of a slab's objects, as one line. */
#ifndef KMB_SLAB_FAULT_H
#define KMB_SLAB_FAULT_H

#include <stddef.h>

#include "../kernels/slab/slab.h"

/* Names cache, address and what is known of it; no newline. Cut to `bytes`. */
void slab_fault_text(char *text, size_t bytes, const struct slab_fault *fault);

/* The same on stderr, for slab_host.fault; what was wrong was left alone. */
void slab_fault_print(void *unused, const struct slab_fault *fault);

#endif
