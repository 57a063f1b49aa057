/* trace_file.c - the binary trace: written once, checked whenever it is read.
 */
#include "trace_file.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "../kernels/base/compiler.h"
#include "../kernels/mm/mmzone.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the structs of trace_file.h are the file's bytes: little-endian only"
#endif

#define BLOCK_BYTES (TRACE_BLOCK_EVENTS * sizeof(struct trace_event))

struct trace_file {
	FILE *file;
	struct trace_header header;
	uint64_t nr_read;		      /* events handed out */
	uint64_t nr[NR_TRACE_KINDS], implied; /* of those */
	/* Of each object: 0 when it is not live, else its order + 1. */
	uint8_t *page_live, *slab_live;
	char path[PATH_MAX];
	struct trace_event block[TRACE_BLOCK_EVENTS];
};

struct trace_writer {
	FILE *file;
	uint64_t nr_events;
	unsigned nr_block; /* of block[], those not yet written */
	char path[PATH_MAX], temporary[PATH_MAX];
	struct trace_event block[TRACE_BLOCK_EVENTS];
};

static uint32_t crc_of(const void *bytes, size_t size)
{
	return (uint32_t)crc32(0, bytes, (uInt)size);
}

static uint32_t header_crc(const struct trace_header *h)
{
	return crc_of(h, offsetof(struct trace_header, crc));
}

static uint64_t file_bytes(uint64_t nr_events)
{
	uint64_t blocks = nr_events / TRACE_BLOCK_EVENTS +
			  (nr_events % TRACE_BLOCK_EVENTS != 0);

	return sizeof(struct trace_header) +
	       nr_events * sizeof(struct trace_event) +
	       blocks * sizeof(uint32_t);
}

static int say(char *error, size_t size, int code, const char *path,
	       const char *format, ...) printf_like(5, 6);

/* "path: what" in error; returns code. */
static int say(char *error, size_t size, int code, const char *path,
	       const char *format, ...)
{
	int used = snprintf(error, size, "%s: ", path);
	va_list args;

	if (used < 0 || (size_t)used >= size)
		return code;
	va_start(args, format);
	vsnprintf(error + used, size - (size_t)used, format, args);
	va_end(args);
	return code;
}

/* Is it ours, whole, and does it hold together? */
static int check_header(const struct trace_header *h, size_t got,
			const char *path, char *error, size_t size)
{
	uint64_t sum = 0;

	if (got < sizeof(h->magic) ||
	    memcmp(h->magic, TRACE_MAGIC, sizeof(h->magic)))
		return say(error, size, -EINVAL, path,
			   "not a binary trace: does not begin with "
			   "\"" TRACE_MAGIC "\"; 'kmembench trace import' "
			   "makes one");
	if (got < sizeof(*h))
		return say(error, size, -EINVAL, path,
			   "truncated: %zu bytes, and the header alone has %zu",
			   got, sizeof(*h));
	if (h->version != TRACE_VERSION || h->header_bytes != sizeof(*h))
		return say(error, size, -EINVAL, path,
			   "a trace of version %u, not %u: import it anew",
			   h->version, TRACE_VERSION);
	if (h->crc != header_crc(h))
		return say(error, size, -EINVAL, path,
			   "damaged: the header's CRC is %08x and should be "
			   "%08x",
			   header_crc(h), h->crc);
	for (unsigned i = 0; i < NR_TRACE_KINDS; i++)
		sum += h->nr[i];
	if (!h->nr_events || sum != h->nr_events ||
	    h->page_objects > h->nr_events || h->slab_objects > h->nr_events)
		return say(
			error, size, -EINVAL, path,
			"damaged: the header's counts contradict each other");
	return 0;
}

static int check_length(FILE *file, const struct trace_header *h,
			const char *path, char *error, size_t size)
{
	off_t end;

	if (fseeko(file, 0, SEEK_END) || (end = ftello(file)) < 0 ||
	    fseeko(file, sizeof(*h), SEEK_SET))
		return say(error, size, -EIO, path, "%s", strerror(errno));
	/* So many events that their bytes overflow are too many, too. */
	if (h->nr_events <= (uint64_t)end / sizeof(struct trace_event) &&
	    (uint64_t)end == file_bytes(h->nr_events))
		return 0;
	return say(error, size, -EINVAL, path,
		   "%s: %llu bytes do not hold the header's %llu events",
		   h->nr_events > (uint64_t)end / sizeof(struct trace_event) ||
				   (uint64_t)end < file_bytes(h->nr_events)
			   ? "truncated"
			   : "damaged",
		   (unsigned long long)end, (unsigned long long)h->nr_events);
}

