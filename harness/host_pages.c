/* host_pages.c - map host pages of a kind, and read what there is of them. */
#include "host_pages.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../kernels/base/bitops.h"
#include "sysfs.h"

#define HUGE_SHIFT 21
#define GIANT_SHIFT 30
#define ALIGN_BYTES (1ull << HUGE_SHIFT)

const char *const host_pages_name[NR_HOST_PAGES] = { "4k", "thp", "2m", "1g" };

int host_pages_parse(const char *name)
{
	for (int i = 0; i < NR_HOST_PAGES; i++)
		if (!strcmp(name, host_pages_name[i]))
			return i;
	return -1;
}

uint64_t host_pages_bytes(enum host_pages pages)
{
	switch (pages) {
	case HOST_PAGES_1G:
		return 1ull << GIANT_SHIFT;
	case HOST_PAGES_2M:
	case HOST_PAGES_THP:
		return 1ull << HUGE_SHIFT;
	default:
		return (uint64_t)sysconf(_SC_PAGESIZE);
	}
}

uint64_t host_pages_bind_bytes(enum host_pages pages)
{
	return host_pages_bytes(pages == HOST_PAGES_THP ? HOST_PAGES_4K
							: pages);
}

void host_thp_mode(char *buf, size_t size)
{
	char line[128], mode[32];
	const char *open;

	buf[0] = '\0';
	sysfs_line(line, sizeof(line),
		   "/sys/kernel/mm/transparent_hugepage/enabled");
	open = strchr(line, '[');
	if (open && sscanf(open, "[%31[a-z]]", mode) == 1)
		snprintf(buf, size, "%s", mode);
}

static uint64_t pool_file(enum host_pages pages, unsigned node,
			  const char *file)
{
	return sysfs_uint(
		UINT64_MAX,
		"/sys/devices/system/node/node%u/hugepages/"
		"hugepages-%llukB/%s",
		node, (unsigned long long)host_pages_bytes(pages) / 1024, file);
}

uint64_t host_pool_total(enum host_pages pages, unsigned node)
{
	return pool_file(pages, node, "nr_hugepages");
}

uint64_t host_pool_free(enum host_pages pages, unsigned node)
{
	return pool_file(pages, node, "free_hugepages");
}

static void *map_hugetlb(void *at, size_t bytes, unsigned shift)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
		    (int)(shift << MAP_HUGE_SHIFT) | (at ? MAP_FIXED : 0);
	void *addr = mmap(at, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);

	return addr == MAP_FAILED ? NULL : addr;
}

/* Map more than asked for and give back what is not aligned. */
static void *map_base(void *at, size_t bytes)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	size_t room = at ? bytes : bytes + ALIGN_BYTES;
	char *addr = mmap(at, room, PROT_READ | PROT_WRITE,
			  at ? flags | MAP_FIXED : flags, -1, 0);
	char *start = (char *)align_up((uintptr_t)addr, ALIGN_BYTES);

	if (addr == MAP_FAILED)
		return NULL;
	if (at)
		return addr;
	if (start > addr)
		munmap(addr, (size_t)(start - addr));
	if (start + bytes < addr + room)
		munmap(start + bytes, (size_t)(addr + room - start - bytes));
	return start;
}

static void *map_thp(void *at, size_t bytes)
{
	char mode[16];
	void *addr;

	host_thp_mode(mode, sizeof(mode));
	if (!mode[0] || !strcmp(mode, "never")) {
		errno = ENOTSUP;
		return NULL;
	}
	addr = map_base(at, bytes);
	if (!addr || !madvise(addr, bytes, MADV_HUGEPAGE))
		return addr;
	if (!at)
		munmap(addr, bytes);
	errno = ENOTSUP;
	return NULL;
}

void *host_pages_map(void *at, size_t bytes, enum host_pages pages)
{
	void *addr;

	switch (pages) {
	case HOST_PAGES_1G:
		return map_hugetlb(at, bytes, GIANT_SHIFT);
	case HOST_PAGES_2M:
		return map_hugetlb(at, bytes, HUGE_SHIFT);
	case HOST_PAGES_THP:
		return map_thp(at, bytes);
	default:
		addr = map_base(at, bytes);
		/* Refused by kernels that have no THP: all is well then. */
		if (addr)
			madvise(addr, bytes, MADV_NOHUGEPAGE);
		return addr;
	}
}
