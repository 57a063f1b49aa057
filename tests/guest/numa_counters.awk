# numa_counters.awk - hold what strategies count of each node against what the
# kernel says of their memory: as many pages on every node, to the page.
#
# Variables: shape, its name; usable, the nodes whose CPUs and the nodes whose
# memory may be used, where several must show in which order they help. Reads
# facts, then of each run: what, run/samples.csv, samples/*, as check.awk does.
# Of a process whose rows have metrics node_NN_*, NN is the NNth range of its
# first mapping (harness/hold.h), which is the simulated memory; pages of it are
# counted in numa_maps.

function fail(text)
{
	if (++nr_wrong <= 20)
		print shape ": " run " process " seq ": " text
}

# A counter of a simulated node.
function of(node, name)
{
	name = sprintf("node_%02d_%s", node, name)
	if (!((seq, name) in value))
		fail("has no " name)
	return value[seq, name]
}

function hex(text,    number, i)
{
	for (i = 1; i <= length(text); i++)
		number = number * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
	return number
}

# Simulated nodes of this process: those it counted pages on.
function count_nodes(    n)
{
	for (n = 0; (seq, sprintf("node_%02d_pages", n)) in value; n++)
		;
	return n
}

# The host nodes of all simulated ones, which are of one size: neighbours on the
# same host node have one range together.
function find_hosts(nr,    n, k, bytes)
{
	bytes = (range_end[seq, nr_ranges[seq] - 1] - range_start[seq, 0]) / nr
	for (n = k = 0; n < nr; n++) {
		while (k < nr_ranges[seq] - 1 &&
		       range_end[seq, k] <= range_start[seq, 0] + n * bytes)
			k++
		claim[n] = range_nodes[seq, k]
	}
}

# As many pages on each host node as on the simulated ones that it stands for?
function check_pages(nr,    n, host, counted)
{
	for (n = 0; n < nr; n++)
		counted[claim[n]] += of(n, "pages")
	for (host = 0; host <= max_node; host++) {
		if (counted[host] + 0 != seen[seq, host] + 0)
			fail(counted[host] + 0 " pages counted on node " host \
			     ", " seen[seq, host] + 0 " seen")
		nr_pages += counted[host]
	}
}

# The rules of numastat, and who is served by whom.
function check_numastat(nr,    n, miss, foreign)
{
	for (n = 0; n < nr; n++) {
		if (of(n, "numa_hit") + of(n, "numa_miss") != \
		    of(n, "local_node") + of(n, "other_node"))
			fail("node " n ": hits and misses are not local and other")
		miss += of(n, "numa_miss")
		foreign += of(n, "numa_foreign")
		nr_counters += 5
	}
	if (miss != foreign)
		fail(miss " misses, " foreign " foreign")
}

# Only the first node is short; the others help it by their distance, as many
# as its want takes: each has an equal part of it to spare.
function check_spill(nr,    n, other, want, helpers)
{
	for (n = 0; n < nr; n++) {
		if (of(n, "numa_hit") + of(n, "numa_miss") != of(n, "pages"))
			fail("node " n " did not serve " of(n, "pages") " pages")
		if (of(n, "local_node") != of(n, "numa_hit") ||
		    of(n, "other_node") != of(n, "numa_miss"))
			fail("node " n " served others than it missed")
		if ((of(n, "numa_foreign") > 0) != (n == 0 && nr > 1))
			fail(of(n, "numa_foreign") " pages of node " n " are others'")
		helpers += of(n, "numa_miss") > 0
		for (other = 1; other < nr; other++)
			if (n && of(n, "numa_miss") && !of(other, "numa_miss") &&
			    distance[claim[0], claim[other]] < \
			    distance[claim[0], claim[n]])
				fail("node " n " helped, " other " is nearer")
	}
	want = size[seq] * (nr - 1) / 100
	if (nr > 1 && helpers != int(want) + (want > int(want)))
		fail(helpers " nodes helped with " size[seq] " percent")
	nr_orders += nr > 1
}

# Slabs stay at home, and every free elsewhere is counted.
function check_slabs(nr,    n)
{
	for (n = 0; n < nr; n++) {
		if (of(n, "pgalloc") - of(n, "pgfree") != of(n, "pages"))
			fail("node " n ": pgalloc - pgfree is not " of(n, "pages"))
		if (of(n, "numa_miss"))
			fail("node " n " has slabs of others")
	}
	if (strategy[seq] != "array_cache")
		return
	if (value[seq, "remote_frees"] != value[seq, "freed_elsewhere"] ||
	    (nr > 1 && !value[seq, "remote_frees"]))
		fail(value[seq, "remote_frees"] " remote frees of " \
		     value[seq, "freed_elsewhere"])
}

