#!/usr/bin/env bats
# cli.bats - kmembench's words: help, list, topo, and every kind of bad input.
load cli

@test "--help names every command and exits 0" {
	run -0 --separate-stderr "$kmembench" --help
	[ -z "$stderr" ]
	for command in run list topo plan plot compare aa report repro verify trace; do
		[[ $output = *$'\n  '"$command "* ]]
		run -0 "$kmembench" "$command" --help
		[[ $output = "usage: kmembench $command "* ]]
		run -0 "$kmembench" --help
	done
}

@test "what a command's help shows is what it takes" {
	for command in run list topo plan plot compare aa report repro verify trace; do
		run -0 "$kmembench" "$command" --help
		taken=$(grep -oE -- '--[a-z-]+ [A-Z=]+ ' <<<"$output")
		[ -n "$taken" ]
		while read -r option _; do
			fails 2 "$option needs a value" "$kmembench" "$command" "$option"
		done <<<"$taken"
	done
}

@test "run --help tells all options of the method" {
	run -0 "$kmembench" run --help
	for option in preset threads size place mem pages process-reps reps \
		min-time seed output filter label color; do
		[[ $output = *"--$option"* ]]
	done
	for word in smoke quick full publish compact scatter smp node:N local \
		remote bind:N interleave 4k thp 2m 1g; do
		[[ $output = *"$word"* ]]
	done
}

@test "list: every strategy with a line of what it models" {
	run -0 --separate-stderr "$kmembench" list
	for family in machine scan frame zone pgtable rmap; do
		[[ $'\n'$output = *$'\n'"$family: "?* ]]
	done
	run -0 "$kmembench" list frame
	for strategy in null floor first_fit first_fit_2_6_11 next_fit free_area free_area_mt \
		pair_bitmap hierarchical pcp_2_6_11 pcp pcp_nolock \
		percpu_bitfield; do
		grep -qE "^  $strategy +[^ ].{9,}" <<<"$output"
	done
	[[ $output != *scan:* ]]
	run -0 "$kmembench" list zone
	for strategy in null floor zone_lock zone_pcp zone_frame; do
		grep -qE "^  $strategy +[^ ].{9,}" <<<"$output"
	done
	run -0 "$kmembench" list pgtable
	for strategy in null floor floor_batch walk walk_independent walk_batch_4 \
		walk_batch_16 walk_batch_64 walk_cached walk_mm_lock \
		walk_split_lock gup_fast replicated hashed cuckoo; do
		grep -qE "^  $strategy +[^ ].{9,}" <<<"$output"
	done
	run -0 "$kmembench" list rmap
	for strategy in null floor floor_slab full_scan virtual_clock pte_chain \
		pte_chain_1 pte_chain_15 pte_chain_31 anon_vma anon_vma_chain \
		anon_vma_chain_tree i_mmap_list prio_tree interval_tree; do
		grep -qE "^  $strategy +[^ ].{9,}" <<<"$output"
	done
	# Names stand in column 3, what they model in the same line.
	run "$kmembench" list
	[ "$(grep -cE '^  [a-z]' <<<"$output")" = "$(grep -cE '^  [a-z0-9_]+ +[^ ].*[^ ]' <<<"$output")" ]
}

@test "list: groups, and what one consists of" {
	run -0 --separate-stderr "$kmembench" list
	[[ $output = *$'\n''groups: '*$'\n''  scaling '* ]]
	run -0 "$kmembench" list scaling
	[[ $output = *$'\n''group:'$'\n''  scaling '* ]]
	for title in 'one lock for all' 'lists for each CPU' 'a lock for each node' 'a copy for each node'; do
		[[ $output = *$'\n'"    $title "* ]]
	done
	# Each of its cases is there.
	names=$(grep -o ' [a-z]*/[a-z_]*/[a-z0-9_@]*$' <<<"$output")
	[ "$(wc -l <<<"$names")" = 9 ]
	while read -r name; do
		run -0 "$kmembench" list "$name"
	done <<<"$names"
	run -0 "$kmembench" list frame
	[[ $output != *scaling* ]]
	for command in run list plan aa; do
		run -0 "$kmembench" "$command" --help
		[[ $output = *'|GROUP]'* ]]
	done
	fails 2 "scaling: a group has axes of its own" "$kmembench" list scaling frame
}

@test "list of one workload" {
	run -0 "$kmembench" list frame/free_area/pair
	[[ $output = *free_area*pair* ]]
	[[ $output != *first_fit* ]]
}

@test "topo prints this machine" {
	run -0 --separate-stderr "$kmembench" topo
	[ -z "$stderr" ]
	[[ $output = *[Nn]ode* ]]
	[[ $output = *"$(nproc)"* ]]
}

@test "topo prints another machine" {
	run -0 "$kmembench" topo --topology 'synthetic:pack:2 [numa] core:4 pu:2'
	[[ $output = *16* ]]
}

