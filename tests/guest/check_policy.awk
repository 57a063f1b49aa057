# check_policy.awk - what --place and --mem mean on this machine, or why not.

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

# A workload of nodes that help each other, of threads on all CPUs.
function one_node(workload,    node, seen, nr)
{
	for (node in nr_cpus)
		if (nr_cpus[node])
			nr += !seen[home[node]]++
	return workload == "spill" && nr < 2 ? "one node where several" : ""
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
