/* test_trace_import.c - kernels' lines, what they mean, and what is no line. */
#include "test.h"
#include "scratch.h"

#include <errno.h>

#include "../harness/options.h"
#include "../harness/trace_import.h"
#include "../harness/trace_stats.h"
#include "../kernels/base/random.h"
#include "../kernels/mm/mmzone.h"

/* A line as ftrace prints it, at a second and on CPU 1. */
#define AT(second, event) \
	"              sh-146     [001] ..... " #second ".000000: " event "\n"
#define PAGE_ALLOC(second, pfn, order)                              \
	AT(second, "mm_page_alloc: page=ffd4000001070d00 pfn=" #pfn \
		   " order=" #order " migratetype=0 gfp_flags=GFP_KERNEL")
#define PAGE_FREE(second, pfn, order) \
	AT(second,                    \
	   "mm_page_free: page=ffd4000001070d00 pfn=" #pfn " order=" #order)
#define KMALLOC(second, ptr, bytes)                                            \
	AT(second, "kmalloc: call_site=alloc_bprm+0x32/0x250 [ext4] ptr=" #ptr \
		   " bytes_req=" #bytes                                        \
		   " bytes_alloc=4096 gfp_flags=GFP_KERNEL node=-1")
#define KFREE(second, ptr) \
	AT(second, "kfree: call_site=detach_buf+0x104/0x150 ptr=" #ptr)

/* Every way of writing the same, and others. */
static const struct {
	const char *text;
	enum trace_line_kind kind;
	enum trace_format format;
	enum trace_kind event;
	uint64_t time_us, address;
	unsigned cpu, order, type;
	uint32_t bytes;
	bool null;
} lines[] = {
	{ "              sh-146     [002] .....     3.886710: mm_page_alloc: "
	  "page=ffd4000001070d00 pfn=0x41c34 order=1 migratetype=0 "
	  "gfp_flags=GFP_KERNEL_ACCOUNT|__GFP_ZERO",
	  TRACE_LINE_EVENT, TRACE_FORMAT_FTRACE, TRACE_PAGE_ALLOC, 3886710,
	  0x41c34, 2, 1, MIGRATE_UNMOVABLE, 0, false },
	/* record-tgid, no irq-info */
	{ "            bash-1977  (   1977) [000] d..1. 17284.993652: "
	  "mm_page_free: page=00000000c62a6ad1 pfn=0x1000 order=3",
	  TRACE_LINE_EVENT, TRACE_FORMAT_FTRACE, TRACE_PAGE_FREE, 17284993652,
	  0x1000, 0, 3, 0, 0, false },
	{ "          <idle>-0     [015]   123.5: kfree: call_site=c0ffee "
	  "ptr=ffff88007",
	  TRACE_LINE_EVENT, TRACE_FORMAT_FTRACE, TRACE_KFREE, 123500000,
	  0xffff88007, 15, 0, 0, 0, false },
	/* a task that is named to confuse, and nanoseconds */
	{ "   a [3] 1.2: b-c-77    [007] d.h3.     1.000000999: kfree: "
	  "call_site=f+0x1/0x2 ptr=0000000000000000",
	  TRACE_LINE_EVENT, TRACE_FORMAT_FTRACE, TRACE_KFREE, 1000000, 0, 7, 0,
	  0, 0, true },
	{ "     kworker/2:0-28    [002]    15.443519: kfree:                "
	  "(detach_buf_split+0x104) call_site=detach_buf_split+0x104 "
	  "ptr=0xff110000418630c0",
	  TRACE_LINE_EVENT, TRACE_FORMAT_TRACE_CMD, TRACE_KFREE, 15443519,
	  0xff110000418630c0, 2, 0, 0, 0, false },
	/* kmalloc(0) */
	{ "     kworker/2:0-28    [002]    15.443567: kfree:                "
	  "(f+0xf7) call_site=f+0xf7 ptr=0x10",
	  TRACE_LINE_EVENT, TRACE_FORMAT_TRACE_CMD, TRACE_KFREE, 15443567, 16,
	  2, 0, 0, 0, true },
	{ "            perf   149 [003]     3.844113:                "
	  "kmem:kfree: call_site=f+0x164 ptr=(nil)",
	  TRACE_LINE_EVENT, TRACE_FORMAT_PERF, TRACE_KFREE, 3844113, 0, 3, 0, 0,
	  0, true },
	{ "            Web Content   149 [003]     3.844339:     "
	  "kmem:kmem_cache_alloc: call_site=getname_flags.part.0+0x2b "
	  "ptr=0xff11000040272000 bytes_req=4095 bytes_alloc=4096 "
	  "gfp_flags=GFP_KERNEL node=-1 accounted=false",
	  TRACE_LINE_EVENT, TRACE_FORMAT_PERF, TRACE_CACHE_ALLOC, 3844339,
	  0xff11000040272000, 3, 0, 0, 4095, false },
	/* kernels before 6.1, and long names that trace-cmd does not pad */
	{ "sh-1 [0] 2.0: kmem_cache_alloc_node: call_site=f ptr=ff10 "
	  "bytes_req=192 bytes_alloc=192 gfp_flags=GFP_KERNEL node=0",
	  TRACE_LINE_EVENT, TRACE_FORMAT_ANY, TRACE_CACHE_ALLOC, 2000000,
	  0xff10, 0, 0, 0, 192, false },
	{ "sh-1 [0] 2.0: kmalloc_node: call_site=f ptr=          (null) "
	  "bytes_req=8 bytes_alloc=8 gfp_flags=GFP_KERNEL node=0",
	  TRACE_LINE_EVENT, TRACE_FORMAT_FTRACE, TRACE_KMALLOC, 2000000, 0, 0,
	  0, 0, 8, true },
	{ "sh-1 [0] 2.0: kmem_cache_free: call_site=f ptr=ff10 name=a ptr=b",
	  TRACE_LINE_EVENT, TRACE_FORMAT_FTRACE, TRACE_CACHE_FREE, 2000000,
	  0xff10, 0, 0, 0, 0, false },
	/* before 5.15: pfn in decimal, and names without underscores */
	{ "sh-1 [0] 2.0: mm_page_alloc: page=ffffea pfn=4096 order=2 "
	  "migratetype=1 gfp_flags=GFP_KERNEL|GFP_RECLAIMABLE",
	  TRACE_LINE_EVENT, TRACE_FORMAT_FTRACE, TRACE_PAGE_ALLOC, 2000000,
	  4096, 0, 2, MIGRATE_RECLAIMABLE, 0, false },
	{ "sh-1 [0] 2.0: mm_page_alloc: page=0 pfn=0x0 order=9 migratetype=1 "
	  "gfp_flags=GFP_TRANSHUGE_LIGHT|__GFP_NORETRY",
	  TRACE_LINE_EVENT, TRACE_FORMAT_FTRACE, TRACE_PAGE_ALLOC, 2000000, 0,
	  0, 9, MIGRATE_MOVABLE, 0, true },
	{ "sh-1 [0] 2.0: mm_page_alloc: page=(null) pfn=0 order=0 "
	  "migratetype=1 gfp_flags=none",
	  TRACE_LINE_EVENT, TRACE_FORMAT_FTRACE, TRACE_PAGE_ALLOC, 2000000, 0,
	  0, 0, MIGRATE_UNMOVABLE, 0, true },
};

static void lines_are_read_in_every_format(void **unused)
{
	struct trace_line line;

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(lines); i++) {
		const char *text = lines[i].text;

		check(trace_line_parse(text, &line) == lines[i].kind, "%s",
		      text);
		check(line.format == lines[i].format, "%s: %s", text,
		      trace_format_names[line.format]);
		check(line.kind == lines[i].event, "%s", text);
		check(line.time_us == lines[i].time_us, "%s", text);
		check(line.address == lines[i].address, "%s", text);
		check(line.cpu == lines[i].cpu, "%s", text);
		check(line.order == lines[i].order, "%s", text);
		check(line.type == lines[i].type, "%s", text);
		check(line.bytes == lines[i].bytes, "%s", text);
		check(line.null == lines[i].null, "%s", text);
	}
}

static void gfp_names_give_the_migratetype(void **unused)
{
	static const struct {
		const char *flags;
		enum migratetype type;
	} table[] = {
		{ "GFP_KERNEL", MIGRATE_UNMOVABLE },
		{ "none", MIGRATE_UNMOVABLE },
		{ "GFP_USER|__GFP_ZERO", MIGRATE_UNMOVABLE },
		{ "GFP_HIGHUSER", MIGRATE_UNMOVABLE },
		{ "GFP_HIGHUSER_MOVABLE|__GFP_COMP", MIGRATE_MOVABLE },
		{ "GFP_NOFS|__GFP_HIGHMEM|__GFP_MOVABLE", MIGRATE_MOVABLE },
		{ "GFP_TRANSHUGE", MIGRATE_MOVABLE },
		{ "GFP_USER|GFP_MOVABLE", MIGRATE_MOVABLE },
		{ "GFP_NOFS|__GFP_RECLAIMABLE", MIGRATE_RECLAIMABLE },
		{ "GFP_TEMPORARY", MIGRATE_RECLAIMABLE },
		{ "__GFP_RECLAIMABLE|__GFP_MOVABLE", MIGRATE_MOVABLE },
		{ "GFP_KERNEL|0x8", MIGRATE_UNMOVABLE },
		{ "__GFP_MOVABLES", MIGRATE_UNMOVABLE },
	};
	struct trace_line line;
	char text[256];

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(table); i++) {
		snprintf(text, sizeof(text),
			 "sh-1 [0] 2.0: mm_page_alloc: page=1 pfn=0x8 order=0 "
			 "migratetype=9 gfp_flags=%s",
			 table[i].flags);
		assert_int_equal(trace_line_parse(text, &line),
				 TRACE_LINE_EVENT);
		check(line.type == table[i].type, "%s: %u", text, line.type);
	}
}

static void what_is_no_event_of_ours_is_told_apart(void **unused)
{
	static const struct {
		const char *text;
		enum trace_line_kind kind;
		uint64_t lost;
	} table[] = {
		{ "", TRACE_LINE_SKIP, 0 },
		{ "   \t", TRACE_LINE_SKIP, 0 },
		{ "# tracer: nop", TRACE_LINE_SKIP, 0 },
		{ "#              | |         |   |||||", TRACE_LINE_SKIP, 0 },
		{ "##### CPU 3 buffer started ####", TRACE_LINE_SKIP, 0 },
		{ "cpus=4", TRACE_LINE_SKIP, 0 },
		{ "version = 6", TRACE_LINE_SKIP, 0 },
		{ "CPU 1 is empty", TRACE_LINE_SKIP, 0 },
		{ " => kmem_cache_alloc", TRACE_LINE_SKIP, 0 },
		{ "\tffffffff812a45b3 kmem_cache_alloc+0x1b3 "
		  "([kernel.kallsyms])",
		  TRACE_LINE_SKIP, 0 },
		{ "CPU:2 [LOST 123 EVENTS]", TRACE_LINE_LOST, 123 },
		{ "CPU:2 [45 EVENTS DROPPED]", TRACE_LINE_LOST, 45 },
		{ "CPU:2 [EVENTS DROPPED]", TRACE_LINE_LOST, 1 },
		{ "sh-1 [0] ..... 2.0: mm_page_free_batched: page=1 pfn=0x1 "
		  "order=0",
		  TRACE_LINE_REPEAT, 0 },
		{ "sh 1 [0] 2.0: kmem:mm_page_free_batched: page=1 pfn=0x1",
		  TRACE_LINE_REPEAT, 0 },
		{ "sh-1 [0] ..... 2.0: mm_page_pcpu_drain: page=1 pfn=0x1",
		  TRACE_LINE_OTHER, 0 },
		{ "sh-1 [0] ..... 2.0: sched_switch: prev_comm=sh",
		  TRACE_LINE_OTHER, 0 },
		{ "sh 1 [0] 2.0: sched:sched_switch: prev_comm=sh",
		  TRACE_LINE_OTHER, 0 },
		{ "sh-1 [0] ..... 2.0: do_fault <-handle_mm_fault",
		  TRACE_LINE_OTHER, 0 },
	};
	struct trace_line line;

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(table); i++) {
		check(trace_line_parse(table[i].text, &line) == table[i].kind,
		      "%s", table[i].text);
		check(line.lost == table[i].lost, "%s", table[i].text);
	}
}

