#!/usr/bin/env bash
# check_layers.sh - no #include points up: the layers of docs/ARCHITECTURE.md.
#
# check_layers.sh [TREE]: one line for each arrow that is not allowed, exit 1.
set -euo pipefail
cd -- "${1-$(dirname -- "$0")/..}"

# Who may include whom; a folder of kernels/ may always include itself.
# A word with a slash or a dot is one file.
rules='
base
sync      base
mm        sync base
machine   mm sync base
scan      mm sync base
frame     scan mm sync base
zone      frame scan mm sync base
slab      zone frame scan mm sync base
pgtable   zone frame scan mm sync base
rmap      slab pgtable zone frame scan mm sync base
highmem   slab pgtable zone frame scan mm sync base
vmalloc   slab pgtable zone frame scan mm sync base
memmodel  mm sync base
kstack    slab pgtable zone frame scan mm sync base
percpu    slab pgtable zone frame scan mm sync base
bench     *
harness   bench/bench.h bench/byte_stream.h bench/ptdump.h bench/rmap_oracle.h bench/rmap_replay.h bench/rmap_scene.h bench/trace_file.h mm base
gbench.cc bench/bench.h bench/latency.h <benchmark/benchmark.h>
'

# Kernels neither read nor print, know no host, make no thread.
forbidden='<stdio.h> <threads.h> <sched.h> <unistd.h> <sys/mman.h>
<numa.h> <numaif.h> <hwloc.h> <benchmark/benchmark.h>'

find kernels bench harness -name '*.[ch]' -o -name '*.cc' | sort |
	xargs -d '\n' grep -nHE '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<]' |
	awk -v rules="$rules" -v forbidden="$forbidden" '
	# kernels/mm/x.h is of mm, bench/x.c of bench.
	function layer(path, part) {
		split(path, part, "/")
		return part[1] == "kernels" ? part[2] : part[1]
	}
	# a/b/../c is a/c
	function normal(path) {
		while (path ~ /[^\/]+\/\.\.\//)
			sub(/[^\/]+\/\.\.\//, "", path)
		return path
	}
	function bad(what) {
		printf "%s:%s: %s\n", file, line, what
		wrong = 1
	}
	BEGIN {
		n = split(rules, rows, "\n")
		for (i = 1; i <= n; i++) {
			m = split(rows[i], word, " ")
			for (k = 2; k <= m; k++)
				allowed[word[1], word[k]] = 1
			if (m)
				known[word[1]] = 1
		}
		n = split(forbidden, word, " ")
		for (i = 1; i <= n; i++)
			host[word[i]] = 1
	}
	{
		match($0, /:[0-9]+:/)
		file = substr($0, 1, RSTART - 1)
		line = substr($0, RSTART + 1, RLENGTH - 2)
		name = substr($0, RSTART + RLENGTH)
		sub(/^[^"<]*/, "", name)
		from = file ~ /\/gbench\.cc$/ ? "gbench.cc" : layer(file)
		if (!(from in known))
			bad("no rule for " from "; add one to tests/check_layers.sh")
		if (name ~ /^</) {
			sub(/>.*/, ">", name)
			if (file ~ /^kernels\// && name in host)
				bad("a kernel may not include " name)
			if (name == "<benchmark/benchmark.h>" && from != "gbench.cc")
				bad("only gbench.cc may include " name)
			next
		}
		sub(/^"/, "", name)
		sub(/".*/, "", name)
		path = file
		sub(/[^\/]*$/, "", path)
		path = normal(path name)
		to = layer(path)
		if (to == from && from != "gbench.cc" || (from, "*") in allowed && path ~ /^kernels\// ||
		    (from, to) in allowed || (from, path) in allowed)
			next
		bad(from " may not include " path)
	}
	END { exit wrong }'
