/* identity.h - which binary on which machine: may two measurements be joined?
 */
#ifndef KMB_IDENTITY_H
#define KMB_IDENTITY_H

#include <jansson.h>

/*
 * {"binary": hash of /proc/self/exe, "host", "cpu_model", "nr_cpus",
 * "memory_bytes", "kernel"}; what cannot be read is null. NULL: no memory.
 */
json_t *identity_collect(void);

/* "key : value" of the first such line of /proc/cpuinfo, or JSON's null. */
json_t *identity_cpuinfo(const char *key);
/* The processor's name; on ARM its implementer's number. */
json_t *identity_cpu_model(void);

#endif
