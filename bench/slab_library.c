/* slab_library.c - look for libraries, load them, and ask what they hold. */
#include "slab_peers.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Its names are for nobody else: the program's own malloc stays what it is. */
static void *open_first(const struct slab_library *lib)
{
	void *handle = NULL;

	for (const char *const *file = lib->files; *file && !handle; file++)
		handle = dlopen(*file, RTLD_NOW | RTLD_LOCAL);
	return handle;
}

/*
 * One that is there but cannot be loaded is complained of by its path, which
 * only the search can have found. Its case will say why.
 */
static bool is_there(const struct slab_library *lib)
{
	for (const char *const *file = lib->files; *file; file++) {
		const char *why;

		if (dlopen(*file, RTLD_NOW | RTLD_LOCAL))
			return true;
		why = dlerror();
		if (why && why[0] == '/')
			return true;
	}
	return false;
}

bool slab_library_found(struct slab_library *lib)
{
	int status = 1;
	pid_t pid;

	if (lib->found)
		return lib->found > 0;
	fflush(NULL);
	pid = fork();
	if (!pid)
		_exit(!is_there(lib));
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	lib->found = status ? -1 : 1;
	snprintf(lib->why_not, sizeof(lib->why_not), "no %s", lib->files[0]);
	return lib->found > 0;
}

void slab_library_load(struct slab_library *lib)
{
	if (!lib->handle)
		lib->handle = open_first(lib);
	if (lib->handle)
		return;
	fprintf(stderr, "%s: %s\n", lib->name, dlerror());
	exit(EXIT_FAILURE);
}

void *slab_library_symbol(const struct slab_library *lib, const char *name)
{
	return dlsym(lib->handle, name);
}

/* Pages that may be taken away at any time are not in use. */
uint64_t slab_resident_bytes(void)
{
	FILE *f = fopen("/proc/self/smaps_rollup", "r");
	unsigned long long kib, anonymous = 0, lazy = 0;
	char line[128];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Anonymous: %llu kB", &kib) == 1)
			anonymous = kib;
		if (sscanf(line, "LazyFree: %llu kB", &kib) == 1)
			lazy = kib;
	}
	if (f)
		fclose(f);
	return (anonymous - lazy) << 10;
}
