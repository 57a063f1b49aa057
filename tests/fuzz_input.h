/* fuzz_input.h - libFuzzer's bytes as a file, for readers that take a path. */
#ifndef KMB_FUZZ_INPUT_H
#define KMB_FUZZ_INPUT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char input_path[64], error[512];
static int input = -1;

#define require(cond)                                                          \
	do {                                                                   \
		if (!(cond)) {                                                 \
			fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, \
				#cond, error);                                 \
			abort();                                               \
		}                                                              \
	} while (0)

static void set_input(const void *data, size_t size)
{
	if (input < 0) {
		input = memfd_create("fuzz", 0);
		require(input >= 0);
		snprintf(input_path, sizeof(input_path), "/proc/self/fd/%d",
			 input);
	}
	require(!ftruncate(input, 0));
	require(pwrite(input, data, size, 0) == (ssize_t)size);
}

/* A line that names the file, and no other. */
static void check_error(void)
{
	require(!strncmp(error, input_path, strlen(input_path)));
	require(!strchr(error, '\n'));
}

#endif
