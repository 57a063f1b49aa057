#!/usr/bin/env bash
# check_warnings.sh - gcc and clang compile everything without a warning.
#
# A source that several programs are made of is compiled once. gcc sees more when
# it optimises, and has seen it all where the build is one of gcc with KMB_WERROR;
# clang's come from its front end, so nothing behind that is run.
#
# $KMB_TEST_BUILD: a configured build, for its compile_commands.json.
set -euo pipefail
top=$(cd -- "$(dirname -- "$0")/.." && pwd -P)
commands=${KMB_TEST_BUILD:-$top/build/release}/compile_commands.json

# The compile commands, one a line, as the shell takes them; without their output,
# and each once.
compile_commands() {
	sed -n 's/^ *"command": "\(.*\)",\{0,1\}$/\1/p' "$commands" |
		sed -E 's/\\(["\\])/\1/g; s# -o [^ ]+ # -o /dev/null #' | sort -u
}

# Did gcc build all of it, with -Werror?
seen_by_gcc() {
	local compiler without
	compiler=$(compile_commands | awk 'NR == 1 { print $1 }')
	without=$(compile_commands | grep -cv -- ' -Werror ') || true
	[[ $without = 0 && $("$compiler" --version) = *'Free Software'* ]]
}

# check C-COMPILER C++-COMPILER FLAG...: the same commands with another compiler.
check() {
	echo "$*, -Werror"
	compile_commands |
		sed -E "s#^[^ ]*(\+\+|c\+\+)([-0-9.]*) #$2 #; t done
			s#^[^ ]+ #$1 #; :done
			s# -o # ${*:3} -Werror -o #" |
		tr '\n' '\0' |
		(cd -- "$(dirname -- "$commands")" &&
			xargs -0 -P "$(nproc)" -I{} sh -c '{}')
}

if seen_by_gcc; then
	echo 'gcc, -Werror: the build itself'
else
	check gcc g++
fi
if ! command -v clang++ >/dev/null; then
	echo 'skipped: no clang here'
	exit 77
fi
check clang clang++ -O0 -emit-llvm -Xclang -disable-llvm-passes
