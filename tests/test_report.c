/* test_report.c - report.html: escaped, balanced, whole, the same each time. */
#include "test.h"

#include <errno.h>

#include "samples.h"

#include "../harness/html.h"
#include "../harness/report.h"

static const struct summary_params params = { 1, 0.02 };

static const char manifest[] =
	"{\"run_id\": \"r\", \"host\": \"h\", \"started\": \"2026-01-01\","
	" \"cpu_model\": \"<script>alert('x')</script> & \\\"co\\\"\","
	" \"command\": \"./run.sh run --label 'a=<b>'\","
	" \"source\": {\"version\": \"1\", \"git_revision\": \"abc\","
	"              \"git_dirty\": true},"
	" \"options\": {\"preset\": \"quick\", \"seed\": 7,"
	"               \"min-time\": 0.0005, \"no-plots\": true,"
	"               \"label\": [\"a=it's\", \"b=2\"],"
	"               \"selectors\": [\"frame/free_area\"]},"
	" \"environment\": {\"KMB_DISABLE_CPU\": \"avx512f\","
	"                   \"KMB_SEED\": \"7\"},"
	" \"nodes\": [{\"node\": 0}], \"nothing\": null}";

static const char doctor[] =
	"{\"findings\": [{\"name\": \"governor\", \"level\": \"warn\","
	" \"state\": \"powersave\", \"why\": \"clocks < full\","
	" \"command\": null}]}";

static const char svg[] = "<svg/>\n";

static void write_file(const char *name, const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), "run/%s", name);
	scratch_write(scratch_path(path), text, strlen(text));
}

/* Two strategies and one that failed. */
static void write_summary(void)
{
	const double values[] = { 4, 5, 6 };

	samples_add_processes(sample_of("floor", 1), 3,
			      (const double[]){ 1, 1, 1 });
	samples_add_processes(sample_of("free_area", 5), 3, values);
	samples_add_failure(sample_of("first_fit", 0), 0, "crashed",
			    "signal <11>");
	assert_int_equal(summary_write(samples_run.dir, &params, samples_error,
				       sizeof(samples_error)),
			 0);
}

/* report.html; the caller frees it. */
static char *make_report(void)
{
	int err = report_write(samples_run.dir, samples_error,
			       sizeof(samples_error));

	check(!err, "%s", samples_error);
	return scratch_read(scratch_path("run/report.html"));
}

#define assert_has(page, text) check(strstr(page, text), "not there: %s", text)
#define assert_lacks(page, text) check(!strstr(page, text), "there: %s", text)

/* Every element is closed in its turn, attributes are quoted. */
static void assert_balanced(const char *page)
{
	char open[32][16];
	unsigned depth = 0;

	for (const char *at = page; (at = strchr(at, '<')); at++) {
		bool closes = at[1] == '/';
		const char *name = at + 1 + closes;
		size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz"
					     "123456");

		if (at[1] == '!')
			continue;
		check(length && length < 16, "a bare '<': %.20s", at);
		check(strchr(name, '>'), "not closed: %.20s", at);
		if (!strncmp(name, "meta", length) ||
		    !strncmp(name, "img", length))
			continue;
		if (closes) {
			assert_true(depth > 0);
			depth--;
			check(strlen(open[depth]) == length &&
				      !strncmp(open[depth], name, length),
			      "</%.*s> closes <%s>", (int)length, name,
			      open[depth]);
		} else {
			assert_true(depth < 32);
			snprintf(open[depth++], 16, "%.*s", (int)length, name);
		}
	}
	assert_int_equal(depth, 0);
}

static void a_page_has_everything_escaped(void **unused)
{
	char *page;

	(void)unused;
	write_summary();
	write_file("manifest.json", manifest);
	write_file("doctor-before.json", doctor);
	write_file("plots/frame-pair-latency.svg", svg);
	write_file("plots/odd.svg", svg);
	page = make_report();
	assert_balanced(page);
	assert_int_equal(strncmp(page, "<!DOCTYPE html>\n", 16), 0);
	assert_lacks(page, "<script");
	assert_lacks(page, "<b>'");
	assert_lacks(page, "http");
	assert_has(page, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; "
			 "&amp; &quot;co&quot;");
	assert_has(page, "clocks &lt; full");
	assert_has(page, "signal &lt;11&gt;");
	assert_has(page, "with changes that are in no commit");
	/* The medians 1, 5, and 5 times the floor. */
	assert_has(page, "<td class=\"best\"><b>5.00</b>");
	assert_has(page, "<small>5.00x</small>");
	assert_has(page, "<td class=\"bad\"><b>fail</b></td>");
	/* "<svg/>\n" in base64. */
	assert_has(page, "<img alt=\"chart frame-pair-latency\" "
			 "src=\"data:image/svg+xml;base64,PHN2Zy8+Cg==\">");
	assert_has(page, "<img alt=\"chart odd\"");
	assert_has(page, "<th scope=\"row\">source.git_revision</th>"
			 "<td>abc</td>");
	free(page);
}

