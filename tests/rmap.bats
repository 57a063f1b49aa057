#!/usr/bin/env bats
# rmap.bats - scripts of what processes do: rmap replay.
load cli

data=$BATS_TEST_DIRNAME/data/rmap

setup() {
	mkdir -- "$BATS_TEST_TMPDIR/here"
	cd -- "$BATS_TEST_TMPDIR/here" || return
}

unpack() {
	local name
	for name in mixed.ops mixed.oracle.csv mixed.vmas.csv; do
		xz -dc "$data/$name.xz" >"$name"
	done
}

@test "every strategy finds what a real kernel had mapped" {
	local name
	for name in fanout mixed; do
		run -0 --separate-stderr "$kmembench" rmap replay "$data/$name.ops.xz" \
			--check "$data/$name.oracle.csv.xz" --areas "$data/$name.vmas.csv.xz"
		[ -z "$stderr" ]
		[[ ${lines[0]} = strategy*pages*mappings*visited*each ]]
		[ "${#lines[@]}" -ge 11 ]
		awk 'NR > 1 && $6 != "ok" { exit 1 }' <<<"$output"
	done
}

@test "pages, mappings, and what was looked at" {
	"$kmembench" rmap replay "$data/mixed.ops.xz" >all
	[ "$(awk 'NR > 1 { print $2, $3 }' all | sort -u)" = '1210 2214' ]
	# Chains know; others look at areas, or at everything.
	[ "$(awk '$1 == "pte_chain" { print $4 }' all)" = 2214 ]
	awk '$1 == "full_scan" { exit !($4 > 100 * $3) }' all
	[ "$(awk '$1 == "floor" { print $4 }' all)" = 2214 ]
	# The hand goes round once for each page, from wherever it is.
	awk '$1 == "full_scan" { n = $4 } $1 == "virtual_clock" { exit $4 != n }
		END { exit !n }' all
	awk '$1 == "anon_vma_chain_tree" { exit !($4 > $3 && $4 < 4 * $3) }' all
}

@test "one strategy" {
	run -0 "$kmembench" rmap replay "$data/mixed.ops.xz" --strategy virtual_clock
	[ "${#lines[@]}" = 2 ]
	[[ ${lines[1]} = virtual_clock*ok ]]
	fails 2 "'null' is none that can be asked" "$kmembench" rmap replay "$data/mixed.ops.xz" --strategy null
	fails 2 "'nul' is none that can be asked" "$kmembench" rmap replay "$data/mixed.ops.xz" --strategy nul
}

@test "plain or compressed, from a pipe" {
	unpack
	"$kmembench" rmap replay mixed.ops --check mixed.oracle.csv --areas mixed.vmas.csv >plain
	gzip -k mixed.ops
	"$kmembench" rmap replay mixed.ops.gz | cmp plain -
	"$kmembench" rmap replay - <mixed.ops | cmp plain -
}

@test "whatever differs from the oracle is named" {
	unpack
	differs() {
		run -1 --separate-stderr "$kmembench" rmap replay mixed.ops --check changed.csv --strategy pte_chain
		[[ ${lines[1]} = pte_chain*differs ]]
		# shellcheck disable=SC2053
		[[ $stderr = "kmembench: pte_chain: dump 3: "$1 ]]
	}
	# A page mapped elsewhere; another of which there are less; and more.
	sed '3s/:[0-9]*$/:1/' mixed.oracle.csv >changed.csv
	differs 'no page is mapped by *, as changed.csv:3 says'
	sed 3d mixed.oracle.csv >changed.csv
	differs 'a page is mapped by *, and changed.csv has none so'
	sed '3{p;p}' mixed.oracle.csv >changed.csv
	differs 'no page is mapped by *, as changed.csv:* says'
	sed 's/^3,1,/3,2,/' mixed.vmas.csv >changed.csv
	run -1 --separate-stderr "$kmembench" rmap replay mixed.ops --areas changed.csv --strategy pte_chain
	[[ $stderr = 'kmembench: pte_chain: dump 3: an area is pages '*' of process 1 ('*'), and changed.csv has none so' ]]
	sed '$s/anon/memfd/' mixed.vmas.csv >changed.csv
	run -1 --separate-stderr "$kmembench" rmap replay mixed.ops --areas changed.csv
	[[ $stderr = *'dump 5: an area is pages '* ]]
	sed '$p' mixed.vmas.csv >changed.csv
	run -1 --separate-stderr "$kmembench" rmap replay mixed.ops --areas changed.csv
	[[ $stderr = *'dump 5: no area is pages '*', as changed.csv:'*' says'* ]]
}

