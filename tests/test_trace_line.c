/* test_trace_line.c - a line of a kernel trace: what it says, or what is wrong.
 */
#include "test.h"

#include "../harness/trace_line.h"
#include "../kernels/mm/mmzone.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read_in_every_format),
		cmocka_unit_test(gfp_names_give_the_migratetype),
		cmocka_unit_test(what_is_no_event_of_ours_is_told_apart),
		cmocka_unit_test(bad_lines_say_what_was_expected),
	};

	return cmocka_run_group_tests_name("trace_line", tests, NULL, NULL);
}
