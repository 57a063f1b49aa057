#!/usr/bin/env bash
# kill_resume.sh KMEMBENCH [ROUNDS] - kill -9 a run at random moments, resume
# it (and kill that too, every other time), and compare with one undisturbed.
set -euo pipefail

kmembench=$1
rounds=${2:-50}
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
words=(frame/null frame/free_area --preset smoke --process-reps 2 --no-plots
	--memory 16m --filter 'pair$|churn_90')
RANDOM=${KMB_SEED:-7}

# What identifies an observation, sorted; its value is left out, and so are rows
# that are only there when an operation failed (then enough may be free for a huge
# frame) or the host disturbed a process.
rows() {
	grep -v ',repeated,' "$1/samples.csv" | cut -d, -f5-21 |
		grep -vE 'failed_ratio|huge_free_share' | sort
}

# Every line of journal and samples is whole: it parses, or it is the last.
check_files() {
	local fields
	fields=$(sed '$d' "$1/samples.csv" | sed 's/"[^"]*"/q/g' |
		awk -F, '{ print NF }' | sort -u | wc -l)
	[ "$fields" -le 1 ]
}

run() {
	"$kmembench" "$@" >/dev/null 2>&1
}

# Start a command and kill it after 0 to $1 milliseconds, if it still runs.
run_and_kill() {
	local limit=$1 pid
	shift
	"$kmembench" "$@" >/dev/null 2>&1 &
	pid=$!
	sleep "$(printf '0.%03d' $((RANDOM % limit)))"
	kill -9 "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
}

start=$(date +%s%N)
run run "${words[@]}" -o "$work/whole"
limit=$((($(date +%s%N) - start) / 1000000))
[ "$limit" -lt 990 ] || limit=990
rows "$work/whole" >"$work/expected"

killed=0
for ((round = 1; round <= rounds; round++)); do
	dir=$work/run
	rm -rf -- "$dir"
	run_and_kill "$limit" run "${words[@]}" -o "$dir"
	if [ ! -e "$dir/journal.jsonl" ]; then
		continue # killed before there was a plan to go on with
	fi
	check_files "$dir"
	killed=$((killed + 1))
	if ((round % 2)); then
		run_and_kill "$limit" resume "$dir" --no-plots
		check_files "$dir"
	fi
	run resume "$dir" --no-plots
	rows "$dir" | diff -q - "$work/expected" >/dev/null || {
		echo "round $round: other rows than an undisturbed run's:"
		rows "$dir" | diff - "$work/expected" | head -n 10
		exit 1
	}
done
echo "$killed of $rounds runs were killed with a plan written, and resumed whole"
[ "$killed" -gt $((rounds / 4)) ]
