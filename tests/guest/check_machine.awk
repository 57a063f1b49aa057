# check_machine.awk - numbers and lists, and the machine as its kernel told it.

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
