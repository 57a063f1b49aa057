#!/usr/bin/env bash
# test.sh SHAPE - topo.sh and inside.sh in a guest of this shape, then check.sh on
# what they left in BUILD/guest/SHAPE; what was found is kept there as "report".
set -euo pipefail
here=$(cd -- "$(dirname -- "$0")" && pwd)
out=${KMB_TEST_BUILD:-$here/../../build/release}/guest/$1

# Options of the caller's are not this test's.
for variable in "${!KMB_@}"; do
	[[ $variable = KMB_TEST_* ]] || unset "$variable"
done

rm -rf -- "$out"
code=0
"$here/boot.sh" "$1" "$out" sh -c '/topo.sh && exec /inside.sh' || code=$?
[ "$code" = 77 ] || cat -- "$out/stdout" "$out/stderr"
[ "$code" = 0 ] || exit "$code"
"$here/check.sh" "$1" "$out" >"$out/report" || code=$?
cat -- "$out/report"
exit "$code"
