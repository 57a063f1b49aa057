#!/usr/bin/env bats
# replay.bats - trace:FILE as a user meets it: import, run, what is wrong.
load cli

setup_file() {
	export TRACE=$BATS_FILE_TMPDIR/cut.1.kmbtrace
	"$kmembench" trace import "$BATS_TEST_DIRNAME/data/traces/pages.txt.xz" -o "$TRACE" \
		2>"$BATS_FILE_TMPDIR/log"
}

setup() {
	export KMB_RESULTS=$BATS_TEST_TMPDIR/results
}

# strategies [WORKLOAD]: those of family frame.
strategies() {
	"$kmembench" list frame | sed -n 's/^  \([a-z][a-z0-9_]*\) .*/\1/p' | sort
}

@test "every strategy replays a trace, checked and by its timed loops" {
	"${selftest%/*}/test_frame_trace" "$TRACE"
}

@test "every strategy is measured, with the trace's own figures" {
	dir=$BATS_TEST_TMPDIR/run
	"$kmembench" run "frame/*/trace:$TRACE" "${tiny[@]}" --no-plots -o "$dir"
	csv_check "$dir/samples.csv"
	[ "$(csv_select "$dir/samples.csv" strategy workload=trace:cut.1 status=ok metric=ns_per_op | sort)" = "$(strategies)" ]
	for metric in trace_ns_per_op peak_pages trace_unknown_frees trace_implied_frees; do
		[ "$(csv_select "$dir/samples.csv" strategy metric=$metric | sort)" = "$(strategies)" ]
	done
	# null has no memory that could lie well or badly.
	for share in 000 050 100; do
		[ "$(csv_select "$dir/samples.csv" strategy metric=huge_free_share_at_$share | sort)" = "$(strategies | grep -vx null)" ]
	done
	[ "$(csv_select "$dir/samples.csv" value metric=huge_free_share_at_000 | sort -u)" = 1 ]
	unknown=$("$kmembench" trace stats "$TRACE" | sed -n 's/^unknown_pages *\([0-9]*\).*/\1/p')
	[ "$(csv_select "$dir/samples.csv" value metric=trace_unknown_frees | sort -u)" = "$unknown" ]
	[ "$(csv_select "$dir/samples.csv" value metric=peak_pages | sort -u | wc -l)" = 1 ]
}

@test "one thread for each traced CPU" {
	[ "$(nproc)" -gt 1 ] || skip 'one CPU'
	dir=$BATS_TEST_TMPDIR/run
	"$kmembench" run "frame/free_area/trace:$TRACE" "${tiny[@]}" --threads 1,2 --no-plots -o "$dir"
	[ "$(csv_select "$dir/samples.csv" threads status=ok metric=ns_per_op | sort)" = $'1\n2' ]
	[ -z "$(csv_select "$dir/samples.csv" value metric=failed_ratio)" ]
}

@test "what is no trace of pages is refused before anything is measured" {
	head -c 1000 "$TRACE" >"$BATS_TEST_TMPDIR/cut.kmbtrace"
	fails 2 "cut.kmbtrace: truncated" "$kmembench" run "frame/*/trace:$BATS_TEST_TMPDIR/cut.kmbtrace"
	fails 2 "pages.txt.xz: not a binary trace" "$kmembench" run "frame/*/trace:$BATS_TEST_DIRNAME/data/traces/pages.txt.xz"
	fails 2 "none: No such file" "$kmembench" run frame/*/trace:none
	"$kmembench" trace import "$BATS_TEST_DIRNAME/data/traces/slab.txt.xz" -o "$BATS_TEST_TMPDIR/slab.kmbtrace"
	fails 2 "slab.kmbtrace: no page is allocated in it" "$kmembench" run "frame/*/trace:$BATS_TEST_TMPDIR/slab.kmbtrace"
	fails 2 "needs a file" "$kmembench" run frame/free_area/trace
	[ ! -e "$KMB_RESULTS" ]
}

@test "list shows it, plan counts it, the family without a file leaves it out" {
	run -0 "$kmembench" list frame/free_area
	[[ $output = *trace:FILE* ]]
	run -0 "$kmembench" plan "frame/*/trace:$TRACE" --threads 1
	[[ $output = *'frame/*/trace:cut.1 '* ]]
	run -0 "$kmembench" plan frame --threads 1
	[[ $output != *trace* ]]
}
