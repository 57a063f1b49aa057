#!/usr/bin/env bats
# file.bats - workloads that take a file: selectors, names, sums, what is wrong.
load cli

setup() {
	export KMB_RESULTS=$BATS_TEST_TMPDIR/results
	mkdir "$KMB_RESULTS" "$BATS_TEST_TMPDIR/in"
	cd "$BATS_TEST_TMPDIR/in" || return
	echo ok >good.txt
	echo bad >bad.txt
}

# run_tiny SELECTOR...: into $BATS_TEST_TMPDIR/run.
run_tiny() {
	dir=$BATS_TEST_TMPDIR/run
	run -0 --separate-stderr "$selftest" run "${tiny[@]}" --no-plots -o "$dir" "$@"
}

@test "a workload that takes a file is run with it, and named after it" {
	run_tiny "selftest/reader/read:good.txt"
	[ "$(csv_select "$dir/samples.csv" workload status metric=ns_per_op)" = 'read:good ok' ]
	json_check "$dir/manifest.json"
	sum=$(sha256sum good.txt)
	grep -q "\"path\": \"$PWD/good.txt\"" "$dir/manifest.json"
	grep -q "\"sha256\": \"${sum%% *}\"" "$dir/manifest.json"
	grep -q "\"selftest/reader/read:$PWD/good.txt\"" "$dir/manifest.json"
}

@test "the path may hold slashes, dots, colons, blanks and commas" {
	mkdir 'a:b.c'
	cp good.txt 'a:b.c/x, y:z.1.2.txt'
	run_tiny "selftest/*/read:$PWD/a:b.c/x, y:z.1.2.txt"
	[ "$(csv_select "$dir/samples.csv" workload metric=ns_per_op status=ok)" = 'read:x__y_z.1.2' ]
	"$selftest" plot "$dir"
}

@test "files of one name are not taken for one another" {
	mkdir other
	echo ok too >other/good.txt
	fails 2 "$PWD/good.txt and $PWD/other/good.txt" "$selftest" run "${tiny[@]}" \
		selftest/reader/read:good.txt selftest/reader/read:other/good.txt
	ln -s other/good.txt better.txt
	run_tiny selftest/reader/read:good.txt 'selftest/*/read:better.txt' selftest/reader/read:good.txt
	[ "$(csv_select "$dir/samples.csv" workload metric=ns_per_op | sort -u)" = $'read:better\nread:good' ]
}

@test "without a file: never by wildcards, a line when it is named" {
	run -0 "$selftest" plan 'selftest/*/*' --threads 1
	[[ $output != *reader* ]]
	for selector in selftest/reader/read 'selftest/r*' 'selftest/*/re?d'; do
		fails 2 'a file that begins with ok' "$selftest" run "$selector"
		[[ $stderr = *"read:FILE"* ]]
	done
	fails 2 "no file behind the ':'" "$selftest" run selftest/reader/read:
	fails 2 "no workload 'spin' takes a file; there are: read:FILE" "$selftest" run selftest/*/spin:good.txt
	fails 2 "no workload 'nosuch' takes a file" "$selftest" run selftest/*/nosuch:good.txt
}

@test "a missing or wrong file is found before anything is measured" {
	fails 2 "$PWD/none.txt: No such file" "$selftest" run selftest/reader/read:none.txt
	fails 2 "$PWD/bad.txt: does not begin with ok" "$selftest" run selftest selftest/reader/read:bad.txt
	fails 2 "$PWD/bad.txt: does not begin with ok" "$selftest" plan selftest/reader/read:bad.txt
	[ -z "$(ls "$KMB_RESULTS")" ]
}

@test "plan knows the file's workload, list says that there is one" {
	run -0 "$selftest" plan selftest/reader/read:good.txt
	[[ $output = *'selftest/*/read:good '* ]]
	run -0 "$selftest" list selftest/reader
	[[ $output = *read:FILE* ]]
	run -0 "$selftest" list selftest --axes
	[[ $output = *$'read:FILE\n'*'file      a file that begins with ok'* ]]
	for selector in selftest/reader/read selftest/reader/read:good.txt; do
		run -0 "$selftest" list "$selector"
		[[ $output = *read:FILE* ]]
	done
	run -0 "$selftest" run --help
	[[ $output = *WORKLOAD\[:FILE\]* ]]
}

@test "resume: from any directory, not with another file" {
	run_tiny selftest/reader/read:good.txt --process-reps 2
	head -n 1 "$dir/journal.jsonl" >"$dir/first"
	mv "$dir/first" "$dir/journal.jsonl"
	cd /
	run -0 "$selftest" resume "$dir" --no-plots
	[ "$(wc -l <"$dir/journal.jsonl")" = 2 ]
	echo ok ok >"$BATS_TEST_TMPDIR/in/good.txt"
	fails 2 "the file 'good' had the sum" "$selftest" resume "$dir" --no-plots
	"$selftest" resume --force "$dir" --no-plots
	grep -q '"forced": true' "$dir/plan.json"
	rm "$BATS_TEST_TMPDIR/in/good.txt"
	fails 2 "good.txt: No such file" "$selftest" resume --force "$dir" --no-plots
}

@test "repro names the files, and warns when they changed or are gone" {
	run_tiny selftest/reader/read:good.txt
	run -0 --separate-stderr "$selftest" repro "$dir"
	[[ $output = *"# file 'good': $PWD/good.txt, sha256 $(sha256sum good.txt | cut -c1-64)"* ]]
	[[ $output = *"selftest/reader/read:$PWD/good.txt"* ]]
	[[ $stderr != *good* ]]
	echo ok ok >good.txt
	run -0 --separate-stderr "$selftest" repro "$dir"
	[[ $stderr = *"good.txt is not the file that it was"* ]]
	rm good.txt
	run -0 --separate-stderr "$selftest" repro "$dir"
	[[ $stderr = *"good.txt cannot be read"* ]]
}

@test "compare: not over two files of one name, unless allowed" {
	run_tiny selftest/reader/read:good.txt
	mv "$dir" "$BATS_TEST_TMPDIR/a"
	echo ok ok >good.txt
	run_tiny selftest/reader/read:good.txt
	fails 2 "the file 'good' had the sum" "$selftest" compare "$BATS_TEST_TMPDIR/a" "$dir"
	run -0 "$selftest" compare --allow axes "$BATS_TEST_TMPDIR/a" "$dir"
	[[ $output = *read:good* ]]
}
