# check.awk - hold the rows of a shape's runs against what was seen from outside.
#
# Variables: shape, its name; usable, the lists of nodes whose CPUs and whose
# memory may be used there; shows, what it must bring about, separated by '|'.
# Reads facts, then of each run: what, run/samples.csv, samples/*. The rows are
# the claims; what they are held against is the kernel's word alone.

# ---- words ----

function fail(text)
{
	if (++nr_wrong <= 20)
		print shape ": " where ": " text
}

# "0-2,4" to a[1..n]; n.
function numbers(list, a,    part, ends, nr, n, i, k)
{
	split("", a)
	if (list == "NA" || list == "-")
		return 0
	nr = split(list, part, ",")
	for (i = 1; i <= nr; i++) {
		split(part[i], ends, "-")
		for (k = ends[1] + 0; k <= (ends[2] == "" ? ends[1] : ends[2]) + 0; k++)
			a[++n] = k
	}
	return n + 0
}

function has(list, number,    a, i)
{
	for (i = numbers(list, a); i > 0; i--)
		if (a[i] == number)
			return 1
	return 0
}

# The nodes n for which set[n] is not 0, ascending, as a list like the rows'.
function to_list(set,    text, n, first)
{
	for (n = 0; n <= max_node; n++) {
		if (!set[n])
			continue
		for (first = n; set[n + 1]; n++)
			;
		text = text (text == "" ? "" : ",") first (n > first ? "-" n : "")
	}
	return text == "" ? "NA" : text
}

function hex(text,    value, i)
{
	text = tolower(text)
	for (i = 1; i <= length(text); i++)
		value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
	return value
}

function kib(size)
{
	return (size + 0) * (size ~ /k$/ ? 1 : size ~ /m$/ ? 1024 : 1048576)
}

# One line of CSV to f[1..n]; quoted fields hold no line break here.
function csv(line, f,    n, i, c, quoted)
{
	split("", f)
	n = 1
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		if (c == "\"")
			quoted = !quoted
		else if (c == "," && !quoted)
			n++
		else
			f[n] = f[n] c
	}
	return n
}

# ---- the machine, as the kernel told it ----

function read_facts(    a, n, i, node)
{
	node = section
	sub(/.*node\/node/, "", node)
	sub(/\/.*/, "", node)
	if (section ~ /cpu\/online$/)
		cpus_online = $1
	else if (section ~ /node\/online$/) {
		nr_nodes = numbers($1, nodes)
		max_node = nodes[nr_nodes]
	} else if (section ~ /cpulist$/) {
		for (n = numbers($1, a); n > 0; n--)
			node_of[a[n]] = node
	} else if (section ~ /distance$/) {
		for (i = 1; i <= nr_nodes; i++)
			distance[node, nodes[i]] = $i
	} else if (section ~ /meminfo$/ && $3 == "MemTotal:")
		node_kib[node] = $4
	else if (section ~ /free_hugepages$/)
		pool[node] = $1
	else if (section ~ /memory.max$/ && $1 != "max")
		limit_kib = $1 / 1024
	else if ($1 == "Cpus_allowed_list:")
		cpus_allowed = $2
	else if ($1 == "Mems_allowed_list:")
		mems_allowed = $2
}

# What of it may be used: usable_cpu[], nr_cpus[node], memory[node] in KiB.
function end_facts(    a, i, n)
{
	for (i = numbers(cpus_online, a); i > 0; i--)
		if (has(cpus_allowed, a[i])) {
			usable_cpu[a[i]] = 1
			nr_cpus[node_of[a[i]]]++
			all_cpus++
		}
	for (i = 1; i <= nr_nodes; i++) {
		n = nodes[i]
		memory[n] = has(mems_allowed, n) ? node_kib[n] + 0 : 0
		nr_memory += memory[n] > 0
		most_cpus = nr_cpus[n] > most_cpus ? nr_cpus[n] : most_cpus
		cpu_nodes += nr_cpus[n] > 0
	}
	where = "facts"
	if (to_list(nr_cpus) " " to_list(memory) != usable)
		fail("usable CPUs on nodes " to_list(nr_cpus) ", memory on " \
		     to_list(memory) "; the shape has " usable)
}

# The distance of the nearest (of the farthest, with sign -1) usable memory
# that is not on `but`.
function memory_distance(from, sign, but,    i, d, best)
{
	best = ""
	for (i = 1; i <= nr_nodes; i++) {
		d = sign * distance[from, nodes[i]]
		if (memory[nodes[i]] && nodes[i] != but &&
		    (best == "" || d < best))
			best = d
	}
	return sign * best
}

# ---- what a policy means here ----

# May threads on node `from` have their memory on `node`, by local or remote?
function right_node(mem, from, node,    own)
{
	if (!memory[node])
		return 0
	if (mem == "local" && memory[from])
		return node == from
	if (mem == "local")
		return distance[from, node] == memory_distance(from, 1, -1)
	own = home[from]
	return node != own && distance[own, node] == memory_distance(own, -1, own)
}

