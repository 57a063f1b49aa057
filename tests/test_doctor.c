/* test_doctor.c - what doctor may do here, and how it tells it all. */
#include "test.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "doctor_machine.h"

/* ---- permissions ---- */

static void refused_calls(void **unused)
{
	(void)unused;
	begin(TWO_NODES);
	put("/proc/self/status", "Seccomp:\t2\nSeccomp_filters:\t1\n");
	doctor_tried(&doctor, "mbind", 0);
	expect("mbind", "ok", "works", NULL);
	again();
	doctor_tried(&doctor, "mbind", EPERM);
	expect("mbind", "warn",
	       "refused, EPERM (most likely the seccomp filter of a container)",
	       "docker run --cap-add SYS_NICE ...");
	doctor_tried(&doctor, "move_pages", ENOSYS);
	expect("move_pages", "warn",
	       "refused, ENOSYS (this kernel has no such call, or the seccomp "
	       "filter of a container hides it)",
	       "docker run --cap-add SYS_NICE ...");
	doctor_tried(&doctor, "perf_event_open", EPERM);
	assert_string_equal(text_of("perf_event_open", "command"),
			    "docker run --cap-add PERFMON ...");
	end();

	begin(SMALL);
	put("/proc/self/status", "Seccomp:\t0\n");
	doctor_tried(&doctor, "mbind", ENOSYS);
	expect("mbind", "note",
	       "refused, ENOSYS (this kernel has no such call); with one node "
	       "little depends on it",
	       NULL);
	doctor_tried(&doctor, "sched_setaffinity", EPERM);
	expect("sched_setaffinity", "warn",
	       "refused, EPERM (no seccomp filter: a capability is missing, or "
	       "a security module or setting forbids it)",
	       NULL);
	end();
}

static void pmu(void **unused)
{
	(void)unused;
	begin(SMALL);
	put_guest();
	put("/proc/self/status", "Seccomp:\t0\n");
	doctor_tried_pmu(&doctor, ENOENT, 0);
	expect("PMU", "note",
	       "none (ENOENT): the host gives this VM none; only its owner can",
	       NULL);
	again();
	doctor_tried_pmu(&doctor, 0, 0);
	expect("PMU", "note",
	       "opens, but counts nothing: the host does not back it", NULL);
	again();
	doctor_tried_pmu(&doctor, 0, 123456);
	expect("PMU", "ok", "cycles can be counted", NULL);
	again();
	put_server();
	doctor_tried_pmu(&doctor, ENOENT, 0);
	expect("PMU", "note",
	       "none (ENOENT): this CPU has none that the kernel knows", NULL);
	again();
	doctor_tried_pmu(&doctor, EACCES, 0);
	expect("PMU", "note",
	       "not ours: EACCES (no seccomp filter: a capability is missing, "
	       "or a security module or setting forbids it)",
	       "sysctl -w kernel.perf_event_paranoid=1");
	end();
}

static void check_paranoid(const char *value, const char *capabilities)
{
	char status[64];

	again();
	snprintf(status, sizeof(status), "CapEff:\t%s\n", capabilities);
	put("/proc/self/status", status);
	put("/proc/sys/kernel/perf_event_paranoid", value);
	doctor_check_permissions(&doctor, 0);
}

static void paranoid(void **unused)
{
	static const char name[] = "perf_event_paranoid";
	static const char none[] = "0000000000000000";
	static const char command[] = "sysctl -w kernel.perf_event_paranoid=1";

	(void)unused;
	begin(SMALL);
	check_paranoid("-1\n", none);
	expect(name, "ok", "-1", NULL);
	check_paranoid("2\n", none);
	expect(name, "note", "2: user space can be counted, the kernel not",
	       command);
	check_paranoid("4\n", none);
	expect(name, "note", "4: this user may count nothing", command);
	/* CAP_PERFMON is bit 38, CAP_SYS_ADMIN 21. */
	check_paranoid("4\n", "0000004000000000");
	expect(name, "ok",
	       "4, which does not bind us: we have CAP_PERFMON or "
	       "CAP_SYS_ADMIN",
	       NULL);
	check_paranoid("3\n", "0000000000200000");
	assert_string_equal(text_of(name, "level"), "ok");
	end();
}

/* As a container does: this thread's mbind is refused from now on. */
static bool forbid_mbind(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mbind, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(filter), filter };

	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* Child: what is said of mbind when it is really refused. An exit code. */
static int try_under_filter(void)
{
	if (!forbid_mbind())
		return TEST_SKIP;
	doctor.root = "";
	doctor_check_permissions(&doctor, 0);
	return strcmp(text_of("mbind", "level"), "warn") ||
	       strcmp(text_of("mbind", "state"),
		      "refused, EPERM (most likely the seccomp filter of a "
		      "container)");
}

