/* plain_memory.c - simulated memory as anonymous mappings. */
#include "plain_memory.h"

#include <stdint.h>
#include <sys/mman.h>

#include "../kernels/base/bitops.h"

#define HOST_PAGE 4096
#define HOST_ALIGN (2ull << 20)

static void *plain_map(struct host_memory *self, size_t bytes)
{
	const size_t room = align_up(bytes, HOST_PAGE) + HOST_ALIGN;
	char *addr = mmap(NULL, room, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	char *start = (char *)align_up((uintptr_t)addr, HOST_ALIGN);
	char *end = start + align_up(bytes, HOST_PAGE);

	(void)self;
	if (addr == MAP_FAILED)
		return NULL;
	if (start > addr)
		munmap(addr, (size_t)(start - addr));
	munmap(end, (size_t)(addr + room - end));
	return start;
}

static int plain_bind(struct host_memory *self, void *addr, size_t bytes,
		      unsigned node)
{
	(void)self, (void)addr, (void)bytes, (void)node;
	return 0;
}

static void plain_nothing(struct host_memory *self, void *addr, size_t bytes)
{
	(void)self, (void)addr, (void)bytes;
}

static void plain_unmap(struct host_memory *self, void *addr, size_t bytes)
{
	(void)self;
	munmap(addr, align_up(bytes, HOST_PAGE));
}

struct host_memory plain_memory = {
	.map = plain_map,
	.bind = plain_bind,
	.touch = plain_nothing,
	.release = plain_nothing,
	.unmap = plain_unmap,
};
