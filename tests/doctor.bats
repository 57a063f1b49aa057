#!/usr/bin/env bats
# doctor.bats - what doctor says of this machine, against its own files.
load cli

# Settings that a careless doctor might touch.
settings() {
	local file
	for file in /proc/sys/kernel/{numa_balancing,randomize_va_space,perf_event_paranoid} \
		/proc/sys/vm/{swappiness,nr_hugepages,overcommit_memory,drop_caches} \
		/sys/kernel/mm/transparent_hugepage/{enabled,defrag} \
		/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor \
		/sys/devices/system/cpu/{online,smt/control,cpufreq/boost,intel_pstate/no_turbo} \
		/sys/devices/system/clocksource/clocksource0/current_clocksource \
		/sys/devices/system/node/node*/hugepages/*/nr_hugepages; do
		[ ! -r "$file" ] || printf '%s: %s\n' "$file" "$(<"$file")"
	done 2>/dev/null
}

# It takes a second: once, for all tests.
setup_file() {
	settings >"$BATS_FILE_TMPDIR/before"
	"$kmembench" doctor --color never \
		>"$BATS_FILE_TMPDIR/table" 2>"$BATS_FILE_TMPDIR/error"
	echo $? >"$BATS_FILE_TMPDIR/code"
	"$kmembench" doctor --json >"$BATS_FILE_TMPDIR/json"
	settings >"$BATS_FILE_TMPDIR/after"
}

# says NAME PATTERN: the first line of that finding matches.
says() {
	local line
	line=$(grep -F "] $1 " <(sed 's/^\[\([^]]*\)\] */[\1] /' "$BATS_FILE_TMPDIR/table"))
	printf '%s\n' "$line"
	[[ $line = *"] $1 "*$2* ]]
}

@test "doctor succeeds, says nothing on stderr, and has all groups" {
	[ "$(<"$BATS_FILE_TMPDIR/code")" = 0 ]
	[ ! -s "$BATS_FILE_TMPDIR/error" ]
	for group in cpu noise memory limits permissions libraries; do
		grep -qx "$group" "$BATS_FILE_TMPDIR/table"
	done
}

@test "doctor is true of this machine" {
	if grep -qE '^flags\s.* hypervisor( |$)' /proc/cpuinfo; then
		says 'virtual machine' 'yes'
	elif grep -q '^flags' /proc/cpuinfo; then
		says 'virtual machine' 'no sign'
	fi
	if [ ! -e /sys/devices/system/cpu/cpu0/cpufreq ]; then
		says governor 'not readable here'
	fi
	if [ -r /sys/devices/system/clocksource/clocksource0/current_clocksource ]; then
		says 'clock source' "$(</sys/devices/system/clocksource/clocksource0/current_clocksource)"
	fi
	[ "$(awk '/SwapTotal/ { print $2 }' /proc/meminfo)" != 0 ] || says swap none
	[ ! -r /proc/sys/kernel/perf_event_paranoid ] ||
		says perf_event_paranoid "$(</proc/sys/kernel/perf_event_paranoid)"
	nodes=(/sys/devices/system/node/node[0-9]*)
	if [ "${#nodes[@]}" = 1 ]; then
		says 'NUMA nodes' one
	fi
	says 'frequency drift' %
	says libraries benchmark
}

@test "doctor of a process with one CPU and a fixed layout" {
	setarch -R true || skip 'this container lets nobody switch the random layout off'
	cpu=$(taskset -cp $$ | sed 's/.*[ ,-]//')
	run -0 taskset -c "$cpu" setarch -R "$kmembench" doctor
	[[ $output = *'off for this process'* ]]
	[ "$(nproc)" = 1 ] || [[ $output =~ 'allowed CPUs '\ *"$cpu of " ]]
}

@test "doctor --json parses, and holds what the table holds" {
	json_check "$BATS_FILE_TMPDIR/json"
	for key in group name level state why command values; do
		[ "$(grep -c "^      \"$key\": " "$BATS_FILE_TMPDIR/json")" = \
			"$(grep -c '^\[' "$BATS_FILE_TMPDIR/table" | awk '{ print $1 - 1 }')" ]
	done
	run ! grep -E '"level": "(ok|note|warn)' -v <(grep '"level"' "$BATS_FILE_TMPDIR/json")
}

@test "doctor changes nothing" {
	diff "$BATS_FILE_TMPDIR/before" "$BATS_FILE_TMPDIR/after"
}

@test "doctor: colour, help, bad input" {
	run -0 "$kmembench" doctor --color always
	[[ $output = *$'\033['* ]]
	run ! grep -q $'\033' "$BATS_FILE_TMPDIR/table"
	run -0 "$kmembench" doctor --help
	[[ $output = "usage: kmembench doctor "*--json* ]]
	fails 2 extra "$kmembench" doctor extra
	fails 2 "--bogus" "$kmembench" doctor --bogus
	fails 1 "stdout" bash -c "exec '$kmembench' doctor >/dev/full"
}
