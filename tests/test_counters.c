/* test_counters.c - which events are chosen, and what is said about it. */
#include "fake_perf.h"

#include <jansson.h>
#include <perfmon/pfmlib.h>

#include "scratch.h"

#include "../harness/counters_groups.h"

static struct counters_set set;
static char error[512];

static int begin(void **state)
{
	fake_begin(state);
	memset(&set, 0, sizeof(set));
	return scratch_make(state);
}

static int end(void **state)
{
	counters_set_free(&set);
	return fake_end(state) || scratch_remove(state);
}

#define chosen_test(name) cmocka_unit_test_setup_teardown(name, begin, end)

static void group(const char *name, const char *text)
{
	scratch_write(scratch_path(name), text, strlen(text));
}

static int choose(const char *spec)
{
	return counters_choose(&set, spec, scratch_dir, &fake_os, error,
			       sizeof(error));
}

static const char *note(void)
{
	static char text[1024];

	counters_note(&set, text, sizeof(text));
	return text;
}

static void check_counter(unsigned i, const char *metric, const char *event,
			  unsigned group_number)
{
	assert_true(i < set.nr);
	assert_string_equal(set.v[i].metric, metric);
	assert_string_equal(set.v[i].event, event);
	assert_int_equal(set.v[i].group, group_number);
}

static void none_opens_nothing(void **unused)
{
	(void)unused;
	assert_int_equal(choose("none"), 0);
	assert_int_equal(set.nr, 0);
	assert_int_equal(fake.nr, 0);
	assert_string_equal(note(), "counters: nothing");
}

static void a_group_is_counted_together(void **unused)
{
	(void)unused;
	group("pair.group", "# two and what they make\n"
			    "\tinstructions = INSTRUCTIONS:u # a comment\r\n"
			    "\n"
			    "cycles=CYCLES:u\n"
			    "ipc := instructions / cycles\n");
	assert_int_equal(choose("pair"), 0);
	assert_int_equal(set.nr, 2);
	assert_int_equal(set.nr_groups, 1);
	check_counter(0, "instructions", "INSTRUCTIONS:u", 0);
	check_counter(1, "cycles", "CYCLES:u", 0);
	assert_int_equal(set.nr_ratios, 1);
	assert_string_equal(set.ratio[0].name, "ipc");
	assert_int_equal(set.ratio[0].above, 0);
	assert_int_equal(set.ratio[0].below, 1);
	assert_int_equal(fake.event[0].attr.exclude_kernel, 1);
	assert_int_equal(fake.event[0].attr.exclude_user, 0);
	assert_string_equal(note(), "counters: instructions, cycles");
}

static void groups_are_counted_apart(void **unused)
{
	(void)unused;
	group("one.group", "a = CYCLES:u\n");
	group("two.group", "b = BRANCHES:u\n");
	assert_int_equal(choose("one,two"), 0);
	check_counter(0, "a", "CYCLES:u", 0);
	check_counter(1, "b", "BRANCHES:u", 1);
}

static void an_event_is_user_and_kernel_apart(void **unused)
{
	(void)unused;
	assert_int_equal(choose("perf::CACHE-MISSES,CYCLES:k"), 0);
	assert_int_equal(set.nr, 3);
	check_counter(0, "cache_misses", "perf::CACHE-MISSES:u", 0);
	check_counter(1, "kernel_cache_misses", "perf::CACHE-MISSES:k", 0);
	check_counter(2, "kernel_cycles", "CYCLES:k", 0);
	assert_int_equal(fake.event[1].attr.exclude_user, 1);
	assert_int_equal(fake.event[1].attr.exclude_kernel, 0);
}

static void without_the_kernel_its_half_is_refused(void **unused)
{
	(void)unused;
	fake.kernel_error = EACCES;
	assert_int_equal(choose("CYCLES,page-faults,context-switches"), 0);
	assert_int_equal(set.nr, 2);
	check_counter(0, "cycles", "CYCLES:u", 0);
	check_counter(1, "page_faults", "page-faults:u", 1);
	assert_int_equal(set.nr_refused, 2);
	assert_string_equal(set.refused[0].metric, "kernel_cycles");
	assert_int_equal(set.refused[0].error, EACCES);
	/* With ":u" the kernel would open it, and count 0. */
	assert_string_equal(set.refused[1].metric, "context_switches");
	assert_non_null(strstr(note(), "perf_event_paranoid"));
}

static void alternatives_are_tried_in_order(void **unused)
{
	(void)unused;
	group("many.group", "a = NO_SUCH_EVENT:u | CYCLES:u | BRANCHES:u\n"
			    "b = NO_SUCH_EVENT:u | NO_OTHER:u\n"
			    "c := a / b\n");
	assert_int_equal(choose("many"), 0);
	assert_int_equal(set.nr, 1);
	check_counter(0, "a", "CYCLES:u", 0);
	assert_int_equal(set.nr_refused, 1);
	assert_string_equal(set.refused[0].metric, "b");
	assert_int_equal(set.refused[0].error, 0);
	assert_int_equal(set.nr_ratios, 0);
}

