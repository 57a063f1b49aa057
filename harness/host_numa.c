/* host_numa.c - host memory for simulated nodes: map it and bind it. */
#include "host_numa.h"

#include <errno.h>
#include <numa.h>
#include <numaif.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/membarrier.h>

#include "../kernels/base/bitops.h"
#include "cgroup.h"
#include "fault.h"
#include "host_mapping.h"

static bool is_hugetlb(enum host_pages pages)
{
	return pages >= HOST_PAGES_2M;
}

/* The next smaller pages, and why. */
static enum host_pages fall_back(struct host_numa *h, enum host_pages pages,
				 const char *why)
{
	if (!h->pages_reason[0])
		snprintf(h->pages_reason, sizeof(h->pages_reason), "%s: %s",
			 host_pages_name[pages], why);
	return pages - 1;
}

/* ---- map ---- */

static const char *map_failure(enum host_pages pages)
{
	if (errno == ENOMEM && is_hugetlb(pages))
		return "the hugetlb pool is short";
	if (errno == ENOTSUP && pages == HOST_PAGES_THP)
		return "transparent huge pages are off";
	return strerror(errno);
}

static bool map_room(struct host_numa *h, struct host_mapping *m)
{
	for (m->pages = h->wanted;;) {
		m->room = align_up(m->bytes, host_pages_bytes(m->pages));
		m->addr = host_pages_map(NULL, m->room, m->pages);
		if (m->addr)
			return true;
		if (m->pages == HOST_PAGES_4K)
			return false;
		m->pages = fall_back(h, m->pages, map_failure(m->pages));
	}
}

static void *host_map(struct host_memory *self, size_t bytes)
{
	struct host_numa *h = container_of(self, struct host_numa, memory);
	struct host_mapping *m;

	if (!bytes || bytes > h->limit)
		return NULL;
	m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	m->bytes = bytes;
	if (!map_room(h, m)) {
		free(m);
		return NULL;
	}
	list_add_tail(&m->link, &h->mappings);
	return m->addr;
}

static void unmap_mapping(struct host_mapping *m)
{
	list_del(&m->link);
	munmap(m->addr, m->room);
	free(m->ranges);
	free(m);
}

static struct host_mapping *find_mapping(struct host_numa *h, const char *addr)
{
	struct list_head *pos;

	list_for_each (pos, &h->mappings) {
		struct host_mapping *m =
			list_entry(pos, struct host_mapping, link);

		if (addr >= m->addr && addr < m->addr + m->bytes)
			return m;
	}
	return NULL;
}

/* One system call rather than a fault a page: three times as fast. */
static void host_touch(struct host_memory *self, void *addr, size_t bytes)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t start = align_down((uintptr_t)addr, page);
	uint64_t end = align_up((uintptr_t)addr + bytes, page);

	(void)self;
#ifdef MADV_POPULATE_WRITE
	if (!madvise((void *)start, end - start, MADV_POPULATE_WRITE))
		return;
#endif
	for (uint64_t at = start; at < end; at += page)
		__atomic_fetch_or((char *)at, 0, __ATOMIC_RELAXED);
}

static void host_release(struct host_memory *self, void *addr, size_t bytes)
{
	(void)self;
	/* Refused for a part of a hugetlb page, which then stays. */
	madvise(addr, bytes, MADV_DONTNEED);
}

static void host_unmap(struct host_memory *self, void *addr, size_t bytes)
{
	struct host_numa *h = container_of(self, struct host_numa, memory);
	struct host_mapping *m = find_mapping(h, addr);

	(void)bytes;
	if (m)
		unmap_mapping(m);
}

/* ---- bind ---- */

/*
 * Strict: MPOL_BIND rather than MPOL_PREFERRED. A kernel or container that
 * knows no policies is no error: pages may lie right all the same.
 */
static int set_policy(struct host_numa *h, const struct host_mapping *m,
		      const struct host_range *range)
{
	struct host_range r = host_round(m, range);
	int mode = is_power_of_two(r.nodes) ? MPOL_BIND : MPOL_INTERLEAVE;
	unsigned long mask = fault_bind(r.nodes);

	if (r.end > m->room)
		r.end = m->room;
	/* One more than there are: the kernel takes one off. */
	if (!mbind(m->addr + r.start, r.end - r.start, mode, &mask,
		   MAX_NUMNODES + 1, 0))
		return 0;
	if (errno != EPERM && errno != ENOSYS)
		return -errno;
	snprintf(h->bind_reason, sizeof(h->bind_reason), "mbind: %s",
		 strerror(errno));
	return 0;
}

static bool overlap(const struct host_range *a, const struct host_range *b)
{
	return a->start < b->end && b->start < a->end;
}

/* Would a host page belong to two nodes' ranges that do not overlap? */
static bool shares_page(const struct host_mapping *m)
{
	for (unsigned i = 1; i < m->nr_ranges; i++)
		for (unsigned j = 0; j < i; j++) {
			const struct host_range *a = &m->ranges[i];
			const struct host_range *b = &m->ranges[j];
			struct host_range whole_a = host_round(m, a);
			struct host_range whole_b = host_round(m, b);

			if (a->nodes != b->nodes && !overlap(a, b) &&
			    overlap(&whole_a, &whole_b))
				return true;
		}
	return false;
}

/* Pages of a kind that ranges of all mappings may take from a node. */
static uint64_t pool_need(struct host_numa *h, enum host_pages pages,
			  unsigned node)
{
	uint64_t need = 0;
	struct list_head *pos;

	list_for_each (pos, &h->mappings) {
		struct host_mapping *m =
			list_entry(pos, struct host_mapping, link);

		for (unsigned i = 0; m->pages == pages && i < m->nr_ranges;
		     i++) {
			struct host_range r = host_round(m, &m->ranges[i]);
			uint64_t nr =
				(r.end - r.start) / host_pages_bytes(pages);
			unsigned nodes =
				(unsigned)__builtin_popcountll(r.nodes);

			if (r.nodes >> node & 1)
				need += (nr + nodes - 1) / nodes;
		}
	}
	return need;
}

