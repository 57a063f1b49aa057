#!/bin/busybox sh
# inside.sh - what is run in every shape, and watched: to /out, for check.sh.
#
# Every family with every kind of --mem and of --place; family frame with all
# pairs of kinds (where they differ, and not if KMB_TEST_GUEST_LIGHT is set);
# what cannot be had here: nodes without memory or CPUs, CPUs that are offline,
# memory that is too large; and faults that must be found out.
# Each run leaves /out/NAME/{what,run/,samples/,stdout,stderr,code}.
out=${KMB_TEST_GUEST_OUT:-/out}
watch=${KMB_TEST_GUEST_WATCH:-/watch.sh}
nodes=/sys/devices/system/node
group=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
memory=8m # of each simulated node: several huge pages

# Each family takes one of the sizes.
frame="frame/percpu_bitfield/churn1 --size 0"
families="frame/percpu_bitfield/churn1 slab/array_cache/bulk@inline
	pgtable/replicated/stride@x86_64 rmap/anon_vma/race_fault
	machine/load/bandwidth/scalar --size 0,16,1m"

# numbers LIST: "0-2,4" is 0 1 2 4.
numbers() {
	echo "$1" | tr , '\n' | while IFS=- read -r first last; do
		[ -z "$first" ] || seq "$first" "${last:-$first}"
	done
}

# both LIST LIST: the numbers in both.
both() {
	for number in $(numbers "$1"); do
		for other in $(numbers "$2"); do
			[ "$number" != "$other" ] || echo "$number"
		done
	done
}

allowed() {
	awk -v name="$1_allowed_list:" '$1 == name { print $2 }' /proc/self/status
}

# What may be used, line by line; of a node its CPUs, and its memory in KiB.
usable_cpus() { both "$(cat /sys/devices/system/cpu/online)" "$(allowed Cpus)"; }

cpus_of() { both "$(cat "$nodes/node$1/cpulist")" "$(allowed Cpus)"; }

kib_of() {
	[ -z "$(both "$1" "$(allowed Mems)")" ] ||
		awk '/MemTotal:/ && $4 > 0 { print $4 }' "$nodes/node$1/meminfo"
}

# threads_of PLACE: as many as it has CPUs for.
threads_of() {
	case $1 in
	node:*) cpus_of "${1#node:}" ;;
	smp) cpus_of "$most_cpus" ;;
	[0-9]*) numbers "$1" ;;
	*) usable_cpus ;;
	esac | wc -l
}

# facts: what the kernel says of the machine.
facts() {
	for file in /sys/devices/system/cpu/online /sys/devices/system/cpu/present \
		"$nodes"/online "$nodes"/node*/cpulist "$nodes"/node*/distance \
		"$nodes"/node*/meminfo \
		"$nodes"/node*/hugepages/hugepages-2048kB/free_hugepages \
		/proc/self/status /proc/meminfo "$group/memory.max"; do
		[ ! -e "$file" ] || { echo "==> $file <==" && cat "$file"; }
	done
}

# watched MEM PLACE [OPTION...]: one run of $cases, under the watcher. The host may
# be busy: what ends a run that hangs is boot.sh's limit.
watched() {
	mem=$1 place=$2
	shift 2
	dir=$out/$mem.$place$tag
	hold=$dir/hold
	threads=$(threads_of "$place")
	mkdir -p "$dir/samples" "$hold"
	"$watch" "$hold" "$dir/samples" &
	watcher=$!
	[ "$threads" = 0 ] || set -- --threads "$threads" "$@"
	# shellcheck disable=SC2086 # the cases are several words
	KMB_HOLD=$hold kmembench run --preset smoke --process-reps 1 --reps 1 \
		--min-time 0.0005 --time-limit 600 --no-plots --counters none --mem "$mem" \
		--place "$place" --memory "$memory" "$@" $cases \
		-o "$dir/run" >"$dir/stdout" 2>"$dir/stderr"
	echo $? >"$dir/code"
	touch "$hold/end"
	wait "$watcher"
	rm -r "$hold"
	echo "$mem $place $memory $pages ${KMB_FAULT:-none}" >"$dir/what"
}

