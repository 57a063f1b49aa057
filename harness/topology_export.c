/* topology_export.c - a machine as a file: hwloc's XML, or lstopo's drawing. */
#include "topology.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define LSTOPO "lstopo-no-graphics"

/* By a buffer, since hwloc's own writer does not notice a full disk. */
int topology_save(const struct topology *t, const char *path)
{
	char *xml;
	int length, err = 0;
	FILE *file;

	if (hwloc_topology_export_xmlbuffer(t->hwloc, &xml, &length, 0))
		return -ENOMEM;
	file = fopen(path, "we");
	if (!file)
		err = -errno;
	else if (fputs(xml, file) < 0)
		err = -errno;
	if (file && fclose(file) && !err)
		err = -errno;
	hwloc_free_xmlbuffer(t->hwloc, xml);
	return err;
}

/* Files in memory: what lstopo reads, what it draws, and what it says. */
enum { XML, SVG, SAID, NR_FILES };

static int open_files(int fd[NR_FILES])
{
	int err = 0;

	for (unsigned i = 0; i < NR_FILES; i++) {
		fd[i] = memfd_create("lstopo", MFD_CLOEXEC);
		if (fd[i] < 0)
			err = -errno;
	}
	return err;
}

static void close_files(const int fd[NR_FILES])
{
	for (unsigned i = 0; i < NR_FILES; i++)
		if (fd[i] >= 0)
			close(fd[i]);
}

/* All of a file, with a '\0' behind it; NULL: out of memory. */
static char *contents(int fd, size_t *size)
{
	off_t bytes = lseek(fd, 0, SEEK_END);
	char *text = bytes < 0 ? NULL : calloc(1, (size_t)bytes + 1);
	ssize_t got;

	*size = 0;
	while (text && *size < (size_t)bytes) {
		got = pread(fd, text + *size, (size_t)bytes - *size,
			    (off_t)*size);
		if (got <= 0)
			break;
		*size += (size_t)got;
	}
	return text;
}

/* The files are lstopo's standard ones; its exit status, or -errno. */
static int run_lstopo(const int fd[NR_FILES])
{
	char *argv[] = { LSTOPO,	 "--if", "xml", "-i", "-",
			 "--disallowed", "--of", "svg", NULL };
	posix_spawn_file_actions_t actions;
	int err = posix_spawn_file_actions_init(&actions), status = 0;
	pid_t pid;

	if (err)
		return -err;
	for (int i = 0; !err && i < NR_FILES; i++)
		err = posix_spawn_file_actions_adddup2(&actions, fd[i], i);
	if (!err)
		err = posix_spawnp(&pid, argv[0], &actions, NULL, argv,
				   environ);
	posix_spawn_file_actions_destroy(&actions);
	if (err)
		return -err;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* What lstopo drew, or why it did not. */
static int take_drawing(const int fd[NR_FILES], int status, char **svg,
			size_t *size, char *error, size_t error_size)
{
	char *said;
	size_t length;

	*svg = contents(fd[SVG], size);
	if (!status && *svg && *size)
		return 0;
	free(*svg);
	said = contents(fd[SAID], &length);
	snprintf(error, error_size, LSTOPO ": %.*s",
		 said && *said ? (int)strcspn(said, "\n") : 14,
		 said && *said ? said : "drew nothing");
	free(said);
	return -EIO;
}

/*
 * lstopo draws what we loaded, not what it would find itself. Its drawing
 * comes by memory, since lstopo does not notice a full disk, either.
 */
int topology_draw(const struct topology *t, char **svg, size_t *size,
		  char *error, size_t error_size)
{
	char xml[32];
	int fd[NR_FILES], err = open_files(fd);

	snprintf(xml, sizeof(xml), "/proc/self/fd/%d", fd[XML]);
	if (!err)
		err = topology_save(t, xml);
	if (!err)
		err = run_lstopo(fd);
	if (err == -ENOENT)
		snprintf(error, error_size,
			 LSTOPO ": not found; install hwloc-nox (Debian) or "
				"hwloc to draw the machine");
	else if (err < 0)
		snprintf(error, error_size, LSTOPO ": %s", strerror(-err));
	else
		err = take_drawing(fd, err, svg, size, error, error_size);
	close_files(fd);
	return err;
}
