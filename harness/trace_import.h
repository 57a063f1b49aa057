/* trace_import.h - a kernel's trace as text, to matched events. */
#ifndef KMB_TRACE_IMPORT_H
#define KMB_TRACE_IMPORT_H

#include <signal.h>
#include <stdbool.h>

#include "trace_match.h"

struct trace_import {
	const char *path; /* "-": stdin */
	bool strict;	  /* refuse the first bad line */
	trace_sink sink;
	void *arg;
	const char *output; /* where the sink writes, for its errors; or NULL */
	/* Set by a signal: end soon, with EXIT_INTERRUPTED. NULL: none does. */
	const volatile sig_atomic_t *stop;
};

/*
 * Read all of it; *header gets the counts. -1: well, with a few lines on stderr
 * about what could not be read. Else the exit code, and one line: no such file,
 * no events in it, bad lines with strict, or the sink's error.
 */
int trace_import(const struct trace_import *import,
		 struct trace_header *header);

#endif
