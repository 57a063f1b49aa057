#!/usr/bin/env bats
# trace.bats - trace import and trace stats: what they take, say and leave.
load cli

traces=$BATS_TEST_DIRNAME/data/traces

setup() {
	mkdir -- "$BATS_TEST_TMPDIR/here"
	cd -- "$BATS_TEST_TMPDIR/here" || return
}

# A line of ftrace: line SECOND EVENT.
line() {
	printf '              sh-146     [001] .....     %s.000000: %s\n' "$1" "$2"
}

# A trace of two events.
good() {
	line 1 'kmalloc: call_site=f+0x1/0x2 ptr=ff10 bytes_req=64 bytes_alloc=64 gfp_flags=GFP_KERNEL'
	line 2 'kfree: call_site=f+0x1/0x2 ptr=ff10'
}

# json FILE KEY: the value of a number at the top.
json() {
	sed -n "s/^  \"$2\": \([0-9]*\),*$/\1/p" "$1"
}

@test "import writes a trace beside us, and says what is in it" {
	run -0 --separate-stderr "$kmembench" trace import "$traces/pages.txt.xz"
	[ -z "$stderr" ]
	[ "${lines[0]}" = pages.kmbtrace ]
	[[ ${lines[1]} =~ ^events\ +1681\ +in\ 0\.128240\ s\ on\ 4\ CPUs$ ]]
	[[ $output =~ page_alloc\ +1164 ]]
	[[ $output =~ page_free\ +517 ]]
	[[ $output =~ unknown_pages\ +12 ]]
	[[ $output =~ repeats\ +391 ]]
	[ "$(stat -c %s pages.kmbtrace)" = $((192 + 1681 * 16 + 4)) ]
	[ "$(ls)" = pages.kmbtrace ]
}

@test "plain, xz, gzip and zstd, from a file and from stdin, give the same bytes" {
	xz -dc "$traces/perf.txt.xz" >t.txt
	gzip -k t.txt
	xz -k t.txt
	"$kmembench" trace import t.txt -o plain
	"$kmembench" trace import t.txt.gz -o gz
	"$kmembench" trace import t.txt.xz -o xz
	"$kmembench" trace import - -o stdin <t.txt
	gzip -c t.txt | "$kmembench" trace import - -o pipe
	if command -v zstd; then
		zstd -q t.txt
		"$kmembench" trace import t.txt.zst -o zst
		cmp plain zst
	fi
	for file in gz xz stdin pipe; do
		cmp plain "$file"
	done
}

@test "the default name has no .txt, .log and compression, and is here" {
	mkdir dir
	good >dir/t.log
	gzip dir/t.log
	run -0 "$kmembench" trace import dir/t.log.gz
	[ "${lines[0]}" = t.kmbtrace ]
	[ -e t.kmbtrace ]
}

@test "stats: of the binary, of the text, as JSON" {
	"$kmembench" trace import "$traces/slab.txt.xz" -o t
	run -0 --separate-stderr "$kmembench" trace stats t
	[ -z "$stderr" ]
	binary=$output
	run -0 "$kmembench" trace stats "$traces/slab.txt.xz"
	[ "$output" = "$binary" ]
	[[ $output =~ implied\ +1\  ]]
	[[ $output =~ slab\ bytes\ +267\ +108880\ +138640 ]]
	"$kmembench" trace stats --json t >json
	json_check json
	[ "$(json json nr_events)" = 2361 ]
	[ "$(json json unknown_slab)" = 739 ]
	[ "$(json json null_frees)" = 122 ]
	[ "$(json json peak_slab_bytes)" = 138640 ]
	[ "$(json json live_slab_bytes)" = 108880 ]
	[ "$(json json slab_objects)" = 280 ]
}

@test "stats: orders, sizes, lifetimes and CPUs, counted by hand" {
	{
		line 1 'mm_page_alloc: page=1 pfn=0x10 order=0 migratetype=1 gfp_flags=GFP_HIGHUSER_MOVABLE'
		line 1 'mm_page_alloc: page=1 pfn=0x200 order=9 migratetype=1 gfp_flags=GFP_TRANSHUGE'
		line 1 'kmalloc: call_site=f ptr=ff10 bytes_req=100 bytes_alloc=128 gfp_flags=GFP_KERNEL'
		printf '  sh-1 [003] ..... 1.000005: mm_page_free: page=1 pfn=0x10 order=0\n'
		line 2 'kfree: call_site=f ptr=ff10'
	} >t
	run -0 "$kmembench" trace stats t
	[[ $output =~ pages\ +1\ +512\ +513 ]]
	[[ $output =~ slab\ bytes\ +0\ +0\ +100 ]]
	[[ $output =~ $'\n'0\ +1\ +50\.00\ %$'\n'9\ +1\ +50\.00\ % ]]
	[[ $output =~ movable\ +2\ 100\.00\ % ]]
	[[ $output =~ $'\n'\>=\ 64\ +1\ 100\.00\ % ]]
	[[ $output =~ $'\n'\>=\ 4\ +1\ +0$'\n'\>=\ 524288\ +0\ +1$'\n' ]]
	[[ $output =~ $'\n'1\ +pages\ +2\ +0\ +0\ +0\.00\ % ]]
	[[ $output =~ $'\n'1\ +slab\ +1\ +1\ +0\ +0\.00\ % ]]
	[[ $output =~ $'\n'3\ +pages\ +0\ +1\ +1\ 100\.00\ % ]]
}

