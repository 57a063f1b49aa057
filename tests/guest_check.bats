#!/usr/bin/env bats
# guest_check.bats - guest/check.sh finds what is wrong in what a guest left.
load cli

check=$top/tests/guest/check.sh

# The made-up guest: shape 2n, two nodes of two CPUs.
machine() {
	printf '==> /sys/devices/system/%s <==\n%s\n' cpu/online 0-3 node/online 0-1 \
		node/node0/cpulist 0-1 node/node1/cpulist 2-3 \
		node/node0/distance '10 20' node/node1/distance '20 10' \
		node/node0/meminfo 'Node 0 MemTotal: 1000000 kB' \
		node/node1/meminfo 'Node 1 MemTotal: 1000000 kB'
	printf '==> /proc/self/status <==\nCpus_allowed_list: 0-3\nMems_allowed_list: 0-1\n'
}

# one_run MEM PLACE FAULT CPU STATUS REQUESTED ACTUAL AREA ON: a run of a case
# with one thread, 1 MiB of memory and its mem_map: AREA and the CPU as seen.
one_run() {
	local dir=$1.$2.$3 policy=bind
	[ "$6" != 0-1 ] || policy=interleave
	mkdir -p "$dir/run" "$dir/samples"
	echo "$1 $2 1m 4k $3" >"$dir/what"
	echo 'seq,family,threads,pages,place,cpus,mem_policy,nodes_requested,nodes_actual,status,reason,metric,value' >"$dir/run/samples.csv"
	echo "0,frame,1,4k,$2,$4,$1,$6,$7,$5,\"a reason, quoted\",ns_per_op,1" >>"$dir/run/samples.csv"
	cat >"$dir/samples/0.0" <<-END
		==> /hold/0.0 <==
		pid 7
		memory 00100000 00210000 $6 $policy
		thread 0 7 $4 $6

		==> maps <==
		00100000-00200000 rw-p 00000000 00:00 0
		00200000-00210000 rw-p 00000000 00:00 0
		00300000-00400000 rw-p 00000000 00:00 0

		==> numa_maps <==
		00100000 $8 kernelpagesize_kB=4
		00200000 $8 kernelpagesize_kB=4
		00300000 default anon=3 N0=3 kernelpagesize_kB=4

		==> task/7/stat <==
		7 (a b) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 1 1 1 1 1 1 1 1 1 0 0 0 0 0 0 0 17 $9 0 0 0 0 0

		==> task/7/status <==
		Cpus_allowed_list: $9
	END
}

# One whose first node is short of four pages, which the other has.
spill_run() {
	local dir=local.scatter.none counter
	mkdir -p "$dir/run" "$dir/samples"
	echo 'local scatter 512k 4k none' >"$dir/what"
	echo 'seq,family,strategy,workload,threads,size,pages,place,cpus,mem_policy,nodes_requested,nodes_actual,status,reason,metric,value' >"$dir/run/samples.csv"
	for counter in 00_pages,16 00_numa_hit,16 00_numa_miss,0 00_numa_foreign,4 \
		00_local_node,16 00_other_node,0 01_pages,14 01_numa_hit,10 01_numa_miss,4 \
		01_numa_foreign,0 01_local_node,10 01_other_node,4; do
		echo "0,zone,zone_lock,spill,2,25,4k,scatter,\"0,2\",local,0-1,0-1,ok,,node_$counter"
	done >>"$dir/run/samples.csv"
	cat >"$dir/samples/0.0" <<-END
		==> /hold/0.0 <==
		pid 7
		memory 00100000 00180000 0 bind
		memory 00180000 00200000 1 bind
		memory 00400000 00408000 0 bind
		memory 00408000 00410000 1 bind
		thread 0 7 0 0
		thread 1 8 2 1

		==> maps <==
		00100000-00180000 rw-p 00000000 00:00 0
		00180000-00200000 rw-p 00000000 00:00 0
		00400000-00408000 rw-p 00000000 00:00 0
		00408000-00410000 rw-p 00000000 00:00 0

		==> numa_maps <==
		00100000 bind:0 anon=16 N0=16 kernelpagesize_kB=4
		00180000 bind:1 anon=14 N1=14 kernelpagesize_kB=4
		00400000 bind:0 anon=8 N0=8 kernelpagesize_kB=4
		00408000 bind:1 anon=8 N1=8 kernelpagesize_kB=4

		==> task/7/stat <==
		7 (a b) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 1 1 1 1 1 1 1 1 1 0 0 0 0 0 0 0 17 0 0 0 0 0 0

		==> task/7/status <==
		Cpus_allowed_list: 0

		==> task/8/stat <==
		8 (a b) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 1 1 1 1 1 1 1 1 1 0 0 0 0 0 0 0 17 2 0 0 0 0 0

		==> task/8/status <==
		Cpus_allowed_list: 2
	END
}

