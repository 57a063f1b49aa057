#!/usr/bin/env bats
# resume.bats - interrupted runs, runs that meet, and how long a run goes on.
load cli

small=(frame/null frame/floor "${tiny[@]}" --no-plots --filter pair)

# done_jobs DIR: how many are in the journal.
done_jobs() {
	wc -l <"$1/journal.jsonl"
}

# wait_for_jobs DIR: until the first is done.
wait_for_jobs() {
	local i
	for ((i = 0; i < 6000; i++)); do
		[ ! -s "$1/journal.jsonl" ] || return 0
		sleep 0.01
	done
	return 1
}

@test "resume of a complete run changes no row" {
	dir=$BATS_TEST_TMPDIR/run
	"$kmembench" run "${small[@]}" -o "$dir"
	cp "$dir/samples.csv" "$BATS_TEST_TMPDIR/before"
	cp "$dir/summary.csv" "$BATS_TEST_TMPDIR/summary"
	"$kmembench" resume "$dir" --no-plots
	cmp "$dir/samples.csv" "$BATS_TEST_TMPDIR/before"
	cmp "$dir/summary.csv" "$BATS_TEST_TMPDIR/summary"
}

@test "resume does what is left, with the first run's options" {
	dir=$BATS_TEST_TMPDIR/run
	KMB_SEED=5 "$kmembench" run "${small[@]}" -o "$dir"
	jobs=$(done_jobs "$dir")
	[ "$jobs" -gt 4 ]
	sort "$dir/journal.jsonl" | sed 's/"seconds.*//' >"$BATS_TEST_TMPDIR/all"
	head -n 3 "$dir/journal.jsonl" >"$dir/cut"
	printf '{"torn' >>"$dir/cut"
	mv "$dir/cut" "$dir/journal.jsonl"
	KMB_THREADS=2 "$kmembench" resume "$dir" --no-plots
	[ "$(done_jobs "$dir")" = "$jobs" ]
	sort "$dir/journal.jsonl" | sed 's/"seconds.*//' | cmp - "$BATS_TEST_TMPDIR/all"
	csv_check "$dir/samples.csv"
	grep -q '"after_jobs": 3' "$dir/plan.json"
}

@test "resume begins anew where no job was done" {
	dir=$BATS_TEST_TMPDIR/run
	"$kmembench" run "${small[@]}" -o "$dir"
	sort "$dir/journal.jsonl" | sed 's/"seconds.*//' >"$BATS_TEST_TMPDIR/all"
	rows=$(csv_select "$dir/samples.csv" seq | wc -l)
	# As a kill leaves it: rows of the first job, the header, a part of it.
	for lines in 3 1 0; do
		head -n 3 "$dir/samples.csv" >"$BATS_TEST_TMPDIR/samples"
		head -n "$lines" "$BATS_TEST_TMPDIR/samples" >"$dir/samples.csv"
		[ "$lines" != 0 ] || printf 'schema,ru' >"$dir/samples.csv"
		: >"$dir/journal.jsonl"
		"$kmembench" resume "$dir" --no-plots
		sort "$dir/journal.jsonl" | sed 's/"seconds.*//' | cmp - "$BATS_TEST_TMPDIR/all"
		csv_check "$dir/samples.csv"
		[ "$(head -n 1 "$dir/samples.csv")" = "$samples_header" ]
		[ "$(csv_select "$dir/samples.csv" seq | wc -l)" = "$rows" ]
	done
}

@test "another binary or machine is refused, unless forced, which is recorded" {
	dir=$BATS_TEST_TMPDIR/run
	"$kmembench" run "${small[@]}" -o "$dir"
	sed -i 's/"binary": "fnv1a:[0-9a-f]*"/"binary": "fnv1a:0"/' "$dir/plan.json"
	fails 2 'binary was "fnv1a:0"' "$kmembench" resume "$dir" --no-plots
	"$kmembench" resume --force "$dir" --no-plots
	grep -q '"forced": true' "$dir/plan.json"
}