static bool pools_suffice(struct host_numa *h, enum host_pages pages,
			  uint64_t nodes)
{
	for (; nodes; nodes &= nodes - 1) {
		unsigned node = ffs64(nodes);

		if (pool_need(h, pages, node) > h->pool[pages][node])
			return false;
	}
	return true;
}

/* Replace the mapping by one of smaller pages, with the policies it had. */
static int remap_smaller(struct host_numa *h, struct host_mapping *m,
			 const char *why)
{
	void *addr = NULL;
	int err = 0;

	while (!addr && m->pages != HOST_PAGES_4K) {
		m->pages = fall_back(h, m->pages, why);
		addr = host_pages_map(m->addr, m->room, m->pages);
		why = map_failure(m->pages);
	}
	if (!addr)
		return -ENOMEM;
	for (unsigned i = 0; !err && i + 1 < m->nr_ranges; i++)
		err = set_policy(h, m, &m->ranges[i]);
	return err;
}

static int add_range(struct host_mapping *m, const struct host_range *range)
{
	struct host_range *ranges =
		realloc(m->ranges, (m->nr_ranges + 1) * sizeof(*m->ranges));

	if (!ranges)
		return -ENOMEM;
	m->ranges = ranges;
	m->ranges[m->nr_ranges++] = *range;
	return 0;
}

static uint64_t bytes_of_nodes(const struct host_numa *h, uint64_t nodes)
{
	uint64_t bytes = 0;

	for (; nodes; nodes &= nodes - 1) {
		uint64_t more = h->node_bytes[ffs64(nodes)];

		bytes = bytes + more < bytes ? UINT64_MAX : bytes + more;
	}
	return bytes;
}

static int host_bind(struct host_memory *self, void *addr, size_t bytes,
		     unsigned node)
{
	struct host_numa *h = container_of(self, struct host_numa, memory);
	struct host_mapping *m = find_mapping(h, addr);
	struct host_range range;
	int err;

	if (!m || node >= h->nr_nodes || !bytes)
		return -EINVAL;
	range.start = (uint64_t)((char *)addr - m->addr);
	range.end = range.start + bytes;
	range.nodes = h->host_nodes[node];
	if (bytes > m->bytes - range.start)
		return -EINVAL;
	/* What fills the last huge page up has no other owner, nor a page of
	 * its own: a policy that ended before it would leave THP none. */
	if (range.end == m->bytes)
		range.end = m->room;
	if (bytes > bytes_of_nodes(h, range.nodes))
		return -ENOMEM;
	err = add_range(m, &range);
	while (!err && is_hugetlb(m->pages)) {
		if (shares_page(m))
			err = remap_smaller(h, m, "nodes would share a page");
		else if (!pools_suffice(h, m->pages, range.nodes))
			err = remap_smaller(h, m, "a node's pool is short");
		else
			break;
	}
	return err ? err : set_policy(h, m, &range);
}

/* ---- fence ---- */

static void host_fence_others(struct host_memory *self)
{
	(void)self;
	syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

/* A kernel before 4.14, or a container that lets no such call through. */
static bool has_fence(void)
{
	return !syscall(SYS_membarrier,
			MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
}

/* ---- start and end ---- */

/*
 * How much each node has. Memory that was plugged in may be missing from the
 * nodes' own counts: they are not believed when their sum falls short.
 */
static void read_nodes(struct host_numa *h, uint64_t memory)
{
	uint64_t total = 0;

	for (unsigned n = 0; n < MAX_NUMNODES; n++) {
		long long bytes = numa_node_size64((int)n, NULL);

		h->node_bytes[n] = bytes > 0 ? (uint64_t)bytes : 0;
		total += h->node_bytes[n];
		for (unsigned p = HOST_PAGES_2M; p <= h->wanted; p++)
			h->pool[p][n] = host_pool_free((enum host_pages)p, n);
	}
	if (total < memory / 10 * 9)
		for (unsigned n = 0; n < MAX_NUMNODES; n++)
			h->node_bytes[n] = UINT64_MAX;
}

struct host_numa *host_numa_new(enum host_pages pages,
				const uint64_t *host_nodes, unsigned nr_nodes)
{
	uint64_t memory = (uint64_t)sysconf(_SC_PHYS_PAGES) *
			  (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t limit = cgroup_memory_limit("");
	struct host_numa *h;

	if (nr_nodes > MAX_NUMNODES)
		return NULL;
	h = calloc(1, sizeof(*h));
	if (!h)
		return NULL;
	h->memory.map = host_map;
	h->memory.bind = host_bind;
	h->memory.touch = host_touch;
	h->memory.release = host_release;
	h->memory.unmap = host_unmap;
	h->memory.fence_others = has_fence() ? host_fence_others : NULL;
	h->wanted = pages;
	h->nr_nodes = nr_nodes;
	memcpy(h->host_nodes, host_nodes, nr_nodes * sizeof(*host_nodes));
	h->limit = limit < memory ? limit : memory;
	list_init(&h->mappings);
	read_nodes(h, memory);
	return h;
}

struct host_memory *host_numa_memory(struct host_numa *h)
{
	return &h->memory;
}

void host_numa_free(struct host_numa *h)
{
	while (!list_empty(&h->mappings))
		unmap_mapping(list_first_entry(&h->mappings,
					       struct host_mapping, link));
	free(h);
}
