#!/usr/bin/env bats
# latency.bats - --latency: which rows there are, and which there can't be.
load cli

metrics='latency_p50_ns latency_p90_ns latency_p99_ns latency_p99_9_ns latency_max_ns'

# latencies DIR NAME...: a small run with every operation timed.
latencies() {
	local dir=$1
	shift
	"$kmembench" run "${tiny[@]}" --no-plots --latency 1 --min-time 0.002 --size 0 -o "$dir" "$@"
}

@test "percentiles ascend; the timer and the samples are told" {
	run -0 --separate-stderr latencies "$BATS_TEST_TMPDIR/run" frame/free_area/pair frame/null/pair
	[[ $stderr != *'no latencies'* ]]
	csv=$BATS_TEST_TMPDIR/run/samples.csv
	csv_check "$csv"
	for strategy in free_area null; do
		last=0
		for metric in $metrics; do
			value=$(csv_select "$csv" value unit=ns metric="$metric" strategy=$strategy)
			[ -n "$value" ]
			awk "BEGIN { exit !($last <= $value) }"
			last=$value
		done
		for metric in latency_timer_ns latency_step_ns; do
			value=$(csv_select "$csv" value unit=ns metric="$metric" strategy=$strategy)
			awk "BEGIN { exit !(0 < $value) }"
		done
		[ "$(csv_select "$csv" value unit=1 metric=latency_samples strategy=$strategy)" -gt 1000 ]
		# The repetitions are as ever: no timer is in them.
		[ -n "$(csv_select "$csv" value metric=ns_per_op strategy=$strategy)" ]
	done
	[ "$(csv_select "$BATS_TEST_TMPDIR/run/summary.csv" processes metric=latency_p50_ns strategy=null)" = 1 ]
	grep -q '"latency_every": 1' "$BATS_TEST_TMPDIR/run/manifest.json"
}

@test "what is timed in whole rounds has none, and it is said once" {
	run -0 --separate-stderr latencies "$BATS_TEST_TMPDIR/run" frame/null frame/free_area/fill_drain_forward
	[ "$(grep -c 'no latencies of .*: timed in whole rounds only' <<<"$stderr")" = 1 ]
	[[ $stderr = *'frame/*/fill_drain_forward, '*', frame/*/fill_drain_random, '* ]]
	csv=$BATS_TEST_TMPDIR/run/samples.csv
	[ -n "$(csv_select "$csv" value metric=ns_per_op workload=fill_drain_forward strategy=free_area)" ]
	run ! grep latency_ <(csv_select "$csv" metric workload=fill_drain_forward)
	run -0 grep latency_p50_ns <(csv_select "$csv" metric workload=pair)
}

@test "without the option, or with 0, there are none" {
	for option in '' --latency=0; do
		# shellcheck disable=SC2086 # no word when empty
		run -0 "$kmembench" run "${tiny[@]}" --no-plots $option -o "$BATS_TEST_TMPDIR/run$option" "${point[@]}"
		run ! grep latency_ "$BATS_TEST_TMPDIR/run$option/samples.csv"
	done
}

@test "the environment twin; what is no number" {
	KMB_LATENCY=4 run -0 "$kmembench" run "${tiny[@]}" --no-plots -o "$BATS_TEST_TMPDIR/run" "${point[@]}"
	grep -q latency_p50_ns "$BATS_TEST_TMPDIR/run/samples.csv"
	fails 2 "--latency: 'often' is not a number" "$kmembench" run --latency often
	fails 2 "KMB_LATENCY: '1000001'" env KMB_LATENCY=1000001 "$kmembench" run
}

@test "the distribution is drawn" {
	[ -n "$(type -P gnuplot)" ] || skip 'gnuplot is missing'
	run -0 "$kmembench" run "${tiny[@]}" --latency 2 --size 0 -o "$BATS_TEST_TMPDIR/run" --filter '/(null|floor|free_area)/pair/'
	[ -s "$BATS_TEST_TMPDIR/run/plots/frame-pair-distribution.svg" ]
	[ -s "$BATS_TEST_TMPDIR/run/plots/frame-pair-distribution.png" ]
}