/* It is tried, not guessed. */
static void really_tried(void **unused)
{
	int status;
	pid_t pid;

	(void)unused;
	begin(TWO_NODES);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		_exit(try_under_filter());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	end();
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == TEST_SKIP)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- all ---- */

/* Where nothing can be read, nothing is called good. */
static void nothing_readable(void **unused)
{
	const json_t *finding;
	size_t i;

	(void)unused;
	begin(SMALL);
	doctor_check_cpu(&doctor);
	doctor_check_noise(&doctor, NULL, NULL);
	doctor_check_memory(&doctor);
	doctor_check_limits(&doctor);
	assert_true(json_array_size(doctor.findings) > 15);
	json_array_foreach (doctor.findings, i, finding) {
		const char *name =
			json_string_value(json_object_get(finding, "name"));

		check(!strcmp(text_of(name, "level"), "note"), "%s: %s %s",
		      name, text_of(name, "level"), text_of(name, "state"));
	}
	end();
}

static char *printed(void (*print)(const json_t *report, FILE *out),
		     const json_t *report)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	print(report, out);
	fclose(out);
	return text;
}

static void warnings(void **unused)
{
	json_t *report;
	char *text;

	(void)unused;
	begin(SMALL);
	report = json_pack("{s:O}", "findings", doctor.findings);
	doctor_add(&doctor, DOCTOR_NOTE, "n", "why", NULL, "s");
	text = printed(doctor_warn, report);
	assert_string_equal(text, "");
	free(text);
	doctor_add(&doctor, DOCTOR_WARN, "a", "why", "do", "state %d", 1);
	text = printed(doctor_warn, report);
	assert_string_equal(text,
			    "doctor: a: state 1 (see kmembench doctor)\n");
	free(text);
	doctor_add(&doctor, DOCTOR_WARN, "b", "why", NULL, "2");
	doctor_add(&doctor, DOCTOR_WARN, "c", "why", NULL, "3");
	doctor_add(&doctor, DOCTOR_WARN, "d", "why", NULL, "4");
	doctor_add(&doctor, DOCTOR_WARN, "e", "why", NULL, "5");
	text = printed(doctor_warn, report);
	assert_string_equal(text, "doctor: a: state 1\ndoctor: b: 2\ndoctor: "
				  "c: 3 (and 2 more; see kmembench doctor)\n");
	free(text);
	json_decref(report);
	end();
}

static void print_plain(const json_t *report, FILE *out)
{
	doctor_print(report, out, false);
}

static void table(void **unused)
{
	json_t *report;
	char *text;

	(void)unused;
	begin(SMALL);
	doctor_add(&doctor, DOCTOR_WARN, "a", "It matters.", "do this", "bad");
	doctor.group = "other";
	doctor_add(&doctor, DOCTOR_OK, "b", "So does it.", NULL, "good");
	report = json_pack("{s:O}", "findings", doctor.findings);
	text = printed(print_plain, report);
	assert_string_equal(
		text,
		"test\n"
		"[!]  a                    bad\n"
		"     It matters.\n"
		"     change: do this\n"
		"\n"
		"other\n"
		"[ok] b                    good\n"
		"     So does it.\n"
		"\n"
		"[ok] 1   [-] 0: cannot be had or known   [!] 1: mind these\n"
		"Nothing was changed. What follows change: is for root's "
		"shell, and lasts until\nthe next boot.\n");
	free(text);
	json_decref(report);
	end();
}

/* This machine: every key is there, and we may run where we might before. */
static void this_machine(void **unused)
{
	static const char *const keys[] = { "group", "name", "level", "state",
					    "why" };
	cpu_set_t before, after;
	struct topology t;
	char error[256];
	const json_t *finding;
	json_t *report;
	size_t i;

	(void)unused;
	assert_int_equal(topology_load(&t, NULL, error, sizeof(error)), 0);
	sched_getaffinity(0, sizeof(before), &before);
	report = doctor_collect(&t, true);
	sched_getaffinity(0, sizeof(after), &after);
	assert_true(CPU_EQUAL(&before, &after));
	assert_non_null(report);
	assert_int_equal(json_integer_value(json_object_get(report, "schema")),
			 DOCTOR_SCHEMA);
	assert_true(json_is_true(json_object_get(report, "quick")));
	json_array_foreach (json_object_get(report, "findings"), i, finding) {
		for (unsigned k = 0; k < ARRAY_SIZE(keys); k++)
			check(json_string_length(
				      json_object_get(finding, keys[k])),
			      "finding %zu has no %s", i, keys[k]);
		assert_non_null(json_object_get(finding, "command"));
		assert_true(json_is_object(json_object_get(finding, "values")));
	}
	assert_true(i > 20);
	json_decref(report);
	topology_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(refused_calls),
		scratch_test(pmu),
		scratch_test(paranoid),
		scratch_test(really_tried),
		scratch_test(nothing_readable),
		scratch_test(warnings),
		scratch_test(table),
		cmocka_unit_test(this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
