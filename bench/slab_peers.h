/*
 * slab_peers.h - allocators of other people, found at run time: libraries that
 * a case's process loads, and glibc's malloc, which is there.
 */
#ifndef KMB_SLAB_PEERS_H
#define KMB_SLAB_PEERS_H

#include "slab_bench.h"

/* A library that several subjects come from; loaded once a process. */
struct slab_library {
	const char *name;
	const char *const *files; /* sonames, the first is tried first; NULL */
	/* Give back to the system what is not in use. */
	void (*purge)(const struct slab_library *lib);

	void *handle; /* NULL: not loaded here */
	int found;    /* 0: not known; 1: it is; -1: it is not */
	char why_not[96];
};

/*
 * Can it be loaded? Asked in a process of its own: an allocator that was loaded
 * once does not leave again.
 */
bool slab_library_found(struct slab_library *lib);
/* Load it, or end the process with a line on stderr: the case's last words. */
void slab_library_load(struct slab_library *lib);
/* The address of a function of a loaded one; NULL: it has none. */
void *slab_library_symbol(const struct slab_library *lib, const char *name);

/* Anonymous memory that this process has in use, in bytes. */
uint64_t slab_resident_bytes(void);

#endif
