#!/bin/busybox sh
# watch.sh HOLD SAMPLES - look at processes that hold still, from the outside.
#
# Each file in HOLD is one of KMB_HOLD's (harness/hold.h). Copies it and what the
# kernel says of that process into SAMPLES, and removes it: the process goes on.
# Ends when HOLD/end is there.
hold=$1
samples=$2

# To wait by starting a program would take the CPUs from what is measured.
mkfifo "$hold/pause"
exec 3<>"$hold/pause"
rm "$hold/pause"

look() {
	read -r _ pid <"$1"
	cd "/proc/$pid" || return
	tail -n +1 "$1" maps numa_maps task/*/stat task/*/status \
		>"$samples/${1##*/}"
	case $1 in
	# numactl's own reading of it, once a run.
	*/0.0) ! command -v numastat >/dev/null ||
		{ printf '\n==> numastat <==\n' && numastat -p "$pid"; } \
			>>"$samples/${1##*/}" ;;
	esac
}

while [ ! -e "$hold/end" ]; do
	for file in "$hold"/*.*; do
		case ${file##*/} in
		*.new | '*'*) ;;
		*)
			look "$file"
			rm "$file"
			;;
		esac
	done
	# shellcheck disable=SC3045 # busybox has it
	read -r -t 0.02 _ <&3
done
