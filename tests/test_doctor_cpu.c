/* test_doctor_cpu.c - CPUs, and who else used them, as doctor finds them. */
#include "test.h"

#include <errno.h>
#include <math.h>

#include "doctor_machine.h"

/* ---- CPUs ---- */

static void server_as_it_comes(void **unused)
{
	(void)unused;
	begin(SMALL);
	put_server();
	put_governors("powersave\n", "powersave\n");
	put(CPU_DIR "/intel_pstate/no_turbo", "0\n");
	put(CPU_DIR "/smt/active", "1\n");
	doctor_check_cpu(&doctor);
	expect("virtual machine", "ok",
	       "no sign of one (DMI: Dell Inc. PowerEdge R650)", NULL);
	expect("governor", "warn", "powersave (driver intel_pstate)",
	       "echo performance | tee "
	       "/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor");
	expect("turbo", "warn", "on",
	       "echo 1 | tee /sys/devices/system/cpu/intel_pstate/no_turbo");
	expect("SMT", "note",
	       "on; of our 4 CPUs 2 are second siblings (--place scatter takes "
	       "them last)",
	       "echo off | tee /sys/devices/system/cpu/smt/control");
	expect("clock source", "ok", "tsc", NULL);
	assert_string_equal(text_of("turbo", "group"), "cpu");
	end();
}

static void server_made_quiet(void **unused)
{
	(void)unused;
	begin(SMALL);
	put_server();
	put_governors("performance\n", "performance\n");
	put(CPU_DIR "/cpufreq/boost", "0\n");
	put(CPU_DIR "/smt/active", "0\n");
	doctor_check_cpu(&doctor);
	expect("governor", "ok", "performance (driver intel_pstate)", NULL);
	expect("turbo", "ok", "off", NULL);
	expect("SMT", "ok", "off", NULL);

	again();
	put_governors("performance\n", "schedutil\n");
	put(CPU_DIR "/cpufreq/boost", "1\n");
	put(CLOCK_DIR "/current_clocksource", "hpet\n");
	doctor_check_cpu(&doctor);
	expect("governor", "warn", "mixed (driver intel_pstate)",
	       "echo performance | tee "
	       "/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor");
	expect("turbo", "warn", "on",
	       "echo 0 | tee /sys/devices/system/cpu/cpufreq/boost");
	expect("clock source", "warn", "hpet, though tsc is offered",
	       "echo tsc | tee /sys/devices/system/clocksource/clocksource0/"
	       "current_clocksource");

	again();
	put(CLOCK_DIR "/available_clocksource", "hpet acpi_pm \n");
	doctor_check_cpu(&doctor);
	expect("clock source", "warn",
	       "hpet, and the kernel does not trust the tsc", NULL);
	end();
}

/* No cpufreq, as in most VMs: unknown is not ok. */
static void guest_without_cpufreq(void **unused)
{
	static const char host[] =
		"not readable here: the host decides, no cpufreq in this VM";

	(void)unused;
	begin(SMALL);
	put_guest();
	doctor_check_cpu(&doctor);
	expect("virtual machine", "note",
	       "yes (no DMI, kvm-clock offered: KVM); from inside nothing can "
	       "change that",
	       NULL);
	expect("governor", "note", host, NULL);
	expect("turbo", "note", host, NULL);
	expect("SMT", "note",
	       "off as this VM shows it; its CPUs may be siblings on the host "
	       "all the same",
	       NULL);
	expect("clock source", "ok", "kvm-clock", NULL);
	end();
}

