#!/usr/bin/env bash
# overhead.sh - our shim costs no instruction that Google Benchmark does not.
#
# overhead.sh DIRECT SHIM SANITIZERS: runs tests/gbench_direct and
# tests/gbench_shim under callgrind and compares their instructions per
# operation, all that the process does included. Each runs twice, short and
# long, and the differences are divided: start-up cancels.
set -euo pipefail
export LC_ALL=C

direct=$1 shim=$2 sanitizers=${3-}
tolerance=0.1

skip() {
	echo "skipped: $1"
	exit 77
}

[[ -z $sanitizers ]] || skip "a sanitizer ($sanitizers) counts instructions of its own"
[[ -n $(type -P valgrind) ]] || skip "valgrind is missing"

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# count PROGRAM SECONDS: prints "INSTRUCTIONS OPERATIONS"
count() {
	local out=$dir/callgrind.out ops

	if ! ops=$(valgrind --quiet --tool=callgrind \
		--callgrind-out-file="$out" "$1" "$2" 2>"$dir/log"); then
		cat "$dir/log" >&2
		return 1
	fi
	echo "$(awk '$1 == "totals:" { print $2 }' "$out") $ops"
}

# per_op PROGRAM: instructions per operation
per_op() {
	local few many

	few=$(count "$1" 0.05)
	many=$(count "$1" 0.5)
	echo "$few $many" | awk '{
		if (NF != 4 || $4 - $2 < 1e6)
			exit 1
		printf "%.4f\n", ($3 - $1) / ($4 - $2)
	}'
}

of_direct=$(per_op "$direct")
of_shim=$(per_op "$shim")
echo "instructions per operation: direct $of_direct, shim $of_shim"
awk -v a="$of_direct" -v b="$of_shim" -v tolerance=$tolerance 'BEGIN {
	difference = b - a
	if (difference < 0)
		difference = -difference
	exit !(difference <= tolerance)
}' || {
	echo "they differ by more than $tolerance"
	exit 1
}
