#!/usr/bin/env bats
# repro.bats - before a run and after it: plan, list --axes, report, verify, repro.
load cli

# A run whose every choice is not the default.
setup_file() {
	export RUN=$BATS_FILE_TMPDIR/results/run
	mkdir "$BATS_FILE_TMPDIR/results"
	KMB_SIZE=0,3 KMB_DISABLE_CPU=avx512f "$kmembench" run frame/free_area/pair 'scan/w*/first_zero*' \
		"${tiny[@]}" --process-reps 2 --seed 11 --filter 'pair|half' --size 0,3,32k \
		--label "who=it's me" -o "$RUN" >"$BATS_FILE_TMPDIR/table" 2>"$BATS_FILE_TMPDIR/log"
}

setup() {
	export KMB_RESULTS=$BATS_FILE_TMPDIR/results
}

# A copy of that run, to break.
copy() {
	cp -a "$RUN" "$BATS_TEST_TMPDIR/copy"
	dir=$BATS_TEST_TMPDIR/copy
}

# What was measured, in which order, of which process.
measured() {
	csv_select "$1/samples.csv" seq block process family strategy workload isa threads size pages cpus metric=ns_per_op
}

@test "plan: points, processes, time and order, of this machine" {
	run -0 --separate-stderr "$kmembench" plan frame/free_area/pair --size 0,3 --threads 1 --memory 16m
	[ -z "$stderr" ]
	[[ ${lines[0]} = "2 points, 10 processes in 5 blocks, about "* ]]
	[[ $output = *"preset quick"*"seed 1"* ]]
	[[ $output = *$'\n''frame/*/pair '* ]]
	[[ $output = *'block 1;'* && $output != *'block 2;'* ]]
	[ "$(grep -c 'frame/pair order [03], 1 thread, 4k: free_area' <<<"$output")" = 2 ]
	run -0 "$kmembench" plan frame/free_area/pair --size 0,3 --threads 1 --order
	[ "$(grep -c '^block ' <<<"$output")" = 5 ]
	[ "$(grep -c 'frame/pair order [03], 1 thread, 4k: free_area' <<<"$output")" = 10 ]
}

@test "plan knows what was run before" {
	run -0 "$kmembench" plan frame/free_area/pair --size 0,3 --threads 1 --memory 16m
	[[ $output = *"journal of 1 earlier run: 2 of 2 points (100 %) were run before"* ]]
	run -0 "$kmembench" plan frame/free_area/pair --size 0,3,9 --threads 1 --memory 16m
	[[ $output = *"2 of 3 points"* && ${lines[0]} = *", about "* ]]
	# That took as long with 16 MiB: with more it takes longer.
	run -0 "$kmembench" plan frame/free_area/pair --size 0,3 --threads 1 --memory 32m
	[[ $output = *"2 of 2 points"*'have run with as much memory'$'\n'* && ${lines[0]} = *", at least "* ]]
	run -0 env KMB_RESULTS="$BATS_TEST_TMPDIR" "$kmembench" plan frame/free_area/pair
	[[ $output = *"time guessed"* && ${lines[0]} = *", at least "* ]]
	[[ $output = *$'\n''frame/*/pair '*' > '* ]]
}

@test "plan --budget says how many blocks fit" {
	run -0 "$kmembench" plan frame/free_area/pair --memory 16m --budget 10h
	[[ $output = *"all fit"* ]]
	run -0 "$kmembench" plan frame/free_area --preset publish --budget 1ms
	[[ $output = *"not one fits"* ]]
	# Of what was never run the time is the least.
	run -0 "$kmembench" plan frame/free_area/pair --results "$BATS_TEST_TMPDIR" --budget 10h
	[[ $output = *"all may fit"* ]]
	run -0 "$kmembench" plan frame/free_area/pair --results "$BATS_TEST_TMPDIR" --preset full --threads 1 --size 0 --budget 280ms
	[[ $output = *"at most 5 of 10 fit"* ]]
}

