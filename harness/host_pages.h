/* host_pages.h - the kinds of host pages, and what this host has of them. */
#ifndef KMB_HOST_PAGES_H
#define KMB_HOST_PAGES_H

#include <stddef.h>
#include <stdint.h>

/* In the order of falling back, from the last to the first. */
enum host_pages {
	HOST_PAGES_4K,	/* the base page, whatever its size */
	HOST_PAGES_THP, /* madvise(MADV_HUGEPAGE) on 2 MiB aligned ranges */
	HOST_PAGES_2M,	/* hugetlb */
	HOST_PAGES_1G,
	NR_HOST_PAGES
};

/* "4k" "thp" "2m" "1g"; -1 for anything else. */
extern const char *const host_pages_name[NR_HOST_PAGES];
int host_pages_parse(const char *name);

/* Mappings are rounded up to this; the base page, 2 MiB or 1 GiB. */
uint64_t host_pages_bytes(enum host_pages pages);
/* Policies are set in steps of this: THP leave the base page's. */
uint64_t host_pages_bind_bytes(enum host_pages pages);

/*
 * Zeroed memory of exactly one kind, 2 MiB aligned at least (1 GiB for 1g),
 * in place of what is at `at` if that is not NULL. `bytes` is a multiple of
 * host_pages_bytes(). NULL with errno, ENOTSUP: this host has no such pages.
 *
 * Base pages are not reserved, hugetlb pages are: without their reservation
 * mmap succeeds on an empty pool and the first touch is a SIGBUS.
 */
void *host_pages_map(void *at, size_t bytes, enum host_pages pages);

/* "always", "madvise" or "never"; "" when the kernel has no THP. */
void host_thp_mode(char *buf, size_t size);

/* hugetlb pages of a node; UINT64_MAX where the host does not say. */
uint64_t host_pool_total(enum host_pages pages, unsigned node);
uint64_t host_pool_free(enum host_pages pages, unsigned node);

#endif