static void it_says_how_to_do_it_again(void **unused)
{
	char *page;

	(void)unused;
	write_summary();
	write_file("manifest.json", manifest);
	page = make_report();
	assert_has(page, "git checkout abc\n");
	assert_has(page, "KMB_DISABLE_CPU=avx512f ./run.sh run --preset=quick "
			 "--seed=7 --min-time=0.0005 --no-plots "
			 "&#39;--label=a=it&#39;\\&#39;&#39;s&#39; --label=b=2 "
			 "frame/free_area\n");
	free(page);
}

static void the_same_files_give_the_same_bytes(void **unused)
{
	char *first, *second;

	(void)unused;
	write_summary();
	write_file("manifest.json", manifest);
	write_file("plots/b.svg", svg);
	write_file("plots/a.svg", "<svg>other</svg>");
	first = make_report();
	second = make_report();
	assert_string_equal(first, second);
	free(first);
	free(second);
}

static void without_its_other_files_it_is_still_a_page(void **unused)
{
	char *page;

	(void)unused;
	write_summary();
	page = make_report();
	assert_balanced(page);
	assert_has(page, "<td>NA</td>");
	assert_lacks(page, "State of the machine");
	free(page);
}

static void without_a_summary_there_is_none(void **unused)
{
	(void)unused;
	assert_int_not_equal(report_write(samples_run.dir, samples_error,
					  sizeof(samples_error)),
			     0);
	assert_non_null(strstr(samples_error, "summary.csv"));
	assert_int_not_equal(access(scratch_path("run/report.html"), F_OK), 0);
}

static char *escaped(const char *text)
{
	char *html = NULL;
	size_t size;
	FILE *out = open_memstream(&html, &size);

	html_text(out, text);
	fclose(out);
	return html;
}

static void text_is_always_valid_utf8(void **unused)
{
#define BAD "\xef\xbf\xbd"
	static const char *const pairs[][2] = {
		{ "", "" },
		{ "a\tb\n", "a\tb\n" },
		{ "\x01\x1b[0m\x7f", BAD BAD "[0m" BAD },
		{ "\xc2\xb5s \xe2\x82\xac \xf0\x9f\x90\xa7",
		  "\xc2\xb5s \xe2\x82\xac \xf0\x9f\x90\xa7" },
		{ "\xff x", BAD " x" },
		{ "\xc3", BAD },			 /* cut off */
		{ "\xc0\xaf", BAD BAD },		 /* overlong */
		{ "\xed\xa0\x80", BAD BAD BAD },	 /* a surrogate */
		{ "\xf4\x90\x80\x80", BAD BAD BAD BAD }, /* too high */
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(pairs); i++) {
		char *html = escaped(pairs[i][0]);

		assert_string_equal(html, pairs[i][1]);
		free(html);
	}
}

static void pictures_are_held_by_the_page(void **unused)
{
	/* RFC 4648's own examples. */
	static const char *const pairs[][2] = {
		{ "f", "Zg==" },	 { "fo", "Zm8=" },
		{ "foo", "Zm9v" },	 { "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
	};
	const char *path = scratch_path("a.svg");
	char expected[128];

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(pairs); i++) {
		char *html = NULL;
		size_t size;
		FILE *out = open_memstream(&html, &size);

		scratch_write(path, pairs[i][0], strlen(pairs[i][0]));
		assert_int_equal(html_image(out, path, "\"x\""), 0);
		fclose(out);
		snprintf(expected, sizeof(expected),
			 "<img alt=\"&quot;x&quot;\" "
			 "src=\"data:image/svg+xml;base64,%s\">\n",
			 pairs[i][1]);
		assert_string_equal(html, expected);
		free(html);
	}
	assert_int_equal(html_image(stdout, scratch_path("none"), ""), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		samples_test(a_page_has_everything_escaped),
		samples_test(it_says_how_to_do_it_again),
		samples_test(the_same_files_give_the_same_bytes),
		samples_test(without_its_other_files_it_is_still_a_page),
		samples_test(without_a_summary_there_is_none),
		cmocka_unit_test(text_is_always_valid_utf8),
		scratch_test(pictures_are_held_by_the_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