static void bad_lines_say_what_was_expected(void **unused)
{
	static const struct {
		const char *text, *expected;
	} table[] = {
		{ "garbage", "TASK-PID [CPU]" },
		{ "sh-1 [0]", "TASK-PID [CPU]" },
		{ "sh-1 [x] 2.0: kfree: ptr=1", "TASK-PID [CPU]" },
		{ "sh-1 [65535] 2.0: kfree: ptr=1", "TASK-PID [CPU]" },
		{ "sh-1 [0] 2: kfree: ptr=1", "TASK-PID [CPU]" },
		{ "sh-1 [0] 2.: kfree: ptr=1", "TASK-PID [CPU]" },
		{ "sh-1 [0] 99999999999999999999.0: kfree: ptr=1",
		  "TASK-PID [CPU]" },
		{ "sh-1 [0] 2.0:", "EVENT:" },
		{ "sh-1 [0] 2.0: kfree", "':' after" },
		{ "sh-1 [0] 2.0: kfree:", "ptr=ADDRESS" },
		{ "sh-1 [0] 2.0: kfree: call_site=f ptr=", "ptr=ADDRESS" },
		{ "sh-1 [0] 2.0: kfree: ptr=(____ptrval____)", "ptr=ADDRESS" },
		{ "sh-1 [0] 2.0: kfree: xptr=ff10", "ptr=ADDRESS" },
		{ "sh-1 [0] 2.0: kfree: ptr=ff1g", "ptr=ADDRESS" },
		{ "sh-1 [0] 2.0: kfree: ptr=ffffffffffffffff", "ptr=ADDRESS" },
		{ "sh-1 [0] 2.0: kmalloc: ptr=ff10", "bytes_req=NUMBER" },
		{ "sh-1 [0] 2.0: kmalloc: ptr=ff10 bytes_req=4294967296",
		  "bytes_req=NUMBER" },
		{ "sh-1 [0] 2.0: kmalloc: ptr=ff10 bytes_req=-1",
		  "bytes_req=NUMBER" },
		{ "sh-1 [0] 2.0: mm_page_free: page=1 order=0", "pfn=NUMBER" },
		{ "sh-1 [0] 2.0: mm_page_free: page=1 pfn=0x order=0",
		  "pfn=NUMBER" },
		{ "sh-1 [0] 2.0: mm_page_free: pfn=0xfffffffffffffffff order=0",
		  "pfn=NUMBER" },
		{ "sh-1 [0] 2.0: mm_page_free: page=1 pfn=0x10",
		  "order=0..15" },
		{ "sh-1 [0] 2.0: mm_page_free: page=1 pfn=0x10000 order=16",
		  "order=0..15" },
		{ "sh-1 [0] 2.0: mm_page_free: page=1 pfn=0x11 order=1",
		  "multiple of 2^order" },
		{ "sh-1 [0] 2.0: mm_page_free: page=0 pfn=0x0 order=1",
		  "the pfn of a page" },
		{ "sh-1 [0] 2.0: mm_page_alloc: page=1 pfn=0x10 order=0",
		  "gfp_flags=NAMES" },
		{ "CPU:2 [LOST", "CPU:N [LOST N EVENTS]" },
	};
	struct trace_line line;

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(table); i++) {
		check(trace_line_parse(table[i].text, &line) == TRACE_LINE_BAD,
		      "%s", table[i].text);
		check(strstr(line.expected, table[i].expected), "%s: %s",
		      table[i].text, line.expected);
	}
}

