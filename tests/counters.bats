# counters.bats - --counters from the command line to the rows.
load cli

# A kernel, or a container, may refuse even software events.
needs_page_faults() {
	[ -e /proc/sys/kernel/perf_event_paranoid ] || skip 'no perf events here'
	"$kmembench" run "${point[@]}" "${tiny[@]}" --no-plots --counters page-faults -o "$BATS_TEST_TMPDIR/try" 2>&1 |
		grep -q 'counters: page_faults' || skip 'page-faults cannot be counted here'
}

@test "what cannot be counted is named, with the groups there are" {
	fails 2 "--counters: 'cykles' is neither a group (auto, branch, cache, kernel, sw, tlb, topdown)" \
		"$kmembench" run "${point[@]}" "${tiny[@]}" --counters cykles -o "$BATS_TEST_TMPDIR/run"
	fails 2 "--counters: '' is not" "$kmembench" run "${point[@]}" --counters ''
	[ ! -e "$BATS_TEST_TMPDIR/run" ]
}

@test "an event is a row a repetition with its source and coverage, and in the manifest" {
	needs_page_faults
	run -0 --separate-stderr "$kmembench" run "${point[@]}" "${tiny[@]}" --no-plots \
		--counters page-faults -o "$BATS_TEST_TMPDIR/run"
	[ "$(grep -c 'counters: page_faults' <<<"$stderr")" = 1 ]
	run -0 csv_select "$BATS_TEST_TMPDIR/run/samples.csv" unit source coverage status metric=page_faults_per_op
	[ "$output" = '1 perf:page-faults 1 ok' ]
	json_check "$BATS_TEST_TMPDIR/run/manifest.json"
	grep -q '"event": "page-faults"' "$BATS_TEST_TMPDIR/run/manifest.json"
}

@test "a group of the user's own, in a folder of the user's own" {
	needs_page_faults
	echo 'mine = PAGE-FAULTS | PAGE-FAULTS:u' >"$BATS_TEST_TMPDIR/own.group"
	run -0 env KMB_COUNTERS_DIR="$BATS_TEST_TMPDIR" KMB_COUNTERS=own "$kmembench" run \
		"${point[@]}" "${tiny[@]}" --no-plots -o "$BATS_TEST_TMPDIR/run"
	run -0 csv_select "$BATS_TEST_TMPDIR/run/samples.csv" status metric=mine_per_op
	[ "$output" = ok ]
}

@test "none counts nothing and says nothing" {
	run -0 --separate-stderr "$kmembench" run "${point[@]}" "${tiny[@]}" --no-plots \
		--counters none -o "$BATS_TEST_TMPDIR/run"
	[[ $stderr != *counters* ]]
	run -1 grep perf: "$BATS_TEST_TMPDIR/run/samples.csv"
}
