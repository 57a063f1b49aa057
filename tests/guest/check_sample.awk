# check_sample.awk - one process as it was seen: its memory and its threads.

function begin_sample()
{
	seq = FILENAME
	sub(/.*\//, "", seq)
	sub(/\..*/, "", seq)
	where = run " sample " FILENAME
	sub(/ .*\//, " ", where)
	nr_claims = nr_areas = nr_threads = 0
	split("", map_end)
	split("", processor)
	split("", may_run)
	split("", mib)
	split("", stat_mib)
}

function read_sample(    a)
{
	if (section ~ /hold/ && $1 == "memory") {
		claim_start[++nr_claims] = hex($2)
		claim_end[nr_claims] = hex($3)
		claim_nodes[nr_claims] = $4
		claim_policy[nr_claims] = $5 == "any" ? "default" : $5 ":" $4
	} else if (section ~ /hold/ && $1 == "thread") {
		thread_id[++nr_threads] = $3
		thread_cpu[nr_threads] = $4
		thread_nodes[nr_threads] = $5
	} else if (section == "maps") {
		split($1, a, "-")
		map_end[a[1]] = hex(a[2])
	} else if (section == "numa_maps" && NF) {
		area_start[++nr_areas] = hex($1)
		area_end[nr_areas] = map_end[$1]
		area[nr_areas] = $0
	} else if (section ~ /task.*stat$/ && NF) {
		sub(/.*\) /, "")
		processor[section] = $37
	} else if (section ~ /task.*status$/ && $1 == "Cpus_allowed_list:")
		may_run[section] = $2
	else if (section == "numastat")
		read_numastat()
}

# Tables of as many nodes as fit the width, one below the other.
function read_numastat(    i)
{
	if ($1 == "Node")
		for (i = 2; i <= NF; i += 2)
			head[i / 2] = $i
	else if ($1 == "Total" && NF > 1)
		for (i = 2; i <= NF; i++)
			stat_mib[head[i - 1]] = $i
}

# The claim that a part of this area is of; 0: none. Sets claimed[].
function claim_of(i,    k, from, to, found)
{
	for (k = 1; k <= nr_claims; k++) {
		from = claim_start[k] > area_start[i] ? claim_start[k] : area_start[i]
		to = claim_end[k] < area_end[i] ? claim_end[k] : area_end[i]
		if (from >= to)
			continue
		claimed[k] += to - from
		if (found && claim_policy[k] != claim_policy[found])
			fail("one area for " claim_policy[k] " and " claim_policy[found])
		found = k
	}
	return found
}

# One area of numa_maps: how many of its pages are elsewhere than claimed.
function check_area(i,    word, n, k, part, count, total, least, most, page_kib, claim, bad, of)
{
	n = split(area[i], word, " ")
	page_kib = 4
	for (k = 3; k <= n; k++)
		if (sub(/^kernelpagesize_kB=/, "", word[k]))
			page_kib = word[k]
	claim = claim_of(i)
	least = -1
	for (k = 3; k <= n; k++) {
		if (word[k] !~ /^N[0-9]+=/)
			continue
		split(substr(word[k], 2), part, "=")
		mib[part[1]] += part[2] * page_kib / 1024
		if (!claim)
			continue
		count[part[1]] = part[2]
		total += part[2]
		seen_nodes[part[1]] = 1
		if (!has(claim_nodes[claim], part[1]))
			bad += part[2]
	}
	if (!claim && word[2] != "default")
		fail("an area of " word[2] " that nobody claims")
	if (!claim)
		return 0
	if (word[2] != claim_policy[claim])
		bad_policies++
	nr_huge[seq] += page_kib == 2048 ? total : 0
	sampled += total * page_kib / 4
	nr_ranges++
	# Dealt in turn: where all pages are there, each node has as many.
	if (claim_policy[claim] ~ /^interleave/ &&
	    total * page_kib * 1024 == area_end[i] - area_start[i]) {
		of = numbers(claim_nodes[claim], part)
		for (k = 1; k <= of; k++) {
			n = count[part[k]] + 0
			least = least < 0 || n < least ? n : least
			most = n > most ? n : most
		}
		if (most - least > (row[seq, "pages"] == "thp" ? 512 : 1))
			bad += most - least
		nr_even++
	}
	return bad * page_kib / 4
}

function check_threads(    a, i, path, bad, n)
{
	n = numbers(row[seq, "cpus"], a)
	if (n != nr_threads)
		fail(nr_threads " threads for cpus " row[seq, "cpus"])
	for (i = 1; i <= nr_threads; i++) {
		path = "task/" thread_id[i] "/stat"
		if (thread_cpu[i] != a[i])
			fail("thread " i - 1 " says CPU " thread_cpu[i] ", its row " a[i])
		bad += processor[path] != a[i] || may_run[path "us"] != a[i]
		nr_pinned++
	}
	return bad + 0
}

# A thread works on the simulated node that its place and --mem give it.
function check_thread_nodes(mem,    i)
{
	for (i = 1; i <= nr_threads; i++)
		if (mem ~ /^(local|remote)$/ ? \
		    !right_node(mem, node_of[thread_cpu[i]], thread_nodes[i]) : \
		    thread_nodes[i] != row[seq, "nodes_requested"])
			fail("thread " i - 1 " works on node " thread_nodes[i])
}

# Each simulated node has as much memory, mem_map and all else as the others, in
# mapping after mapping in one order: what belongs together lies together.
function check_shares(mem,    k, share, least, of, order, first)
{
	if (row[seq, "family"] !~ /^(frame|slab|zone|pgtable)$/ ||
	    mem !~ /^(local|remote)$/)
		return
	for (k = 1; k <= nr_claims; k++) {
		share[claim_nodes[k]] += (claim_end[k] - claim_start[k]) / 1024
		if (k > 1 && claim_start[k] == claim_end[k - 1])
			order = order " " claim_nodes[k]
		else
			order = claim_nodes[k]
		if (k < nr_claims && claim_start[k + 1] == claim_end[k] ||
		    order !~ / /)
			continue
		if (first == "")
			first = order
		if (order != first)
			fail("one mapping is on nodes " first ", one on " order)
	}
	for (k in share)
		if (least == "" || share[k] < least)
			least = share[k]
	# A huge page in which one node ends is the next one's.
	if (asked_pages == "thp")
		return
	# Two simulated nodes may be remote on the same one.
	for (k in share)
		if (mem == "local" ? share[k] != least : share[k] % least)
			fail("claims " share[k] " KiB on node " k ", " least \
			     " on another")
}

# numactl's sums of the same process; it rounds to hundredths.
function check_numastat(    n, off)
{
	for (n in stat_mib)
		if (n in node_kib) {
			off = stat_mib[n] - mib[n]
			if (off > 0.02 || off < -0.02)
				fail("numastat has " stat_mib[n] " MiB on node " n \
				     ", numa_maps " mib[n])
			nr_numastat++
		}
}

# A world of processes is on the first simulated node; all else on each.
function check_asked(nodes,    a)
{
	numbers(row[seq, "cpus"], a)
	if (row[seq, "family"] == "rmap" && row[seq, "mem_policy"] ~ /^(local|remote)$/ &&
	    right_node(row[seq, "mem_policy"], node_of[a[1]], nodes) &&
	    has(row[seq, "nodes_requested"], nodes))
		return
	if (nodes != row[seq, "nodes_requested"])
		fail("claims nodes " nodes ", its row " row[seq, "nodes_requested"])
}

function end_sample(    i, k, claimed_kib, bad_pages, bad_threads, asked, a, nr)
{
	if (!seq_seen[seq])
		return fail("has no row")
	split("", claimed)
	split("", seen_nodes)
	split("", asked)
	bad_policies = sampled = 0
	for (i = 1; i <= nr_areas; i++)
		bad_pages += check_area(i)
	# Simulated memory, and its mem_map: 64 bytes a page of 4096.
	for (k = 1; k <= nr_claims; k++)
		claimed_kib += (claim_end[k] - claim_start[k]) / 1024
	if (row[seq, "family"] ~ /^(frame|slab|pgtable)$/ &&
	    claimed_kib < simulated(row[seq, "mem_policy"], row[seq, "cpus"]) * asked_kib * 65 / 64)
		fail("claims no more than " claimed_kib " KiB")
	for (k = 1; k <= nr_claims; k++) {
		if (claimed[k] != claim_end[k] - claim_start[k])
			fail("a range claimed for " claim_policy[k] " is not there")
		for (nr = numbers(claim_nodes[k], a); nr > 0; nr--)
			asked[a[nr]] = 1
	}
	check_asked(to_list(asked))
	check_shares(row[seq, "mem_policy"])
	check_thread_nodes(row[seq, "mem_policy"])
	if (to_list(seen_nodes) != row[seq, "nodes_actual"])
		fail("nodes_actual " row[seq, "nodes_actual"] ", but pages are on " \
		     to_list(seen_nodes))
	bad_threads = check_threads()
	check_numastat()
	nr_samples[seq]++
	nr_seen++
	pages_checked += sampled
	if (fault == "bind" && bad_pages && bad_policies && !bad_threads ||
	    fault == "pin" && bad_threads && !bad_pages && !bad_policies)
		caught[fault]++
	else if (fault != "none")
		fail("planted fault " fault ": " bad_pages + 0 " pages and " \
		     bad_threads " threads seen elsewhere")
	else {
		misplaced += bad_pages
		strayed += bad_threads
		if (bad_pages || bad_policies)
			fail(bad_pages + 0 " pages misplaced, " bad_policies \
			     " policies wrong")
		if (bad_threads)
			fail(bad_threads " threads elsewhere")
	}
}