/* What came out of an import, as text: "A0.1" is object 0, order 1. */
struct seen {
	char text[4096];
	size_t length;
	struct trace_header header;
};

static int note(void *arg, const struct trace_event *e)
{
	static const char letters[] = "AFKkCc";
	struct seen *seen = arg;

	seen->length += (size_t)snprintf(
		seen->text + seen->length, sizeof(seen->text) - seen->length,
		"%s%c%u.%u%s", seen->length ? " " : "", letters[e->kind],
		e->object,
		trace_is_page(e->kind) ? (unsigned)e->order : e->bytes,
		e->flags & TRACE_IMPLIED ? "!" : "");
	return 0;
}

static int import_path(const char *path, bool strict, struct seen *seen)
{
	const struct trace_import import = {
		.path = path, .strict = strict, .sink = note, .arg = seen
	};

	memset(seen, 0, sizeof(*seen));
	return trace_import(&import, &seen->header);
}

static struct seen import_text(const char *text)
{
	const char *path = scratch_path("trace.txt");
	struct seen seen;

	scratch_write(path, text, strlen(text));
	assert_int_equal(import_path(path, false, &seen), -1);
	assert_int_equal(seen.header.bad_lines, 0);
	return seen;
}

static void numbers_are_used_again_last_freed_first(void **unused)
{
	struct seen s = import_text(
		PAGE_ALLOC(1, 0x10, 0) PAGE_ALLOC(2, 0x20, 3)
			KMALLOC(2, ff20, 100) PAGE_FREE(3, 0x10, 0)
				PAGE_FREE(4, 0x20, 3) PAGE_ALLOC(5, 0x40, 0)
					KFREE(6, ff20) KMALLOC(7, ff40, 7));

	(void)unused;
	assert_string_equal(s.text,
			    "A0.0 A1.3 K0.100 F0.0 F1.3 A1.0 k0.0 K0.7");
	assert_int_equal(s.header.nr_events, 8);
	assert_int_equal(s.header.page_objects, 2);
	assert_int_equal(s.header.slab_objects, 1);
	assert_int_equal(s.header.peak_pages, 9);
	assert_int_equal(s.header.peak_slab_bytes, 100);
	assert_int_equal(s.header.duration_us, 6000000);
	assert_int_equal(s.header.nr_cpus, 2);
}