/* Everything of trace_file_open() that needs the open file. */
static int open_checked(struct trace_file *f, char *error, size_t size)
{
	size_t got = fread(&f->header, 1, sizeof(f->header), f->file);
	int err;

	if (ferror(f->file))
		return say(error, size, -EIO, f->path, "%s", strerror(errno));
	err = check_header(&f->header, got, f->path, error, size);
	if (!err)
		err = check_length(f->file, &f->header, f->path, error, size);
	if (err)
		return err;
	f->page_live = calloc((size_t)f->header.page_objects + 1, 1);
	f->slab_live = calloc((size_t)f->header.slab_objects + 1, 1);
	if (!f->page_live || !f->slab_live)
		return say(error, size, -ENOMEM, f->path, "out of memory");
	return 0;
}

struct trace_file *trace_file_open(const char *path,
				   struct trace_header *header, char *error,
				   size_t error_size)
{
	struct trace_file *f = malloc(sizeof(*f));

	if (!f) {
		say(error, error_size, -ENOMEM, path, "out of memory");
		return NULL;
	}
	memset(f, 0, offsetof(struct trace_file, block));
	snprintf(f->path, sizeof(f->path), "%s", path);
	f->file = fopen(path, "re");
	if (!f->file)
		say(error, error_size, -errno, path, "%s", strerror(errno));
	if (!f->file || open_checked(f, error, error_size)) {
		trace_file_close(f);
		return NULL;
	}
	*header = f->header;
	return f;
}

void trace_file_close(struct trace_file *f)
{
	if (f->file)
		fclose(f->file);
	free(f->page_live);
	free(f->slab_live);
	free(f);
}

/* Take or free the event's object: NULL, or what is wrong with it. */
static const char *check_object(struct trace_file *f,
				const struct trace_event *e)
{
	const bool page = trace_is_page(e->kind);
	uint8_t *live = page ? f->page_live : f->slab_live;
	uint32_t nr = page ? f->header.page_objects : f->header.slab_objects;

	if (e->object >= nr)
		return "an object beyond the header's number of them";
	live += e->object;
	if (trace_is_alloc(e->kind)) {
		if (*live)
			return "an allocation of an object that is live";
		*live = (uint8_t)(e->order + 1);
		return NULL;
	}
	if (*live != e->order + 1)
		return *live ? "a free with another order than the allocation's"
			     : "a free of an object that is not live";
	*live = 0;
	return NULL;
}

static const char *check_event(struct trace_file *f,
			       const struct trace_event *e)
{
	if (e->kind >= NR_TRACE_KINDS)
		return "an unknown kind";
	if (e->type >= MIGRATE_TYPES)
		return "an unknown migratetype";
	if (e->cpu >= f->header.nr_cpus)
		return "a CPU beyond the header's number of them";
	if (!trace_is_page(e->kind) && e->order)
		return "a slab object with an order";
	if (e->flags & ~TRACE_IMPLIED || (e->flags && trace_is_alloc(e->kind)))
		return "unknown flags";
	f->nr[e->kind]++;
	f->implied += e->flags & TRACE_IMPLIED;
	return check_object(f, e);
}

/* A block's bytes and their CRC are there and agree. */
static int read_block(struct trace_file *f, size_t nr, char *error, size_t size)
{
	uint32_t crc;

	if (fread(f->block, sizeof(*f->block), nr, f->file) != nr ||
	    fread(&crc, sizeof(crc), 1, f->file) != 1)
		return say(error, size, ferror(f->file) ? -EIO : -EINVAL,
			   f->path, "%s",
			   ferror(f->file) ? strerror(errno) : "truncated");
	if (crc == crc_of(f->block, nr * sizeof(*f->block)))
		return 0;
	return say(error, size, -EINVAL, f->path,
		   "damaged: the CRC of the block at event %llu is wrong",
		   (unsigned long long)f->nr_read);
}

int trace_file_next(struct trace_file *f, const struct trace_event **events,
		    char *error, size_t error_size)
{
	const uint64_t left = f->header.nr_events - f->nr_read;
	const size_t nr =
		left < TRACE_BLOCK_EVENTS ? (size_t)left : TRACE_BLOCK_EVENTS;
	int err;

	if (!nr)
		return 0;
	err = read_block(f, nr, error, error_size);
	if (err)
		return err;
	for (size_t i = 0; i < nr; i++) {
		const char *wrong = check_event(f, &f->block[i]);

		if (wrong)
			return say(error, error_size, -EINVAL, f->path,
				   "damaged: event %llu is %s",
				   (unsigned long long)f->nr_read + i, wrong);
	}
	f->nr_read += nr;
	if (f->nr_read == f->header.nr_events &&
	    (f->implied != f->header.implied ||
	     memcmp(f->nr, f->header.nr, sizeof(f->nr))))
		return say(error, error_size, -EINVAL, f->path,
			   "damaged: the events are not those that the header "
			   "counts");
	*events = f->block;
	return (int)nr;
}

