#!/usr/bin/env bash
# fuzz_ptdump.sh - dumps of page tables and their oracles under libFuzzer.
#
# fuzz_ptdump.sh [SECONDS [CORPUS]]: 600 seconds, build/fuzz/corpus-ptdump. Exit
# 1: an input that crashes, hangs or leaks lies beside the corpus.
set -euo pipefail
top=$(cd -- "$(dirname -- "$0")/.." && pwd -P)
build=${KMB_TEST_BUILD:-$top/build/fuzz}
corpus=${2-$build/corpus-ptdump}

if ! command -v clang++ >/dev/null; then
	echo 'skipped: no clang here'
	exit 77
fi
cmake -S "$top" -B "$build" -G Ninja -D CMAKE_BUILD_TYPE=Debug -D KMB_FUZZ=ON \
	-D CMAKE_C_COMPILER=clang -D CMAKE_CXX_COMPILER=clang++ >/dev/null
cmake --build "$build" --target fuzz_ptdump

# The head of a real dump and of its oracle, an empty table as a dump, the same
# compressed, and a recipe for each depth.
mkdir -p -- "$corpus"
data=$top/tests/data/ptdump/pt4
xz -dc -- "$data.ptpages.xz" 2>/dev/null | head -c 20000 >"$corpus/head" || true
xz -dc -- "$data.oracle.csv.xz" 2>/dev/null | head -n 20 >"$corpus/oracle" || true
{
	printf 'KMPTDMP1\4\0\0\0\1\0\0\0\0\0\1\0\0\0\0\0\0\0\20\0\0\0\0\0\20\0\0\0\0\0\0\0'
	head -c 4096 /dev/zero
} >"$corpus/table"
xz -kf -- "$corpus/table"
gzip -kf -- "$corpus/table"
printf '\0\3\0\0\0\1\1\0\0\0\0\0\1\2\2\0\0\0\0\0\2\3\3\0\0\0\0\0\3\0\4\0\2\147\064\022' \
	>"$corpus/four"
printf '\1\4\0\0\0\1\1\0\0\0\0\0\1\2\2\0\0\0\0\0\2\3\3\0\0\0\0\0\3\4\4\0\0\0\0\0\4\0\5\1\2\147\064\022' \
	>"$corpus/five"
cd -- "$(dirname -- "$corpus")"
exec "$build/tests/fuzz_ptdump" -max_total_time="${1-600}" -timeout=10 -rss_limit_mb=2048 \
	-max_len=16384 -dict="$top/tests/fuzz_ptdump.dict" -print_final_stats=1 "$corpus"
