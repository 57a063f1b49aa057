#!/usr/bin/env bash
# fuzz_trace.sh - the trace importer and the binary reader under libFuzzer.
#
# fuzz_trace.sh [SECONDS [CORPUS]]: 600 seconds, build/fuzz/corpus. Exit 1: an
# input that crashes, hangs or leaks lies beside the corpus.
set -euo pipefail
top=$(cd -- "$(dirname -- "$0")/.." && pwd -P)
build=${KMB_TEST_BUILD:-$top/build/fuzz}
corpus=${2-$build/corpus}

if ! command -v clang++ >/dev/null; then
	echo 'skipped: no clang here'
	exit 77
fi
cmake -S "$top" -B "$build" -G Ninja -D CMAKE_BUILD_TYPE=Debug -D KMB_FUZZ=ON \
	-D CMAKE_C_COMPILER=clang -D CMAKE_CXX_COMPILER=clang++ >/dev/null
cmake --build "$build" --target fuzz_trace kmembench

# Small inputs teach it more: pieces of the real traces, and what becomes of them.
mkdir -p -- "$corpus"
for trace in "$top"/tests/data/traces/*.xz; do
	name=$corpus/$(basename -- "$trace" .txt.xz)
	xz -dc -- "$trace" | awk 'NR > 400 && NR <= 800' | split -l 12 - "$name."
	xz -dc -- "$trace" | awk 'NR <= 40' >"$name"
	"$build/kmembench" trace import "$name" -o "$name.kmbtrace" >/dev/null 2>&1 || true
	xz -kf -- "$name"
	gzip -kf -- "$name"
	! command -v zstd >/dev/null || zstd -qkf -- "$name"
done
cd -- "$(dirname -- "$corpus")"
exec "$build/tests/fuzz_trace" -max_total_time="${1-600}" -timeout=10 -rss_limit_mb=2048 \
	-max_len=8192 -dict="$top/tests/fuzz_trace.dict" -print_final_stats=1 "$corpus"