# Where memory of threads on a node is, if local: for nodes without, the first
# of the nearest.
function find_homes(    i, k, from)
{
	for (i = 1; i <= nr_nodes; i++) {
		from = nodes[i]
		for (k = nr_nodes; k > 0; k--)
			if (right_node("local", from, nodes[k]))
				home[from] = nodes[k]
	}
}

function room_of(place,    a)
{
	if (place ~ /^node:/)
		return nr_cpus[substr(place, 6)] + 0
	if (place == "smp")
		return most_cpus
	return place ~ /^[0-9]/ ? numbers(place, a) : all_cpus
}

# Why this placement cannot be had here; "" if it can.
function refusal(place, mem, threads,    a, i, node)
{
	if (place ~ /^[0-9]/)
		for (i = numbers(place, a); i > 0; i--)
			if (!has(cpus_online, a[i]))
				return "CPU " a[i] " is offline"
			else if (!usable_cpu[a[i]])
				return "CPU " a[i] " is not in this process's cpuset"
	if (place ~ /^node:/ && !room_of(place))
		return "node " substr(place, 6) " has no usable CPUs"
	if (threads > room_of(place))
		return threads " threads do not fit"
	if (mem == "remote" && nr_memory < 2)
		return "remote needs two nodes with memory"
	if (mem !~ /^bind:/)
		return ""
	node = substr(mem, 6)
	if (memory[node])
		return ""
	if (has(mems_allowed, node) || !node_kib[node])
		return "node " node " has no memory"
	return "node " node " is not in this process's cpuset"
}

# How many nodes are simulated: each of as much memory as was asked for.
function simulated(mem, cpus,    a, i, seen, nr)
{
	if (mem != "local" && mem != "remote")
		return 1
	for (i = numbers(cpus, a); i > 0; i--)
		nr += !seen[home[node_of[a[i]]]]++
	return nr
}

# Is more asked for than there is?
function too_large(mem, cpus)
{
	if (mem ~ /^bind:/ && asked_kib > memory[substr(mem, 6)])
		return 1
	return limit_kib && simulated(mem, cpus) * asked_kib > limit_kib
}

# The CPUs in the order of the threads, by what the placement is to do.
function check_place(place, cpus, threads,    a, list, n, i, node, last, seen, spread)
{
	n = numbers(cpus, a)
	if (n != threads)
		return fail("cpus " cpus " are not " threads)
	numbers(place ~ /^[0-9]/ ? place : "NA", list)
	for (i = 1; i <= n; i++) {
		node = node_of[a[i]]
		if (!usable_cpu[a[i]])
			fail("CPU " a[i] " may not be used")
		if (place ~ /^[0-9]/ && a[i] != list[i])
			fail("CPU " a[i] " is not " list[i] " of the list")
		if (place ~ /^node:/ && node != substr(place, 6))
			fail("CPU " a[i] " is not on " place)
		if (place == "smp" && nr_cpus[node] != most_cpus)
			fail("CPU " a[i] " is not on a node with the most CPUs")
		if (place == "smp" && i > 1 && node != last)
			fail("smp is on nodes " last " and " node)
		# A node once left was full.
		if (place == "compact" && i > 1 && node != last &&
		    seen[last] < nr_cpus[last])
			fail("compact left node " last " with room")
		if (place == "scatter" && i <= cpu_nodes && seen[node])
			fail("scatter put a second thread on node " node)
		seen[node]++
		last = node
	}
}

# The nodes that memory was asked for on, by what the policy is to do.
function check_mem(mem, cpus, requested,    a, b, i, k, nr, set, served)
{
	split("", set)
	nr = numbers(requested, b)
	if (mem ~ /^bind:/ && requested != substr(mem, 6))
		fail("nodes_requested " requested " for " mem)
	if (mem == "interleave") {
		for (i = 1; i <= nr_nodes; i++)
			set[nodes[i]] = memory[nodes[i]] > 0
		if (requested != to_list(set))
			fail("interleave over " requested ", not " to_list(set))
	}
	if (mem != "local" && mem != "remote")
		return
	for (k = numbers(cpus, a); k > 0; k--) {
		served = 0
		for (i = 1; i <= nr; i++)
			if (right_node(mem, node_of[a[k]], b[i])) {
				served = 1
				set[b[i]] = 1
			}
		if (!served)
			fail("CPU " a[k] " has no " mem " memory on " requested)
	}
	for (i = 1; i <= nr; i++)
		if (!set[b[i]])
			fail("node " b[i] " is not " mem " to any thread")
}

# ---- rows ----

