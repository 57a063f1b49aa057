#!/bin/sh
# topo.sh - inside a guest: does `kmembench topo` say what the kernel says?
#
# Both are brought to the same lines (nodes with their CPUs, distances, what we
# may use, the firmware's latencies and bandwidths) and compared. Says how many
# there are; exits 1 after the differences.
set -u
node=/sys/devices/system/node

kernel() {
	for dir in "$node"/node[0-9]*; do
		n=${dir##*/node}
		echo "node $n cpus $(cat "$dir/cpulist")"
		echo "node $n distances $(cat "$dir/distance")"
		for access in "$dir/access1/initiators" "$dir/access0/initiators"; do
			[ -e "$access/read_latency" ] || continue
			echo "node $n hmat $(cat "$access/read_latency") $(cat "$access/read_bandwidth")"
			break
		done
	done
	echo "offline $(without /sys/devices/system/cpu/present /sys/devices/system/cpu/online)"
	allowed=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
	echo "usable cpus $(echo "$allowed" | common - /sys/devices/system/cpu/online)"
	echo "usable memory $(sed -n 's/^Mems_allowed_list:[[:space:]]*//p' /proc/self/status)"
}

# common FILE FILE, without FILE FILE: of two lists, what is in both, or in the
# first only, as a list.
common() {
	lists 1 "$@"
}

without() {
	lists 0 "$@"
}

lists() {
	awk -v in_second="$1" '
	function expand(list, set,    n, i, part, ends) {
		n = split(list, part, ",")
		for (i = 1; i <= n; i++) {
			if (split(part[i], ends, "-") == 1)
				ends[2] = ends[1]
			for (; ends[1] + 0 <= ends[2] + 0; ends[1]++)
				set[ends[1] + 0] = 1
		}
	}
	FNR == 1 && !seen++ { expand($0, first); next }
	FNR == 1 { expand($0, second) }
	END {
		for (i = 0; i < 1024; i++) {
			if (!(i in first) || (i in second) != in_second)
				continue
			end = i
			while ((end + 1 in first) && (end + 1 in second) == in_second)
				end++
			text = text (text == "" ? "" : ",") i (end > i ? "-" end : "")
			i = end
		}
		print text
	}' "$2" "$3"
}

topo() {
	kmembench topo | awk '
	/^usable / {
		sub(/^usable +CPUs /, "")
		n = split($0, part, ", memory of nodes ")
		sub(/ of .*/, "", part[1])
		print "usable cpus " part[1]
		print "usable memory " part[2]
	}
	/CPUs .*: offline$/ {
		sub(/.*CPUs /, "")
		sub(/: offline/, "")
		offline = $0
	}
	/^[a-zA-Z]/ { section = $1; next }
	section == "nodes" && NF {
		number = $1
		sub(/ \(memory of node .*/, "")
		sub(/.* of /, "")
		print "node " number " cpus " ($NF == "none" ? "" : $NF)
	}
	section == "distances" && NF {
		number = $1
		sub(/^ *[0-9]+ +/, "")
		gsub(/ +/, " ")
		print "node " number " distances " $0
	}
	section == "HMAT" && $1 ~ /^[0-9]/ {
		split($2, ns, "/")
		split($3, mib, "/")
		print "node " $1 " hmat " ns[1] " " mib[1]
	}
	END { print "offline " offline }'
}

work=$(mktemp -d)
kernel | sed 's/ *$//' | sort >"$work/kernel"
topo | sed 's/ *$//' | sort >"$work/topo"
if ! diff "$work/kernel" "$work/topo"; then
	echo 'topo: does not say what the kernel says (-: the kernel, +: topo)'
	exit 1
fi
echo "topo: $(wc -l <"$work/kernel") statements agree with the kernel's"
