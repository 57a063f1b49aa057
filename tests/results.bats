#!/usr/bin/env bats
# results.bats - what a run leaves behind, and when it cannot.
load cli

# All there is, and what every kind of chart has something to draw of.
setup_file() {
	export RUN=$BATS_FILE_TMPDIR/run DRAWN=$BATS_FILE_TMPDIR/drawn
	"$kmembench" run --preset smoke --memory 16m --no-plots -o "$RUN" \
		>"$BATS_FILE_TMPDIR/table" 2>"$BATS_FILE_TMPDIR/log"
	"$kmembench" run --preset smoke -o "$DRAWN" frame/{free_area,pcp,first_fit}/aging \
		pgtable/{walk,hashed}/random@x86_64 scan/{word,vector}/first_zero_full \
		zone/{zone_lock,zone_pcp}/high_order
}

# in_mount SCRIPT COMMAND...: COMMAND where SCRIPT could mount things.
in_mount() {
	local script=$1 user=()
	shift
	[ "$(id -u)" = 0 ] || user=(--map-root-user)
	unshare "${user[@]}" --mount sh -ec "$script; exec \"\$@\"" sh "$@"
}

# Skip where that is not allowed.
needs_mount() {
	in_mount "mount -t tmpfs none '$BATS_TEST_TMPDIR'" true || skip 'no mounting here'
}

@test "a smoke run leaves every file" {
	for file in samples.csv summary.csv manifest.json topology.xml; do
		[ -s "$RUN/$file" ]
	done
	[ -n "$(find "$RUN/raw" -name '*.json' -size +0)" ]
	[ -s "$BATS_FILE_TMPDIR/table" ]
	grep -qF "$RUN" "$BATS_FILE_TMPDIR/table"
}

@test "JSON and XML parse" {
	json_check "$RUN/manifest.json"
	for file in "$RUN"/raw/*.json; do
		json_check "$file"
		break
	done
	grep -q '<topology' "$RUN/topology.xml"
	[ "$(tail -n 1 "$RUN/topology.xml")" = '</topology>' ]
}

@test "samples.csv has the schema" {
	[ "$(head -n 1 "$RUN/samples.csv")" = "$samples_header" ]
	csv_check "$RUN/samples.csv"
	[ "$(csv_select "$RUN/samples.csv" schema | sort -u)" = 4 ]
	# Numbers are plain or NA, whatever else there is.
	run ! grep -vE '^([0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?|NA)$' <(csv_select "$RUN/samples.csv" value)
	[ -n "$(csv_select "$RUN/samples.csv" value metric=ns_per_op)" ]
}

@test "a row's status is one of those there are; a row that is not ok says why" {
	run ! grep -vE '^(ok|repeated|misplaced|invalid|crashed|timeout|oom|skipped)$' <(csv_select "$RUN/samples.csv" status)
	for status in misplaced invalid crashed timeout oom skipped; do
		run ! grep -xE 'NA|' <(csv_select "$RUN/samples.csv" reason status=$status)
	done
}

@test "summary.csv has the schema" {
	header=$(head -n 1 "$RUN/summary.csv")
	[[ $header = schema,run_id,host,family,*,metric,unit,processes,n,median,ci_lo,ci_hi,min,q1,q3,cv,floor_ratio,status* ]]
	csv_check "$RUN/summary.csv"
	for family in machine scan frame; do
		[ -n "$(csv_select "$RUN/summary.csv" median family=$family metric=ns_per_op)" ]
	done
}

@test "what ran was placed: CPUs, nodes and pages are told" {
	run ! grep -E '(^| )(NA)?( |$)' <(csv_select "$RUN/samples.csv" cpus pages status=ok metric=ns_per_op)
	run -0 grep -v NA <(csv_select "$RUN/samples.csv" nodes_actual family=frame status=ok)
}

@test "charts are pictures, with their script and data" {
	command -v gnuplot >/dev/null || skip 'no gnuplot here'
	for svg in "$DRAWN"/plots/*.svg; do
		grep -qx '</svg>' "$svg"
		[ "$(head -c 4 "${svg%.svg}.png" | tail -c 3)" = PNG ]
		[ -s "${svg%.svg}.gp" ]
	done
	for kind in distribution fragmentation latency pareto scaling size tables; do
		[ -n "$(find "$DRAWN/plots" -name "*-$kind.svg")" ]
	done
}

@test "plot draws the same again" {
	command -v gnuplot >/dev/null || skip 'no gnuplot here'
	cp -r "$DRAWN" "$BATS_TEST_TMPDIR/again"
	rm -r "$BATS_TEST_TMPDIR/again/plots"
	run -0 "$kmembench" plot "$BATS_TEST_TMPDIR/again"
	for svg in "$DRAWN"/plots/*.svg; do
		cmp "$svg" "$BATS_TEST_TMPDIR/again/plots/${svg##*/}"
	done
}

