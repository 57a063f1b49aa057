#!/usr/bin/env bash
# check_format.sh - all C and C++ is as clang-format 14 would write it.
set -euo pipefail
cd -- "$(dirname -- "$0")/.."

# Other versions lay the same settings out differently.
for tool in clang-format-14 clang-format ''; do
	[[ -z $tool || $("$tool" --version 2>/dev/null) != *' 14.'* ]] || break
done
if [ -z "$tool" ]; then
	echo 'skipped: no clang-format 14 here'
	exit 77
fi
find kernels bench harness tests docs \( -name '*.[ch]' -o -name '*.cc' \) -print0 |
	xargs -0 "$tool" --dry-run -Werror