@test "topo --svg: lstopo draws this machine or another" {
	[ -n "$(type -P lstopo-no-graphics)" ] || skip 'no lstopo here'
	run -0 --separate-stderr "$kmembench" topo --svg "$BATS_TEST_TMPDIR/t.svg"
	[ -z "$output$stderr" ]
	grep -q '^<svg ' "$BATS_TEST_TMPDIR/t.svg"
	grep -q 'PU L#0<' "$BATS_TEST_TMPDIR/t.svg"
	run -0 --separate-stderr "$kmembench" topo --svg - --topology "$BATS_TEST_DIRNAME/data/sparse.xml"
	[ -z "$stderr" ]
	[[ $output = '<?xml '*'>P#14<'*'</svg>' && $output = *'>NUMANode L#2 P#5 '* ]]
	fails 1 "No space left" "$kmembench" topo --svg /dev/full
	fails 1 "$BATS_TEST_TMPDIR/none/t.svg" "$kmembench" topo --svg "$BATS_TEST_TMPDIR/none/t.svg"
}

@test "topo --svg without lstopo: the package's name, exit 77, no file" {
	fails 77 hwloc-nox env PATH="$BATS_TEST_TMPDIR" "$kmembench" topo --svg "$BATS_TEST_TMPDIR/t.svg"
	[ ! -e "$BATS_TEST_TMPDIR/t.svg" ]
	printf '#!/bin/sh\necho it broke >&2\nexit 1\n' >"$BATS_TEST_TMPDIR/lstopo-no-graphics"
	chmod +x "$BATS_TEST_TMPDIR/lstopo-no-graphics"
	fails 1 "lstopo-no-graphics: it broke" env PATH="$BATS_TEST_TMPDIR" "$kmembench" topo --svg "$BATS_TEST_TMPDIR/t.svg"
}

@test "options: unknown, without a value, with a bad one" {
	fails 2 "--bogus: no such option" "$kmembench" --bogus
	fails 2 "--bogus: no such option" "$kmembench" list --bogus
	fails 2 "--preset" "$kmembench" run --preset
	fails 2 "'fast' is not smoke, quick, full or publish" "$kmembench" --preset fast
	fails 2 "'8k' is not 4k, thp, 2m or 1g" "$kmembench" --pages 8k
	fails 2 "'1,5'" "$kmembench" --min-time 1,5
	fails 2 "'0'" "$kmembench" --reps 0
	fails 2 "'x'" "$kmembench" --seed x
	fails 2 "KMB_PRESET: 'fast'" env KMB_PRESET=fast "$kmembench"
}

@test "lists: malformed" {
	for list in '' ',' '1,' '1,,2' x 1:x 4:2 1-2 -1 1k:; do
		fails 2 "--threads" "$kmembench" run frame --threads="$list"
		fails 2 "--size" "$kmembench" run frame --size="$list"
	done
}

@test "selectors: unknown family, strategy, workload" {
	fails 2 "no family 'nosuch'" "$kmembench" run nosuch
	fails 2 "no family 'nosuch'" "$kmembench" nosuch
	fails 2 "no family 'nosuch'" "$kmembench" list nosuch
	fails 2 "no strategy 'nosuch'" "$kmembench" run frame/nosuch
	fails 2 "no workload 'nosuch'" "$kmembench" run frame/free_area/nosuch
	[[ $stderr = *pair* ]]
}

@test "a filter that is no expression exits 2, one that matches nothing 5" {
	fails 2 "'('" "$kmembench" run --filter '('
	fails 5 "'no-such-case'" "$kmembench" run --filter no-such-case
	fails 5 "'no-such-case'" "$kmembench" list --filter no-such-case
}

@test "an order out of range" {
	fails 2 "99" "$kmembench" run frame/free_area/pair --size 99
	fails 2 "11" "$kmembench" run frame/free_area/pair --size 0,11
}

@test "more threads than CPUs, or none" {
	fails 2 "'0'" "$kmembench" run frame/free_area --threads 0
	fails 2 "100000" "$kmembench" run frame/free_area --threads 100000
}

@test "a CPU or node that does not exist, a policy that is none" {
	fails 2 9999 "$kmembench" run "${point[@]}" --place 9999
	fails 2 "node 99" "$kmembench" run "${point[@]}" --place node:99
	fails 2 nowhere "$kmembench" run "${point[@]}" --place nowhere
	fails 2 "node 99" "$kmembench" run "${point[@]}" --mem bind:99
	fails 2 nowhere "$kmembench" run "${point[@]}" --mem nowhere
}

@test "topo, plot: what is no machine, no run" {
	fails 2 junk "$kmembench" topo --topology synthetic:junk
	fails 2 "$BATS_TEST_TMPDIR/none.xml" "$kmembench" topo --topology "$BATS_TEST_TMPDIR/none.xml"
	fails 2 extra "$kmembench" topo extra
	fails 2 "$BATS_TEST_TMPDIR/none" "$kmembench" plot "$BATS_TEST_TMPDIR/none"
	fails 1 summary.csv "$kmembench" plot "$BATS_TEST_TMPDIR"
}

@test "bad input leaves nothing behind" {
	export KMB_RESULTS=$BATS_TEST_TMPDIR/results
	fails 2 99 "$kmembench" run frame/free_area/pair --size 99
	fails 2 nosuch "$kmembench" run nosuch
	fails 2 9999 "$kmembench" run "${point[@]}" --place 9999
	fails 5 nosuch "$kmembench" run --filter nosuch
	[ ! -e "$KMB_RESULTS" ]
}