static const char auto_group[] = "instructions = INSTRUCTIONS:u\n"
				 "cycles = CYCLES:u\n";
static const char sw_group[] = "page_faults = PAGE-FAULTS | PAGE-FAULTS:u\n";

static void auto_falls_back(int hardware_error, int software_error,
			    const char *says, const char *also)
{
	counters_set_free(&set);
	fake.hardware_error = hardware_error;
	fake.software_error = software_error;
	assert_int_equal(choose("auto"), 0);
	check(strstr(note(), says), "%s", note());
	check(strstr(note(), also), "%s", note());
}

static void auto_takes_what_there_is(void **unused)
{
	(void)unused;
	group("auto.group", auto_group);
	group("sw.group", sw_group);
	auto_falls_back(0, 0, "counters: instructions, cycles", "");
	auto_falls_back(ENOENT, 0,
			"counters: page_faults (software only); not "
			"instructions and others (ENOENT: ",
			"without a PMU");
	auto_falls_back(EACCES, 0, "page_faults (software only)",
			"EACCES: not allowed; perf_event_paranoid");
	auto_falls_back(EPERM, 0, "page_faults (software only)", "container");
	auto_falls_back(ENOSYS, ENOSYS, "counters: nothing;", "ENOSYS: ");
	auto_falls_back(EBUSY, 0, "page_faults (software only)", "EBUSY: ");
}

static void too_few_files_leave_the_rest_out(void **unused)
{
	(void)unused;
	fake.max_open = 2;
	assert_int_equal(choose("CYCLES:u,INSTRUCTIONS:u,BRANCHES:u"), 0);
	assert_int_equal(set.nr, 2);
	assert_string_equal(set.refused[0].metric, "branches");
	assert_int_equal(set.refused[0].error, EMFILE);
	assert_non_null(strstr(note(), "ulimit -n"));
}

static const char six[] = "a=CYCLES:u\nb=INSTRUCTIONS:u\nc=BRANCHES:u\n"
			  "d=BRANCH-MISSES:u\ne=CACHE-MISSES:u\n"
			  "f=CACHE-REFERENCES:u\ns=PAGE-FAULTS\n";

static void check_groups(const unsigned want[7])
{
	assert_int_equal(set.nr, 7);
	for (unsigned i = 0; i < 7; i++)
		assert_int_equal(set.v[i].group, want[i]);
}

static void what_the_kernel_refuses_starts_a_group(void **unused)
{
	(void)unused;
	group("six.group", six);
	fake.nr_counters = 4;
	assert_int_equal(choose("six"), 0);
	check_groups((unsigned[]){ 0, 0, 0, 0, 1, 1, 2 });
	assert_non_null(strstr(note(), "3 groups may take turns"));
}

/* As when the watchdog has one: the group opens, and never runs. */
static void what_does_not_run_starts_a_group(void **unused)
{
	(void)unused;
	group("six.group", six);
	fake.nr_counters = 4;
	fake.nr_free = 3;
	assert_int_equal(choose("six"), 0);
	check_groups((unsigned[]){ 0, 0, 0, 1, 1, 1, 2 });
}

static void what_never_runs_is_refused(void **unused)
{
	(void)unused;
	fake.running_step = 0;
	assert_int_equal(choose("BRANCHES:u"), 0);
	assert_int_equal(set.nr, 0);
	assert_int_equal(set.refused[0].error, EBUSY);
}

/* A machine that pretends: no cycle goes by, though a branch may not. */
static void what_never_moves_is_refused(void **unused)
{
	(void)unused;
	fake.frozen = true;
	assert_int_equal(choose("BRANCHES:u,CYCLES:u,INSTRUCTIONS:u"), 0);
	assert_int_equal(set.nr, 1);
	check_counter(0, "branches", "BRANCHES:u", 0);
	assert_int_equal(set.nr_refused, 2);
	assert_int_equal(set.refused[0].error, EBUSY);
}

static void metrics_are_counted_once(void **unused)
{
	(void)unused;
	group("one.group", auto_group);
	assert_int_equal(choose("one,one,CYCLES:u"), 0);
	assert_int_equal(set.nr, 2);
	fake.hardware_error = ENOENT;
	counters_set_free(&set);
	assert_int_equal(choose("one,one,CYCLES:u"), 0);
	assert_int_equal(set.nr_refused, 2);
}

static void check_wrong(const char *spec, const char *says)
{
	assert_int_not_equal(choose(spec), 0);
	check(strstr(error, says), "%s: %s", spec, error);
	assert_null(strchr(error, '\n'));
	assert_int_equal(fake.nr_open, 0);
}