static void batched_frees_are_not_counted_twice(void **unused)
{
	struct seen s = import_text(PAGE_ALLOC(1, 0x10, 0) PAGE_FREE(
		2, 0x10, 0) AT(2, "mm_page_free_batched: page=1 pfn=0x10 "
				  "order=0 cold=0"));

	(void)unused;
	assert_string_equal(s.text, "A0.0 F0.0");
	assert_int_equal(s.header.repeats, 1);
	assert_int_equal(s.header.unknown_pages, 0);
}

static void pages_are_told_by_pfn_not_by_page(void **unused)
{
	struct seen s = import_text(
		AT(1, "mm_page_alloc: page=0xffffffff823d9ca2 pfn=0x10 order=0 "
		      "migratetype=0 gfp_flags=GFP_KERNEL")
			AT(2, "mm_page_free: page=0xffffffff8239ae2b pfn=0x10 "
			      "order=0"));

	(void)unused;
	assert_string_equal(s.text, "A0.0 F0.0");
}

static void failures_and_null_frees_are_counted(void **unused)
{
	struct seen s = import_text(
		AT(1, "mm_page_alloc: page=0000000000000000 pfn=0x0 order=9 "
		      "migratetype=1 gfp_flags=GFP_TRANSHUGE")
			KMALLOC(2, (null), 64) KFREE(3, (null))
				KFREE(4, 0000000000000010)
					KMALLOC(5, ff10, 64));

	(void)unused;
	assert_string_equal(s.text, "K0.64");
	assert_int_equal(s.header.failed, 2);
	assert_int_equal(s.header.null_frees, 2);
}