@test "a script that is none: path, line, reason" {
	local bad
	bad() {
		printf '%s\n' 'area 100' 'mmap 0 10 10 anon 0 0 rw' 'fork 0 1' "$1" >bad.ops
		fails 2 "bad.ops:4: '$2" "$kmembench" rmap replay bad.ops
	}
	bad 'mmpa 0 1 1' "mmpa': no operation is called so; there are: mmap hugepage start fork write read munmap mprotect mremap dontneed mlock munlock referenced unmap reclaim pageout exit dump phase, and try before one"
	bad 'area 7' "area': a script has one, in its first line"
	bad 'munmap 0 10' "munmap': too few words: munmap PROCESS PAGE PAGES"
	bad 'exit 0 1' "exit': too many words: exit PROCESS"
	bad 'write 0 ten 1 1' "ten': PAGE has to be a number from 0 to 99"
	bad 'write 0 -1 1 1' "-1': PAGE has to be a number from 0 to 99"
	bad 'write 0 0x1 1 1' "0x1': PAGE has to be"
	bad 'write 0 100 1 1' "100': PAGE has to be a number from 0 to 99"
	bad 'write 0 10 0 1' "0': PAGES has to be a number from 1 to 100"
	bad 'write 0 10 1 0' "0': STEP has to be a number from 1 to 100"
	bad 'write 0 10 10 11' "10 10': ends behind the area's 100 pages"
	bad 'munmap 0 99 2' "99 2': ends behind the area's 100 pages"
	bad 'munmap 99999 1 1' "99999': PROCESS has to be a number from 0 to 65535"
	bad 'munmap 2 1 1' "2': no process has this id"
	bad 'fork 0 1' "1': a process has this id since line 3"
	bad 'fork 0 0' "0': a process has this id since line 1"
	bad 'start 1' "1': a process has this id since line 3"
	bad 'try' "try': an operation has to follow"
	bad 'try fork 0 2' "fork': only an operation on PAGES may be tried"
	bad 'phase' "phase': too few words: phase NAME [OPERATIONS]"
	bad 'phase walk 0' "0': OPERATIONS has to be a number from 1 to"
	bad 'phase a-name-of-17-chars' "a-name-of-17-chars': a phase's name has at most 15 characters"
	printf '%s\n' 'area 9' 'phase a' 'phase b' 'phase b' >bad.ops
	fails 2 "bad.ops:4: 'b': phase a has to come before" "$kmembench" rmap replay bad.ops
	printf '%s\n' 'area 9' 'phase a' 'phase a' 'phase b' >bad.ops
	fails 2 "bad.ops:4: 'b': the first round had no such phase" "$kmembench" rmap replay bad.ops
	bad 'mmap 1 19 2 anon 0 0 rw' "19 2': overlaps what process 1 has mapped"
	bad 'mmap 0 1 1 anonymous 0 0 rw' "anonymous': MEMORY has to be anon, shared or fpriv"
	bad 'mmap 0 1 1 shared 64 0 rw' "64': REGION has to be a number from 0 to 63"
	bad 'mmap 0 1 1 shared 0 1024 rw' "1024': PGOFF has to be a number from 0 to 1023"
	bad 'mmap 0 1 2 shared 0 1023 rw' "1 2': from the region's page 1023 on ends behind its 1024 pages"
	bad 'mmap 0 1 1 anon 0 0 w' "w': PROT has to be r, rw or none"
	bad 'mremap 0 15 6 6 40' "15 6': process 0 has not all of it mapped"
	bad 'mremap 0 10 10 10 11' "10 10': overlaps where it is to go"
	bad 'mremap 0 10 2 3 10' "10 2': overlaps what lies behind"
	bad 'mremap 0 10 10 10 91' "91 10': ends behind the area's 100 pages"
	bad 'dump 0' "0': NUMBER has to be a number from 1"
	printf '%s\n' 'area 9' 'dump 2' '' 'dump 2' >bad.ops
	fails 2 "bad.ops:4: '2': has to be above the dump before, 2" "$kmembench" rmap replay bad.ops
	printf '%s\n' 'area 9' 'exit 0' '# all' 'munmap 0 1 1' >bad.ops
	fails 2 "bad.ops:4: '0': this process has exited in line 2" "$kmembench" rmap replay bad.ops
	echo 'fork 0 1' >bad.ops
	fails 2 "bad.ops:1: 'fork': a script begins with: area PAGES" "$kmembench" rmap replay bad.ops
	: >bad.ops
	fails 2 "bad.ops:1: '': a script begins with: area PAGES" "$kmembench" rmap replay bad.ops
	echo area >bad.ops
	fails 2 "bad.ops:1: 'area': too few words: area PAGES [REGION_PAGES]" "$kmembench" rmap replay bad.ops
	echo 'area 0' >bad.ops
	fails 2 "bad.ops:1: '0': PAGES has to be a number from 1 to" "$kmembench" rmap replay bad.ops
	printf 'area 9\nexit 0' >bad.ops
	fails 2 "bad.ops:2: 'exit 0': the last line, without its newline" "$kmembench" rmap replay bad.ops
	printf 'area 9\nexit\0 0\n' >bad.ops
	fails 2 "bad.ops:2: 'exit': a zero byte behind it" "$kmembench" rmap replay bad.ops
	fails 2 'none.ops: No such file' "$kmembench" rmap replay none.ops
	head -c 300 "$data/mixed.ops.xz" >bad.ops
	fails 2 'bad.ops: the compressed data end too early' "$kmembench" rmap replay bad.ops
}