static void wrong_words_are_named(void **unused)
{
	(void)unused;
	group("tlb.group", auto_group);
	group("broken.group", "a = CYCLES:u\n\nb CYCLES:u\n");
	group("upper.group", "A = CYCLES:u\n");
	group("empty.group", "a = | CYCLES:u\n");
	group("ratio.group", "a := b\n");
	check_wrong("auto", "'auto'");
	check_wrong("nonsense",
		    "'nonsense' is neither a group (broken, empty, ratio, tlb, "
		    "upper) nor an event here (libpfm4: event not found)");
	check_wrong("CYCLES:u,tblb", "'tblb'");
	check_wrong("CYCLES:z", "'CYCLES:z'");
	check_wrong("", "''");
	check_wrong("CYCLES:u,", "''");
	check_wrong("./tlb", "'./tlb'");
	check_wrong("broken", "broken.group:3: neither 'metric = EVENT");
	check_wrong("upper", "upper.group:1: ");
	check_wrong("empty", "empty.group:1: ");
	check_wrong("ratio", "ratio.group:1: ");
}

static void a_missing_folder_is_named(void **unused)
{
	(void)unused;
	assert_int_not_equal(counters_choose(&set, "auto", "/nowhere", &fake_os,
					     error, sizeof(error)),
			     0);
	assert_non_null(strstr(error, "(none in /nowhere)"));
}

static void too_many_events_are_refused(void **unused)
{
	char text[1024] = "";

	(void)unused;
	for (unsigned i = 0; i <= COUNTERS_MAX; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "m%u = CYCLES:u\n", i);
	group("huge.group", text);
	check_wrong("huge", "more than 18 events");
}

static void the_manifest_has_it_all(void **unused)
{
	json_t *json;
	const char *metric, *why;
	int group_number;

	(void)unused;
	assert_int_equal(choose("CYCLES:u,context-switches:u"), 0);
	json = counters_json(&set);
	assert_int_equal(json_unpack(json, "{s:[{s:s,s:i}],s:[{s:s}]}",
				     "counted", "metric", &metric, "group",
				     &group_number, "refused", "why", &why),
			 0);
	assert_string_equal(metric, "cycles");
	assert_int_equal(group_number, 0);
	assert_non_null(strstr(why, "EOPNOTSUPP"));
	json_decref(json);
}

/* Does libpfm4 know it, for whatever CPU? */
static bool is_known(const char *event)
{
	struct counter_code code;
	pfm_pmu_t pmu;

	pfm_for_all_pmus(pmu)
	{
		pfm_pmu_info_t info = { .size = sizeof(info) };
		char name[256];

		if (pfm_get_pmu_info(pmu, &info) != PFM_SUCCESS)
			continue;
		snprintf(name, sizeof(name), "%s::%s", info.name, event);
		if (!counter_encode(name, &code))
			return true;
	}
	return false;
}

static bool is_any_known(const char *alternatives)
{
	char event[COUNTER_EVENT_SIZE];

	while (counter_alternative(&alternatives, event, sizeof(event)))
		if (is_known(event))
			return true;
	return false;
}

static void the_groups_that_are_shipped_can_be_counted(void **unused)
{
	static const char *const names[] = { "auto",   "branch", "cache",
					     "kernel", "sw",	 "tlb",
					     "topdown" };

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		struct counter_group g;

		check(!counter_group_read(&g, counter_groups_dir(), names[i],
					  error, sizeof(error)),
		      "%s: %s", names[i], error);
		for (unsigned k = 0; k < g.nr; k++)
			check(!g.v[k].alternatives ||
				      is_any_known(g.v[k].alternatives),
			      "%s: %s", names[i], g.v[k].metric);
		counter_group_free(&g);
	}
}

static void the_folder_can_be_another(void **unused)
{
	(void)unused;
	setenv("KMB_COUNTERS_DIR", scratch_dir, 1);
	assert_string_equal(counter_groups_dir(), scratch_dir);
	unsetenv("KMB_COUNTERS_DIR");
	assert_non_null(strstr(counter_groups_dir(), "counters.d"));
}

static void the_permission_is_explained(void **unused)
{
	char text[256];

	(void)unused;
	counters_explain(text, sizeof(text));
	check(strstr(text, "perf_event_paranoid"), "%s", text);
	check(strstr(text, "sysctl kernel.perf_event_paranoid=") ||
		      strstr(text, "no perf events"),
	      "%s", text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		chosen_test(none_opens_nothing),
		chosen_test(a_group_is_counted_together),
		chosen_test(groups_are_counted_apart),
		chosen_test(an_event_is_user_and_kernel_apart),
		chosen_test(without_the_kernel_its_half_is_refused),
		chosen_test(alternatives_are_tried_in_order),
		chosen_test(auto_takes_what_there_is),
		chosen_test(too_few_files_leave_the_rest_out),
		chosen_test(what_the_kernel_refuses_starts_a_group),
		chosen_test(what_does_not_run_starts_a_group),
		chosen_test(what_never_runs_is_refused),
		chosen_test(what_never_moves_is_refused),
		chosen_test(metrics_are_counted_once),
		chosen_test(wrong_words_are_named),
		chosen_test(a_missing_folder_is_named),
		chosen_test(too_many_events_are_refused),
		chosen_test(the_manifest_has_it_all),
		chosen_test(the_groups_that_are_shipped_can_be_counted),
		chosen_test(the_folder_can_be_another),
		chosen_test(the_permission_is_explained),
	};

	/* libpfm4: names of CPUs other than this one, too. */
	setenv("LIBPFM_ENCODE_INACTIVE", "1", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
