#!/usr/bin/env bash
# image.sh - what a guest boots: BUILD/guest/vmlinuz, Debian's kernel for cloud
# machines, and BUILD/guest/initrd, the program with all that it needs.
#
# usage: image.sh [BUILD]. The kernel is fetched once (26 MB) when
# KMB_TEST_GUEST=1 allows it; KMB_TEST_GUEST_DEBS names a folder to take the
# package from, or to keep it in.
set -euo pipefail
here=$(cd -- "$(dirname -- "$0")" && pwd)
build=$(realpath -m -- "${1:-${KMB_TEST_BUILD:-$here/../../build/release}}")
image=$build/guest
program=$build/kmembench
scripts=("$here"/{init,inside.sh,topo.sh,watch.sh})
# shellcheck source=tests/guest/packages.sh
. "$here/packages.sh"

skip() {
	echo "$1"
	exit 77
}

fetch_kernel() {
	local kernels debs=${KMB_TEST_GUEST_DEBS:-$image/debs}
	if ! compgen -G "$debs/linux-image-*-cloud-amd64_*.deb" >/dev/null; then
		[ "${KMB_TEST_GUEST:-0}" = 1 ] ||
			skip 'fetches a kernel of 26 MB: set KMB_TEST_GUEST=1 to let it'
		command -v apt-get >/dev/null || skip 'no apt-get here to fetch a kernel'
		fetch_packages amd64 "$debs" kernel || skip 'could not fetch linux-image-cloud-amd64'
	fi
	kernels=("$debs"/linux-image-*-cloud-amd64_*.deb)
	dpkg-deb --fsys-tarfile "${kernels[-1]}" |
		tar -C "$image" --strip-components 2 --wildcards -xf - './boot/vmlinuz-*'
	mv -- "$image"/vmlinuz-* "$image/vmlinuz"
	rm -rf -- "$image/debs"
}

# libraries_of PROGRAM...: what they are linked with; ldd refuses static ones.
libraries_of() {
	local file
	for file in "$@"; do
		{ ldd "$file" 2>/dev/null || :; } | awk '$2 == "=>" { print $3 } $1 ~ /^\// { print $1 }'
	done | sort -u
}

# The program finds its data where the build says that they are.
data_folders() {
	sed -n 's/^KMB_\(COUNTERS\|PLOTS\)_DIR:PATH=//p' "$build/CMakeCache.txt"
}

# Is there an initrd, and nothing of it any newer? By the time that a file came
# to be as it is: an installed one keeps that of its package.
packed() {
	local newer
	[ -s "$image/initrd" ] || return
	newer=$(find -L "${programs[@]}" "${scripts[@]}" "${files[@]}" "$here/image.sh" \
		-newercm "$image/initrd" -print -quit) || return
	[ -z "$newer" ]
}

pack() {
	local root=$image/root file
	rm -rf -- "$root"
	# What changes from here on is newer than the initrd.
	touch "$image/begun"
	mkdir -p "$root"/{bin,dev,proc,sys}
	cp -- "${programs[@]}" "$root/bin/"
	cp -- "${scripts[@]}" "$root/"
	for file in "${files[@]}"; do
		mkdir -p "$root${file%/*}"
		cp -rL -- "$file" "$root$file"
	done
	(cd -- "$root" && find . | cpio --quiet -o -H newc) >"$image/initrd.new"
	touch -r "$image/begun" "$image/initrd.new"
	mv -- "$image/initrd.new" "$image/initrd"
	rm -rf -- "$root"
}

[ "$(uname -m)" = x86_64 ] || skip "the guests are x86-64 machines, and this is $(uname -m)"
for tool in qemu-system-x86_64 busybox cpio; do
	command -v "$tool" >/dev/null ||
		skip "$tool is missing: install qemu-system-x86 busybox-static cpio (Debian)"
done
mkdir -p -- "$image"
# Guests may be booted side by side; one of them packs.
exec {lock}>"$image/lock"
flock "$lock"
[ -s "$image/vmlinuz" ] || fetch_kernel
# What looks from outside may be missing here.
mapfile -t programs < <(command -v busybox numactl numastat)
programs+=("$program")
# What lies there where it lies here.
mapfile -t files < <(libraries_of "${programs[@]}"; data_folders)
packed || pack