static void unknown_frees_are_counted(void **unused)
{
	struct seen s = import_text(
		PAGE_FREE(1, 0x10, 0) KFREE(2, ff10) PAGE_ALLOC(3, 0x10, 0)
			PAGE_FREE(4, 0x10, 0) PAGE_FREE(5, 0x10, 0));

	(void)unused;
	assert_string_equal(s.text, "A0.0 F0.0");
	assert_int_equal(s.header.unknown_pages, 2);
	assert_int_equal(s.header.unknown_slab, 1);
}

static void an_allocation_of_what_is_live_implies_its_free(void **unused)
{
	struct seen s = import_text(PAGE_ALLOC(1, 0x10, 0) PAGE_ALLOC(
		2, 0x10, 0) KMALLOC(3, ff10, 64) KMALLOC(4, ff10, 32));

	(void)unused;
	assert_string_equal(s.text, "A0.0 F0.0! A0.0 K0.64 k0.0! K0.32");
	assert_int_equal(s.header.implied, 2);
	assert_int_equal(s.header.nr[TRACE_PAGE_FREE], 1);
}

static void so_does_one_that_overlaps(void **unused)
{
	/* two small ones in a larger, and a small one in a larger */
	struct seen s = import_text(PAGE_ALLOC(1, 0x11, 0) PAGE_ALLOC(
		2, 0x12, 1) PAGE_ALLOC(3, 0x10, 2) PAGE_ALLOC(4, 0x13, 0));

	(void)unused;
	assert_string_equal(s.text, "A0.0 A1.1 F0.0! F1.1! A1.2 F1.2! A1.0");
	assert_int_equal(s.header.peak_pages, 4);
}

