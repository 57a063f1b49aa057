/*
 * slab_peers.c - other people's allocators as subjects of family slab.
 *
 * Each function is called as the library exports it. What a library holds is
 * what the process has more of than before the first object: their own counts
 * mean different things, and all leave something out.
 */
#include "slab_peers.h"

#include <gnu/libc-version.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

struct slab_peer {
	struct slab_library *lib;
	const char *alloc, *free; /* names: alloc(size), free(object, size) */
	const char *heap;	  /* alloc(heap(), size); NULL: as above */
};

struct peer_cache {
	const struct slab_peer *peer;
	uint64_t before; /* bytes in use, when there was no object */
};

static int peer_create(void *cache, const struct slab_peer *peer)
{
	*(struct peer_cache *)cache = (struct peer_cache){ .peer = peer };
	slab_library_load(peer->lib);
	return 0;
}

/* glibc's has what this process has freed so far, and would use it again. */
static void peer_begin(void *cache)
{
	struct peer_cache *c = cache;

	c->peer->lib->purge(c->peer->lib);
	c->before = slab_resident_bytes();
}

static uintptr_t heap_of(const struct slab_peer *peer)
{
	uintptr_t (*heap)(void);

	*(void **)&heap = slab_library_symbol(peer->lib, peer->heap);
	return heap();
}

static void peer_call(void *cache, unsigned cpu, uint64_t size,
		      struct slab_call *call)
{
	const struct peer_cache *c = cache;
	const struct slab_peer *peer = c->peer;
	void *alloc = slab_library_symbol(peer->lib, peer->alloc);
	void *free = slab_library_symbol(peer->lib, peer->free);

	(void)cpu;
	*call = (struct slab_call){ .alloc_arg = { size, 0 },
				    .free_arg = { size, 0 } };
	if (peer->heap) {
		call->alloc_arg[0] = heap_of(peer);
		call->alloc_arg[1] = size;
	}
	*(void **)&call->alloc = alloc;
	*(void **)&call->free = free;
}

static uint64_t peer_shrink(void *cache, unsigned cpu)
{
	const struct peer_cache *c = cache;

	(void)cpu;
	c->peer->lib->purge(c->peer->lib);
	return 0;
}

static void peer_stats(void *cache, struct slab_stats *stats)
{
	const struct peer_cache *c = cache;
	uint64_t now = slab_resident_bytes();

	*stats = (struct slab_stats){
		.page_bytes = now > c->before ? now - c->before : 0,
		.remote_frees = SLAB_NOT_COUNTED,
		.refills = SLAB_NOT_COUNTED,
	};
}

static bool peer_validate(void *cache)
{
	(void)cache;
	return true;
}

static uint64_t peer_destroy(void *cache)
{
	(void)cache;
	return 0;
}

/* A library: its files, the likeliest first. */
#define LIBRARY(lib_name, ...)                                               \
	static const char *const lib_name##_files[] = { __VA_ARGS__, NULL }; \
	static struct slab_library lib_name##_lib = {                        \
		.name = #lib_name,                                           \
		.files = lib_name##_files,                                   \
		.purge = lib_name##_purge,                                   \
	};                                                                   \
	static const char *lib_name##_unsupported(void)                      \
	{                                                                    \
		return slab_library_found(&lib_name##_lib)                   \
			       ? NULL                                        \
			       : lib_name##_lib.why_not;                     \
	}

/* A subject of a library's, whose struct slab_peer the rest is of. */
#define PEER(peer_name, lib_name, what, largest, ...)                     \
	static const struct slab_peer peer_name##_peer = {                \
		.lib = &lib_name##_lib, __VA_ARGS__                       \
	};                                                                \
	static int peer_name##_create(void *cache,                        \
				      const struct slab_params *params,   \
				      const struct slab_host *host)       \
	{                                                                 \
		(void)params, (void)host;                                 \
		return peer_create(cache, &peer_name##_peer);             \
	}                                                                 \
	static const struct slab_subject peer_name##_subject = {          \
		.name = #peer_name,                                       \
		.models = what,                                           \
		.max_threads = KMB_MAX_THREADS,                           \
		.max_size = largest,                                      \
		.library = true,                                          \
		.unsupported = lib_name##_unsupported,                    \
		.version = lib_name##_version,                            \
		.cache_bytes = sizeof(struct peer_cache),                 \
		.create = peer_name##_create,                             \
		.begin = peer_begin,                                      \
		.call = peer_call,                                        \
		.shrink = peer_shrink,                                    \
		.stats = peer_stats,                                      \
		.validate = peer_validate,                                \
		.destroy = peer_destroy,                                  \
	};                                                                \
	static __attribute__((constructor)) void peer_name##_add(void)    \
	{                                                                 \
		slab_add_cases(&peer_name##_subject, slab_indirect_loops, \
			       "indirect");                               \
	}

