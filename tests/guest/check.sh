#!/usr/bin/env bash
# check.sh SHAPE DIR - is all that inside.sh left in DIR as this shape must have it?
# Prints what was checked; exits with 1 if a page, a thread or a row is wrong.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)

# shape CPUS MEMORY [SHOWS...]: nodes whose CPUs and memory may be used there,
# and reasons or faults that must be met.
shape() {
	usable="$1 $2"
	shift 2
	shows=$(printf '|%s' pin "$@")
}

case ${1-} in
1n) shape 0 0 'remote needs two nodes with memory' ;;
2n | offline | memcg) shape 0-1 0-1 bind ;;
4n) shape 0-3 0-3 bind ;;
memless) shape 0-1 0 'node 1 has no memory' ;;
cpuless) shape 0 0-1 bind 'node 1 has no usable CPUs' ;;
gap) shape 0,2 0,2 bind ;;
cpuset) shape 1 1 "node 0 is not in this process's cpuset" \
	"CPU 0 is not in this process's cpuset" ;;
hugetlb) shape 0-1 0-1 bind 'pages of 2 MiB' '2m: ' ;;
unequal) shape 0-2 0-2 bind 'no memory for the case' ;;
hmat) shape 0-1 0-2 bind 'node 2 has no usable CPUs' ;;
*)
	echo "check.sh: '${1-}': not a shape known here" >&2
	exit 2
	;;
esac
case $1 in
offline) shows+='|CPU 1 is offline' ;;
memcg) shows+='|no memory for the case' ;;
esac

cd "$2"
files=(facts)
wrong=0
for what in */what; do
	run=${what%/what}
	if [ ! -e "$run/run/samples.csv" ]; then
		echo "$1: $run: no rows: $(head -n 1 "$run/stderr")"
		wrong=1
		continue
	fi
	files+=("$what" "$run/run/samples.csv")
	for sample in "$run"/samples/*; do
		[ ! -e "$sample" ] || files+=("$sample")
	done
done
awk -v shape="$1" -v usable="$usable" -v shows="${shows#|}" \
	-f "$here/check_machine.awk" -f "$here/check_policy.awk" \
	-f "$here/check_sample.awk" -f "$here/check.awk" "${files[@]}" || wrong=1
awk -v shape="$1" -v usable="$usable" -f "$here/numa_counters.awk" "${files[@]}" || wrong=1
exit "$wrong"
