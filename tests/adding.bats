#!/usr/bin/env bats
# adding.bats - what docs/ADDING.md adds can be listed and measured.
load cli

adding=${KMB_TEST_ADDING:-$top/build/release/tests/kmembench-adding}

@test "the new strategy, workload and family are listed" {
	run -0 "$adding" list
	[[ $output = *$'\n  last_fit '*"first fit from the top of the zone down"* ]]
	[[ $output = *'clear: filling one page with zeros'* ]]
	run -0 "$adding" list frame/free_area
	[[ $output = *' burst '* ]]
}

@test "they are measured like any other" {
	run -0 "$adding" run frame/last_fit 'frame/*/burst' clear "${tiny[@]}" --no-plots -o "$BATS_TEST_TMPDIR/run"
	samples=$BATS_TEST_TMPDIR/run/samples.csv
	[ "$(csv_select "$samples" status | sort -u)" = ok ]
	for name in 'strategy=last_fit workload=churn_90' 'strategy=free_area workload=burst' \
		'strategy=words workload=page'; do
		# shellcheck disable=SC2086 # two words
		[ -n "$(csv_select "$samples" value metric=ns_per_op $name)" ]
	done
}
