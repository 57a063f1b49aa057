#!/usr/bin/env bash
# check_adding.sh - the code in docs/ADDING.md is that of docs/examples/, which
# the tests compile: each file is quoted whole, under a line with its name.
set -euo pipefail
cd -- "$(dirname -- "$0")/.."
quoted=$(mktemp -d)
trap 'rm -rf -- "$quoted"' EXIT

# "`docs/examples/x/y.h`:" names the next block of code.
awk -v root="$quoted" '
/^`docs\/examples\/.*`:$/ { name = root "/" substr($0, 2, length($0) - 3) }
/^```/ && inside { inside = 0; close(name); name = ""; next }
/^```c$/ && name { inside = 1; system("mkdir -p \"$(dirname \"" name "\")\""); next }
inside { print >name }
' docs/ADDING.md
diff -r "$quoted/docs/examples" docs/examples
