#!/usr/bin/env bats
# run.bats - run.sh: set-up, second start, its own commands and options.
load cli

# A tree with run.sh alone, and a PATH with only what a bare system has.
setup() {
	tree="$BATS_TEST_TMPDIR/a tree"
	bin=$BATS_TEST_TMPDIR/bin
	mkdir -p "$tree/results" "$bin"
	cp "$top/run.sh" "$tree/"
	for tool in bash sh env cat chmod dirname find grep id mkdir nproc \
		readlink rm sed sort tail; do
		ln -s "$(type -P "$tool")" "$bin/$tool"
	done
}

# tool NAME TEXT: a program in that PATH.
tool() {
	printf '#!/bin/sh\n%s\n' "$2" >"$bin/$1"
	chmod +x "$bin/$1"
}

bare() {
	env -i PATH="$bin" "$@"
}

@test "--no-install prints the exact command and exits 1" {
	tool apt-get 'echo called >&2'
	run -1 --separate-stderr bare "$tree/run.sh" --no-install
	[[ ${stderr_lines[0]} = *'missing: bats cmake '*'not installed, as asked'* ]]
	[[ ${stderr_lines[1]} = *'apt-get install -y -q --no-install-recommends bats cmake fonts-dejavu-core g++ gcc gnuplot-nox hwloc-nox libbenchmark-dev libcmocka-dev libgsl-dev libhwloc-dev libjansson-dev liblzma-dev libnuma-dev libpfm4-dev libzstd-dev ninja-build pkg-config zlib1g-dev'* ]]
	[ "${#stderr_lines[@]}" = 2 ]
	run -1 --separate-stderr bare KMB_NO_INSTALL=1 "$tree/run.sh"
	[[ ${stderr_lines[0]} = *'not installed, as asked'* ]]
}

@test "every package manager gets its own names" {
	for manager in dnf:google-benchmark-devel zypper:libnuma-devel pacman:bash-bats; do
		rm -f "$bin/apt-get" "$bin/dnf" "$bin/zypper" "$bin/pacman"
		tool "${manager%:*}" :
		run -1 --separate-stderr bare "$tree/run.sh" --no-install
		[[ ${stderr_lines[1]} = *"${manager%:*} "*" ${manager#*:} "* ]]
	done
}

@test "no known package manager: one line, exit 1" {
	fails 1 'no apt-get, dnf, zypper or pacman' bare "$tree/run.sh"
}

@test "what is missing is installed: lists first, once, asking nothing" {
	# shellcheck disable=SC2016 # for the tool's own shell
	tool apt-get 'echo "$DEBIAN_FRONTEND $*"; [ "$1" = update ]'
	[ "$(id -u)" = 0 ] || tool sudo 'exec "$@"'
	run -1 --separate-stderr bare "$tree/run.sh"
	[[ $stderr = *'could not install: no network, or no such package here. The command was:'* ]]
	[ "$(grep -c . "$tree/build/install.log")" = 2 ]
	[ "$(head -n 1 "$tree/build/install.log")" = ' update -q' ]
	grep -q '^noninteractive install -y -q --no-install-recommends bats cmake ' "$tree/build/install.log"
}

@test "without root and sudo: the command, exit 1" {
	[ "$(id -u)" != 0 ] || skip 'this is root'
	tool apt-get 'echo called >&2'
	run -1 --separate-stderr bare "$tree/run.sh"
	[[ $stderr = *'neither root nor sudo here'*'apt-get install'* ]]
}

@test "a failing configuration shows the end of its log and where it is" {
	tool cmake 'echo hwloc 2.7 is missing: install libhwloc-dev; exit 1'
	for name in gcc g++ ninja pkg-config bats gnuplot lstopo-no-graphics; do
		tool "$name" 'exit 0'
	done
	run -1 --separate-stderr bare "$tree/run.sh"
	[[ $stderr = *'hwloc 2.7 is missing: install libhwloc-dev'* ]]
	[[ $stderr = *"the whole log: $tree/build/release.log"* ]]
}

@test "--help names every command and option of run.sh, with nothing built" {
	run -0 --separate-stderr bare "$tree/run.sh" --help
	for word in test clean --no-install --quick --runs --help KMB_NO_INSTALL; do
		[[ $output = *"$word"* ]]
	done
	[ ! -e "$tree/build" ]
	run -0 bare "$tree/run.sh" test --help
	[[ $output = *--quick* && $output != *--runs* ]]
	run -0 bare "$tree/run.sh" clean -h
	[[ $output = *--runs* && $output != *--quick* ]]
}

@test "an option that its command does not take: one line, exit 2" {
	fails 2 "'--bogus'" bare "$tree/run.sh" test --bogus
	fails 2 "'--quick'" bare "$tree/run.sh" clean --quick
	fails 2 "'frame'" bare "$tree/run.sh" --no-install test frame
}

@test "clean removes build/, and the runs only when told" {
	mkdir -p "$tree/build/release" "$tree/results/a run"
	touch "$tree/results/README.md" "$tree/results/index.csv"
	run -0 bare "$tree/run.sh" clean
	[ ! -e "$tree/build" ]
	[ -d "$tree/results/a run" ]
	run -0 bare "$tree/run.sh" clean --runs
	[ "$(ls "$tree/results")" = README.md ]
}

@test "a second start builds nothing and is quiet" {
	[ "$kmembench" -ef "$top/build/release/kmembench" ] || skip 'this is another build'
	"$top/run.sh" list >/dev/null
	before=$(stat -c %y "$kmembench")
	cd /
	run -0 --separate-stderr "$top/run.sh" list
	[ -z "$stderr" ]
	[ "$(stat -c %y "$kmembench")" = "$before" ]
}

@test "run.sh passes arguments, output and exit code on" {
	[ "$kmembench" -ef "$top/build/release/kmembench" ] || skip 'this is another build'
	run -0 --separate-stderr env -i "$top/run.sh" list
	[ "$output" = "$("$kmembench" list)" ]
	fails 2 "--bogus: no such option" "$top/run.sh" --bogus
	run -0 "$top/run.sh" --help
	[[ $output = *--no-install*--process-reps* ]]
	run -0 "$top/run.sh" run --help
	[[ $output = *--process-reps* && $output != *--no-install* ]]
}
