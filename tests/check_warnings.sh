#!/usr/bin/env bash
# check_warnings.sh - gcc and clang compile everything without a warning.
#
# $KMB_TEST_BUILD: a configured build, for its compile_commands.json.
set -euo pipefail
top=$(cd -- "$(dirname -- "$0")/.." && pwd -P)
commands=${KMB_TEST_BUILD:-$top/build/release}/compile_commands.json

# The compile commands, one a line, as the shell takes them.
compile_commands() {
	sed -n 's/^ *"command": "\(.*\)",\{0,1\}$/\1/p' "$commands" |
		sed 's/\\\(["\\]\)/\1/g'
}

# check C-COMPILER C++-COMPILER: the same commands with another compiler.
check() {
	echo "$1 and $2, -Werror"
	compile_commands |
		sed -E "s#^[^ ]*(\+\+|c\+\+)([-0-9.]*) #$2 #; t done
			s#^[^ ]+ #$1 #; :done
			s# -o [^ ]+ # -Werror -o /dev/null #" |
		tr '\n' '\0' |
		(cd -- "$(dirname -- "$commands")" &&
			xargs -0 -P "$(nproc)" -I{} sh -c '{}')
}

check gcc g++
if ! command -v clang++ >/dev/null; then
	echo 'skipped: no clang here'
	exit 77
fi
check clang clang++
