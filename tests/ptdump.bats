#!/usr/bin/env bats
# ptdump.bats - page tables of a real kernel: pgtable verify and dump:FILE.
load cli

data=$BATS_TEST_DIRNAME/data/ptdump

setup() {
	export KMB_RESULTS=$BATS_TEST_TMPDIR/results
	mkdir -- "$BATS_TEST_TMPDIR/here"
	cd -- "$BATS_TEST_TMPDIR/here" || return
}

# The dump and its oracle, here and not compressed.
unpack() {
	xz -dc "$data/pt4.ptpages.xz" >pt4.ptpages
	xz -dc "$data/pt4.oracle.csv.xz" >pt4.oracle.csv
}

# poke FILE OFFSET BYTES: as printf's %b takes them.
poke() {
	printf %b "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# counts KIND LEVEL: in the tables, in the oracle, different.
counts() {
	awk -v kind="$1" -v level="$2" \
		'$1 == kind && $2 == level { print $4, $5, $6 }' <<<"$output"
}

@test "all mappings of the real dump agree with its oracle" {
	run -0 --separate-stderr "$kmembench" pgtable verify "$data/pt4.ptpages.xz"
	[ -z "$stderr" ]
	[[ ${lines[0]} = *": 4 levels, 917 tables from CR3 0x7114000" ]]
	[[ ${lines[1]} = *": 68 of the kernel's half, 0 others." ]]
	[ "$(counts mapped 1)" = '9323 9323 0' ]
	[ "$(counts mapped 2)" = '12 12 0' ]
	[ "$(counts mapped 3)" = '1 1 0' ]
	[ "$(counts protnone 1)" = '513 513 0' ]
	[ "$(counts protnone 2)" = '1 2 0' ]
	[ "$(counts swap 1)" = '561 561 0' ]
	[[ ${lines[-1]} = "Nothing differs from $data/pt4.oracle.csv.xz." ]]
}

@test "plain or compressed, with the oracle beside it or named" {
	unpack
	"$kmembench" pgtable verify pt4.ptpages >plain
	gzip -k pt4.ptpages
	"$kmembench" pgtable verify pt4.ptpages.gz | sed 's/\.gz//' | cmp plain -
	gzip pt4.oracle.csv
	"$kmembench" pgtable verify pt4.ptpages | sed 's/\.csv\.gz/.csv/' | cmp plain -
	mv pt4.ptpages other
	"$kmembench" pgtable verify other --oracle "$data/pt4.oracle.csv.xz"
	"$kmembench" pgtable verify - --oracle pt4.oracle.csv.gz <other
	fails 2 'other: no oracle beside it, other.oracle.csv or' "$kmembench" pgtable verify other
}

@test "whatever differs is found, by its column" {
	unpack
	local column=0 name
	for name in vaddr level page_size pfn present writable user accessed dirty nx \
		pwt pcd pat_or_ps global soft_dirty pkey; do
		column=$((column + 1))
		[ $name != vaddr ] || continue
		# The first row but one, a mapped page: another value.
		awk -F, -v OFS=, -v c=$column 'NR == 3 { $c = c < 5 ? $c + 1 : 1 - $c } { print }' \
			pt4.oracle.csv >changed.csv
		fails 1 'pt4.ptpages: 1 mappings differ from changed.csv' \
			"$kmembench" pgtable verify pt4.ptpages --oracle changed.csv
		[[ ${lines[2]} = "11000: $name: "*" in the oracle (line 3)" ]]
	done
	sed '3s/mapped/swap/' pt4.oracle.csv >changed.csv
	fails 1 ': 1 mappings differ' "$kmembench" pgtable verify pt4.ptpages --oracle changed.csv
	[[ ${lines[2]} = '11000: mapped in the tables, swap in the oracle (line 3)' ]]
	[ "$(counts swap 1)" = '561 562 1' ]
	# Of swap: type and offset, and its own soft-dirty bit.
	sed '0,/^\(.*\),1,0,swap$/s//\1,0,0,swap/' pt4.oracle.csv >changed.csv
	fails 1 ': 1 mappings differ' "$kmembench" pgtable verify pt4.ptpages --oracle changed.csv
	[[ ${lines[2]} = *': soft_dirty: 0x1 in the tables, 0x0 in the oracle'* ]]
	awk -F, -v OFS=, '/swap$/ && !n++ { $4 = "23a1" } { print }' pt4.oracle.csv >changed.csv
	fails 1 ': 1 mappings differ' "$kmembench" pgtable verify pt4.ptpages --oracle changed.csv
	[[ ${lines[2]} = *': type | offset << 5: 0x23a0 in the tables, 0x23a1 in the oracle'* ]]
}

@test "both ways: what only one of the two has" {
	unpack
	sed 3d pt4.oracle.csv >fewer.csv
	fails 1 ': 1 mappings differ' "$kmembench" pgtable verify pt4.ptpages --oracle fewer.csv
	[[ ${lines[2]} = '11000: mapped in the tables (entry 0x'*' of level 1), not in the oracle' ]]
	[ "$(counts mapped 1)" = '9323 9322 1' ]
	sed '2i5000,1,4096,7,1,0,1,1,1,1,0,0,0,0,1,0,mapped' pt4.oracle.csv >more.csv
	fails 1 ': 1 mappings differ' "$kmembench" pgtable verify pt4.ptpages --oracle more.csv
	[[ ${lines[2]} = '5000: nothing in the tables, mapped in the oracle (line 2)' ]]
	sed '2,$d' pt4.oracle.csv >none.csv
	fails 1 ': 10411 mappings differ' "$kmembench" pgtable verify pt4.ptpages --oracle none.csv
	[[ $output = *'and 10401 more differences'* ]]
	# A mapping that the tables have lost.
	local at
	at=$(LC_ALL=C grep -obUaP '\x67\x08' pt4.ptpages | awk -F: '$1 % 8 == 0 { print $1; exit }')
	poke pt4.ptpages "$at" '\0\0\0\0\0\0\0\0'
	fails 1 ': 1 mappings differ' "$kmembench" pgtable verify pt4.ptpages
	[[ ${lines[2]} = *': nothing in the tables, mapped in the oracle (line '* ]]
}

@test "an oracle that is none" {
	unpack
	fails 2 "none.csv: No such file" "$kmembench" pgtable verify pt4.ptpages --oracle none.csv
	: >empty.csv
	fails 2 "empty.csv:1: '': an oracle begins with vaddr,level," "$kmembench" pgtable verify pt4.ptpages --oracle empty.csv
	sed 1d pt4.oracle.csv >bad.csv
	fails 2 "bad.csv:1: '10000,1,4096" "$kmembench" pgtable verify pt4.ptpages --oracle bad.csv
	local change
	for change in \
		'3s/^/x/|vaddr has to be a hexadecimal number' \
		'3s/^/-/|vaddr has to be a hexadecimal number' \
		'3s/^11/ffffffffffffffffff/|vaddr has to be a hexadecimal number' \
		'3s/,1,4096/,4,4096/|level has to be a number from 0 to 3' \
		'3s/,1,4096/,,4096/|level has to be a number' \
		'3s/4096/ 4096/|page_size has to be a number' \
		'3s/0,mapped/16,mapped/|pkey has to be a number from 0 to 15' \
		'3s/mapped/maped/|kind has to be mapped, protnone or swap' \
		'3s/,.*/,1/|level has to be a number' \
		'3s/mapped/mapped,0/|kind has to be mapped' \
		'3s/^11000/10000/|vaddr has to be above the line before' \
		'3s/^11000/800000000000/|no address with 4 levels'; do
		sed "${change%%|*}" pt4.oracle.csv >bad.csv
		fails 2 "${change#*|}" "$kmembench" pgtable verify pt4.ptpages --oracle bad.csv
		[[ $stderr = *bad.csv:3:* ]]
	done
	head -c 1000 pt4.oracle.csv >bad.csv
	fails 2 'without its newline' "$kmembench" pgtable verify pt4.ptpages --oracle bad.csv
	head -c 9000 "$data/pt4.oracle.csv.xz" >bad.xz
	fails 2 'the compressed data end too early' "$kmembench" pgtable verify pt4.ptpages --oracle bad.xz
}

@test "a dump that is none: each has its line, with the offset" {
	unpack
	local upper=$((32 + 3 * 4104 + 8))
	verify_fails() {
		fails 2 "$1" "$kmembench" pgtable verify bad --oracle pt4.oracle.csv
	}
	fails 2 'none: No such file' "$kmembench" pgtable verify none
	: >bad
	verify_fails 'bad: at byte 0: the file ends inside its header'
	cp pt4.oracle.csv bad
	verify_fails 'bad: at byte 0: no dump of page tables'
	head -c 20 pt4.ptpages >bad
	verify_fails 'bad: at byte 20: the file ends inside its header'
	head -c 1000000 pt4.ptpages >bad
	verify_fails 'bad: at byte 1000000: the file ends inside a page of tables'
	# Also where there is nothing to hold it against.
	fails 2 'bad: at byte 1000000: the file' "$kmembench" pgtable verify bad
	head -c 20000 "$data/pt4.ptpages.xz" >bad
	verify_fails 'the compressed data end too early'
	local poked
	for poked in \
		"7|2|0: no dump of page tables" \
		'8|\0003|8: 3 levels of tables' \
		'12|\0000\0000|12: 0 pages of tables' \
		'12|\0226|3763400: the file ends inside a page' \
		'12|\0224|3759296: more bytes than the header'\''s 916 pages' \
		'14|\0377|12: 16712597 pages of tables' \
		'16|\0000\0000\0000\0001|16: CR3 0x1000000 leads to page 0x1000, which is not' \
		'24|\0000\0000\0001\0000|24: 0x10000 bytes of memory' \
		'4136|\0347\0155\0000\0000|4136: page 0x6de7 behind page 0x6de7' \
		'4136|\0000\0000\0000\0000|4136: page 0x0 behind page 0x6de7' \
		'3759296|\0000\0000\0012\0000|3759296: page 0xa0000 lies beyond memory' \
		"$((upper + 1600))"'|\0147\0100\0021\0007|13952: entry 0x7114067 of level 4 leads to page 0x7114, to which byte 16 led already: a loop' \
		"$((upper + 1600))"'|\0147\0000\0000\0000\0001|13952: entry 0x100000067 of level 4 leads beyond memory'; do
		local at=${poked%%|*} rest=${poked#*|}
		cp pt4.ptpages bad
		poke bad "$at" "${rest%%|*}"
		verify_fails "bad: at byte ${rest#*|}"
	done
}

@test "the command's words" {
	fails 2 'needs one DUMP, not 0' "$kmembench" pgtable verify
	fails 2 'needs one DUMP, not 2' "$kmembench" pgtable verify a b
	run -0 "$kmembench" pgtable verify --help
	[[ $output = *--oracle* ]]
	# The family is called so, too.
	run "$kmembench" pgtable --dry-run --threads 1
	[[ $output != *verify* ]]
	run -0 "$kmembench" --help
	[[ $output = *'pgtable '* ]]
}

@test "the script of docs/PTDUMP.md takes the same tables out of an image" {
	command -v python3 >/dev/null || skip 'no python3 here'
	unpack
	local take=$top/docs/ptdump.py
	# Physical memory with holes, as a sparse file: a page each 4104 bytes.
	python3 - <<-'END'
		import struct
		dump = open("pt4.ptpages", "rb")
		head = dump.read(32)
		pages = [struct.unpack("<Q4096s", dump.read(4104)) for i in range(917)]
		with open("ram", "wb") as ram:
		    ram.truncate(0xa0000000)
		    for pfn, page in pages:
		        ram.seek(pfn << 12)
		        ram.write(page)
		with open("core", "wb") as core:
		    load = struct.pack("<IIQQQQQQ", 1, 0, 4096, 0, 0x6000000, 0x20000000, 0, 0)
		    last = struct.pack("<IIQQQQQQ", 1, 0, 4096, 0, 0x9ffff000, 0x1000, 0, 0)
		    core.write(b"\x7fELF" + bytes(28) + struct.pack("<Q", 64) + bytes(14)
		               + struct.pack("<HH", 56, 2) + bytes(6) + load + last)
		    for pfn, page in pages:
		        core.seek(4096 + (pfn << 12) - 0x6000000)
		        core.write(page)
		    core.truncate(4096 + 0x20000000)
	END
	run -0 "$take" ram 7114000 taken
	[ "$output" = 'taken: 917 tables' ]
	cmp taken pt4.ptpages
	run -0 "$take" core 7114000 taken 4
	cmp taken pt4.ptpages
	run -1 "$take" core 1000 taken
}

@test "every strategy walks the real tables, one by one and many at once" {
	dir=$BATS_TEST_TMPDIR/run
	"$kmembench" run "pgtable/*/dump:$data/pt4.ptpages.xz" "pgtable/*/many_dump:$data/pt4.ptpages.xz" \
		"${tiny[@]}" --pages 4k --no-plots -o "$dir"
	csv_check "$dir/samples.csv"
	csv_select "$dir/samples.csv" strategy workload status metric=ns_per_op | sort -u >rows
	run ! grep -v ' ok$' rows
	for strategy in null floor walk walk_mm_lock walk_split_lock gup_fast replicated hashed \
		cuckoo; do
		grep -qx "$strategy dump:pt4.ptpages ok" rows
		grep -qx "$strategy many_dump:pt4.ptpages ok" rows
	done
	[ "$(csv_select "$dir/samples.csv" value strategy=walk metric=dump_mappings | sort -u)" = 9336 ]
	[ "$(csv_select "$dir/samples.csv" value strategy=floor metric=dump_mappings | sort -u)" = 9323 ]
	[ "$(csv_select "$dir/samples.csv" value strategy=walk metric=dump_tables | sort -u)" = 917 ]
	unpack
	head -c 20 pt4.ptpages >short.ptpages
	fails 2 'short.ptpages: at byte 20: the file ends' "$kmembench" run 'pgtable/*/dump:short.ptpages'
}
