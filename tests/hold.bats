#!/usr/bin/env bats
# hold.bats - KMB_HOLD shows a case's process as it is; KMB_FAULT is found out.
load cli

# Nodes with memory that we may have.
nr_nodes() {
	local range node nr=0
	for range in $(sed -n 's/^Mems_allowed_list:\s*//p' /proc/self/status | tr , ' '); do
		for ((node = ${range%-*}; node <= ${range#*-}; node++)); do
			! grep -qs 'MemTotal: *[1-9]' "/sys/devices/system/node/node$node/meminfo" ||
				nr=$((nr + 1))
		done
	done
	echo "$nr"
}

@test "held still, memory and threads are where the file says" {
	hold=$BATS_TEST_TMPDIR/hold
	[ -r /proc/self/numa_maps ] || skip 'no numa_maps here'
	mkdir "$hold"
	KMB_HOLD=$hold "$kmembench" run "${tiny[@]}" "${point[@]}" --no-plots \
		-o "$BATS_TEST_TMPDIR/run" >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
	while [ ! -e "$hold/0.0" ]; do
		kill -0 $!
		sleep 0.05
	done

	read -r word pid <"$hold/0.0"
	[ "$word" = pid ]
	cp "/proc/$pid/numa_maps" "$BATS_TEST_TMPDIR/areas"
	read -r _ _ tid cpu _ <<<"$(grep thread "$hold/0.0")"
	grep -qx "Cpus_allowed_list:[[:space:]]$cpu" "/proc/$pid/task/$tid/status"
	cp "$hold/0.0" "$BATS_TEST_TMPDIR/said"
	while kill -0 $! 2>"$BATS_TEST_TMPDIR/err"; do
		rm -f "$hold"/*.*[0-9]
		sleep 0.05
	done
	wait $!

	[ "$(csv_select "$BATS_TEST_TMPDIR/run/samples.csv" status cpus | sort -u)" = "ok $cpu" ]
	! grep -q ' default' <(awk '
		NR == FNR { if ($1 == "memory") mine[$2]; next }
		$1 in mine' "$BATS_TEST_TMPDIR/said" "$BATS_TEST_TMPDIR/areas") ||
		skip 'mbind is refused here'
	# Each range is an area with that policy, and has no page elsewhere.
	awk '
	NR == FNR { if ($1 == "memory") { nr++; policy[$2] = $5 ":" $4; node[$2] = "N" $4 "=" }; next }
	!($1 in policy) { next }
	{ nr--; wrong += $2 != policy[$1] }
	{ for (i = 3; i <= NF; i++) if ($i ~ /^N[0-9]/) { pages++; wrong += index($i, node[$1]) != 1 } }
	END { exit nr || wrong || !pages }' "$BATS_TEST_TMPDIR/said" "$BATS_TEST_TMPDIR/areas"
}

@test "KMB_HOLD that is no directory is refused" {
	fails 2 'KMB_HOLD' env KMB_HOLD=/nowhere "$kmembench" run "${tiny[@]}" "${point[@]}"
}

@test "memory bound elsewhere is misplaced, and nodes_actual says where it is" {
	run=(env KMB_FAULT=bind "$kmembench" run "${tiny[@]}" "${point[@]}"
		--no-plots -o "$BATS_TEST_TMPDIR/run")
	if [ "$(nr_nodes)" -lt 2 ]; then
		# One node: the fault has nowhere to go, and says so.
		fails 2 'two nodes with memory' "${run[@]}"
		return
	fi
	run -1 "${run[@]}"
	[ "$(csv_select "$BATS_TEST_TMPDIR/run/samples.csv" status | sort -u)" = misplaced ]
	while read -r requested actual; do
		[ "$requested" != "$actual" ]
	done < <(csv_select "$BATS_TEST_TMPDIR/run/samples.csv" nodes_requested nodes_actual)
}

@test "threads pinned elsewhere are misplaced, and the run has failed" {
	run=(env KMB_FAULT=pin "$kmembench" run "${tiny[@]}" "${point[@]}"
		--no-plots -o "$BATS_TEST_TMPDIR/run")
	if [ "$(nproc)" -lt 2 ]; then
		fails 2 'two CPUs' "${run[@]}"
		return
	fi
	run -1 "${run[@]}"
	[ "$(csv_select "$BATS_TEST_TMPDIR/run/samples.csv" status | sort -u)" = misplaced ]
	grep -q '"KMB_FAULT": *"pin"' "$BATS_TEST_TMPDIR/run/manifest.json"
}

@test "a process whose CPU was stolen is measured once more, and pooled once" {
	dir=$BATS_TEST_TMPDIR/run
	KMB_FAULT=steal "$kmembench" run "${tiny[@]}" "${point[@]}" \
		--process-reps 20 --max-noise 0.0001% --no-plots -o "$dir"
	csv_select "$dir/samples.csv" process metric=ns_per_op status=ok | sort -n >"$BATS_TEST_TMPDIR/kept"
	nr=$(wc -l <"$BATS_TEST_TMPDIR/kept")
	cmp "$BATS_TEST_TMPDIR/kept" <(seq 0 $((nr - 1)))
	csv_select "$dir/samples.csv" reason status=repeated | grep -q 'time stolen'
	run ! grep -v 'time stolen' <(csv_select "$dir/samples.csv" reason status=repeated)
	[ "$(csv_select "$dir/summary.csv" processes metric=ns_per_op)" = "$nr" ]
}

@test "a fault that there is not is refused" {
	fails 2 "KMB_FAULT: 'bnid'" env KMB_FAULT=bnid "$kmembench" run "${tiny[@]}" "${point[@]}"
}

@test "another machine's topology is not measured on" {
	fails 2 'HWLOC_SYNTHETIC' env HWLOC_SYNTHETIC='pack:2 [numa] core:2 pu:1' \
		"$kmembench" run "${tiny[@]}" "${point[@]}"
}
