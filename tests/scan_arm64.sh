#!/usr/bin/env bash
# scan_arm64.sh - the NEON scans by a cross compiler and an emulator.
set -euo pipefail
cd -- "$(dirname -- "$0")/.."

cc="aarch64-linux-gnu-gcc"
qemu="qemu-aarch64"
if [[ $(uname -m) == aarch64 ]]; then
	echo "this is arm64: test_scan runs the NEON scans natively"
	exit 77
fi
for tool in "$cc" "$qemu"; do
	if ! command -v "$tool" >/dev/null; then
		echo "$tool is missing: install gcc-aarch64-linux-gnu and qemu-user (Debian)"
		exit 77
	fi
done

program=$(mktemp)
trap 'rm -f -- "$program"' EXIT
"$cc" -std=gnu11 -O2 -D_GNU_SOURCE -DKMB_DEBUG=0 -static \
	-Wall -Wextra -Wshadow -Wundef -Wstrict-prototypes -Wmissing-prototypes \
	-Wvla -Werror -o "$program" \
	tests/scan_arm64.c kernels/scan/scan.c kernels/base/cpu.c
"$qemu" "$program"
