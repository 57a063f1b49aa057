/* test_results.c - a run's directory, its rows, and what can go wrong. */
#include "test.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <regex.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "../harness/results.h"

static const struct sample a_sample = {
	.seq = 7,
	.block = 1,
	.process = 2,
	.rep = 3,
	.family = "frame",
	.strategy = "free_area",
	.workload = "pair",
	.isa = "scalar",
	.threads = 2,
	.size = 4,
	.size_unit = "order",
	.pages = "4k",
	.place = "compact",
	.cpus = "0,1",
	.mem_policy = "local",
	.nodes_requested = "0",
	.metric = "ns_per_op",
	.value = 4.25,
	.unit = "ns",
	.source = "wall",
	.coverage = NAN,
	.status = "ok",
};

static char error[PATH_MAX + 256];

static bool exists(const char *path)
{
	struct stat st;

	return !lstat(path, &st);
}

static bool matches(const char *text, const char *pattern)
{
	regex_t regex;
	bool found;

	assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	found = !regexec(&regex, text, 0, NULL, 0);
	regfree(&regex);
	return found;
}

static void create(struct results *r, const char *root, const char *dir)
{
	int err = results_create(r, root, dir, error, sizeof(error));

	check(!err, "%s", error);
}

static void a_run_has_its_parts(void **unused)
{
	char path[PATH_MAX + 256], expected[1024];
	struct results r;
	char *text;

	(void)unused;
	create(&r, scratch_dir, NULL);
	assert_true(matches(r.run_id, "^[0-9]{8}T[0-9]{6}Z-[A-Za-z0-9_-]+-"
				      "[0-9a-f]{6}$"));
	snprintf(path, sizeof(path), "%s/%s", scratch_dir, r.run_id);
	assert_string_equal(r.dir, path);
	snprintf(path, sizeof(path), "%s/raw", r.dir);
	assert_true(exists(path));
	snprintf(path, sizeof(path), "%s/plots", r.dir);
	assert_true(exists(path));

	assert_int_equal(results_add(&r, &a_sample), 0);
	snprintf(path, sizeof(path), "%s/samples.csv", r.dir);
	text = scratch_read(path);
	snprintf(expected, sizeof(expected),
		 "schema,run_id,host,seq,block,process,rep,family,strategy,"
		 "workload,isa,threads,size,size_unit,pages,place,cpus,"
		 "mem_policy,nodes_requested,nodes_actual,metric,value,unit,"
		 "source,coverage,status,reason,arm,steal_ns,nivcsw,faults,"
		 "migrations,cpu_mhz,variant,version\n"
		 "4,%s,%s,7,1,2,3,frame,free_area,pair,scalar,2,4,order,4k,"
		 "compact,\"0,1\",local,0,NA,ns_per_op,4.25,ns,wall,NA,ok,NA,"
		 "NA,0,0,0,0,0,NA,NA\n",
		 r.run_id, r.host);
	assert_string_equal(text, expected);
	free(text);
	assert_int_equal(results_close(&r, scratch_dir, 1, "complete"), 0);
}

static void the_newest_run_is_latest(void **unused)
{
	struct results r[2];
	char target[PATH_MAX] = "";
	struct csv csv;

	(void)unused;
	for (int i = 0; i < 2; i++) {
		create(&r[i], scratch_dir, i ? scratch_path("mine/") : NULL);
		results_add(&r[i], &a_sample);
	}
	assert_int_equal(results_close(&r[0], scratch_dir, 12, "complete"), 0);
	assert_true(readlink(scratch_path("latest"), target, PATH_MAX) > 0);
	assert_string_equal(target, r[0].run_id);
	assert_int_equal(results_close(&r[1], scratch_dir, 3, "interrupted"),
			 0);
	memset(target, 0, sizeof(target));
	assert_true(readlink(scratch_path("latest"), target, PATH_MAX) > 0);
	assert_string_equal(target, "mine");

	assert_int_equal(
		csv_read(&csv, scratch_path("index.csv"), error, sizeof(error)),
		0);
	assert_int_equal(csv.nr_rows, 2);
	for (unsigned i = 0; i < 2; i++) {
		static const char *const last[2][3] = {
			{ "frame", "12", "complete" },
			{ "frame", "3", "interrupted" },
		};

		assert_string_equal(csv_cell(&csv, i, 0), r[i].run_id);
		assert_string_equal(csv_cell(&csv, i, 1), r[i].started);
		assert_string_equal(csv_cell(&csv, i, 2), r[i].host);
		for (int k = 0; k < 3; k++)
			assert_string_equal(csv_cell(&csv, i, 3 + k),
					    last[i][k]);
	}
	assert_string_equal(csv_cell(&csv, 0, 6), r[0].run_id);
	assert_string_equal(csv_cell(&csv, 1, 6), "mine");
	csv_free(&csv);
}

static void a_run_elsewhere_leaves_the_root_alone(void **unused)
{
	struct results r;

	(void)unused;
	mkdir(scratch_path("root"), 0777);
	create(&r, scratch_path("root"), scratch_path("elsewhere"));
	assert_int_equal(results_close(&r, scratch_path("root"), 0, "complete"),
			 0);
	assert_false(exists(scratch_path("root/latest")));
	assert_false(exists(scratch_path("root/index.csv")));
}

static void families_are_listed_once(void **unused)
{
	static const char *const order[] = { "slab", "lab", "slab", "scan",
					     "lab",  "sc",  "scan" };
	struct sample sample = a_sample;
	struct results r;

	(void)unused;
	create(&r, scratch_dir, NULL);
	for (unsigned i = 0; i < ARRAY_SIZE(order); i++) {
		sample.family = order[i];
		results_add(&r, &sample);
	}
	assert_string_equal(r.families, "slab lab scan sc");
	results_close(&r, scratch_dir, 1, "complete");
}

