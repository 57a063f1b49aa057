#!/usr/bin/env bash
# srat.sh - an ACPI table that says which CPUs and which memory a node has, to
# replace QEMU's: the kernel takes a newer one from its initrd.
#
# usage: srat.sh cpu:NODE:APIC_ID|memory:NODE:START_MIB:MIB... >TABLE
# The layout is that of ACPI 6.4, section 5.2.16.
set -euo pipefail

# number VALUE BYTES: as the table has it, in \x escapes.
number() {
	local value=$1 i
	for ((i = 0; i < $2; i++)); do
		printf '\\x%02x' $((value >> 8 * i & 255))
	done
}

# table LENGTH CHECKSUM: newer than QEMU's revision 1, and named as that.
table() {
	printf 'SRAT%s\\x03%sBOCHS BXPC    %sKMB %s' "$(number "$1" 4)" \
		"$(number "$2" 1)" "$(number 2 4)" "$(number 1 4)"
	number 1 12 # reserved: the 1 has to be there
	printf '%s' "$entries"
}

entries=
length=48
for entry in "$@"; do
	IFS=: read -r kind node first size <<<"$entry"
	if [ "$kind" = cpu ]; then
		# type, length, node, APIC id, enabled, the rest of the node, domain
		entries+=$(number 0 1; number 16 1; number "$node" 1; number "$first" 1
			number 1 4; number 0 8)
		length=$((length + 16))
	else
		# type, length, node, reserved, start, bytes, reserved, enabled, reserved
		entries+=$(number 1 1; number 40 1; number "$node" 4; number 0 2
			number $((first << 20)) 8; number $((size << 20)) 8
			number 0 4; number 1 4; number 0 8)
		length=$((length + 40))
	fi
done
# All bytes add up to 0.
sum=$(printf '%b' "$(table "$length" 0)" | od -An -v -tu1 |
	awk '{ for (i = 1; i <= NF; i++) sum += $i } END { print sum % 256 }')
printf '%b' "$(table "$length" $(((256 - sum) % 256)))"