@test "what is no run, or a broken one, is named" {
	fails 2 "'$BATS_TEST_TMPDIR/none' is not the directory" "$kmembench" resume "$BATS_TEST_TMPDIR/none"
	dir=$BATS_TEST_TMPDIR/run
	"$kmembench" run "${small[@]}" -o "$dir"
	sed -i '2s/.*/rubbish/' "$dir/journal.jsonl"
	fails 2 'journal.jsonl:2' "$kmembench" resume "$dir"
	rm "$dir/journal.jsonl"
	fails 2 'journal.jsonl' "$kmembench" resume "$dir"
	[ -s "$dir/samples.csv" ]
}

@test "two cannot write one run, and two runs on one CPU are told" {
	dir=$BATS_TEST_TMPDIR/run
	"$selftest" run selftest/ok --process-reps 1000 --min-time 5ms --no-plots -o "$dir" >/dev/null 2>&1 3>&- &
	pid=$!
	wait_for_jobs "$dir"
	fails 1 'another kmembench is writing this run' "$selftest" resume "$dir"
	fails 2 "$dir" "$selftest" run selftest/ok --no-plots -o "$dir"
	run --separate-stderr "$selftest" run selftest/ok --no-plots -o "$BATS_TEST_TMPDIR/second"
	[[ $stderr = *'another run is measuring on CPU'* ]]
	kill -INT "$pid"
	wait "$pid" || true
}

@test "a signal keeps what was measured and says how to go on" {
	dir=$BATS_TEST_TMPDIR/run
	for signal in INT TERM; do
		rm -rf "$dir"
		"$selftest" run selftest/ok --process-reps 1000 --min-time 5ms --no-plots -o "$dir" >/dev/null 2>"$BATS_TEST_TMPDIR/log" 3>&- &
		pid=$!
		wait_for_jobs "$dir"
		kill -s "$signal" "$pid"
		code=0
		wait "$pid" || code=$?
		[ "$code" = 130 ]
		grep -qF "resume $dir" "$BATS_TEST_TMPDIR/log"
		csv_check "$dir/samples.csv"
		csv_check "$dir/summary.csv"
	done
}

@test "a tight point is done after five processes, and says so" {
	dir=$BATS_TEST_TMPDIR/run
	"$selftest" run selftest/ok --threads 1 --process-reps 40 --max-noise 1000% --no-plots -o "$dir"
	[ "$(done_jobs "$dir")" = 5 ]
	[ "$(csv_select "$dir/summary.csv" status metric=ns_per_op)" = converged ]
	dir=$BATS_TEST_TMPDIR/loose
	"$selftest" run selftest/ok --threads 1 --process-reps 6 --max-noise 0.0001% --no-plots -o "$dir"
	[ "$(done_jobs "$dir")" = 6 ]
	[ "$(csv_select "$dir/summary.csv" status metric=ns_per_op)" = budget ]
}

@test "a budget ends a run in good order" {
	dir=$BATS_TEST_TMPDIR/run
	"$selftest" run selftest/ok --threads 1 --process-reps 1000 --max-noise 0.0001% --budget 3s --no-plots -o "$dir"
	[ "$(done_jobs "$dir")" -lt 1000 ]
	[ "$(done_jobs "$dir")" -gt 1 ]
}

@test "a wall clock that steps disturbs nothing" {
	library=${KMB_TEST_STEP_CLOCK:-}
	[ -e "$library" ] || skip 'no step_clock library was built'
	dir=$BATS_TEST_TMPDIR/run
	LD_PRELOAD=$library "$kmembench" run "${small[@]}" -o "$dir"
	csv_check "$dir/samples.csv"
	run ! grep -E '^-|NA|e[+]' <(csv_select "$dir/samples.csv" value metric=ns_per_op)
}