@test "a script that cannot be executed" {
	cannot() {
		printf '%s\n' 'area 100000' 'mmap 0 10 10 anon 0 0 r' "$1" >bad.ops
		run -2 --separate-stderr "$kmembench" rmap replay bad.ops --memory 4m
		[ "${#stderr_lines[@]}" = 1 ]
		[[ $stderr = "kmembench: bad.ops:3: '$2 (4 MiB)" ]]
	}
	cannot 'write 0 10 1 1' "write 0 10 1 1': no area there, or it may not be used so"
	cannot 'read 0 20 1 1' "read 0 20 1 1': no area there, or it may not be used so"
	cannot 'mprotect 0 15 10 rw' "mprotect 0 15 10 rw': not all of it is mapped, or not enough simulated memory"
	printf '%s\n' 'area 9' 'mmap 0 0 2 anon 0 0 r' 'mmap 0 2 2 anon 0 0 rw' 'mremap 0 1 2 2 6' >bad.ops
	fails 2 "bad.ops:4: 'mremap 0 1 2 2 6': it is not one area" "$kmembench" rmap replay bad.ops
	printf '%s\n' 'area 100000' 'mmap 0 0 100000 anon 0 0 rw' 'write 0 0 100000 1' >bad.ops
	fails 2 "bad.ops:3: 'write 0 0 100000 1': not enough simulated memory (4 MiB)" \
		"$kmembench" rmap replay bad.ops --memory 4m
}

