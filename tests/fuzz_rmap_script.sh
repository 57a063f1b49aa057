#!/usr/bin/env bash
# fuzz_rmap_script.sh - scripts of what processes do under libFuzzer.
#
# fuzz_rmap_script.sh [SECONDS [CORPUS]]: 600 seconds, build/fuzz/corpus-rmap.
# Exit 1: an input that crashes, hangs or leaks lies beside the corpus.
set -euo pipefail
top=$(cd -- "$(dirname -- "$0")/.." && pwd -P)
build=${KMB_TEST_BUILD:-$top/build/fuzz}
corpus=${2-$build/corpus-rmap}

if ! command -v clang++ >/dev/null; then
	echo 'skipped: no clang here'
	exit 77
fi
cmake -S "$top" -B "$build" -G Ninja -D CMAKE_BUILD_TYPE=Debug -D KMB_FUZZ=ON -D KMB_DEBUG=2 \
	-D CMAKE_C_COMPILER=clang -D CMAKE_CXX_COMPILER=clang++ >/dev/null
cmake --build "$build" --target fuzz_rmap_script

# Real records and what is known of them, the same compressed, and what they do
# not have: huge pages, mlock and reclaim, what is tried, and rounds of phases.
mkdir -p -- "$corpus"
data=$top/tests/data/rmap
for name in fanout mixed; do
	xz -dc -- "$data/$name.ops.xz" >"$corpus/$name"
	xz -dc -- "$data/$name.ops.xz" | head -n 40 >"$corpus/$name-head"
	for kind in oracle vmas; do
		xz -dc -- "$data/$name.$kind.csv.xz" 2>/dev/null | head -n 20 >"$corpus/$name-$kind" || true
	done
done
xz -kf -- "$corpus/fanout-head"
cat >"$corpus/huge" <<'END'
area 2048
mmap 0 512 1024 anon 0 0 rw
hugepage 0 512 1024
write 0 600 2 512
fork 0 1
write 1 512 2 1
mprotect 0 700 1 r
mremap 1 1024 512 512 0
munmap 1 800 10
dump 1
END
cat >"$corpus/reclaim" <<'END'
area 100
mmap 0 10 20 anon 0 0 rw
write 0 10 20 1
mmap 0 50 5 shared 0 7 rw
write 0 50 5 1
fork 0 1
mlock 0 12 2
referenced 1 12
unmap 1 12
referenced 0 15
reclaim 0 15
reclaim 0 51
dump 1
fork 1 2
read 1 15 1 1
write 2 15 1 1
exit 0
dump 2
END
cat >"$corpus/rounds" <<'END'
area 100 8
mmap 0 10 20 anon 0 0 rw
write 0 10 20 1
phase fork 1
fork 0 1
phase exec 3
exit 1
start 1
mmap 1 0 8 fpriv 1 0 rw
phase mark
try write 1 0 16 1
try mmap 1 4 8 anon 0 0 rw
pageout 1 0
exit 1
phase fork 1
fork 0 1
phase exec 1
dontneed 1 10 20
phase mark
try munlock 1 0 100
exit 1
dump 1
END
cd -- "$(dirname -- "$corpus")"
exec "$build/tests/fuzz_rmap_script" -max_total_time="${1-600}" -timeout=10 -rss_limit_mb=2048 \
	-max_len=4096 -dict="$top/tests/fuzz_rmap_script.dict" -print_final_stats=1 "$corpus"