setup() {
	mkdir "$BATS_TEST_TMPDIR/guest"
	cd "$BATS_TEST_TMPDIR/guest" || return
	machine >facts
	one_run bind:1 smp none 0 ok 1 1 'bind:1 anon=16 N1=16' 0
	one_run local compact none 0 ok 0 0 'bind:0 anon=16 N0=16' 0
	one_run remote scatter none 2 ok 0 0 'bind:0 anon=16 N0=16' 2
	one_run interleave node:1 none 2 ok 0-1 0-1 'interleave:0-1 anon=16 N0=8 N1=8' 2
	one_run bind:1 compact bind 0 misplaced 1 0 'bind:0 anon=16 N0=16' 0
	one_run bind:1 compact pin 0 misplaced 1 1 'bind:1 anon=16 N1=16' 3
	spill_run
}

# edit FILE SED WORD: with that done to FILE, the check fails and says WORD.
edit() {
	cp -r . ../edited
	sed -i "$2" "../edited/$1"
	run ! cmp -s "$1" "../edited/$1"
	run -1 "$check" 2n ../edited
	[[ $output = *"$3"* ]]
	rm -r ../edited
}

@test "what is right passes, and is counted" {
	run -0 "$check" 2n .
	[[ $output = *'7 runs, 18 rows of 7 processes: 5 ok, 0 refused'* ]]
	[[ $output = *'238 pages in 16 ranges of 7 samples checked, 0 misplaced'* ]]
	[[ $output = *'fault bind: 1 of 1'* ]]
	[[ $output = *'fault pin: 1 of 1'* ]]
	[[ $output = *'1 processes, 30 pages and 10 counters'* ]]
}

@test "a page elsewhere, a wrong policy, an uneven interleave" {
	edit bind:1.smp.none/samples/0.0 's/N1=16/N1=15 N0=1/' '2 pages misplaced'
	edit bind:1.smp.none/samples/0.0 's/ bind:1 / default /' 'policies wrong'
	edit interleave.node:1.none/samples/0.0 's/N0=8 N1=8/N0=6 N1=10/' 'pages misplaced'
	edit local.compact.none/samples/0.0 '/^00200000 bind/d' 'is not there'
	edit local.compact.none/samples/0.0 '/^memory/s/210000/200000/' 'that nobody claims'
	edit local.compact.none/samples/0.0 '/^memory/s/100000/200000/' 'nobody claims'
}

@test "a thread elsewhere, or free to go" {
	edit remote.scatter.none/samples/0.0 's/ 17 2 / 17 3 /' '1 threads elsewhere'
	edit remote.scatter.none/samples/0.0 's/^Cpus.*/Cpus_allowed_list: 2-3/' '1 threads elsewhere'
	edit remote.scatter.none/samples/0.0 's/^thread 0 7 2/thread 0 7 3/' 'says CPU 3'
	edit remote.scatter.none/samples/0.0 's/^thread 0 7 2 0/thread 0 7 2 1/' 'thread 0 works on node 1'
	edit bind:1.smp.none/samples/0.0 's/^thread 0 7 0 1/thread 0 7 0 0/' 'thread 0 works on node 0'
}

@test "rows that claim what is not so" {
	edit bind:1.smp.none/run/samples.csv 's/,1,1,ok/,1,0-1,ok/' 'nodes_actual 0-1'
	edit bind:1.smp.none/run/samples.csv 's/,1,1,ok/,0,1,ok/' 'nodes_requested 0 for bind:1'
	edit remote.scatter.none/run/samples.csv 's/,remote,/,local,/' 'has no local memory on 0'
	edit interleave.node:1.none/run/samples.csv 's/node:1/node:0/' 'is not on node:0'
	edit bind:1.smp.none/run/samples.csv 's/,ok,/,skipped,/' 'but ok'
	edit bind:1.compact.bind/run/samples.csv 's/,misplaced,/,ok,/' 'but misplaced'
	edit bind:1.smp.none/run/samples.csv 2d 'no rows'
	edit local.scatter.none/run/samples.csv 's/00_pages,16/00_pages,15/' '15 pages counted on node 0, 16 seen'
	edit local.scatter.none/run/samples.csv 's/01_other_node,4/01_other_node,3/' 'are not local and other'
	edit local.scatter.none/run/samples.csv '/01_local_node/d' 'has no node_01_local_node'
	edit local.compact.none/run/samples.csv '2{p; s/,0,0,ok,/,0,1,ok,/}' 'rows with nodes_actual 0 and 1'
	edit bind:1.compact.bind/samples/0.0 's/bind:0/bind:1/; s/N0=16/N1=16/' 'planted fault bind: 0 pages'
}

@test "what was not seen, or another shape" {
	rm -r bind:1.compact.pin
	run -1 "$check" 2n .
	[[ $output = *'this shape must show: pin'* ]]
	rm -r local.scatter.none
	run -1 "$check" 2n .
	[[ $output = *'no node helped another'* ]]
	rm bind:1.smp.none/samples/0.0
	run -1 "$check" 2n .
	[[ $output = *'was not seen from outside'* ]]
	run -1 "$check" memless .
	[[ $output = *'the shape has 0-1 0'* ]]
	run -2 "$check" 3n .
}