static void a_block_may_be_freed_in_parts(void **unused)
{
	struct seen s =
		import_text(PAGE_ALLOC(1, 0x10, 2) PAGE_FREE(2, 0x13, 0)
				    PAGE_FREE(3, 0x10, 1) PAGE_FREE(4, 0x13, 0)
					    PAGE_FREE(5, 0x12, 0));

	(void)unused;
	assert_string_equal(s.text, "A0.2 F0.2");
	assert_int_equal(s.header.partial_frees, 2);
	/* the second free of 0x13 */
	assert_int_equal(s.header.unknown_pages, 1);
}

static void what_is_left_of_a_block_is_freed_by_implication(void **unused)
{
	struct seen s = import_text(PAGE_ALLOC(1, 0x10, 2) PAGE_FREE(
		2, 0x13, 0) PAGE_ALLOC(3, 0x13, 0) PAGE_ALLOC(4, 0x10, 0)
					    PAGE_FREE(5, 0x13, 0));

	(void)unused;
	assert_string_equal(s.text, "A0.2 A1.0 F0.2! A0.0 F1.0");
	assert_int_equal(s.header.partial_frees, 1);
}

static void a_free_of_more_than_is_live_implies_theirs(void **unused)
{
	struct seen s = import_text(PAGE_ALLOC(1, 0x10, 0) PAGE_ALLOC(
		2, 0x13, 0) PAGE_FREE(3, 0x10, 2));

	(void)unused;
	assert_string_equal(s.text, "A0.0 A1.0 F0.0! F1.0!");
	assert_int_equal(s.header.unknown_pages, 1);
}

static void slab_objects_may_be_freed_by_either_call(void **unused)
{
	struct seen s = import_text(
		AT(1, "kmem_cache_alloc: call_site=f ptr=ff10 bytes_req=8 "
		      "bytes_alloc=8 gfp_flags=GFP_KERNEL") KFREE(2, ff10));

	(void)unused;
	assert_string_equal(s.text, "C0.8 k0.0");
}

static void time_never_goes_back(void **unused)
{
	struct trace_stats stats = { 0 };
	struct seen s = import_text(KMALLOC(5, ff10, 1) KMALLOC(3, ff20, 1)
					    KFREE(9, ff10));
	const struct trace_import import = { .path = scratch_path("trace.txt"),
					     .sink = trace_stats_add,
					     .arg = &stats };

	(void)unused;
	assert_int_equal(s.header.duration_us, 4000000);
	assert_int_equal(trace_import(&import, &stats.header), -1);
	/* 4 s are in 2^21..2^22-1 microseconds */
	assert_int_equal(stats.lifetimes[TRACE_SLAB][22], 1);
	assert_int_equal(stats.now_us, 4000000);
	trace_stats_free(&stats);
}