@test "a group's run: its cases in its places, and its chart" {
	[ "$(nproc)" -ge 2 ] || skip 'one CPU: nothing scales'
	dir=$BATS_TEST_TMPDIR/scaling
	run -0 --separate-stderr "$kmembench" run scaling --preset smoke --memory 16m --filter 'frame|replicated' -o "$dir"
	[ "$(csv_select "$dir/samples.csv" strategy workload size status=ok metric=ops_per_s | sort -u)" = "$(printf '%s\n' \
		'free_area contend 0' 'free_area contend_nodes 0' 'pcp contend 0' \
		'percpu_bitfield contend 0' 'replicated random@x86_64 68719476736')" ]
	run -0 csv_select "$dir/samples.csv" place threads=1 metric=ops_per_s strategy=pcp
	[[ ${lines[0]} = s* ]]
	grep -q '^a lock for each node: contend_nodes; larson,free_area smp,1,' "$dir/plots/scaling.csv"
	run -0 "$kmembench" repro "$dir"
	[[ $output = *' --place=smp/scatter '*' scaling' ]]
}

@test "results/latest points at the newest run, index.csv lists all" {
	root="$BATS_TEST_TMPDIR/my results"
	"$kmembench" run "${point[@]}" "${tiny[@]}" --no-plots --results "$root"
	"$kmembench" run "${point[@]}" "${tiny[@]}" --no-plots --results "$root"
	[ -s "$root/latest/samples.csv" ]
	csv_check "$root/index.csv"
	[ "$(csv_select "$root/index.csv" run_id | tail -n 1)" = "$(csv_select "$root/latest/samples.csv" run_id | head -n 1)" ]
	[ "$(csv_select "$root/index.csv" run_id | sort -u | wc -l)" = 2 ]
}

@test "a run into a directory in use is refused, and nothing is lost" {
	mkdir "$BATS_TEST_TMPDIR/used"
	echo precious >"$BATS_TEST_TMPDIR/used/file"
	fails 2 "$BATS_TEST_TMPDIR/used" "$kmembench" run "${point[@]}" "${tiny[@]}" -o "$BATS_TEST_TMPDIR/used"
	[ "$(ls -A "$BATS_TEST_TMPDIR/used")" = file ]
	fails 2 "$RUN" "$kmembench" run "${point[@]}" "${tiny[@]}" -o "$RUN"
	fails 2 "$BATS_TEST_TMPDIR/used/file" "$kmembench" run "${point[@]}" "${tiny[@]}" -o "$BATS_TEST_TMPDIR/used/file"
	fails 2 "no/such" "$kmembench" run "${point[@]}" "${tiny[@]}" -o "$BATS_TEST_TMPDIR/no/such"
	[ "$(cat "$BATS_TEST_TMPDIR/used/file")" = precious ]
	mkdir "$BATS_TEST_TMPDIR/empty"
	run -0 "$kmembench" run "${point[@]}" "${tiny[@]}" --no-plots -o "$BATS_TEST_TMPDIR/empty"
}

@test "a read-only place: one line, exit 1" {
	needs_mount
	dir=$BATS_TEST_TMPDIR/closed
	mkdir "$dir"
	script="mount --bind '$dir' '$dir'; mount -o remount,bind,ro '$dir'"
	fails 1 "$dir" in_mount "$script" "$kmembench" run "${point[@]}" "${tiny[@]}" --results "$dir"
	fails 1 "$dir" in_mount "$script" "$kmembench" run "${point[@]}" "${tiny[@]}" -o "$dir/run"
	run -0 in_mount "$script" "$kmembench" run "${point[@]}" "${tiny[@]}" --no-plots --results "$dir" -o "$BATS_TEST_TMPDIR/elsewhere"
}

@test "a disk that is full at the start: one line, exit 1" {
	needs_mount
	fails 1 "No space left" in_mount "mount -t tmpfs -o size=12k none '$BATS_TEST_TMPDIR'" \
		"$kmembench" run "${point[@]}" "${tiny[@]}" -o "$BATS_TEST_TMPDIR/run"
}