struct trace_event *trace_file_read(const char *path,
				    struct trace_header *header, char *error,
				    size_t error_size)
{
	struct trace_file *f = trace_file_open(path, header, error, error_size);
	const struct trace_event *block;
	struct trace_event *all;
	uint64_t at = 0;
	int nr;

	if (!f)
		return NULL;
	all = calloc(header->nr_events, sizeof(*all));
	if (!all)
		say(error, error_size, -ENOMEM, path, "out of memory");
	while (all && (nr = trace_file_next(f, &block, error, error_size))) {
		if (nr < 0) {
			free(all);
			all = NULL;
			break;
		}
		memcpy(all + at, block, (size_t)nr * sizeof(*block));
		at += (unsigned)nr;
	}
	trace_file_close(f);
	return all;
}

/* A device or a pipe must not be replaced by a file. */
static int open_beside(struct trace_writer *w, const char *path)
{
	static const struct trace_header none;
	struct stat st;

	if (snprintf(w->path, PATH_MAX, "%s", path) >= PATH_MAX ||
	    snprintf(w->temporary, PATH_MAX, "%s.tmp", path) >= PATH_MAX)
		return -ENAMETOOLONG;
	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	w->file = fopen(w->temporary, "we");
	/* The header's place: its counts are known at the end. */
	if (!w->file || fwrite(&none, sizeof(none), 1, w->file) != 1)
		return -errno;
	return 0;
}

struct trace_writer *trace_writer_open(const char *path, char *error,
				       size_t error_size)
{
	struct trace_writer *w = malloc(sizeof(*w));
	int err = -ENOMEM;

	if (w) {
		memset(w, 0, offsetof(struct trace_writer, block));
		err = open_beside(w, path);
	}
	if (!err)
		return w;
	say(error, error_size, err, path, "%s",
	    err == -EINVAL ? "not a regular file" : strerror(-err));
	if (w)
		trace_writer_drop(w);
	return NULL;
}

static int write_block(struct trace_writer *w)
{
	const size_t bytes = w->nr_block * sizeof(*w->block);
	const uint32_t crc = crc_of(w->block, bytes);

	w->nr_events += w->nr_block;
	w->nr_block = 0;
	if (fwrite(w->block, 1, bytes, w->file) != bytes ||
	    fwrite(&crc, sizeof(crc), 1, w->file) != 1)
		return -errno;
	return 0;
}

int trace_writer_add(struct trace_writer *w, const struct trace_event *event)
{
	w->block[w->nr_block++] = *event;
	return w->nr_block == TRACE_BLOCK_EVENTS ? write_block(w) : 0;
}

static int write_header(struct trace_writer *w, struct trace_header *h)
{
	memcpy(h->magic, TRACE_MAGIC, sizeof(h->magic));
	h->version = TRACE_VERSION;
	h->header_bytes = sizeof(*h);
	h->nr_events = w->nr_events;
	h->crc = header_crc(h);
	if (fseeko(w->file, 0, SEEK_SET) ||
	    fwrite(h, sizeof(*h), 1, w->file) != 1 || fflush(w->file) ||
	    fsync(fileno(w->file)))
		return -errno;
	return 0;
}

static int close_file(struct trace_writer *w)
{
	FILE *file = w->file;

	w->file = NULL;
	return fclose(file) ? -errno : 0;
}

int trace_writer_finish(struct trace_writer *w, struct trace_header *header,
			char *error, size_t error_size)
{
	int err = w->nr_block ? write_block(w) : 0;

	if (!err)
		err = write_header(w, header);
	if (!err)
		err = close_file(w);
	if (!err && rename(w->temporary, w->path))
		err = -errno;
	if (!err) {
		free(w);
		return 0;
	}
	say(error, error_size, err, w->path, "%s", strerror(-err));
	unlink(w->temporary);
	trace_writer_drop(w);
	return err;
}

void trace_writer_drop(struct trace_writer *w)
{
	if (w->file) {
		fclose(w->file);
		unlink(w->temporary);
	}
	free(w);
}
