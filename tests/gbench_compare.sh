#!/usr/bin/env bash
# gbench_compare.sh KMEMBENCH - Google Benchmark's own compare.py reads raw/.
#
# It wants one file a side; docs/METHODOLOGY.md has the same way to put a run's
# files together.
set -euo pipefail
kmembench=$1
script=${KMB_GBENCH_COMPARE-/usr/share/benchmark/compare.py}

skip() {
	printf 'skipped: %s\n' "$*"
	exit 77
}

[ -f "$script" ] || skip "no $script (Debian: libbenchmark-tools)"
python=
for candidate in python3 /usr/bin/python3; do
	if "$candidate" -c 'import scipy' 2>/dev/null; then
		python=$candidate
		break
	fi
done
[ -n "$python" ] || skip 'no python3 with scipy, which compare.py needs (Debian: python3-scipy)'

dir=$(mktemp -d)
trap 'rm -rf -- "$dir"' EXIT
for run in a b; do
	"$kmembench" run frame/free_area/pair frame/null/pair --size 0 --threads 1 \
		--preset smoke --process-reps 3 --reps 2 --min-time 0.0005 --memory 16m \
		--no-plots -o "$dir/$run" >"$dir/log" 2>&1
	"$python" - "$dir/$run"/raw/*.json >"$dir/$run.json" <<'PYTHON'
import json, sys

runs = [json.load(open(path)) for path in sys.argv[1:]]
runs[0]["benchmarks"] = [b for run in runs for b in run["benchmarks"]]
json.dump(runs[0], sys.stdout)
PYTHON
done

# compare FILES: its table, and in it every case with so many repetitions.
compare() {
	local repetitions=$1
	shift
	(cd -- "$(dirname -- "$script")" && "$python" "$script" --no-color benchmarks "$@") >"$dir/out"
	cat -- "$dir/out"
	for case in "${cases[@]}"; do
		[ "$(grep -cE "^$case/.*threads:1 +[-+]" "$dir/out")" = "$repetitions" ]
		grep -qE "^$case/.*_pvalue .*Repetitions: $repetitions vs $repetitions" "$dir/out"
	done
}

cases=(frame/free_area/pair/scalar/size:0 frame/null/pair/scalar/size:0)
compare 6 "$dir/a.json" "$dir/b.json"
# One process's file is fit as it is.
first=("$dir"/a/raw/*.json)
cases=("$(grep -o -m 1 'frame/[a-z_]*/pair/scalar/size:0' "${first[0]}")")
compare 2 "${first[0]}" "${first[0]}"
