# check.awk - hold the rows of a shape's runs against what was seen from outside.
#
# Variables: shape, its name; usable, the lists of nodes whose CPUs and whose
# memory may be used there; shows, what it must bring about, separated by '|'.
# Reads facts, then of each run: what, run/samples.csv, samples/*. The rows are
# the claims; what they are held against is the kernel's word alone.
#
# With check_machine.awk, check_policy.awk and check_sample.awk.

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
	split("", nr_huge)
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
	else
		same_row(seq, f)
	for (i in column)
		row[seq, i] = f[column[i]]
}

# All rows of a process claim the same of its memory and threads.
function same_row(seq, f,    names, i)
{
	where = run " process " seq
	for (i = split("pages place cpus mem_policy nodes_requested nodes_actual status reason", names, " "); i > 0; i--)
		if (row[seq, names[i]] != f[column[names[i]]])
			fail("rows with " names[i] " " row[seq, names[i]] \
			     " and " f[column[names[i]]])
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
		if (why == "")
			why = one_node(row[seq, "workload"])
		if (why != "")
			wanted = "skipped"
		else if (too_large(mem, row[seq, "cpus"])) {
			wanted = "oom"
			why = "no memory for the case"
		}
		nr_processes++
		if (row[seq, "status"] != wanted ||
		    (why != "" && !index(row[seq, "reason"], why)))
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
