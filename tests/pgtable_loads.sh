#!/usr/bin/env bash
# pgtable_loads.sh - folded levels cost no load: each format's walk loads one
# entry a level that it has, by the assembly.
#
# pgtable_loads.sh OBJECT [SANITIZERS]: that of pgtable_walks.c.
set -euo pipefail
object=$1

skip() {
	echo "skipped: $1"
	exit 77
}

[[ -z ${2-} ]] || skip 'a sanitizer adds loads of its own'
[[ $(uname -m) == x86_64 ]] || skip 'reads the assembly of x86-64 only'
command -v objdump >/dev/null || skip 'no objdump here'

# loads FORMAT: instructions of its walk that read memory through a pointer;
# not those that look at the stack, or only compute an address.
loads() {
	objdump -d --no-show-raw-insn --disassemble="$1_walk" "$object" |
		grep -E '^ +[0-9a-f]+:' |
		grep -vE '	(lea|nop|cs nop|xchg|data16)' |
		grep -cE '\((%r(ax|bx|cx|dx|si|di|[0-9]+)[^)]*)\)(,%|$)'
}

wrong=0
while read -r format levels; do
	got=$(loads "$format")
	echo "$format: $got loads, $levels levels"
	[[ $got == "$levels" ]] || wrong=1
done <<'FORMATS'
i386 2
arm 2
x86_64 4
x86_64_la57 5
FORMATS

# pae's entries above the last are read in halves, and the low one again.
got=$(loads pae)
echo "pae: $got loads, 3 levels of three halves"
[[ $got == 9 ]] || wrong=1
exit "$wrong"
