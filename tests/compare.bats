#!/usr/bin/env bats
# compare.bats - compare and aa: their words, exit codes and files.
load cli

# Two small runs with intervals, and copies of the second that differ.
setup_file() {
	export RUNS=$BATS_FILE_TMPDIR/results
	small=(--preset smoke --process-reps 5 --reps 1 --min-time 0.0005 --threads 1 --memory 16m)
	for label in old new; do
		"$kmembench" run frame/free_area/pair frame/first_fit/pair frame/null/pair --size 0 \
			"${small[@]}" --no-plots --label "build=$label" --results "$RUNS" >/dev/null
	done
	copy same 1
	copy slow 2
	copy fast 0.5
	copy few 1
	sed -i '/^[^,]*,[^,]*,[^,]*,[^,]*,[2-4],/d' "$RUNS/few/samples.csv"
}

# copy NAME FACTOR: the newest run with times that are known, FACTOR times as
# long; what a busy machine measures must not decide a test.
copy() {
	mkdir "$RUNS/$1"
	cp "$RUNS/latest/manifest.json" "$RUNS/$1/"
	awk -F, -v OFS=, -v factor="$2" '
	NR == 1 {
		for (i = 1; i <= NF; i++)
			at[$i] = i
	}
	NR > 1 && $at["metric"] == "ns_per_op" {
		mean = $at["strategy"] == "null" ? 1 : $at["strategy"] == "free_area" ? 5 : 12
		$at["value"] = mean * (1 + $at["process"] / 1000) * factor
	}
	$at["status"] != "repeated"' "$RUNS/latest/samples.csv" >"$RUNS/$1/samples.csv"
}

compare() {
	"$kmembench" compare --results "$RUNS" "$@"
}

@test "two runs: by label, name, directory" {
	run -0 --separate-stderr compare build=old build=new
	[ -z "$stderr" ]
	[[ ${lines[0]} = 'A: '*', source '* ]]
	[[ ${lines[1]} = 'B: '*', source '* ]]
	[[ $output = *'frame/free_area/pair order 0, 1 thread '* ]]
	[[ $output = *'3 compared: '*'geometric mean of the ratios '* ]]
	run -0 compare same "$RUNS/same"
	[[ $output = *'3 compared: 3 SAME, 0 FASTER, 0 SLOWER, 0 AMBIGUOUS; geometric mean of the ratios 1.000'* ]]
}

@test "twice as slow, twice as fast, too few processes" {
	run -0 compare same slow
	[[ $output = *'0 SAME, 0 FASTER, 3 SLOWER, 0 AMBIGUOUS; geometric mean of the ratios 2.000'* ]]
	run -0 compare same fast
	[[ $output = *'0 SAME, 3 FASTER, 0 SLOWER'* ]]
	run -0 compare same few
	[[ $output = *'0 SAME, 0 FASTER, 0 SLOWER, 3 AMBIGUOUS'* ]]
	run -0 compare same slow --min-effect 200%
	[[ $output = *'3 SAME, 0 FASTER, 0 SLOWER'* ]]
}

@test "exit codes: regression 3, inconclusive 4" {
	run -0 compare --strict --fail-on regression same same
	run -3 compare --fail-on regression same slow
	run -0 compare --fail-on regression same fast
	run -0 compare --fail-on regression same few
	run -4 compare --strict same few
	run -4 compare --strict --fail-on regression same few
	run -3 compare --strict --fail-on regression same slow
}

@test "other machines, builds and axes are refused by name, unless allowed" {
	cp -r "$RUNS/same" "$RUNS/other"
	sed -i 's/"memory_bytes": [0-9]*/"memory_bytes": 4096/; s/"cpu_model": ".*"/"cpu_model": "other one"/; s/ -O2 / -O3 /' "$RUNS/other/manifest.json"
	fails 2 'cpu_model: "' compare same other
	[[ $stderr = *' and "other one"; --allow machine '* ]]
	fails 2 'compiler.flags: ' compare same other --allow machine
	fails 2 'effort.memory_bytes: 16777216 and 4096; --allow axes' compare same other --allow machine,build
	run -0 compare same other --allow machine,build,axes
	[[ $output = *'they differ in cpu_model: '*'they differ in effort.memory_bytes: 16777216 and 4096'* ]]
	rm -r "$RUNS/other"
}

@test "another revision is no obstacle, and is told" {
	cp -r "$RUNS/same" "$RUNS/later"
	sed -i 's/"git_revision": .*,/"git_revision": "fedcba9876543210",/; s/"git_dirty": .*/"git_dirty": true/' "$RUNS/later/manifest.json"
	run -0 compare same later
	[[ ${lines[1]} = *'source fedcba987654 and changes'* ]]
	rm -r "$RUNS/later"
}