static void lost_events_are_added_up(void **unused)
{
	struct seen s = import_text("CPU:1 [LOST 12 EVENTS]\n" KMALLOC(
		1, ff10, 1) "CPU:0 [LOST 30 EVENTS]\n");

	(void)unused;
	assert_int_equal(s.header.lost_events, 42);
}

/* A naive model: who owns each page. */
#define MODEL_PAGES 128
#define MODEL_BASE 0x1000

struct model {
	unsigned owner[MODEL_PAGES]; /* 0: free, else block + 1 */
	unsigned order[8192], left[8192];
	unsigned nr_blocks;
	uint64_t allocs, frees, implied, partial, unknown, pages;
};

static void model_drop(struct model *m, unsigned block)
{
	for (unsigned p = 0; p < MODEL_PAGES; p++)
		if (m->owner[p] == block + 1)
			m->owner[p] = 0;
	m->pages -= 1u << m->order[block];
	m->frees++;
}

static void model_imply(struct model *m, unsigned first, unsigned n)
{
	for (unsigned p = first; p < first + n; p++)
		if (m->owner[p]) {
			model_drop(m, m->owner[p] - 1);
			m->implied++;
		}
}

static void model_alloc(struct model *m, unsigned first, unsigned order)
{
	model_imply(m, first, 1u << order);
	m->order[m->nr_blocks] = order;
	m->left[m->nr_blocks] = 1u << order;
	m->nr_blocks++;
	for (unsigned p = first; p < first + (1u << order); p++)
		m->owner[p] = m->nr_blocks;
	m->pages += 1u << order;
	m->allocs++;
}

static void model_free(struct model *m, unsigned first, unsigned order)
{
	const unsigned n = 1u << order, owner = m->owner[first];
	bool one = owner != 0;

	for (unsigned p = first; p < first + n; p++)
		one &= m->owner[p] == owner;
	if (!one) {
		m->unknown++;
		model_imply(m, first, n);
		return;
	}
	m->left[owner - 1] -= n;
	for (unsigned p = first; p < first + n; p++)
		m->owner[p] = 0;
	if (m->left[owner - 1])
		m->partial++;
	else
		model_drop(m, owner - 1);
}

static void random_pages_match_a_naive_model(void **unused)
{
	static struct model model;
	struct trace_stats stats = { 0 };
	struct trace_match match;
	struct random r;

	(void)unused;
	r.state = test_seed();
	trace_match_init(&match, trace_stats_add, &stats);
	for (unsigned i = 0; i < ARRAY_SIZE(model.order); i++) {
		const unsigned order = (unsigned)random_below(&r, 6);
		const unsigned first =
			(unsigned)random_below(&r, MODEL_PAGES >> order)
			<< order;
		const bool alloc = random_below(&r, 5) < 2;
		const struct trace_line line = {
			.kind = alloc ? TRACE_PAGE_ALLOC : TRACE_PAGE_FREE,
			.time_us = i,
			.address = MODEL_BASE + first,
			.order = (uint8_t)order,
		};

		(alloc ? model_alloc : model_free)(&model, first, order);
		assert_int_equal(trace_match_add(&match, &line), 0);
		check(match.live_pages == model.pages &&
			      stats.live_pages == model.pages,
		      "step %u: %llu pages, not %llu", i,
		      (unsigned long long)match.live_pages,
		      (unsigned long long)model.pages);
	}
	assert_int_equal(match.header.nr[TRACE_PAGE_ALLOC], model.allocs);
	assert_int_equal(match.header.nr[TRACE_PAGE_FREE], model.frees);
	assert_int_equal(match.header.implied, model.implied);
	assert_int_equal(match.header.partial_frees, model.partial);
	assert_int_equal(match.header.unknown_pages, model.unknown);
	assert_true(model.partial > 100 && model.implied > 100);
	trace_match_free(&match);
	trace_stats_free(&stats);
}

