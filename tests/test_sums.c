/* test_sums.c - SHA256SUMS: what is in it, and what differs from it. */
#include "test.h"

#include <errno.h>
#include <sys/stat.h>

#include "scratch.h"

#include "../harness/sums.h"

/* Of "abc" and of nothing, as FIPS 180 has them. */
#define SUM_ABC \
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define SUM_NOTHING \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static char error[PATH_MAX + 256];
static char told[4096];

static void tell(void *arg, const char *name, const char *what)
{
	(void)arg;
	snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s: %s\n",
		 name, what);
}

static void write_text(const char *name, const char *text)
{
	scratch_write(scratch_path(name), text, strlen(text));
}

static void make_run(void)
{
	int err;

	mkdir(scratch_path("plots"), 0777);
	write_text("b.csv", "abc");
	write_text("a b.csv", "");
	write_text("plots/one.svg", "abc");
	write_text(".hidden.tmp", "abc");
	err = sums_write(scratch_dir, error, sizeof(error));
	check(!err, "%s", error);
}

static int differences(void)
{
	told[0] = '\0';
	return sums_check(scratch_dir, tell, NULL, error, sizeof(error));
}

static void all_files_are_listed_in_order(void **unused)
{
	char *text;

	(void)unused;
	make_run();
	text = scratch_read(scratch_path(SUMS_NAME));
	assert_string_equal(text, SUM_NOTHING "  a b.csv\n" SUM_ABC
					      "  b.csv\n" SUM_ABC
					      "  plots/one.svg\n");
	free(text);
	assert_int_equal(differences(), 0);
	assert_string_equal(told, "");
}

static void what_differs_is_told_file_by_file(void **unused)
{
	(void)unused;
	make_run();
	write_text("b.csv", "abd");
	write_text("raw.json", "");
	unlink(scratch_path("plots/one.svg"));
	assert_int_equal(differences(), 3);
	assert_string_equal(told, "b.csv: changed since the run ended\n"
				  "plots/one.svg: missing, or cannot be read\n"
				  "raw.json: added since the run ended\n");
}

static void without_a_list_nothing_is_known(void **unused)
{
	(void)unused;
	write_text("a.csv", "");
	assert_int_equal(differences(), -ENOENT);
	assert_non_null(strstr(error, SUMS_NAME));
	write_text(SUMS_NAME, "junk\n");
	assert_true(differences() < 0);
	assert_non_null(strstr(error, SUMS_NAME));
}

static void what_is_drawn_again_is_summed_again_and_nothing_else(void **unused)
{
	(void)unused;
	make_run();
	write_text("plots/one.svg", "another");
	write_text("plots/two.svg", "new");
	write_text("report.html", "<p>");
	write_text("b.csv", "tampered");
	assert_int_equal(sums_refresh(scratch_dir, error, sizeof(error)), 0);
	assert_int_equal(differences(), 1);
	assert_string_equal(told, "b.csv: changed since the run ended\n");
}

static void a_run_that_did_not_end_gets_no_list(void **unused)
{
	(void)unused;
	write_text("a.csv", "");
	assert_int_equal(sums_refresh(scratch_dir, error, sizeof(error)), 0);
	assert_int_not_equal(access(scratch_path(SUMS_NAME), F_OK), 0);
}

static void more_files_than_a_command_line_takes(void **unused)
{
	(void)unused;
	mkdir(scratch_path("raw"), 0777);
	for (unsigned i = 0; i < 1203; i++) {
		char name[32];

		snprintf(name, sizeof(name), "raw/%06u.json", i);
		write_text(name, "abc");
	}
	assert_int_equal(sums_write(scratch_dir, error, sizeof(error)), 0);
	assert_int_equal(differences(), 0);
	write_text("raw/001202.json", "abd");
	assert_int_equal(differences(), 1);
}

static void a_link_to_a_run_is_the_run(void **unused)
{
	char target[PATH_MAX], link[PATH_MAX + 8];

	(void)unused;
	strcpy(target, scratch_dir);
	make_run();
	snprintf(link, sizeof(link), "%s.latest", target);
	assert_int_equal(symlink(target, link), 0);
	assert_int_equal(sums_refresh(link, error, sizeof(error)), 0);
	unlink(link);
	assert_int_equal(differences(), 0);
	strcat(scratch_dir, "/");
	assert_int_equal(sums_refresh(scratch_dir, error, sizeof(error)), 0);
	assert_int_equal(differences(), 0);
	strcpy(scratch_dir, target);
}

static void one_file(void **unused)
{
	char hex[SUMS_HEX + 1];

	(void)unused;
	write_text("a", "abc");
	sums_of_file(scratch_path("a"), hex);
	assert_string_equal(hex, SUM_ABC);
	sums_of_file(scratch_path("none"), hex);
	assert_string_equal(hex, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(all_files_are_listed_in_order),
		scratch_test(what_differs_is_told_file_by_file),
		scratch_test(without_a_list_nothing_is_known),
		scratch_test(
			what_is_drawn_again_is_summed_again_and_nothing_else),
		scratch_test(a_run_that_did_not_end_gets_no_list),
		scratch_test(more_files_than_a_command_line_takes),
		scratch_test(a_link_to_a_run_is_the_run),
		scratch_test(one_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