# A copy on every node, or all on the first.
function check_tables(nr,    n)
{
	if (strategy[seq] == "replicated" && value[seq, "local_walk_share"] != 1)
		fail("walks a copy of another node")
	for (n = 1; n < nr; n++)
		if (of(n, "pages") != (strategy[seq] == "replicated" ? of(0, "pages") : 0))
			fail(of(n, "pages") " pages of tables on node " n)
}

function end_run(    nr)
{
	for (seq = 0; seq < nr_seqs; seq++) {
		nr = count_nodes()
		if (!nr)
			continue
		nr_processes++
		if (!nr_ranges[seq]) {
			fail("was not seen from outside")
			continue
		}
		find_hosts(nr)
		check_pages(nr)
		if (family[seq] != "pgtable")
			check_numastat(nr)
		if (workload[seq] == "spill")
			check_spill(nr)
		else if (family[seq] == "slab")
			check_slabs(nr)
		else
			check_tables(nr)
	}
}

function begin_run()
{
	end_run()
	run = FILENAME
	sub(/\/what$/, "", run)
	sub(/.*\//, "", run)
	nr_seqs = 0
	split("", value)
	split("", nr_ranges)
	split("", seen)
}

function read_row(    f, i, n)
{
	gsub(/"[^"]*"/, "") # lists of CPUs and nodes
	n = split($0, f, ",")
	if (FNR == 1) {
		for (i = 1; i <= n; i++)
			column[f[i]] = i
		return
	}
	seq = f[column["seq"]]
	if (seq >= nr_seqs)
		nr_seqs = seq + 1
	family[seq] = f[column["family"]]
	strategy[seq] = f[column["strategy"]]
	workload[seq] = f[column["workload"]]
	size[seq] = f[column["size"]]
	value[seq, f[column["metric"]]] = f[column["value"]]
}

# The last stretch of a process counts: its pages are those of the rows.
function begin_sample(    part, n)
{
	n = split(FILENAME, part, "/")
	split(part[n], part, ".")
	seq = part[1]
	old = seq in stretch && run == stretch_run[seq] && part[2] + 0 < stretch[seq]
	if (old)
		return
	stretch[seq] = part[2] + 0
	stretch_run[seq] = run
	nr_ranges[seq] = 0
	for (n = 0; n <= max_node; n++)
		seen[seq, n] = 0
}

# Addresses are of one length, so that words compare as numbers do.
function read_sample(    k, part)
{
	if (section ~ /hold/ && $1 == "memory") {
		if (nr_ranges[seq] && $2 != claim_end)
			in_first = 0
		if (!in_first)
			return
		if (!nr_ranges[seq])
			claim_start = $2
		claim_end = $3
		range_start[seq, nr_ranges[seq]] = hex($2)
		range_end[seq, nr_ranges[seq]] = hex($3)
		range_nodes[seq, nr_ranges[seq]++] = $4
	} else if (section == "numa_maps" && $1 "" >= claim_start "" &&
		   $1 "" < claim_end "")
		for (k = 3; k <= NF; k++)
			if ($k ~ /^N[0-9]+=/) {
				split(substr($k, 2), part, "=")
				seen[seq, part[1]] += part[2]
			}
}

FNR == 1 {
	section = ""
	in_first = 1
	kind = FILENAME ~ /facts$/ ? "facts" : FILENAME ~ /what$/ ? "what" : \
	       FILENAME ~ /\.csv$/ ? "rows" : "sample"
	if (kind == "what")
		begin_run()
	if (kind == "sample")
		begin_sample()
}
/^==> .* <==$/ {
	section = $2
	next
}
kind == "facts" && section ~ /node\/node[0-9]+\/distance$/ {
	node = section
	gsub(/.*node\/node|\/distance$/, "", node)
	for (i = 1; i <= nr_nodes; i++)
		distance[node, nodes[i]] = $i
}
kind == "facts" && section ~ /node\/online$/ {
	n = split($1, lists, ",")
	for (i = 1; i <= n; i++) {
		split(lists[i] "-" lists[i], ends, "-")
		for (node = ends[1] + 0; node <= ends[2] + 0; node++)
			nodes[++nr_nodes] = node
	}
	max_node = nodes[nr_nodes]
}
kind == "rows" {
	read_row()
}
kind == "sample" && !old {
	read_sample()
}

END {
	end_run()
	printf "%s: %d processes, %d pages and %d counters of nodes as seen from " \
	       "outside, %d orders of fallback by distance\n", shape,
	       nr_processes, nr_pages, nr_counters, nr_orders
	if (usable ~ /[-,].* .*[-,]/ && !nr_orders) {
		print shape ": no node helped another"
		nr_wrong++
	}
	if (nr_wrong)
		print shape ": " nr_wrong " counters are wrong"
	exit nr_wrong > 0
}
