/* cgroup.h - what this process's control group lets it use. */
#ifndef KMB_CGROUP_H
#define KMB_CGROUP_H

#include <stdint.h>

/*
 * The smallest memory limit of our control group and its ancestors, as far as
 * they can be seen from here; version 2 (memory.max) and 1
 * (memory.limit_in_bytes). UINT64_MAX: none. `root` goes before every path: ""
 * is this machine, tests give a directory with a made-up /proc and /sys.
 */
uint64_t cgroup_memory_limit(const char *root);

#endif
