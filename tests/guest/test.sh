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

# The smallest set leaves out shapes whose ways others go, too.
case ${KMB_TEST_GUEST_LIGHT:+$1} in
1n | 2n | hmat)
	echo "guest $1: not in the light set (KMB_TEST_GUEST_LIGHT)"
	exit 77
	;;
esac

rm -rf -- "$out"
code=0
"$here/boot.sh" "$1" "$out" sh -c '/topo.sh && exec /inside.sh' || code=$?
[ "$code" = 77 ] || cat -- "$out/stdout" "$out/stderr"
[ "$code" = 0 ] || exit "$code"
"$here/check.sh" "$1" "$out" >"$out/report" || code=$?
cat -- "$out/report"
exit "$code"
