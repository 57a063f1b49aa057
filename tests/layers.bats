#!/usr/bin/env bats
# layers.bats - check_layers.sh sees each kind of arrow that points backwards.
load cli

setup() {
	mkdir -p "$BATS_TEST_TMPDIR/tree"
	cd "$BATS_TEST_TMPDIR/tree" || return
	mkdir -p kernels/base kernels/mm kernels/frame kernels/slab bench harness
}

# arrow FILE INCLUDE: is refused, and the line is named.
arrow() {
	printf '\n#  include %s\n' "$2" >"$1"
	run -1 "$top/tests/check_layers.sh" .
	[[ $output = "$1:2: "* ]]
	rm "$1"
}

@test "arrows backwards are refused" {
	arrow kernels/base/list.h '"../mm/physmem.h"'
	arrow kernels/frame/pcp.h '"../slab/percpu.h"'
	arrow kernels/mm/physmem.c '"../../bench/bench.h"'
	arrow kernels/mm/physmem.c '"../../harness/topology.h"'
	arrow bench/trace.c '"../harness/topology.h"'
	arrow harness/run.c '"../kernels/frame/free_area.h"'
	arrow harness/run.c '"../bench/frame_loops.h"'
	arrow bench/gbench.cc '"../kernels/base/list.h"'
}

@test "what only one file may use is refused elsewhere" {
	arrow harness/run.c '<benchmark/benchmark.h>'
	arrow bench/bench.c '<benchmark/benchmark.h>'
	arrow kernels/frame/pcp.h '<stdio.h>'
	arrow kernels/mm/physmem.c '<numa.h>'
}

@test "a folder without a rule is refused" {
	mkdir kernels/swap
	arrow kernels/swap/swap.h '"swap.h"'
}

@test "arrows forward are fine" {
	echo '#include "../frame/free_area.h"' >kernels/slab/percpu.h
	echo '#include "../kernels/slab/percpu.h"' >bench/suite_slab.c
	echo '#include "../bench/bench.h"' >harness/run.c
	printf '#include "bench.h"\n#include <benchmark/benchmark.h>\n' >bench/gbench.cc
	run -0 "$top/tests/check_layers.sh" .
	[ -z "$output" ]
}
