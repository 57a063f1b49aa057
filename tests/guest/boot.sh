#!/usr/bin/env bash
# boot.sh - run a command inside a machine of a given shape, emulated by QEMU.
#
# usage: boot.sh SHAPE OUTDIR COMMAND [ARGUMENT...]
# OUTDIR gets the command's stdout, stderr and rc, console.log and everything
# that it wrote to /out. Exits with the command's code; 77: cannot run here; 125:
# the guest failed, or did not end within KMB_TEST_GUEST_SECONDS (600).
set -euo pipefail
here=$(cd -- "$(dirname -- "$0")" && pwd)
build=$(realpath -m -- "${KMB_TEST_BUILD:-$here/../../build/release}")
# shellcheck source=tests/guest/shapes.sh
. "$here/shapes.sh"

usage() {
	echo 'usage: boot.sh SHAPE OUTDIR COMMAND [ARGUMENT...]; a shape is one of:'
	for shape in "${shape_names[@]}"; do
		printf '  %-10s %s\n' "$shape" "${shape_what[$shape]}"
	done
} >&2

# quote WORD...: for the shell in the guest.
quote() {
	local word
	for word in "$@"; do
		printf "'%s' " "${word//\'/\'\\\'\'}"
	done
}

# What the guest is to do, as a script.
write_job() {
	local pair line
	while IFS= read -r -d '' pair; do
		[[ $pair != KMB_* ]] || printf 'export %s\n' "$(quote "$pair")"
	done < <(env -0)
	while IFS= read -r line; do
		[ -z "$line" ] || printf '%s || { echo "cannot prepare the guest: %s" >&2; exit 125; }\n' "$line" \
			"${line//\"/\\\"}"
	done <<<"${shape_inside[$shape]-}"
	printf 'exec %s\n' "$(quote "$@")"
}

# The initrd, behind the tables of this shape's firmware.
write_initrd() {
	local tables=kernel/firmware/acpi
	mkdir -p "$work/$tables"
	# shellcheck disable=SC2086 # a list of words
	"$here/srat.sh" ${shape_srat[$shape]} >"$work/$tables/srat.aml"
	(cd -- "$work" && find kernel | cpio --quiet -o -H newc) | cat - "$initrd" >"$work/initrd"
	initrd=$work/initrd
}

# The kernel's checks of its clocks fail by chance on a busy host, and what
# guards against attackers is slow in an emulator.
kernel_options=(console=ttyS0 quiet panic=-1 no_timer_check tsc=reliable nosoftlockup
	cryptomgr.notests init_on_alloc=0 mitigations=off)

boot() {
	# shellcheck disable=SC2086 # a list of words
	timeout --foreground -k 5 "${KMB_TEST_GUEST_SECONDS:-600}" qemu-system-x86_64 \
		-M q35 -accel tcg,thread=multi -cpu "${KMB_TEST_GUEST_CPU:-max}" ${shape_machine[$shape]} \
		-kernel "$build/guest/vmlinuz" -initrd "$initrd" \
		-append "${kernel_options[*]}" \
		-drive "file=$work/disk,format=raw,if=none,id=disk,cache=unsafe" \
		-device nvme,serial=disk,drive=disk \
		-nodefaults -display none -no-reboot -serial "file:$out/console.log" \
		</dev/null 2>"$out/qemu.log"
}

[ $# -ge 3 ] || { usage; exit 2; }
shape=$1
out=$2
shift 2
[ -n "${shape_what[$shape]-}" ] || { usage; exit 2; }
"$here/image.sh" "$build"

mkdir -p -- "$out"
rm -f -- "$out"/{rc,stdout,stderr,console.log}
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
write_job "$@" >"$work/job.sh"
tar -C "$work" -cf "$work/disk" job.sh
truncate -s 256M "$work/disk"
initrd=$build/guest/initrd
[ -z "${shape_srat[$shape]-}" ] || write_initrd

ended=0
boot || ended=$?
tar -C "$out" -xf "$work/disk" 2>/dev/null || true
rm -f -- "$out/job.sh"
if [ ! -f "$out/rc" ]; then
	if [ "$ended" = 124 ]; then
		echo "guest $shape: not done after ${KMB_TEST_GUEST_SECONDS:-600} s"
	else
		echo "guest $shape: died (QEMU: $ended)"
	fi
	tail -n 20 -- "$out/qemu.log" "$out/console.log"
	exit 125
fi >&2
exit "$(cat -- "$out/rc")"