@test "inside a run: strategies against the best, or --base" {
	run -0 compare --by strategy slow
	[[ $output = *'  free_area '*' base'* ]]
	[[ $output = *'  null '*' reference'* ]]
	[[ $output = *'1 compared: '* ]]
	run -0 compare --by strategy --base first_fit slow
	[[ $output = *'  first_fit '*' base'* ]]
	run -0 compare --by strategy --base nosuch,first_fit slow
	[[ $output = *'  first_fit '*' base'* ]]
	# Without a run it is the newest.
	run -0 compare --by strategy
	fails 2 "'nosuch' is at no point" compare --by strategy --base nosuch same
	fails 5 "nothing to compare" compare --by arm same
	fails 5 "nothing to compare" compare --by isa same
}

@test "csv parses, and stdout has nothing else" {
	run -0 --separate-stderr compare --format csv same slow
	echo "$output" >"$BATS_TEST_TMPDIR/table.csv"
	csv_check "$BATS_TEST_TMPDIR/table.csv"
	[ "$(csv_select "$BATS_TEST_TMPDIR/table.csv" verdict | sort | uniq -c | tr -s ' ')" = ' 3 SLOWER' ]
	awk '$1 < 1.999 || $1 > 2.001 { exit 1 }' <(csv_select "$BATS_TEST_TMPDIR/table.csv" ratio)
	[[ $stderr = *'3 compared: '* ]]
	run -0 compare --format markdown --by strategy same
	[[ $output = *'| ns_per_op | base | median | ratio | 95 % interval | verdict |'* ]]
}

@test "charts: one for the family, with script and data" {
	command -v gnuplot >/dev/null || skip 'no gnuplot here'
	dir=$BATS_TEST_TMPDIR/charts
	run -0 compare --plot "$dir" same slow
	[[ $output = *"1 charts: $dir/" ]]
	grep -qx '</svg>' "$dir/compare-frame.svg"
	[ "$(head -c 4 "$dir/compare-frame.png" | tail -c 3)" = PNG ]
	[ "$(wc -l <"$dir/compare-frame.csv")" = 4 ]
	cp "$dir/compare-frame.svg" "$BATS_TEST_TMPDIR/before.svg"
	run -0 compare --plot "$dir" same slow
	cmp "$dir/compare-frame.svg" "$BATS_TEST_TMPDIR/before.svg"
	fails 1 "$BATS_TEST_TMPDIR/no/such" compare --plot "$BATS_TEST_TMPDIR/no/such" same slow
}

@test "bad words" {
	fails 2 'takes two runs' compare
	fails 2 'takes two runs' compare same
	fails 2 'takes two runs' compare same same same
	fails 2 "'slow': with --by takes one run" compare --by strategy same slow
	fails 2 "'nosuch' is no run" compare same nosuch
	fails 2 "'build=never' is no run" compare same build=never
	fails 2 "'size' is not strategy, isa or arm" compare --by size same
	fails 2 "'machine,os' is not a list of machine, build and axes" compare same same --allow machine,os
	fails 2 "'improvement' is not regression" compare same same --fail-on improvement
	fails 2 "'xml' is not table, csv or markdown" compare same same --format xml
	fails 2 "'x%' is not a share" compare same same --min-effect x%
	fails 5 "'nosuch'" compare same same --metric nosuch
}

@test "missing and broken files: one line, exit 1" {
	broken=$BATS_TEST_TMPDIR/broken
	mkdir "$broken"
	fails 1 "$broken/manifest.json" compare same "$broken"
	echo '{' >"$broken/manifest.json"
	fails 1 "$broken/manifest.json:" compare same "$broken"
	cp "$RUNS/same/manifest.json" "$broken/"
	fails 1 "$broken/samples.csv" compare same "$broken"
	echo 'a,b' >"$broken/samples.csv"
	fails 1 "$broken/samples.csv" compare same "$broken"
	cp -r "$RUNS" "$BATS_TEST_TMPDIR/results"
	echo '[' >"$BATS_TEST_TMPDIR/results/noise-floor.json"
	fails 1 noise-floor.json "$kmembench" compare --results "$BATS_TEST_TMPDIR/results" same same
}

@test "aa: a noise floor, every verdict SAME, and compare heeds it" {
	root=$BATS_TEST_TMPDIR/aa
	run -0 --separate-stderr "$kmembench" aa frame/free_area/pair frame/null/pair --size 0 --preset smoke \
		--process-reps 5 --min-time 0.0005 --threads 1 --memory 16m --no-plots --results "$root"
	[[ $output = *'noise floor of this machine'* ]]
	grep -qE '^frame +ns_per_op +[0-9.]+ % +[0-9.]+ % +2$' <<<"$output"
	[[ $output = *'2 compared: 2 SAME, 0 FASTER, 0 SLOWER, 0 AMBIGUOUS'* ]]
	[[ $output = *' of 2 intervals exclude 1'* ]]
	json_check "$root/noise-floor.json"
	[ "$(csv_select "$root/latest/samples.csv" arm status=ok | sort -u | tr '\n' ' ')" = 'a b ' ]
	run -0 "$kmembench" compare --by arm --results "$root"
	[[ $output = *'2 compared: 2 SAME'* ]]
	run -2 "$kmembench" aa nosuch --results "$root"
}