static void an_empty_directory_will_do(void **unused)
{
	struct results r;

	(void)unused;
	assert_int_equal(mkdir(scratch_path("empty"), 0777), 0);
	create(&r, scratch_dir, scratch_path("empty"));
	assert_true(exists(scratch_path("empty/samples.csv")));
	results_close(&r, scratch_dir, 0, "complete");
}

static void refuse(const char *dir, int expected, const char *pattern)
{
	struct results r;
	int err = results_create(&r, scratch_dir, dir, error, sizeof(error));

	check(err == expected, "%s: %d", dir, err);
	check(matches(error, pattern), "%s", error);
	assert_null(strchr(error, '\n'));
}

static void bad_directories_are_named(void **unused)
{
	char long_name[2 * PATH_MAX];

	(void)unused;
	mkdir(scratch_path("full"), 0777);
	scratch_write(scratch_path("full/precious"), "x", 1);
	refuse(scratch_path("full"), -ENOTEMPTY,
	       "/full: Directory not empty: name a new or empty directory$");
	refuse(scratch_path("full/precious"), -ENOTDIR,
	       "/full/precious: Not a directory: name a new or empty");
	refuse(scratch_path("none/run"), -ENOENT,
	       "/none/run: No such file or directory: the directory above it");
	refuse("", -ENOENT, "^'': No such file or directory");
	refuse("/proc/run", -ENOENT, "^/proc/run: ");
	refuse("/proc/self/task", -ENOTEMPTY, "^/proc/self/task: ");
	memset(long_name, 'x', sizeof(long_name));
	long_name[sizeof(long_name) - 1] = '\0';
	refuse(long_name, -ENAMETOOLONG, "File name too long: name a shorter");
	assert_true(exists(scratch_path("full/precious")));
	assert_false(exists(scratch_path("full/raw")));
}

static void a_bad_root_is_named(void **unused)
{
	struct results r;

	(void)unused;
	scratch_write(scratch_path("file"), "x", 1);
	assert_int_equal(results_create(&r, scratch_path("file"), NULL, error,
					sizeof(error)),
			 -ENOTDIR);
	assert_true(matches(error, "/file/.*: Not a directory: name another "
				   "directory with -o$"));
}

/* A file system of our own, in a namespace of our own; false: not allowed. */
static bool mount_small(const char *dir, unsigned long flags)
{
	mkdir(dir, 0777);
	return !unshare(CLONE_NEWNS) &&
	       !mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount("tmpfs", dir, "tmpfs", flags, "size=64k");
}

static void a_read_only_directory_is_named(void **unused)
{
	const char *dir = scratch_path("ro");

	(void)unused;
	/* Not by permission bits: root may write regardless. */
	if (!mount_small(dir, MS_RDONLY)) {
		print_message("mounting is not allowed here\n");
		skip();
	}
	refuse(scratch_path("ro/run"), -EROFS,
	       "/ro/run: Read-only file system: name a directory that can");
	refuse(dir, -EROFS, "/ro/raw: Read-only file system$");
	assert_true(exists(dir));
	umount(dir);
}

/* Every row that was taken is there, and nothing but whole rows. */
static void a_full_disk_keeps_whole_rows(void **unused)
{
	const char *dir = scratch_path("small");
	struct results r;
	struct csv csv;
	unsigned nr = 0;
	int err;

	(void)unused;
	if (!mount_small(dir, 0)) {
		print_message("mounting is not allowed here\n");
		skip();
	}
	create(&r, dir, NULL);
	while (!(err = results_add(&r, &a_sample)))
		nr++;
	assert_int_equal(err, -ENOSPC);
	assert_int_equal(results_add(&r, &a_sample), -ENOSPC);
	assert_int_equal(results_write_file(r.dir, "summary.csv", r.dir, 4096),
			 -ENOSPC);
	assert_int_equal(csv_read(&csv,
				  strcat(strcpy(error, r.dir), "/samples.csv"),
				  error, sizeof(error)),
			 0);
	assert_int_equal(csv.nr_rows, nr);
	assert_true(nr > 100);
	csv_free(&csv);
	refuse(scratch_path("small/second"), -ENOSPC,
	       "/small/second/.*: No space left on device$");
	assert_false(exists(scratch_path("small/second")));
	results_close(&r, dir, 0, "failed");
	umount(dir);
}

static void files_are_replaced_whole(void **unused)
{
	char *text;

	(void)unused;
	assert_int_equal(results_write_file(scratch_dir, "f", "first", 5), 0);
	assert_int_equal(results_write_file(scratch_dir, "f", "2nd", 3), 0);
	text = scratch_read(scratch_path("f"));
	assert_string_equal(text, "2nd");
	free(text);
	assert_false(exists(scratch_path(".f.tmp")));
	assert_int_equal(results_write_file(scratch_path("none"), "f", "x", 1),
			 -ENOENT);
	mkdir(scratch_path("taken"), 0777);
	assert_int_equal(results_write_file(scratch_dir, "taken", "x", 1),
			 -EISDIR);
	assert_false(exists(scratch_path(".taken.tmp")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(a_run_has_its_parts),
		scratch_test(the_newest_run_is_latest),
		scratch_test(a_run_elsewhere_leaves_the_root_alone),
		scratch_test(families_are_listed_once),
		scratch_test(an_empty_directory_will_do),
		scratch_test(bad_directories_are_named),
		scratch_test(a_bad_root_is_named),
		scratch_test(a_read_only_directory_is_named),
		scratch_test(a_full_disk_keeps_whole_rows),
		scratch_test(files_are_replaced_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
