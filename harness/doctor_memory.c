/* doctor_memory.c - how the kernel hands out and moves memory. */
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "host_pages.h"
#include "sysfs.h"

#define THP_DIR "/sys/kernel/mm/transparent_hugepage"
#define NODE_DIR "/sys/devices/system/node"
#define NOT_READABLE "not readable here"

/* Enough for the quick preset's simulated memory and the sets beside it. */
#define ENOUGH_BYTES (1ull << 30)

static double gib(uint64_t bytes)
{
	return (double)bytes / (1ull << 30);
}

/* ---- huge pages ---- */

/* The word in brackets: "always [madvise] never". "" when there is none. */
static void chosen_word(const struct doctor *d, const char *path, char *word,
			size_t size)
{
	char line[128];
	const char *open;

	sysfs_line(line, sizeof(line), "%s%s", d->root, path);
	open = strchr(line, '[');
	*word = '\0';
	if (open)
		snprintf(word, size, "%.*s", (int)strcspn(open + 1, "]"),
			 open + 1);
}

/*
 * Newer kernels decide by size; "inherit" is the old, common switch. own: the
 * size's file, where that decides.
 */
static void thp_mode(const struct doctor *d, char *mode, char *own, size_t size)
{
	uint64_t bytes = sysfs_uint(0, "%s" THP_DIR "/hpage_pmd_size", d->root);

	snprintf(own, size, THP_DIR "/hugepages-%llukB/enabled",
		 (unsigned long long)bytes / 1024);
	chosen_word(d, own, mode, size);
	if (*mode && strcmp(mode, "inherit"))
		return;
	*own = '\0';
	chosen_word(d, THP_DIR "/enabled", mode, size);
}

static void check_thp(struct doctor *d)
{
	static const char why[] =
		"Transparent huge pages spare TLB misses; what gets them by "
		"itself is faster than what does not.";
	char mode[128], own[128], defrag[32], command[160];

	thp_mode(d, mode, own, sizeof(mode));
	chosen_word(d, THP_DIR "/defrag", defrag, sizeof(defrag));
	snprintf(command, sizeof(command), "echo madvise | tee %s",
		 *own ? own : THP_DIR "/enabled");
	if (!*mode)
		doctor_add(d, DOCTOR_NOTE, "THP", why, NULL,
			   NOT_READABLE ": --pages thp falls back to 4k");
	else if (!strcmp(mode, "madvise"))
		doctor_add(d, DOCTOR_OK, "THP", why, NULL,
			   "madvise: --pages decides (defrag %s)", defrag);
	else if (!strcmp(mode, "always"))
		doctor_add(d, DOCTOR_NOTE, "THP", why, command,
			   "always: simulated memory is as --pages says, but "
			   "the rest of a process may get huge pages too "
			   "(defrag %s)",
			   defrag);
	else
		doctor_add(d, DOCTOR_NOTE, "THP", why, command,
			   "%s: --pages thp falls back to 4k", mode);
}

static uint64_t pool(const struct doctor *d, enum host_pages pages,
		     unsigned node, const char *file)
{
	return sysfs_uint(
		UINT64_MAX,
		"%s" NODE_DIR "/node%u/hugepages/hugepages-%llukB/%s", d->root,
		node, (unsigned long long)host_pages_bytes(pages) / 1024, file);
}

/* "node 0: 3 of 8 free, ..." of nodes that have some; false: no such pages. */
static bool list_pools(const struct doctor *d, enum host_pages pages,
		       char *text, size_t size)
{
	const struct topology *t = d->topology;
	bool known = false;

	*text = '\0';
	for (unsigned i = 0; i < t->nr_nodes; i++) {
		unsigned node = t->nodes[i].os;
		uint64_t total = pool(d, pages, node, "nr_hugepages");
		uint64_t unused = pool(d, pages, node, "free_hugepages");
		size_t used = strlen(text);

		if (total == UINT64_MAX)
			continue;
		known = true;
		if (total && unused != UINT64_MAX)
			snprintf(text + used, size - used,
				 "%snode %u: %llu of %llu free",
				 used ? ", " : "", node,
				 (unsigned long long)unused,
				 (unsigned long long)total);
	}
	return known;
}

