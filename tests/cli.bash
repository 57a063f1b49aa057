# cli.bash - what the bats files share: the program, its errors, its CSV.
bats_require_minimum_version 1.5.0

top=$(cd -- "$BATS_TEST_DIRNAME/.." && pwd -P)
kmembench=${KMB_TEST_BINARY:-$top/build/release/kmembench}
selftest=${KMB_TEST_SELFTEST:-$top/build/release/tests/kmembench-selftest}

# The caller's KMB_ options are not the tests'.
for name in "${!KMB_@}"; do
	[[ $name = KMB_TEST_* ]] || unset "$name"
done
export NO_COLOR=1
unset name
# With KMB_TEST_FAULT=steal half of all processes are disturbed, as on a busy
# machine: the tests must pass.
[ -z "${KMB_TEST_FAULT:-}" ] || export KMB_FAULT=$KMB_TEST_FAULT

# The least effort that still writes every file.
tiny=(--preset smoke --process-reps 1 --reps 1 --min-time 0.0005 --threads 1 --memory 16m)

# A run that takes well below a second.
point=(frame/free_area/pair --size 0)

samples_header='schema,run_id,host,seq,block,process,rep,family,strategy,workload,isa,threads,size,size_unit,pages,place,cpus,mem_policy,nodes_requested,nodes_actual,metric,value,unit,source,coverage,status,reason,arm,steal_ns,nivcsw,faults,migrations,cpu_mhz,variant,version'

# fails CODE WORD COMMAND...: exits with CODE and one line that holds WORD.
fails() {
	local code=$1 word=$2
	shift 2
	run -"$code" --separate-stderr "$@"
	printf 'stderr: %s\n' "$stderr"
	[ "${#stderr_lines[@]}" = 1 ]
	[[ $stderr = *"$word"* ]]
}

# csv_plain FILE: fields without quotes; a comma inside one becomes ';'.
csv_plain() {
	awk -F'"' '{
		text = $1
		for (i = 2; i <= NF; i++) {
			if (i % 2 == 0)
				gsub(",", ";", $i)
			text = text $i
		}
		print text
	}' "$1"
}

# csv_select FILE COLUMN... [COLUMN=VALUE...]: those columns of matching rows; of
# what was disturbed and measured once more only the second, unless asked for.
csv_select() {
	local file=$1
	shift
	csv_plain "$file" | awk -F, -v words="$*" '
	NR == 1 {
		for (i = 1; i <= NF; i++)
			at[$i] = i
		n = split(words, word, " ")
		next
	}
	$at["status"] == "repeated" && words !~ /status=repeated/ { next }
	{
		text = ""
		for (i = 1; i <= n; i++) {
			if (split(word[i], part, "=") == 2) {
				if ($at[part[1]] != part[2])
					next
			} else
				text = text (text == "" ? "" : " ") $at[word[i]]
		}
		print text
	}'
}

# csv_check FILE: every whole row has the header's fields, and there are some.
csv_check() {
	csv_plain "$1" | awk -F, '
	NR == 1 { n = NF }
	NF != n || /\r/ { print FILENAME ":" NR ": " $0; wrong = 1 }
	END { exit wrong || NR < 2 }'
}

# json_check FILE: it parses. cmake is here wherever this was built.
json_check() {
	cmake -D "FILE=$1" -P "$BATS_TEST_DIRNAME/json.cmake"
}