@test "plan for a machine of 256 CPUs" {
	machine='synthetic:pack:4 [numa] core:64 pu:1'
	run -0 "$kmembench" plan frame/free_area/pair --preset full --topology "$machine" --size 0
	[[ $output = *'simulated machine: 256 CPUs, 4 nodes'* ]]
	# 1, 2, 4, ... 256 threads.
	[[ ${lines[0]} = "9 points, 90 processes in 10 blocks,"* ]]
	[[ $output = *'256 threads'* ]]
	run -0 "$kmembench" plan machine/chase --topology "$machine" --size 4k --pages 4k
	[[ $output = *'node:3, bind:0'* ]]
	fails 2 junk "$kmembench" plan --topology synthetic:junk
}

@test "plan for more CPUs than one run has threads" {
	machine='synthetic:pack:4 [numa] core:300 pu:1'
	run -0 --separate-stderr "$kmembench" plan frame/free_area/pair --size 0 --topology "$machine"
	[ "$stderr" = 'kmembench: 1200 CPUs are here, at most 1024 threads are placed; a list of --place chooses their CPUs' ]
	[[ $output = *', 1024 threads, '* ]]
	fails 2 'right would be 1 to 1024' "$kmembench" plan frame --topology "$machine" --threads 1100
	fails 2 '1100 is more than the 2 CPUs of --place compact' "$kmembench" plan frame --topology synthetic:pu:2 --threads 1100
	run -0 --separate-stderr "$kmembench" plan frame/free_area/pair --size 0 --topology "$machine" --place 1100,1199
	[[ -z $stderr && $output = *', 2 threads, 4k, 1100,1199, local'* ]]
	run -0 --separate-stderr "$kmembench" plan frame/free_area/pair --size 0 --topology "$machine" --place 100-1123
	[[ -z $stderr && $output = *', 1024 threads, '* ]]
	run -0 --separate-stderr "$kmembench" plan frame/free_area/pair --size 0 --topology "$machine" --place '!0'
	[[ -z $stderr && $output = *', 1024 threads, 4k, !0, local'* ]]
}

@test "plan of the group scaling, for 2 x 64 and 8 x 32 CPUs" {
	run -0 --separate-stderr "$kmembench" plan scaling --topology 'synthetic:pack:2 [numa] core:64 pu:1'
	[ -z "$stderr" ]
	# 9 cases, in 7 and in 8 thread counts.
	[[ ${lines[0]} = "135 points, 675 processes in 5 blocks, at least "* ]]
	[[ $output = *$'\n''  smp: 1 2 4 8 16 32 64 threads; with 64: CPUs of node 0, memory on node 0'$'\n'* ]]
	[[ $output = *$'\n''  scatter: 1 2 4 8 16 32 64 128 threads; with 128: CPUs of nodes 0-1, memory on nodes 0-1'$'\n'* ]]
	[[ $output = *'one lock for all '*'frame/free_area/contend'*'pgtable/replicated/random@x86_64'* ]]
	run -0 "$kmembench" run scaling --dry-run --preset smoke --topology 'synthetic:pack:8 [numa] core:32 pu:1'
	[[ ${lines[0]} = "135 points, 135 processes in 1 block, at least "* ]]
	[[ $output = *'  smp: 1 2 4 8 16 32 threads; with 32: CPUs of node 0,'* ]]
	[[ $output = *'  scatter: 1 2 4 8 16 32 64 128 256 threads; with 256: CPUs of nodes 0-7, memory on nodes 0-7'* ]]
	run -0 --separate-stderr "$kmembench" plan scaling --topology 'synthetic:pack:1 [numa] core:4 pu:2'
	[ "$stderr" = 'kmembench: --place: smp and scatter are the same CPUs in the same order here; measured once, as smp' ]
	[[ ${lines[0]} = "36 points, "* && $output != *', scatter,'* ]]
	run -0 --separate-stderr "$kmembench" plan scaling --place smp --size 32 --threads 1
	[ "$stderr" = 'kmembench: --size: scaling is measured without what has no such size: frame order 0 to 10, pgtable bytes 1048576 to 1099511627776' ]
	[[ ${lines[0]} = "3 points, "* ]]
	[[ $output = *'/contend (left out)'$'\n'* && $output = *' slab/list_lock/larson@inline'$'\n'* ]]
}

@test "a real run takes no other machine" {
	fails 2 "synthetic:pu:4" "$kmembench" run "${point[@]}" --topology synthetic:pu:4 -o "$BATS_TEST_TMPDIR/run"
	[[ $stderr = *--dry-run* ]]
	[ ! -e "$BATS_TEST_TMPDIR/run" ]
	run -0 "$kmembench" run "${point[@]}" --dry-run --topology synthetic:pu:4
	[[ $output = *'simulated machine: 4 CPUs'* ]]
}