@test "bad lines are shown with number and expectation, counted, and left out" {
	{
		good
		echo garbage
		line 3 'kfree: call_site=f ptr=hidden'
		good
	} >t
	run -0 --separate-stderr "$kmembench" trace import t -o o
	[ "${#stderr_lines[@]}" = 3 ]
	[[ ${stderr_lines[0]} = *"t:3: expected TASK-PID [CPU] "*"not 'garbage'" ]]
	[[ ${stderr_lines[1]} = *"t:4: expected ptr=ADDRESS, not 'sh-146"* ]]
	[[ ${stderr_lines[2]} = *"t: 2 of 6 lines could not be read; 4 events were kept" ]]
	[[ $output =~ bad_lines\ +2 ]]
	run -0 "$kmembench" trace stats o
	[[ $output =~ bad_lines\ +2 ]]
}

@test "only the first few bad lines are shown" {
	{
		good
		printf 'garbage\n%.0s' {1..1000}
	} >t
	run -0 --separate-stderr "$kmembench" trace import t -o o
	[ "${#stderr_lines[@]}" = 6 ]
	[[ ${stderr_lines[5]} = *"1000 of 1002 lines"* ]]
}

@test "--strict refuses the first bad line, and leaves no file" {
	{
		good
		echo garbage
	} >t
	fails 2 "t:3: expected TASK-PID" "$kmembench" trace import --strict t -o o
	[[ $stderr = *"2 events until there"* ]]
	fails 2 "t:3: expected" "$kmembench" trace stats --strict t
	fails 2 "t:3: expected" env KMB_STRICT=1 "$kmembench" trace stats t
	[ "$(ls)" = t ]
	run -0 --separate-stderr "$kmembench" trace import --strict "$traces/perf.txt.xz" -o o
	[ -z "$stderr" ]
}

@test "mixed formats: the line of the second, and of the first" {
	{
		echo '# tracer: nop'
		good
		xz -dc "$traces/perf.txt.xz" | awk '/kmem:kfree/ && n++ < 3'
	} >t
	run -0 --separate-stderr "$kmembench" trace import t -o o
	[[ ${stderr_lines[0]} = *"t:4: expected ftrace as in line 2 (mixed with perf script)"* ]]
	[[ ${stderr_lines[3]} = *"3 of 6 lines could not be read; 2 events were kept"* ]]
	fails 2 "t:4: expected ftrace" "$kmembench" trace import --strict t -o p
	[ ! -e p ]
}

@test "truncated: a cut line, cut xz, gzip" {
	good | head -c -20 >t
	run -0 --separate-stderr "$kmembench" trace import t -o o
	[[ ${stderr_lines[0]} = *"t:2: expected a newline: the file is cut off"* ]]
	head -c 9000 "$traces/slab.txt.xz" >t.xz
	fails 2 "expected whole compressed data, not 'the compressed data end too early'" \
		"$kmembench" trace import --strict t.xz -o p
	xz -dc "$traces/slab.txt.xz" | gzip | head -c 9000 >t.gz
	run -0 --separate-stderr "$kmembench" trace import t.gz -o o
	[[ ${stderr_lines[0]} = *"too early"* ]]
	[[ ${stderr_lines[-1]} =~ [1-9][0-9]*\ events\ were\ kept ]]
	fails 2 "too early" "$kmembench" trace import --strict t.gz -o p
	[ ! -e p ]
}

@test "empty: no bytes, no events, no allocations" {
	: >t
	fails 2 "t: no event was kept of 0 lines: expected mm_page_alloc" "$kmembench" trace import t
	printf '# tracer: nop\n#\n' >t
	fails 2 "of 2 lines" "$kmembench" trace import t
	line 1 'kfree: call_site=f ptr=ff10' >t
	fails 2 "of 1 lines" "$kmembench" trace stats t
	fails 2 "stdin has no name" "$kmembench" trace import - </dev/null
	fails 2 "-: no event was kept" "$kmembench" trace stats - </dev/null
	[ "$(ls)" = t ]
}