@test "an oracle that is none" {
	unpack
	oracle() {
		fails 2 "$1" "$kmembench" rmap replay mixed.ops --check bad.csv
	}
	: >bad.csv
	oracle "bad.csv:1: '': an oracle begins with dump,pfn,"
	sed '3s/^/x/' mixed.oracle.csv >bad.csv
	oracle "bad.csv:3: 'x3': dump has to be a number"
	sed '3s/^3,/3,g/' mixed.oracle.csv >bad.csv
	oracle 'pfn has to be a hexadecimal number'
	sed '3s/:/;/' mixed.oracle.csv >bad.csv
	oracle 'bad.csv:3: '
	sed '3s/$/;1:1/' mixed.oracle.csv >bad.csv
	oracle "bad.csv:3: 'nmap': "
	sed '3s/^3/4/' mixed.oracle.csv >bad.csv
	oracle "bad.csv:3: '4': mixed.ops has no such dump"
	sed '3s/rw-p/rwp/; 3s/r--p/rp/' mixed.vmas.csv >bad.csv
	fails 2 'bad.csv:3: ' "$kmembench" rmap replay mixed.ops --areas bad.csv
	sed '3s/^3/99/' mixed.vmas.csv >bad.csv
	fails 2 "bad.csv:3: '99': mixed.ops has no such dump" "$kmembench" rmap replay mixed.ops --areas bad.csv
	fails 2 'none.csv: No such file' "$kmembench" rmap replay mixed.ops --check none.csv
}

@test "what a workload does, as a script that every strategy can run" {
	local workload
	for workload in add chain@live chain@orphan copied file_disjoint file_identical file_stack \
		fork@0of8 fork@1of8 fork@4of8 fork@8of8 mix prefork shells unmap walk race_fault race_fork; do
		"$kmembench" rmap script "$workload" --size 9 >"$workload.ops"
		[[ $(head -n 1 "$workload.ops") = "# $workload, 9 "*", 1 thread, seed 1" ]]
		"$kmembench" rmap replay "$workload.ops" >all
		awk 'NR > 1 && $6 != "ok" { exit 1 }' all
		[ "$(wc -l <all)" -ge 10 ]
	done
	"$kmembench" rmap script walk --seed 2 --size 9 | cmp -s walk.ops - && return 1
	[ "$("$kmembench" rmap script race_fork --threads 3 --size 4 | grep -c '^fork [123] ')" = 3 ]
	[ "$("$kmembench" rmap script fork@1of8 --size 4096 | grep -c ^exit)" = 4096 ]
	fails 2 "'wolk' is no workload of the family: kmembench list rmap" "$kmembench" rmap script wolk
	fails 2 "--size: '4097' is not a number from 1 to 4096" "$kmembench" rmap script walk --size 4097
	fails 2 "--size: '1,2' is not a number" "$kmembench" rmap script walk --size 1,2
	fails 2 "--threads: '2' is not a number from 1 to 1" "$kmembench" rmap script walk --threads 2
}

@test "a script is timed" {
	"$kmembench" rmap script shells --size 5 >shells.ops
	"$kmembench" run rmap/pte_chain/script:shells.ops --preset smoke --min-time 0.0001 --no-plots -o timed
	grep -q failed_ratio timed/samples.csv && return 1
	grep -q ',script:shells,.*,exit_ns_per_op,' timed/samples.csv && return 1
	grep -q ',script:shells,.*,end_ns_per_op,' timed/samples.csv
	echo 'area 9' >empty.ops
	fails 2 'empty.ops: no operation is in it' "$kmembench" run rmap/pte_chain/script:empty.ops
	fails 2 'a script begins with: area PAGES' "$kmembench" run rmap/pte_chain/script:timed/samples.csv
}

@test "adding beside the slab's pair" {
	"$kmembench" run rmap/pte_chain/add rmap/floor_slab/add --preset smoke --threads 1 --size 4 --min-time 0.0001 --no-plots -o added
	for strategy in pte_chain floor_slab; do
		grep -q "rmap,$strategy,add,.*,add_ns_per_op," added/samples.csv
	done
}

@test "the command's words" {
	fails 2 'needs one SCRIPT, not 0' "$kmembench" rmap replay
	fails 2 'needs one SCRIPT, not 2' "$kmembench" rmap replay a b
	fails 2 'needs one WORKLOAD, not 0' "$kmembench" rmap script
	run -0 "$kmembench" rmap replay --help
	[[ $output = *--check*--areas*--strategy* ]]
	run -0 "$kmembench" --help
	[[ $output = *'rmap '* ]]
}
