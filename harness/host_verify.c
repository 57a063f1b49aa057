/* host_verify.c - ask the kernel where the pages are, and of what kind. */
#include <errno.h>
#include <numaif.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../kernels/base/bitops.h"
#include "../kernels/base/random.h"
#include "host_mapping.h"

/*
 * Memory may be touched anywhere or almost nowhere. Up to 1024 windows of 256
 * pages, evenly spaced from the first page to the last, are asked what is
 * present (all of a mapping up to 1 GiB); of that, up to 4096 pages are asked
 * for their node.
 */
#define NR_WINDOWS 1024u
#define WINDOW_PAGES 256u
#define NR_SAMPLES 4096u

struct sampler {
	struct host_numa_report *report;
	struct random random;
	uint64_t page_bytes;
	unsigned quota; /* of a window */
	int err;	/* of move_pages */
};

/* Negative: not present after all, or the shared page of zeroes. */
static void count_page(struct host_numa_report *report, uint64_t wanted,
		       int node)
{
	uint64_t bit = node < MAX_NUMNODES ? 1ull << (node & 63) : 0;

	if (node < 0)
		return;
	report->checked++;
	report->nodes |= bit;
	report->misplaced += wanted && !(wanted & bit);
}

static void ask_nodes(struct sampler *s, const struct host_mapping *m,
		      void **pages, unsigned nr)
{
	int node[WINDOW_PAGES];

	if (!nr || s->err)
		return;
	if (move_pages(0, nr, pages, NULL, node, 0) < 0) {
		s->err = errno;
		return;
	}
	for (unsigned i = 0; i < nr; i++)
		count_page(s->report,
			   host_bound_nodes(
				   m, (uint64_t)((char *)pages[i] - m->addr)),
			   node[i]);
}

/*
 * Keep the first and the last of the pages and some between by lot: even steps
 * would see but one node of an interleave.
 */
static unsigned thin_out(struct sampler *s, void **pages, unsigned nr)
{
	if (nr <= s->quota)
		return nr;
	pages[1] = pages[nr - 1];
	for (unsigned i = 2; i < s->quota; i++)
		pages[i] = pages[i + random_below(&s->random, nr - i)];
	return s->quota;
}

static void look_at_window(struct sampler *s, const struct host_mapping *m,
			   uint64_t first, unsigned nr)
{
	char *addr = m->addr + first * s->page_bytes;
	unsigned char present[WINDOW_PAGES];
	void *pages[WINDOW_PAGES];
	unsigned nr_present = 0;

	if (mincore(addr, nr * s->page_bytes, present))
		memset(present, 1, sizeof(present));
	for (unsigned i = 0; i < nr; i++)
		if (present[i] & 1)
			pages[nr_present++] = addr + i * s->page_bytes;
	ask_nodes(s, m, pages, thin_out(s, pages, nr_present));
}

static void look_at_mapping(struct sampler *s, const struct host_mapping *m)
{
	uint64_t nr_pages = m->room / s->page_bytes;
	uint64_t nr = (nr_pages + WINDOW_PAGES - 1) / WINDOW_PAGES;

	if (nr > NR_WINDOWS)
		nr = NR_WINDOWS;
	s->quota = NR_SAMPLES / (unsigned)nr;
	if (s->quota > WINDOW_PAGES)
		s->quota = WINDOW_PAGES;
	for (uint64_t i = 0; i < nr; i++) {
		uint64_t room =
			nr_pages < WINDOW_PAGES ? 0 : nr_pages - WINDOW_PAGES;
		uint64_t first = nr > 1 ? i * room / (nr - 1) : 0;
		uint64_t left = nr_pages - first;

		look_at_window(s, m, first,
			       left < WINDOW_PAGES ? (unsigned)left
						   : WINDOW_PAGES);
	}
}

static void add_reason(struct host_numa_report *report, const char *reason)
{
	size_t used = strlen(report->reason);

	if (*reason)
		snprintf(report->reason + used, sizeof(report->reason) - used,
			 "%s%s", used ? "; " : "", reason);
}

static void check_nodes(struct host_numa *h, struct host_numa_report *report)
{
	struct sampler s = { .report = report,
			     .page_bytes = (uint64_t)sysconf(_SC_PAGESIZE) };
	char reason[64];
	struct list_head *pos;

	list_for_each (pos, &h->mappings)
		look_at_mapping(&s, list_entry(pos, struct host_mapping, link));
	report->verified = !s.err;
	if (s.err) {
		snprintf(reason, sizeof(reason), "move_pages: %s",
			 strerror(s.err));
		add_reason(report, reason);
	}
}

/* ---- kinds of pages ---- */

/* The kind that has the most of the mapped bytes. */
static enum host_pages most_mapped(struct host_numa *h)
{
	uint64_t bytes[NR_HOST_PAGES] = { 0 };
	enum host_pages most = h->wanted;
	struct list_head *pos;

	list_for_each (pos, &h->mappings) {
		struct host_mapping *m =
			list_entry(pos, struct host_mapping, link);

		bytes[m->pages] += m->bytes;
	}
	for (unsigned p = 0; p < NR_HOST_PAGES; p++)
		if (bytes[p] > bytes[most])
			most = (enum host_pages)p;
	return most;
}

static bool is_thp_mapping(struct host_numa *h, uint64_t addr)
{
	struct list_head *pos;

	list_for_each (pos, &h->mappings) {
		struct host_mapping *m =
			list_entry(pos, struct host_mapping, link);

		if (m->pages == HOST_PAGES_THP && addr >= (uintptr_t)m->addr &&
		    addr < (uintptr_t)m->addr + m->room)
			return true;
	}
	return false;
}

/* Touched and huge bytes, in KiB, of areas that have room for a huge page. */
static void sum_thp(struct host_numa *h, uint64_t *touched, uint64_t *huge)
{
	FILE *file = fopen("/proc/self/smaps", "re");
	unsigned long long start, end, kib, rss = 0;
	char line[512];
	bool ours = false;

	*touched = *huge = 0;
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%llx-%llx ", &start, &end) == 2) {
			ours = is_thp_mapping(h, start);
		} else if (ours && sscanf(line, "Rss: %llu", &kib) == 1) {
			rss = kib >= 2048 ? kib : 0;
			*touched += rss;
		} else if (ours && rss &&
			   sscanf(line, "AnonHugePages: %llu", &kib) == 1) {
			*huge += kib;
		}
	}
	if (file)
		fclose(file);
}

/* MADV_HUGEPAGE is a wish: fragmented memory gives it a few or none. */
static void check_thp(struct host_numa *h, struct host_numa_report *report)
{
	uint64_t touched, huge;
	char reason[64];

	sum_thp(h, &touched, &huge);
	if (!touched || huge >= touched / 2)
		return;
	report->pages = HOST_PAGES_4K;
	snprintf(reason, sizeof(reason),
		 "thp: %llu %% of touched memory got huge pages",
		 (unsigned long long)(100 * huge / touched));
	add_reason(report, reason);
}

void host_numa_verify(struct host_numa *h, struct host_numa_report *report)
{
	memset(report, 0, sizeof(*report));
	add_reason(report, h->pages_reason);
	add_reason(report, h->bind_reason);
	report->pages = most_mapped(h);
	if (report->pages == HOST_PAGES_THP)
		check_thp(h, report);
	check_nodes(h, report);
}
