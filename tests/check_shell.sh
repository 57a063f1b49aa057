#!/usr/bin/env bash
# check_shell.sh - shellcheck has nothing to say about our scripts.
set -euo pipefail
cd -- "$(dirname -- "$0")/.."

if ! command -v shellcheck >/dev/null; then
	echo 'skipped: no shellcheck here'
	exit 77
fi
shellcheck run.sh .ci/run tests/*.sh tests/guest/{boot,check,image,packages,shapes,test}.sh
# What busybox runs in the guests.
shellcheck --shell=dash tests/guest/{init,inside.sh,watch.sh}
# bats sets some variables and load brings others: no source that it can follow.
shellcheck --exclude=SC2034,SC2154 tests/*.bash tests/*.bats
