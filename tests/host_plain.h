/* host_plain.h - host memory for tests: plain mappings, nothing bound. */
#ifndef KMB_HOST_PLAIN_H
#define KMB_HOST_PLAIN_H

#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/membarrier.h>

#include "../kernels/base/bitops.h"
#include "../kernels/mm/host_memory.h"

#define HOST_PLAIN_ALIGN (2ull << 20)

static void *host_plain_map(struct host_memory *self, size_t bytes)
{
	size_t room = align_up(bytes, 4096) + HOST_PLAIN_ALIGN;
	char *addr = mmap(NULL, room, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	char *start = (char *)align_up((uintptr_t)addr, HOST_PLAIN_ALIGN);
	char *end = start + align_up(bytes, 4096);

	(void)self;
	if (addr == MAP_FAILED)
		return NULL;
	if (start > addr)
		munmap(addr, (size_t)(start - addr));
	if (end < addr + room)
		munmap(end, (size_t)(addr + room - end));
	return start;
}

static int host_plain_bind(struct host_memory *self, void *addr, size_t bytes,
			   unsigned node)
{
	(void)self, (void)addr, (void)bytes, (void)node;
	return 0;
}

static void host_plain_touch(struct host_memory *self, void *addr, size_t bytes)
{
	(void)self, (void)addr, (void)bytes;
}

static void host_plain_release(struct host_memory *self, void *addr,
			       size_t bytes)
{
	(void)self;
	madvise(addr, bytes, MADV_DONTNEED);
}

static void host_plain_unmap(struct host_memory *self, void *addr, size_t bytes)
{
	(void)self;
	munmap(addr, align_up(bytes, 4096));
}

static void host_plain_fence(struct host_memory *self)
{
	(void)self;
	syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

static maybe_unused struct host_memory host_plain = {
	.map = host_plain_map,
	.bind = host_plain_bind,
	.touch = host_plain_touch,
	.release = host_plain_release,
	.unmap = host_plain_unmap,
};

/* A process has to ask for it before the first. */
static __attribute__((constructor)) void host_plain_register(void)
{
	if (!syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED,
		     0, 0))
		host_plain.fence_others = host_plain_fence;
}

#endif