static void check_pool(struct doctor *d, enum host_pages pages,
		       const char *name, unsigned example)
{
	static const char why[] =
		"Huge pages of a fixed size come from pools made beforehand; "
		"where a pool is short, smaller pages are taken.";
	const char *option = host_pages_name[pages];
	char pools[512], command[160];

	snprintf(command, sizeof(command),
		 "echo %u | tee " NODE_DIR
		 "/node%u/hugepages/hugepages-%llukB/nr_hugepages",
		 example, d->topology->nodes[0].os,
		 (unsigned long long)host_pages_bytes(pages) / 1024);
	if (!list_pools(d, pages, pools, sizeof(pools)))
		doctor_add(d, DOCTOR_NOTE, name, why, NULL,
			   NOT_READABLE ": --pages %s falls back", option);
	else if (!*pools)
		doctor_add(d, DOCTOR_NOTE, name, why, command,
			   "none reserved: --pages %s falls back", option);
	else
		doctor_add(d, DOCTOR_OK, name, why, NULL, "%s", pools);
}

/* ---- what the kernel does behind our back ---- */

static void check_balancing(struct doctor *d)
{
	static const char why[] =
		"It unmaps pages to see who faults on them and moves them, in "
		"the middle of whatever is being timed.";
	static const char command[] = "sysctl -w kernel.numa_balancing=0";
	uint64_t mode = sysfs_uint(
		UINT64_MAX, "%s/proc/sys/kernel/numa_balancing", d->root);

	if (mode == UINT64_MAX)
		doctor_add(d, DOCTOR_NOTE, "NUMA balancing", why, NULL,
			   NOT_READABLE " (a kernel without it shows none)");
	else if (!mode)
		doctor_add(d, DOCTOR_OK, "NUMA balancing", why, NULL, "off");
	else if (d->topology->nr_nodes > 1)
		doctor_add(d, DOCTOR_WARN, "NUMA balancing", why, command,
			   "on, with %u nodes", d->topology->nr_nodes);
	else
		doctor_add(d, DOCTOR_NOTE, "NUMA balancing", why, command,
			   "on, with one node: nothing to move to");
}

/* setarch -R and debuggers switch it off for one process and its children. */
#define NO_RANDOMIZE 0x0040000ul

static void check_aslr(struct doctor *d)
{
	static const char why[] =
		"Each process gets a layout of its own on purpose: where "
		"memory lies is the largest error, and only repetition by "
		"process sees it.";
	static const char command[] = "sysctl -w kernel.randomize_va_space=2";
	uint64_t mode = sysfs_uint(
		UINT64_MAX, "%s/proc/sys/kernel/randomize_va_space", d->root);
	char personality[32];

	sysfs_line(personality, sizeof(personality), "%s/proc/self/personality",
		   d->root);
	if (strtoul(personality, NULL, 16) & NO_RANDOMIZE)
		doctor_add(d, DOCTOR_WARN, "ASLR", why, NULL,
			   "off for this process: intervals will be too "
			   "narrow; start without setarch -R or debugger");
	else if (mode == UINT64_MAX)
		doctor_add(d, DOCTOR_NOTE, "ASLR", why, NULL, NOT_READABLE);
	else if (mode == 2)
		doctor_add(d, DOCTOR_OK, "ASLR", why, NULL, "full");
	else
		doctor_add(d, DOCTOR_WARN, "ASLR", why, command,
			   "%s: intervals will be too narrow",
			   mode ? "partial (the heap is not moved)" : "off");
}