/* Without x86's flag the firmware has to tell. */
static void arm_by_its_firmware(void **unused)
{
	(void)unused;
	begin(SMALL);
	put("/proc/cpuinfo", "processor\t: 0\nFeatures\t: fp asimd\n");
	assert_int_equal(doctor_virtual(&doctor), VIRTUAL_UNKNOWN);
	put("/sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
	put("/sys/class/dmi/id/product_name", "c7g.large\n");
	assert_int_equal(doctor_virtual(&doctor), VIRTUAL_YES);
	put("/sys/class/dmi/id/product_name", "c7g.metal\n");
	assert_int_equal(doctor_virtual(&doctor), VIRTUAL_NO);
	put("/sys/class/dmi/id/sys_vendor", "QEMU\n");
	assert_int_equal(doctor_virtual(&doctor), VIRTUAL_YES);
	put("/sys/class/dmi/id/sys_vendor", "Supermicro\n");
	assert_int_equal(doctor_virtual(&doctor), VIRTUAL_NO);
	end();
}

static void drift(void **unused)
{
	struct doctor_drift steady = { .nr = 1000,
				       .nr_slow = 2,
				       .nr_preempted = 3,
				       .min = 2.1e9,
				       .median = 2.6e9,
				       .max = 2.61e9,
				       .drift = -0.001 };
	struct doctor_drift falling = steady, shared = { .nr_preempted = 7 };

	(void)unused;
	begin(SMALL);
	doctor_check_drift(&doctor, &steady);
	expect("frequency drift", "ok",
	       "-0.1 % from the first to the last quarter; 2600 million "
	       "dependent additions/s (min 2100, max 2610); 2 of 1000 samples "
	       "slower by 10 %, 3 preempted and left out",
	       NULL);
	assert_true(value_of("frequency drift", "median_per_s") == 2.6e9);

	again();
	falling.drift = -0.08;
	falling.pin_error = -EPERM;
	doctor_check_drift(&doctor, &falling);
	assert_string_equal(text_of("frequency drift", "level"), "warn");
	assert_non_null(strstr(text_of("frequency drift", "state"),
			       "-8.0 % from the first to the last quarter (not "
			       "pinned);"));

	again();
	steady.nr_slow = 51;
	doctor_check_drift(&doctor, &steady);
	assert_string_equal(text_of("frequency drift", "level"), "warn");

	again();
	doctor_check_drift(&doctor, &shared);
	expect("frequency drift", "note",
	       "not measurable: others took the CPU in each of 7 samples",
	       NULL);
	end();
}

/* ---- noise ---- */

/* A reading of the files as they are, at a time of the test's choice. */
static struct doctor_reading reading(double seconds, double own)
{
	struct doctor_reading r;

	assert_int_equal(doctor_reading_take(&r, scratch_dir), 0);
	r.seconds = seconds;
	r.own_seconds = own;
	return r;
}

static void check_noise(struct doctor_reading *before,
			struct doctor_reading *after)
{
	again();
	doctor_check_noise(&doctor, before, after);
	doctor_reading_free(after);
}

static void steal(void **unused)
{
	struct doctor_reading before, after;

	(void)unused;
	begin(SMALL);
	put_guest();
	put("/proc/stat", "cpu  100 0 0 9900 0 0 0 0 0 0\n");
	before = reading(10, 0);

	after = before;
	check_noise(&before, &after);
	expect("steal", "note",
	       "none since boot: a quiet host, or one that does not tell",
	       NULL);

	/* 2 seconds of 4 CPUs: 800 ticks, of which 100 were stolen. */
	put("/proc/stat", "cpu  300 0 0 10400 0 0 0 100 0 0\n");
	after = reading(12, 2);
	check_noise(&before, &after);
	expect("steal", "warn",
	       "12.5 % while looking, 0.93 % since boot; only the host can "
	       "change it",
	       NULL);
	assert_true(fabs(value_of("steal", "window_ratio") - 0.125) < 1e-9);

	/* Long ago, and not now. */
	before = reading(12, 2);
	put("/proc/stat", "cpu  300 0 0 11200 0 0 0 100 0 0\n");
	after = reading(14, 2);
	check_noise(&before, &after);
	expect("steal", "note",
	       "0.0 % while looking, 0.86 % since boot; only the host can "
	       "change it",
	       NULL);

	/* A server has none, and nobody who could take some. */
	put_server();
	put("/proc/stat", "cpu  100 0 0 9900 0 0 0 0 0 0\n");
	before = reading(10, 0);
	after = before;
	check_noise(&before, &after);
	expect("steal", "ok", "none: no host above this machine", NULL);
	end();
}

static void other_load(void **unused)
{
	struct doctor_reading before, after;

	(void)unused;
	begin(SMALL);
	put_server();
	put("/proc/loadavg", "1.25 0.50 0.10 2/99 1234\n");
	put("/proc/stat", "cpu  100 0 0 9900 0 0 0 0 0 0\n");
	put("/proc/70001/stat", "70001 (a (b) c) S 1 1 1 0 -1 0 0 0 0 0 100 20 "
				"0 0 20 0 1 0 5\n");
	put("/proc/70003/stat", "70003 (idle) S 1 1 1 0 -1 0 0 0 0 0 7 7 "
				"0 0 20 0 1 0 5\n");
	before = reading(10, 1);

	/* A second of 4 CPUs; ours are 100 of its 160 busy ticks. */
	put("/proc/stat", "cpu  200 10 50 10140 0 0 0 0 0 0\n");
	put("/proc/70001/stat", "70001 (a (b) c) S 1 1 1 0 -1 0 0 0 0 0 130 20 "
				"0 0 20 0 1 0 5\n");
	put("/proc/70002/stat", "70002 (\033[31m) R 1 1 1 0 -1 0 0 0 0 0 10 10 "
				"0 0 20 0 1 0 5\n");
	after = reading(11, 2);
	assert_int_equal(after.nr_processes, 3);
	check_noise(&before, &after);
	expect("other load", "warn",
	       "60 % of one CPU in 1 s; most: a (b) c (70001) 30 %, ?[31m "
	       "(70002) 20 %; load average 1.25",
	       NULL);
	assert_true(fabs(value_of("other load", "others_cpus") - 0.6) < 1e-9);

	/* Ours alone; and more of it than the ticks have noticed. */
	after = reading(11, 2.59);
	check_noise(&before, &after);
	assert_string_equal(text_of("other load", "level"), "ok");
	after = reading(11, 3);
	check_noise(&before, &after);
	assert_true(value_of("other load", "others_cpus") == 0);
	doctor_reading_free(&before);
	end();
}

/* In a short window a tick is a large part, and means nothing. */
static void a_tick_is_no_news(void **unused)
{
	struct doctor_reading before, after;

	(void)unused;
	begin(SMALL);
	put_guest();
	put("/proc/stat", "cpu  1000 0 0 99000 0 0 0 1 0 0\n");
	before = reading(10, 0);
	/* 50 ms of 4 CPUs. */
	put("/proc/stat", "cpu  1006 0 0 99013 0 0 0 2 0 0\n");
	after = reading(10.05, 0.05);
	check_noise(&before, &after);
	assert_string_equal(text_of("steal", "level"), "ok");
	assert_string_equal(text_of("other load", "level"), "ok");
	put("/proc/stat", "cpu  1010 0 0 99003 0 0 0 8 0 0\n");
	after = reading(10.05, 0.05);
	check_noise(&before, &after);
	assert_string_equal(text_of("steal", "level"), "warn");
	assert_string_equal(text_of("other load", "level"), "warn");
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(server_as_it_comes),
		scratch_test(server_made_quiet),
		scratch_test(guest_without_cpufreq),
		scratch_test(arm_by_its_firmware),
		scratch_test(drift),
		scratch_test(steal),
		scratch_test(other_load),
		scratch_test(a_tick_is_no_news),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