@test "--dry-run shows the plan and writes nothing" {
	export KMB_RESULTS=$BATS_TEST_TMPDIR/none
	run -0 --separate-stderr "$kmembench" run "${point[@]}" --dry-run -o "$BATS_TEST_TMPDIR/run"
	[ -z "$stderr" ]
	[ "$output" = "$("$kmembench" plan "${point[@]}")" ]
	[ ! -e "$BATS_TEST_TMPDIR/none" ] && [ ! -e "$BATS_TEST_TMPDIR/run" ]
	fails 5 no-such "$kmembench" plan --filter no-such
	fails 2 nosuch "$kmembench" plan nosuch
}

@test "list --axes: what every workload takes" {
	run -0 --separate-stderr "$kmembench" list --axes
	[ -z "$stderr" ]
	for family in machine scan frame zone pgtable; do
		[[ $'\n'$output = *$'\n'"$family: "?* ]]
	done
	[ "$(awk 'length > 90' <<<"$output")" = '' ]
	run -0 "$kmembench" list --axes frame/free_area/pair
	[[ $output = *'    size      order, 0 to 10; quick: 0 9; full: 0 1 2 3 4 5 6 7 8 9 10'* ]]
	[[ $output = *'    threads   1 to 1024'* ]]
	run -0 "$kmembench" list --axes frame/first_fit frame/free_area/fill_drain_forward
	[[ $output = *'    phases    alloc, free'* ]]
	run -0 "$kmembench" list --axes frame/*/pair
	[[ $output = *'    threads   1 (first_fit, first_fit_2_6_11, hierarchical, next_fit)'* ]]
	if [ "$(uname -m)" = x86_64 ]; then
		run -0 env KMB_DISABLE_CPU=avx2 "$kmembench" list --axes scan
		[[ $output = *'avx2: not here, '* ]]
	fi
}

@test "a run leaves a page and the sums of its files" {
	grep -qF '<!DOCTYPE html>' "$RUN/report.html"
	(cd "$RUN" && sha256sum --check --quiet --strict SHA256SUMS)
	grep -q '  raw/.*\.json$' "$RUN/SHA256SUMS"
	grep -qx '[0-9a-f]*  report.html' "$RUN/SHA256SUMS"
}

@test "report: the same page again, whole by itself" {
	copy
	rm "$dir/report.html"
	run -0 "$kmembench" report "$dir"
	[ "$output" = "$dir/report.html" ]
	cmp "$RUN/report.html" "$dir/report.html"
	run ! grep -E '<(script|link|iframe)|(src|href)="?(http|/|plots)' "$dir/report.html"
	grep -q 'data:image/svg+xml;base64,' "$dir/report.html" || ! command -v gnuplot
	if command -v python3; then
		python3 - "$dir/report.html" <<-'PYTHON'
		import html.parser, sys
		class Check(html.parser.HTMLParser):
		    open = []
		    def handle_starttag(self, tag, attributes):
		        if tag not in ("meta", "img"): self.open.append(tag)
		    def handle_endtag(self, tag):
		        assert self.open.pop() == tag, self.getpos()
		check = Check()
		check.feed(open(sys.argv[1], encoding="utf-8").read())
		assert check.open == []
		PYTHON
	fi
	run -0 "$kmembench" verify "$dir"
	fails 2 none "$kmembench" report "$BATS_TEST_TMPDIR/none"
	fails 1 summary.csv "$kmembench" report "$BATS_TEST_TMPDIR"
}

@test "verify: a run as it was left" {
	run -0 --separate-stderr "$kmembench" verify "$RUN"
	[ "${#lines[@]}" = 1 ]
	# By its name in the results directory, too.
	run -0 "$kmembench" verify run
	fails 2 "'none'" "$kmembench" verify none
	fails 2 "'extra'" "$kmembench" verify run extra
}

@test "verify: a changed byte, an added file, a missing one" {
	copy
	raw=$(find "$dir/raw" -name '*.json' | head -n 1)
	printf X | dd of="$raw" bs=1 seek=5 conv=notrunc status=none
	touch "$dir/plots/more"
	rm "$dir/topology.xml"
	run -1 "$kmembench" verify "$dir"
	[ "${#lines[@]}" = 3 ]
	[[ $output = *"$raw: changed since the run ended"* ]]
	[[ $output = *"$dir/plots/more: added since the run ended"* ]]
	[[ $output = *"$dir/topology.xml: missing, or cannot be read"* ]]
}

@test "verify: a summary that does not follow from the samples, files that do not parse" {
	copy
	sed -i '0,/,ok,/s//,crashed,/' "$dir/samples.csv"
	(cd "$dir" && grep -v ' samples.csv' SHA256SUMS >sums; sha256sum samples.csv >>sums; mv sums SHA256SUMS)
	run -1 "$kmembench" verify "$dir"
	[ "$output" = "$dir/summary.csv: not what samples.csv gives" ]
	echo '{' >"$dir/manifest.json"
	echo '"' >"$dir/summary.csv"
	run -1 "$kmembench" verify "$dir"
	[[ $output = *"$dir/manifest.json: changed"*"$dir/summary.csv: changed"* ]]
	[[ $output = *"$dir/manifest.json: "*"near end of file"* ]]
	rm "$dir/SHA256SUMS"
	run -1 "$kmembench" verify "$dir"
	[[ ${lines[0]} = "$dir/SHA256SUMS: "* ]]
}

@test "plot and report again: still as it was left" {
	command -v gnuplot >/dev/null || skip 'no gnuplot here'
	copy
	touch "$dir/plots/more.svg"
	run -0 "$kmembench" plot "$dir"
	run -0 "$kmembench" verify "$dir"
}

@test "manifest.json: every option, the binary, the system" {
	for key in options binary_sha256 distribution libc page_sizes nodes selectors process-reps; do
		grep -q "\"$key\":" "$RUN/manifest.json"
	done
	grep -q "\"binary_sha256\": \"$(sha256sum "$kmembench" | cut -d' ' -f1)\"" "$RUN/manifest.json"
}

@test "repro prints commands that do the same run again" {
	run -0 --separate-stderr "$kmembench" repro "$RUN"
	[[ $output = *'cmake --preset release'* ]]
	command=${lines[-1]}
	[[ $command = 'KMB_DISABLE_CPU=avx512f '*'./run.sh run '* ]]
	[[ $command != *KMB_SIZE* && $command != *--output* ]]
	eval "${command/.\/run.sh/$kmembench} -o $BATS_TEST_TMPDIR/again" >/dev/null 2>&1
	[ -n "$(measured "$RUN")" ]
	[ "$(measured "$RUN")" = "$(measured "$BATS_TEST_TMPDIR/again")" ]
	run -0 --separate-stderr "$kmembench" repro "$BATS_TEST_TMPDIR/again"
	[ "${lines[-1]}" = "$command" ]
}

@test "repro --run does it, whatever the environment says" {
	export KMB_SEED=99 KMB_THREADS=1 KMB_REPS=7 KMB_FILTER=nothing
	run -0 "$kmembench" repro --run "$RUN" -o "$BATS_TEST_TMPDIR/again"
	[ "$(measured "$RUN")" = "$(measured "$BATS_TEST_TMPDIR/again")" ]
	grep -q '"KMB_DISABLE_CPU": "avx512f"' "$BATS_TEST_TMPDIR/again/manifest.json"
	grep -q '"seed": 11' "$BATS_TEST_TMPDIR/again/manifest.json"
	run -0 "$kmembench" verify "$BATS_TEST_TMPDIR/again"
	run -2 "$kmembench" repro --run "$RUN" -o "$RUN"
}

@test "repro says what stands in the way" {
	copy
	sed -i 's/"git_dirty": [a-z]*/"git_dirty": true/' "$dir/manifest.json"
	run -0 --separate-stderr "$kmembench" repro "$dir"
	[[ $stderr = *"changes that are in no commit"* ]]
	sed -i 's/"cpu_model": "[^"]*"/"cpu_model": "i486"/' "$dir/plan.json"
	run -0 --separate-stderr "$kmembench" repro "$dir"
	[[ $stderr = *'i486'* ]]
	echo '{}' >"$dir/manifest.json"
	fails 1 options "$kmembench" repro "$dir"
}
