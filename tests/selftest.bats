#!/usr/bin/env bats
# selftest.bats - cases that fail on purpose cost themselves, not the run.
load cli

setup_file() {
	export RUN=$BATS_FILE_TMPDIR/run
	code=0
	"$selftest" run selftest "${tiny[@]}" --time-limit 2s --no-plots -o "$RUN" \
		>"$BATS_FILE_TMPDIR/table" 2>"$BATS_FILE_TMPDIR/log" || code=$?
	# The run went on to its end, and does not look like success.
	[ "$code" = 1 ]
}

# strategy NAME STATUS WORD: its rows say so, for that reason.
strategy() {
	[ "$(csv_select "$RUN/samples.csv" status strategy="$1" | sort -u)" = "$2" ]
	csv_select "$RUN/samples.csv" reason strategy="$1" | grep -q -- "$3"
	grep -q "selftest/$1/.*: $2: " "$BATS_FILE_TMPDIR/log"
}

@test "a good case beside bad ones is measured" {
	[ "$(csv_select "$RUN/samples.csv" status strategy=ok | sort -u)" = ok ]
	[ "$(csv_select "$RUN/summary.csv" status strategy=ok metric=ns_per_op)" != '' ]
}

@test "a crash is told with its signal" {
	strategy crash crashed 'SIGSEGV: selftest: about to crash'
}

@test "a case that exits is told with its code and last words" {
	strategy exits crashed 'exit code 7: selftest: giving up'
}

@test "a hang ends at the time limit" {
	strategy hang timeout 'time limit of 2 s'
}

@test "a case out of memory" {
	strategy oom oom memory
	strategy killed oom SIGKILL
}

@test "a case on the wrong CPU" {
	strategy misplaced misplaced CPU
}

@test "a case whose state is broken afterwards" {
	strategy invalid invalid broken
}

@test "a case that this CPU cannot run is skipped, quietly" {
	[ "$(csv_select "$RUN/samples.csv" status reason strategy=unsupported | sort -u)" = 'skipped no such CPU feature' ]
	run ! grep selftest/unsupported "$BATS_FILE_TMPDIR/log"
}

@test "operations that fail are counted" {
	[ "$(csv_select "$RUN/samples.csv" value strategy=half metric=failed_ratio | sort -u)" = 0.5 ]
}

@test "bad rows hold no time, and the files parse" {
	csv_check "$RUN/samples.csv"
	csv_check "$RUN/summary.csv"
	for strategy in crash exits hang oom killed; do
		[ "$(csv_select "$RUN/summary.csv" median strategy=$strategy | sort -u)" = NA ]
	done
}

@test "a case that cannot run here is no failure" {
	run -0 "$selftest" run selftest/ok selftest/unsupported "${tiny[@]}" --no-plots -o "$BATS_TEST_TMPDIR/run"
	csv_check "$BATS_TEST_TMPDIR/run/summary.csv"
}

# variants SELECTOR...: those of the strategy `forms` that would run.
variants() {
	"$selftest" plan --threads 1 "$@" | grep -o 'spin@[a-z]*' | sort -u | tr '\n' ' '
}

@test "of a workload's variants quick runs leave those aside that are not named" {
	[ "$(variants selftest/forms)" = 'spin@one ' ]
	[ "$(variants selftest/forms/spin)" = 'spin@one ' ]
	[ "$(variants 'selftest/forms/spin@two')" = 'spin@two ' ]
	[ "$(variants 'selftest/*/*@*')" = 'spin@one spin@two ' ]
	[ "$(variants selftest/forms --preset full)" = 'spin@one spin@two ' ]
}

@test "a row says its workload's variant" {
	dir=$BATS_TEST_TMPDIR/run
	run -0 "$selftest" run 'selftest/forms/*@*' selftest/ok "${tiny[@]}" -o "$dir"
	for table in samples summary; do
		[ "$(csv_select "$dir/$table.csv" workload variant metric=ns_per_op | sort -u)" = \
			$'spin NA\nspin@one one\nspin@two two' ]
	done
}
