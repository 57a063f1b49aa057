#!/usr/bin/env bash
# shapes.sh - the shapes a guest can have: for each its QEMU options and what is
# done inside before the command. To be sourced.
#
# shape NAME WHAT: declares one; node, cpus and inside add to the last.

declare -A shape_what=() shape_machine=() shape_inside=()
shape_names=()

# shape NAME MEMORY SMP WHAT
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