@test "what is no text: binaries of others and of ours, noise, long lines" {
	printf '\027\010Dtracing6\0\0' >trace.dat
	fails 2 "trace-cmd report" "$kmembench" trace import trace.dat
	printf 'PERFILE2\0\0\n' >perf.data
	fails 2 "perf script" "$kmembench" trace import perf.data
	good >t
	"$kmembench" trace import t
	fails 2 "imported already" "$kmembench" trace import t.kmbtrace
	head -c 100000 /dev/zero >zero
	fails 2 "zero:1: expected" "$kmembench" trace import zero
	{
		good
		head -c 100000 /dev/zero | tr '\0' x
		echo
		good
	} >long
	run -0 --separate-stderr "$kmembench" trace import long -o o
	[[ ${stderr_lines[0]} = *"long:3: expected a line below 16 KiB"* ]]
	[[ ${stderr_lines[1]} = *"1 of 5 lines"*"4 events were kept" ]]
}

@test "lost events are told, with what to do" {
	{
		good
		echo 'CPU:1 [LOST 77 EVENTS]'
	} >t
	run -0 --separate-stderr "$kmembench" trace import t
	[[ $stderr = *"t: the kernel lost 77 events: record with larger buffers"* ]]
}

@test "files: missing, directories, no room, not replaced" {
	fails 2 "none: No such file" "$kmembench" trace import none
	fails 2 "none: No such file" "$kmembench" trace stats none
	fails 2 ".: Is a directory" "$kmembench" trace import . -o o
	good >t
	fails 2 "none/o: No such file" "$kmembench" trace import t -o none/o
	fails 2 "/dev/null: not a regular file" "$kmembench" trace import t -o /dev/null
	fails 2 "--output: '' is not" "$kmembench" trace import t -o ''
	[ "$(ls)" = t ]
	echo old >o
	echo garbage >bad
	fails 2 "bad:1" "$kmembench" trace import bad -o o
	[ "$(<o)" = old ]
	run -0 "$kmembench" trace import t -o o
	[ "$(head -c 8 o)" = KMBTRACE ]
	# As with a full disk: 8 KiB are too few.
	xz -dc "$traces/pages.txt.xz" >t
	(
		ulimit -f 8
		trap '' XFSZ
		fails 1 "p: File too large" "$kmembench" trace import t -o p
	)
	[ ! -e p ] && [ ! -e p.tmp ]
}

@test "damaged binaries: magic, version, CRC, length" {
	"$kmembench" trace import "$traces/perf.txt.xz" -o t
	patch() { # at what byte, to what
		cp t bad
		printf %b "$2" | dd of=bad bs=1 seek="$1" conv=notrunc status=none
	}
	patch 8 '\2'
	fails 2 "bad: a trace of version 2, not 1" "$kmembench" trace stats bad
	patch 100 '\377'
	fails 2 "bad: damaged: the header's CRC" "$kmembench" trace stats bad
	patch 3000 '\377\377'
	fails 2 "bad: damaged: the CRC of the block at event 0" "$kmembench" trace stats bad
	head -c 3000 t >bad
	fails 2 "bad: truncated" "$kmembench" trace stats bad
	head -c 100 t >bad
	fails 2 "bad: truncated" "$kmembench" trace stats bad
	echo >>t
	fails 2 "t: damaged: " "$kmembench" trace stats t
}

@test "Ctrl-C leaves nothing" {
	mkfifo pipe
	"$kmembench" trace import pipe -o o 3>&- &
	exec 9>pipe
	good >&9
	for _ in {1..1200}; do
		[ ! -e o.tmp ] || break
		sleep 0.05
	done
	[ -e o.tmp ]
	kill -TERM $!
	wait $! || code=$?
	[ "$code" = 130 ]
	[ "$(ls)" = pipe ]
}

@test "usage" {
	fails 2 "'' is not import or stats" "$kmembench" trace
	fails 2 "'export' is not import or stats" "$kmembench" trace export t
	fails 2 "trace import: needs one FILE, not 0" "$kmembench" trace import
	fails 2 "trace stats: needs one FILE, not 2" "$kmembench" trace stats a b
	fails 2 "--bogus" "$kmembench" trace --bogus
	run -0 "$kmembench" trace --help
	[[ $output = "usage: kmembench trace "*--output*--strict*--json* ]]
}