static void check_swap(struct doctor *d)
{
	static const char why[] =
		"A page that was swapped out costs a disk's read in the "
		"middle of a measurement.";
	uint64_t total =
		doctor_field_uint(d, UINT64_MAX, "SwapTotal", "/proc/meminfo");
	uint64_t unused =
		doctor_field_uint(d, total, "SwapFree", "/proc/meminfo");

	if (total == UINT64_MAX)
		doctor_add(d, DOCTOR_NOTE, "swap", why, NULL, NOT_READABLE);
	else if (!total)
		doctor_add(d, DOCTOR_OK, "swap", why, NULL, "none");
	else
		doctor_add(d, unused < total ? DOCTOR_WARN : DOCTOR_NOTE,
			   "swap", why, "swapoff -a", "%.1f of %.1f GiB in use",
			   gib((total - unused) << 10), gib(total << 10));
}

/* ---- how much there is ---- */

/*
 * A node's own count leaves out memory that was plugged in later; where there
 * is one node, all is its.
 */
static uint64_t node_free(const struct doctor *d, unsigned node)
{
	char path[96], key[48];

	if (d->topology->nr_nodes == 1)
		return doctor_field_uint(d, UINT64_MAX, "MemFree",
					 "/proc/meminfo");
	snprintf(path, sizeof(path), NODE_DIR "/node%u/meminfo", node);
	snprintf(key, sizeof(key), "Node %u MemFree", node);
	return doctor_field_uint(d, UINT64_MAX, key, path);
}

/* "; free on node 0 3.1 GiB, node 1 0.2 GiB"; the least of them. */
static uint64_t list_free(const struct doctor *d, char *text, size_t size)
{
	const struct topology *t = d->topology;
	uint64_t least = UINT64_MAX;

	*text = '\0';
	for (unsigned i = 0; i < t->nr_nodes; i++) {
		unsigned node = t->nodes[i].os;
		uint64_t kib = node_free(d, node);

		if (kib == UINT64_MAX || !t->nodes[i].memory_bytes)
			continue;
		snprintf(text + strlen(text), size - strlen(text),
			 "%s node %u %.1f GiB", *text ? "," : "; free on", node,
			 gib(kib << 10));
		if (kib << 10 < least)
			least = kib << 10;
	}
	return least;
}

static void check_free(struct doctor *d)
{
	static const char why[] =
		"Where free memory is short the kernel reclaims while we "
		"touch ours, or gives it from another node.";
	static const char command[] = "sync; sysctl -w vm.drop_caches=3";
	uint64_t total =
		doctor_field_uint(d, UINT64_MAX, "MemTotal", "/proc/meminfo");
	uint64_t available = doctor_field_uint(d, UINT64_MAX, "MemAvailable",
					       "/proc/meminfo");
	char nodes[512];
	uint64_t least = list_free(d, nodes, sizeof(nodes));
	enum doctor_level level = DOCTOR_OK;

	if (total == UINT64_MAX || available == UINT64_MAX) {
		doctor_add(d, DOCTOR_NOTE, "free memory", why, NULL,
			   NOT_READABLE "%s", nodes);
		return;
	}
	if (available << 10 < ENOUGH_BYTES)
		level = DOCTOR_WARN;
	else if (least < ENOUGH_BYTES)
		level = DOCTOR_NOTE;
	doctor_add(d, level, "free memory", why,
		   level == DOCTOR_NOTE ? command : NULL,
		   "%.1f of %.1f GiB available%s", gib(available << 10),
		   gib(total << 10), nodes);
	doctor_value(d, "available_bytes", (double)(available << 10));
}

static void check_nodes(struct doctor *d)
{
	static const char why[] =
		"The cost of remote memory can only be measured where there "
		"are two nodes.";
	unsigned nr = d->topology->nr_nodes;

	if (nr > 1)
		doctor_add(d, DOCTOR_OK, "NUMA nodes", why, NULL, "%u", nr);
	else
		doctor_add(d, DOCTOR_NOTE, "NUMA nodes", why, NULL,
			   "one: nothing is remote here");
}

void doctor_check_memory(struct doctor *d)
{
	d->group = "memory";
	check_nodes(d);
	check_free(d);
	check_thp(d);
	check_pool(d, HOST_PAGES_2M, "hugetlb 2 MiB", 512);
	check_pool(d, HOST_PAGES_1G, "hugetlb 1 GiB", 1);
	check_balancing(d);
	check_aslr(d);
	check_swap(d);
}