/* A function of a library that is loaded. */
#define FUNCTION(lib_name, type, name, ...) \
	type (*name)(__VA_ARGS__);          \
	*(void **)&name = slab_library_symbol(&lib_name##_lib, #name)

/* ---- glibc ---- */

static void glibc_purge(const struct slab_library *lib)
{
	(void)lib;
	malloc_trim(0);
}

static const char *glibc_version(void)
{
	return gnu_get_libc_version();
}

LIBRARY(glibc, "libc.so.6")
PEER(glibc, glibc, "the C library's malloc", UINT32_MAX, .alloc = "malloc",
     .free = "free")

/* ---- jemalloc ---- */

#define JEMALLOC_ALL_ARENAS "4096"

static void jemalloc_purge(const struct slab_library *lib)
{
	int (*mallctl)(const char *, void *, size_t *, void *, size_t);

	*(void **)&mallctl = slab_library_symbol(lib, "mallctl");
	mallctl("thread.tcache.flush", NULL, NULL, NULL, 0);
	mallctl("arena." JEMALLOC_ALL_ARENAS ".purge", NULL, NULL, NULL, 0);
}

LIBRARY(jemalloc, "libjemalloc.so.2", "libjemalloc.so.1")

/* "5.3.0-0-g54eaed1d..." */
static const char *jemalloc_version(void)
{
	FUNCTION(jemalloc, int, mallctl, const char *, void *, size_t *, void *,
		 size_t);
	static char text[32];
	const char *version = "";
	size_t size = sizeof(version);

	mallctl("version", &version, &size, NULL, 0);
	snprintf(text, sizeof(text), "%.*s", (int)strcspn(version, "-"),
		 version);
	return text;
}

PEER(jemalloc, jemalloc, "jemalloc: malloc and free", UINT32_MAX,
     .alloc = "malloc", .free = "free")
PEER(jemalloc_x, jemalloc, "jemalloc: mallocx and sdallocx", UINT32_MAX,
     .alloc = "mallocx", .free = "sdallocx")

/* ---- mimalloc ---- */

static void mimalloc_purge(const struct slab_library *lib)
{
	void (*mi_collect)(bool);

	*(void **)&mi_collect = slab_library_symbol(lib, "mi_collect");
	mi_collect(true);
}

LIBRARY(mimalloc, "libmimalloc.so.2", "libmimalloc.so.2.0", "libmimalloc.so.1",
	"libmimalloc.so")

/* 209 is 2.0.9. */
static const char *mimalloc_version(void)
{
	FUNCTION(mimalloc, int, mi_version, void);
	static char text[32];
	int version = mi_version();

	snprintf(text, sizeof(text), "%d.%d.%d", version / 100,
		 version / 10 % 10, version % 10);
	return text;
}

/* MI_SMALL_SIZE_MAX: 128 words. */
#define MIMALLOC_SMALL (128 * sizeof(void *))

PEER(mimalloc, mimalloc, "mimalloc: mi_malloc and mi_free", UINT32_MAX,
     .alloc = "mi_malloc", .free = "mi_free")
PEER(mimalloc_small, mimalloc, "mimalloc: mi_heap_malloc_small and mi_free",
     MIMALLOC_SMALL, .alloc = "mi_heap_malloc_small", .free = "mi_free",
     .heap = "mi_heap_get_default")

/* ---- tcmalloc, gperftools' ---- */

static void tcmalloc_purge(const struct slab_library *lib)
{
	void (*release)(void);

	*(void **)&release =
		slab_library_symbol(lib, "MallocExtension_ReleaseFreeMemory");
	release();
}

LIBRARY(tcmalloc, "libtcmalloc_minimal.so.4", "libtcmalloc.so.4")

/* "gperftools 2.10" */
static const char *tcmalloc_version(void)
{
	FUNCTION(tcmalloc, const char *, tc_version, int *, int *,
		 const char **);
	const char *version = tc_version(NULL, NULL, NULL);

	return version + strcspn(version, "0123456789");
}

PEER(tcmalloc, tcmalloc, "tcmalloc of gperftools: tc_malloc and tc_free",
     UINT32_MAX, .alloc = "tc_malloc", .free = "tc_free")
PEER(tcmalloc_sized, tcmalloc,
     "tcmalloc of gperftools: tc_malloc and tc_free_sized", UINT32_MAX,
     .alloc = "tc_malloc", .free = "tc_free_sized")