/* Cut from real traces; counted by another program, in another language. */
static const struct {
	const char *name;
	uint64_t nr[NR_TRACE_KINDS], implied, unknown_pages, unknown_slab,
		null_frees, repeats, other, peak_pages, peak_bytes, duration;
	uint32_t pages, slab;
} cuts[] = {
	{ "pages",
	  { 1164, 517 },
	  0,
	  12,
	  0,
	  0,
	  391,
	  504,
	  706,
	  0,
	  128240,
	  661,
	  0 },
	{ "slab",
	  { 0, 0, 352, 312, 962, 735 },
	  1,
	  0,
	  739,
	  122,
	  0,
	  0,
	  0,
	  138640,
	  85376,
	  0,
	  280 },
	{ "perf",
	  { 134, 86, 83, 62, 254, 130 },
	  0,
	  20,
	  111,
	  31,
	  90,
	  0,
	  58,
	  71769,
	  25142,
	  56,
	  152 },
	{ "trace-cmd",
	  { 197, 147, 111, 76 },
	  0,
	  35,
	  412,
	  21,
	  0,
	  0,
	  83,
	  12089,
	  40545,
	  72,
	  35 },
};

static int ignore(void *arg, const struct trace_event *event)
{
	(void)arg, (void)event;
	return 0;
}

static void real_traces_give_the_counts_of_another_program(void **unused)
{
	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(cuts); i++) {
		char path[PATH_MAX];
		const struct trace_import import = { .path = path,
						     .strict = true,
						     .sink = ignore };
		struct trace_header h;

		snprintf(path, sizeof(path), KMB_TEST_DATA "/traces/%s.txt.xz",
			 cuts[i].name);
		assert_int_equal(trace_import(&import, &h), -1);
		assert_memory_equal(h.nr, cuts[i].nr, sizeof(h.nr));
		assert_int_equal(h.implied, cuts[i].implied);
		assert_int_equal(h.unknown_pages, cuts[i].unknown_pages);
		assert_int_equal(h.unknown_slab, cuts[i].unknown_slab);
		assert_int_equal(h.null_frees, cuts[i].null_frees);
		assert_int_equal(h.repeats, cuts[i].repeats);
		assert_int_equal(h.other_events, cuts[i].other);
		assert_int_equal(h.peak_pages, cuts[i].peak_pages);
		assert_int_equal(h.peak_slab_bytes, cuts[i].peak_bytes);
		assert_int_equal(h.duration_us, cuts[i].duration);
		assert_int_equal(h.page_objects, cuts[i].pages);
		assert_int_equal(h.slab_objects, cuts[i].slab);
		assert_int_equal(h.nr_cpus, 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read_in_every_format),
		cmocka_unit_test(gfp_names_give_the_migratetype),
		cmocka_unit_test(what_is_no_event_of_ours_is_told_apart),
		cmocka_unit_test(bad_lines_say_what_was_expected),
		scratch_test(numbers_are_used_again_last_freed_first),
		scratch_test(batched_frees_are_not_counted_twice),
		scratch_test(pages_are_told_by_pfn_not_by_page),
		scratch_test(failures_and_null_frees_are_counted),
		scratch_test(unknown_frees_are_counted),
		scratch_test(an_allocation_of_what_is_live_implies_its_free),
		scratch_test(so_does_one_that_overlaps),
		scratch_test(a_block_may_be_freed_in_parts),
		scratch_test(what_is_left_of_a_block_is_freed_by_implication),
		scratch_test(a_free_of_more_than_is_live_implies_theirs),
		scratch_test(slab_objects_may_be_freed_by_either_call),
		scratch_test(time_never_goes_back),
		scratch_test(lost_events_are_added_up),
		cmocka_unit_test(random_pages_match_a_naive_model),
		cmocka_unit_test(
			real_traces_give_the_counts_of_another_program),
	};

	return cmocka_run_group_tests_name("trace_import", tests, NULL, NULL);
}