# What there is: nodes that we may use the memory or the CPUs of, and the rest.
facts >"$out/facts"
for node in $(numbers "$(cat $nodes/online)"); do
	if [ -n "$(kib_of "$node")" ]; then
		mems="$mems $node"
	else
		no_mems="$no_mems $node"
	fi
	nr=$(cpus_of "$node" | wc -l)
	if [ "$nr" -gt 0 ]; then
		cpus="$cpus $node"
	else
		no_cpus="$no_cpus $node"
	fi
	if [ "$nr" -gt "${most:-0}" ]; then
		most=$nr most_cpus=$node
	fi
done
a_mem=${mems##* } a_cpu=${cpus##* }
list=$(usable_cpus | sort -rn | tr '\n' , | sed 's/,$//')
pages=4k

# Each family with each kind of either.
cases=$families
watched local scatter
watched remote compact
# With one node no thread has been placed by that.
[ "$mems" != " $a_mem" ] || watched local compact
watched "bind:$a_mem" smp
watched interleave "node:$a_cpu"
watched local "$list"

# All pairs that are left, and every node.
cases=$frame
if [ -z "$KMB_TEST_GUEST_LIGHT" ] && [ "$mems" != " $a_mem" ] &&
	[ "$cpus" != " $a_cpu" ]; then
	for mem in local remote "bind:$a_mem" interleave; do
		for place in compact scatter smp "node:$a_cpu" "$list"; do
			[ -e "$out/$mem.$place" ] || watched "$mem" "$place"
		done
	done
	for node in $mems; do
		[ "$node" = "$a_mem" ] || watched "bind:$node" compact
	done
	for node in $cpus; do
		[ "$node" = "$a_cpu" ] || watched local "node:$node"
	done
fi

# Policies that end where huge pages do, which are more memory.
limit=$(sed -n 's/^[0-9]*$/&/p' "$group/memory.max" 2>/dev/null)
if [ -z "$KMB_TEST_GUEST_LIGHT$limit" ] && [ "$mems" != " $a_mem" ] &&
	[ "$cpus" != " $a_cpu" ]; then
	tag=.thp pages=thp
	cases="frame/percpu_bitfield/churn1 machine/load/bandwidth/scalar --size 0,16m"
	watched local scatter --pages thp
	watched interleave compact --pages thp
	tag='' pages=4k cases=$frame
fi

# Counters of strategies that know of nodes (numa_counters.awk): a quarter of the
# first node's requests is others', or three quarters; objects as large; 64 MiB.
tag=.numa
cases="zone/zone_lock/spill zone/zone_pcp/spill zone/zone_frame/spill
	slab/array_cache/nodes@inline slab/percpu/nodes@inline
	pgtable/walk/stride@x86_64 pgtable/replicated/stride@x86_64
	--size 25,75,64m"
# One node alone has little to show: it is left out of the light set.
if [ -z "$KMB_TEST_GUEST_LIGHT" ] || [ "$mems" != " $a_mem" ]; then
	watched local compact
fi
tag=
cases=$frame

# What is not to be had.
for node in $no_mems; do
	watched "bind:$node" compact
done
for node in $no_cpus; do
	watched local "node:$node"
done
for cpu in $(numbers "$(cat /sys/devices/system/cpu/present)"); do
	usable_cpus | grep -qx "$cpu" || watched local "$cpu"
done

# More than the smallest node has, or than the memory cgroup lets us have.
nodes_by_size=$(for node in $mems; do echo "$(kib_of "$node") $node"; done | sort -n)
tag=.large
if [ -n "$limit" ]; then
	memory=$(((limit >> 22) + 1 << 2))m
	watched local compact
fi
memory=$(((${nodes_by_size%% *} >> 12) + 1 << 2))m
for node in $(echo "$nodes_by_size" | sed -n '1s/.* //p; 1!{$s/.* //p}'); do
	watched "bind:$node" compact
done
memory=8m

# Pages of a pool that not every node has.
tag=.2m pages=2m
if cat $nodes/node*/hugepages/hugepages-2048kB/free_hugepages 2>/dev/null |
	grep -qv '^0'; then
	for node in $mems; do
		watched "bind:$node" compact --pages 2m
	done
fi

# Placement that goes wrong on purpose is to be found out.
pages=4k
for fault in bind pin; do
	tag=.$fault
	case $fault:$mems:$list in
	bind:*\ *\ *:* | pin:*:*,*)
		export KMB_FAULT=$fault
		watched "bind:$a_mem" compact
		;;
	esac
done
