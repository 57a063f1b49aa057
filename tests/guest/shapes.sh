#!/usr/bin/env bash
# shapes.sh - the shapes a guest can have: for each its QEMU options and what is
# done inside before the command. To be sourced.
#
# shellcheck disable=SC2034 # read by who sources this
declare -A shape_what=() shape_machine=() shape_srat=() shape_inside=()
shape_names=()

# shape NAME MEMORY SMP WHAT: the functions below add to it.
shape() {
	shape=$1
	shape_names+=("$1")
	shape_machine[$1]="-m $2 -smp $3"
	shape_what[$1]=$4
}

# node NUMBER MEMORY|- [OPTION...]: "-" has none; what else -numa node takes.
node() {
	local number=$1 memory=$2 options=("${@:3}")
	local IFS=,
	if [ "$memory" != - ]; then
		shape_machine[$shape]+=" -object memory-backend-ram,id=m$number,size=$memory"
		options+=("memdev=m$number")
	fi
	options=("node,nodeid=$number" "${options[@]}")
	shape_machine[$shape]+=" -numa ${options[*]}"
}

# numa WORDS...: further -numa options, as they are.
numa() {
	local word
	for word in "$@"; do
		shape_machine[$shape]+=" -numa $word"
	done
}

# distance FROM TO VALUE [BACK]
distance() {
	numa "dist,src=$1,dst=$2,val=$3"
	[ $# -lt 4 ] || numa "dist,src=$2,dst=$1,val=$4"
}

# access INITIATOR TARGET NANOSECONDS BANDWIDTH: what the firmware's HMAT says.
access() {
	local from_to=initiator=$1,target=$2
	numa "hmat-lb,$from_to,hierarchy=memory,data-type=access-latency,latency=$3" \
		"hmat-lb,$from_to,hierarchy=memory,data-type=access-bandwidth,bandwidth=$4"
}

# srat ENTRY...: what the firmware says in place of QEMU, as srat.sh takes it.
srat() {
	shape_srat[$shape]=$*
}

# inside COMMAND: must succeed before the command is run.
inside() {
	shape_inside[$shape]+="$1"$'\n'
}

shape 1n 1G 2 'one node'
node 0 1G cpus=0-1

shape 2n 2G 4,sockets=2,cores=2 'two nodes of two CPUs'
node 0 1G cpus=0-1
node 1 1G cpus=2-3
distance 0 1 21

# Who is near to a node, and whom it is near to, are in different orders; neither
# is that of their numbers.
shape 4n 2G 8,sockets=4,cores=2 'four nodes of two CPUs, distances asymmetric'
node 0 512M cpus=0-1
node 1 512M cpus=2-3
node 2 512M cpus=4-5
node 3 512M cpus=6-7
distance 0 1 28 17
distance 0 2 16 30
distance 0 3 22 26
distance 1 2 32 18
distance 1 3 23 21
distance 2 3 24 19

shape memless 1G 4,sockets=2,cores=2 'node 1 has no memory'
node 0 1G cpus=0-1
node 1 - cpus=2-3
distance 0 1 20

shape cpuless 2G 2 'node 1 has no CPUs, as memory behind CXL'
node 0 1G cpus=0-1
node 1 1G
distance 0 1 40

shape offline 2G 4,sockets=2,cores=2 'CPU 1 is offline: numbers 0, 2, 3'
node 0 1G cpus=0-1
node 1 1G cpus=2-3
distance 0 1 21
inside 'echo 0 >/sys/devices/system/cpu/cpu1/online'

# The kernel numbers nodes in the order in which it finds their CPUs: a CPU that
# nobody plugged in stands for node 1.
shape gap 2G 4,sockets=2,cores=2 'nodes 0 and 2, no node 1'
node 0 1G cpus=0-1
node 1 -
node 2 1G cpus=2-3
distance 0 1 21
distance 0 2 21
distance 1 2 21
srat cpu:0:0 cpu:0:1 cpu:1:200 cpu:2:2 cpu:2:3 memory:0:0:1024 memory:2:1024:1024

shape cpuset 2G 4,sockets=2,cores=2 'two nodes, of which the cpuset leaves node 1'
node 0 1G cpus=0-1
node 1 1G cpus=2-3
distance 0 1 21
inside 'echo +cpuset >/sys/fs/cgroup/cgroup.subtree_control'
inside 'mkdir /sys/fs/cgroup/one'
inside 'echo 2-3 >/sys/fs/cgroup/one/cpuset.cpus'
inside 'echo 1 >/sys/fs/cgroup/one/cpuset.mems'
inside 'echo $$ >/sys/fs/cgroup/one/cgroup.procs'

# Simulated memory is 64 MiB a node at least.
shape memcg 2G 4,sockets=2,cores=2 'two nodes, and 48 MiB by the memory cgroup'
node 0 1G cpus=0-1
node 1 1G cpus=2-3
distance 0 1 21
inside 'echo +memory >/sys/fs/cgroup/cgroup.subtree_control'
inside 'mkdir /sys/fs/cgroup/small'
inside 'echo 48M >/sys/fs/cgroup/small/memory.max'
inside 'echo $$ >/sys/fs/cgroup/small/cgroup.procs'

shape hugetlb 3G 4,sockets=2,cores=2 'two nodes, pages of 2 MiB on node 1 only'
node 0 1G cpus=0-1
node 1 2G cpus=2-3
distance 0 1 21
inside 'echo 256 >/sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages'

shape unequal 1600M 6,sockets=3,cores=2 'nodes of 1 GiB, 512 MiB and 64 MiB, which is too small'
node 0 1G cpus=0-1
node 1 512M cpus=2-3
node 2 64M cpus=4-5
distance 0 1 16
distance 0 2 22
distance 1 2 22

shape hmat 3G 4,sockets=2,cores=2 'two nodes and one without CPUs, latencies and bandwidths stated'
shape_machine[hmat]+=' -machine hmat=on'
node 0 1G initiator=0
node 1 1G initiator=1
node 2 1G initiator=0
numa cpu,node-id=0,socket-id=0 cpu,node-id=1,socket-id=1
distance 0 1 21
distance 0 2 17
distance 1 2 28
access 0 0 80 100G
access 0 1 140 40G
access 0 2 250 20G
access 1 0 140 40G
access 1 1 80 100G
access 1 2 320 12G
numa hmat-cache,node-id=0,size=10K,level=1,associativity=direct,policy=write-back,line=8
