/* rmap_scene_lines.h - the lines that workloads' scripts are written in. */
#ifndef KMB_RMAP_SCENE_LINES_H
#define KMB_RMAP_SCENE_LINES_H

#include "rmap_scenes.h"

typedef unsigned long long number; /* to be printed */

static inline void scene_phase(FILE *out, const char *name, uint64_t ops)
{
	fprintf(out, "phase %s %llu\n", name, (number)ops);
}

static inline void scene_one(FILE *out, const char *op, uint64_t process)
{
	fprintf(out, "%s %llu\n", op, (number)process);
}

static inline void scene_ask(FILE *out, const char *op, uint64_t process,
			     uint64_t page)
{
	fprintf(out, "%s %llu %llu\n", op, (number)process, (number)page);
}

static inline void scene_fork_one(FILE *out, uint64_t parent, uint64_t child)
{
	fprintf(out, "fork %llu %llu\n", (number)parent, (number)child);
}

static inline void scene_touch(FILE *out, const char *op, uint64_t process,
			       uint64_t page, uint64_t nr, uint64_t step)
{
	fprintf(out, "%s %llu %llu %llu %llu\n", op, (number)process,
		(number)page, (number)nr, (number)step);
}

static inline void scene_map_file(FILE *out, uint64_t process, uint64_t page,
				  uint64_t nr, uint64_t pgoff,
				  const char *protection)
{
	fprintf(out, "mmap %llu %llu %llu fpriv 0 %llu %s\n", (number)process,
		(number)page, (number)nr, (number)pgoff, protection);
}

/* Process 0 has an area of its own. */
static inline void scene_begin_own(FILE *out, uint64_t area, uint64_t nr)
{
	fprintf(out, "mmap 0 0 %llu anon 0 0 rw\n", (number)area);
	scene_touch(out, "write", 0, 0, nr, 1);
}

/* It is the parent of all others, of `nr` in all. */
static inline void scene_family(FILE *out, uint64_t area, uint64_t written,
				uint64_t nr)
{
	fprintf(out, "area %llu\n", (number)area);
	scene_begin_own(out, area, written);
	for (uint64_t p = 1; p < nr; p++)
		scene_fork_one(out, 0, p);
}

/* A file besides, of so many pages, mapped somewhere in `area` of them. */
static inline void scene_area_and_file(FILE *out, uint64_t area, uint64_t file)
{
	fprintf(out, "area %llu %llu\n", RMAP_FILE_PAGE + area, (number)file);
}

#endif
