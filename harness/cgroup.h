/* cgroup.h - what this process's control group lets it use. */
#ifndef KMB_CGROUP_H
#define KMB_CGROUP_H

#include <stddef.h>
#include <stdint.h>

enum cgroup_kind {
	CGROUP_MEMORY, /* bytes: memory.max, memory.limit_in_bytes */
	CGROUP_CPU, /* CPU time in thousandths of a CPU: cpu.max and the like */
};

/*
 * The smallest limit of our control group and its ancestors, as far as they
 * can be seen from here, in version 2 and 1. UINT64_MAX: none. file (unless
 * NULL): the file that says so, without root, or "". `root` goes before every
 * path: "" is this machine, tests give a directory with a made-up /proc and
 * /sys.
 */
uint64_t cgroup_limit(const char *root, enum cgroup_kind kind, char *file,
		      size_t size);

/* The same of memory. */
uint64_t cgroup_memory_limit(const char *root);

#endif
