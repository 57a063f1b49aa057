#!/usr/bin/env bash
# guest_arm64_counters.sh - the counters against true counts, in an emulated
# arm64 machine: under -icount its PMU counts every instruction exactly once.
#
# The machine's kernel and libpfm4 are Debian's packages for arm64, fetched once
# into the build folder when KMB_TEST_GUEST=1 allows it (25 MB), without a word
# to this system's own package manager.
set -euo pipefail
cd -- "$(dirname -- "$0")/.."
# shellcheck source=tests/guest/packages.sh
. tests/guest/packages.sh

cc="aarch64-linux-gnu-gcc"
qemu="qemu-system-aarch64"
cache=$(realpath -m -- "${KMB_TEST_BUILD:-build}")/guest_arm64
library=$cache/root/usr/lib/aarch64-linux-gnu/libpfm.a

skip() {
	echo "$1"
	exit 77
}

# The newest cloud kernel, and the library to link with.
fetch() {
	local package
	fetch_packages arm64 "$cache" kernel libpfm4-dev || return
	for package in "$cache"/*.deb; do
		dpkg -x "$package" "$cache/root" || return
	done
	rm -rf -- "$cache"/*.deb "$cache/root/lib"
}

for tool in "$cc" "$qemu" cpio; do
	command -v "$tool" >/dev/null ||
		skip "$tool is missing: install gcc-aarch64-linux-gnu qemu-system-arm cpio (Debian)"
done
if [ ! -f "$library" ]; then
	[ "${KMB_TEST_GUEST:-0}" = 1 ] ||
		skip 'fetches a kernel of 25 MB: set KMB_TEST_GUEST=1 to let it'
	command -v apt-get >/dev/null || skip 'no apt-get here to fetch packages for arm64'
	fetch || skip 'could not fetch linux-image-cloud-arm64 and libpfm4-dev for arm64'
fi
kernels=("$cache"/root/boot/vmlinuz-*)

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
mkdir "$work/root"
"$cc" -std=gnu11 -O2 -D_GNU_SOURCE -DKMB_DEBUG=0 -DKMB_COUNTERS_DIR='"/counters.d"' -static \
	-Wall -Wextra -Wshadow -Wundef -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror \
	-isystem "$cache/root/usr/include" -o "$work/root/init" \
	tests/counters_arm64.c harness/counters.c harness/counters_derive.c \
	harness/counters_explain.c harness/counters_groups.c harness/counters_perf.c \
	harness/counters_thread.c harness/sysfs.c "$library" -lm
cp -r harness/counters.d "$work/root/"
(cd -- "$work/root" && find . | cpio --quiet -o -H newc) >"$work/initrd"

# boot CHECKS [QEMU OPTION...]
boot() {
	local checks=$1
	shift
	timeout 300 "$qemu" -M virt -accel tcg -cpu neoverse-n1 -smp 1 -m 256 "$@" \
		-kernel "${kernels[0]}" -initrd "$work/initrd" \
		-append "console=ttyAMA0 quiet panic=-1 rdinit=/init nokaslr -- $checks" \
		-nodefaults -display none -no-reboot -serial stdio </dev/null | tee "$work/log"
	grep -q 'counters_arm64: [1-9][0-9]* passed, 0 failed' "$work/log"
}

boot exact -icount shift=0
boot pretended
