#!/usr/bin/env bash
# test.sh SHAPE - what inside.sh does in a guest of this shape, then check.sh on
# what it left in BUILD/guest/SHAPE; its findings are kept there as "report".
set -euo pipefail
here=$(cd -- "$(dirname -- "$0")" && pwd)
out=$KMB_TEST_BUILD/guest/$1

rm -rf -- "$out"
"$here/boot.sh" "$1" "$out" /inside.sh
"$here/check.sh" "$1" "$out" | tee "$out/report"