function begin_run()
{
	run = FILENAME
	sub(/\/what$/, "", run)
	sub(/.*\//, "", run)
	nr_runs++
	asked_kib = kib($3)
	asked_pages = $4
	fault = $5
	nr_seqs = 0
	split("", row)
	split("", seq_seen)
	split("", nr_samples)
}

function read_row(    f, i, n, seq)
{
	n = csv($0, f)
	if (FNR == 1) {
		for (i = 1; i <= n; i++)
			column[f[i]] = i
		return
	}
	nr_rows++
	seq = f[column["seq"]]
	if (!seq_seen[seq]++)
		seqs[++nr_seqs] = seq
	for (i in column)
		row[seq, i] = f[column[i]]
}

function outcome(seq)
{
	return row[seq, "status"] " " row[seq, "reason"]
}

# Is each row what it must be in this shape?
function check_rows(    i, seq, place, mem, wanted, why)
{
	for (i = 1; i <= nr_seqs; i++) {
		seq = seqs[i]
		where = run " process " seq
		place = row[seq, "place"]
		mem = row[seq, "mem_policy"]
		wanted = fault == "none" ? "ok" : "misplaced"
		why = refusal(place, mem, row[seq, "threads"])
		if (why != "")
			wanted = "skipped"
		else if (too_large(mem, row[seq, "cpus"])) {
			wanted = "oom"
			why = "no memory for the case"
		}
		nr_processes++
		if (row[seq, "status"] != wanted || !index(row[seq, "reason"], why))
			fail(outcome(seq) ", but " wanted " " why " is right")
		if (wanted == "skipped" || wanted == "oom") {
			refused[row[seq, "reason"]]++
			nr_refused++
			continue
		}
		nr_ok += wanted == "ok"
		tried[fault] += fault != "none"
		check_place(place, row[seq, "cpus"], row[seq, "threads"])
		check_mem(mem, row[seq, "cpus"], row[seq, "nodes_requested"])
		check_pages(mem, seq)
		if (!nr_samples[seq])
			fail("was not seen from outside")
	}
	if (!nr_seqs)
		fail("no rows")
}

# Huge pages where there is a pool, and said where there is none.
function check_pages(mem, seq)
{
	if (asked_pages != "2m")
		return
	if (pool[substr(mem, 6)] * 2048 > 2 * asked_kib) {
		if (row[seq, "pages"] != "2m" || !nr_huge[seq])
			fail("no pages of 2 MiB, though node has " \
			     pool[substr(mem, 6)])
		had_pool = 1
	} else {
		if (row[seq, "pages"] == "2m" || row[seq, "reason"] !~ /2m: /)
			fail("pages " row[seq, "pages"] " without a pool")
		refused[row[seq, "reason"]]++
		nr_refused++
	}
}

# ---- samples ----

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

# ---- all of it ----

function end_file()
{
	if (kind == "facts") {
		end_facts()
		find_homes()
	} else if (kind ~ /^[0-9]/)
		end_sample()
}

BEGIN {
	nr_must = split(shows, must, "|")
}

FNR == 1 {
	end_file()
	kind = FILENAME
	sub(/.*\//, "", kind)
	section = ""
	if (kind == "what" && nr_runs)
		check_rows()
	if (kind == "what")
		begin_run()
	if (FILENAME ~ /\/samples\//)
		begin_sample()
}

/^==> .* <==$/ {
	section = $2
	next
}

kind == "facts" { read_facts() }
kind == "samples.csv" { read_row() }
kind ~ /^[0-9]/ { read_sample() }

END {
	end_file()
	if (nr_runs)
		check_rows()
	where = "all"
	printf "%s: %d runs, %d rows of %d processes: %d ok, %d refused\n",
		shape, nr_runs, nr_rows, nr_processes, nr_ok, nr_refused
	printf "  %d pages in %d ranges of %d samples checked, %d misplaced; " \
		"interleaved evenly in %d ranges\n", pages_checked, nr_ranges,
		nr_seen, misplaced, nr_even
	printf "  %d threads checked, %d not on their CPU; %d sums as numastat's\n",
		nr_pinned, strayed, nr_numastat
	for (i = 1; i <= split("bind pin", planted, " "); i++)
		if (tried[planted[i]]) {
			printf "  planted fault %s: %d of %d processes caught, " \
				"by their rows and from outside\n", planted[i],
				caught[planted[i]], tried[planted[i]]
			found[planted[i]] = caught[planted[i]]
		}
	for (reason in refused) {
		printf "  %d refused: %s\n", refused[reason], reason
		for (i = 1; i <= nr_must; i++)
			found[must[i]] += index(reason, must[i]) > 0
	}
	found["pages of 2 MiB"] = had_pool
	for (i = 1; i <= nr_must; i++)
		if (!found[must[i]])
			fail("this shape must show: " must[i])
	if (!nr_ok || !pages_checked || !nr_pinned)
		fail("nothing was checked")
	if (nr_memory > 1 && !nr_even)
		fail("no interleave was seen whole")
	if (nr_wrong > 20)
		print shape ": and " nr_wrong - 20 " more"
	exit nr_wrong > 0
}