@test "a disk that fills up: exit 1, and what is there parses" {
	needs_mount
	# shellcheck disable=SC2016 # for the inner shell
	run -1 --separate-stderr in_mount "mount -t tmpfs -o size=200k none '$BATS_TEST_TMPDIR'" \
		sh -c '"$@"; code=$?; cp -r "$0/run" "$0.kept"; exit $code' "$BATS_TEST_TMPDIR" \
		"$kmembench" run frame --preset smoke --process-reps 20 -o "$BATS_TEST_TMPDIR/run"
	[[ $stderr = *"No space left"* ]]
	json_check "$BATS_TEST_TMPDIR.kept/manifest.json"
	# Only whole lines count, and a reader leaves the last one out if it is not.
	head -c -1 "$BATS_TEST_TMPDIR.kept/samples.csv" | sed '$d' >"$BATS_TEST_TMPDIR.whole"
	csv_check "$BATS_TEST_TMPDIR.whole"
	rm -r "$BATS_TEST_TMPDIR.kept" "$BATS_TEST_TMPDIR.whole"
}

@test "without gnuplot a run succeeds and says so; plot fails and names the package" {
	run -0 --separate-stderr env PATH="$BATS_TEST_TMPDIR" "$kmembench" run frame/free_area/pair --preset smoke -o "$BATS_TEST_TMPDIR/run"
	[[ $stderr = *"no charts were drawn"*gnuplot* ]]
	[ -s "$BATS_TEST_TMPDIR/run/summary.csv" ]
	fails 1 gnuplot-nox env PATH="$BATS_TEST_TMPDIR" "$kmembench" plot "$BATS_TEST_TMPDIR/run"
}

@test "a German locale changes nothing" {
	localedef -i de_DE -f UTF-8 "$BATS_TEST_TMPDIR/de_DE.UTF-8" 2>/dev/null || skip 'no locale sources here'
	export LOCPATH=$BATS_TEST_TMPDIR LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8
	[ "$(env printf %.1f 0,5)" = 0,5 ]
	run -0 "$kmembench" run "${point[@]}" "${tiny[@]}" --min-time 0.001 --no-plots -o "$BATS_TEST_TMPDIR/run"
	[ "$(head -n 1 "$BATS_TEST_TMPDIR/run/samples.csv")" = "$samples_header" ]
	csv_check "$BATS_TEST_TMPDIR/run/samples.csv"
	csv_check "$BATS_TEST_TMPDIR/run/summary.csv"
	run ! grep -vE '^([0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?|NA)$' <(csv_select "$BATS_TEST_TMPDIR/run/samples.csv" value)
	run -0 grep -F . <(csv_select "$BATS_TEST_TMPDIR/run/summary.csv" median metric=ns_per_op)
	json_check "$BATS_TEST_TMPDIR/run/manifest.json"
}

@test "Ctrl-C keeps what was measured and exits 130" {
	dir=$BATS_TEST_TMPDIR/run
	# A shell's background job ignores SIGINT unless told otherwise.
	env --default-signal=INT "$kmembench" run frame/free_area --preset smoke --process-reps 500 -o "$dir" \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	pid=$!
	for ((i = 0; i < 600; i++)); do
		[ ! -e "$dir/samples.csv" ] || [ "$(wc -l <"$dir/samples.csv")" -lt 5 ] || break
		sleep 0.1
	done
	kill -INT "$pid"
	code=0
	wait "$pid" || code=$?
	[ "$code" = 130 ]
	grep -q interrupted "$BATS_TEST_TMPDIR/err"
	csv_check "$dir/samples.csv"
	csv_check "$dir/summary.csv"
	json_check "$dir/manifest.json"
	[ "$(csv_select "$dir/samples.csv" status | sort -u)" = ok ]
}

@test "once there is room again, resume finishes what a full disk stopped" {
	needs_mount
	# shellcheck disable=SC2016 # for the inner shell
	in_mount "mount -t tmpfs -o size=120k none '$BATS_TEST_TMPDIR'" \
		sh -c '
		run=$1/run
		"$2" run frame/floor frame/null --preset smoke --memory 16m --no-plots -o "$run" && exit 10
		[ $? = 1 ] || exit 11
		mount -o remount,size=20m "$1" || exit 12
		"$2" resume "$run" --no-plots || exit 13
		grep -v ,repeated, "$run/samples.csv" | cut -d, -f5-21 | sort | uniq -d | grep . && exit 14
		jobs=$(wc -l <"$run/journal.jsonl")
		grep -q "\"nr_jobs\": $jobs," "$run/plan.json"' \
		sh "$BATS_TEST_TMPDIR" "$kmembench" >"$BATS_FILE_TMPDIR/full" 2>&1
}
