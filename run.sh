#!/usr/bin/env bash
# run.sh - installs what is missing, builds kmembench and runs it.
set -euo pipefail
export PATH # bash's own default is not exported when the environment is empty

top=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd -P)
program=$top/build/release/kmembench

# What run.sh itself takes: where (any, or a command), the option, what it does.
# The parser and --help both read this table.
options=(
	'any    --no-install  install nothing: print the command that would (KMB_NO_INSTALL=1)'
	'any    --help        this text; after a command, what that command takes'
	'test   --quick       the release build only, without the sanitizer builds'
	'clean  --runs        the runs in results/ too'
)
commands=(
	'test   set up, then run every test: release, then asan and tsan'
	'clean  delete build/'
)

# What is needed: for what, how to see it, and the package of apt-get, dnf,
# zypper and pacman ("-": none; a comma between several).
needs=(
	'build cmd:gcc                    gcc             gcc                    gcc                    gcc'
	'build cmd:g++                    g++             gcc-c++                gcc-c++                gcc'
	'build cmd:cmake                  cmake           cmake                  cmake                  cmake'
	'build cmd:ninja                  ninja-build     ninja-build            ninja                  ninja'
	'build cmd:pkg-config             pkg-config      pkgconf-pkg-config     pkgconf-pkg-config     pkgconf'
	'build lib:hwloc                  libhwloc-dev    hwloc-devel            hwloc-devel            hwloc'
	'build lib:numa                   libnuma-dev     numactl-devel          libnuma-devel          numactl'
	'build lib:jansson                libjansson-dev  jansson-devel          libjansson-devel       jansson'
	'build lib:gsl                    libgsl-dev      gsl-devel              gsl-devel              gsl'
	'build lib:zlib                   zlib1g-dev      zlib-devel             zlib-devel             zlib'
	'build lib:liblzma                liblzma-dev     xz-devel               xz-devel               xz'
	'build lib:libzstd                libzstd-dev     libzstd-devel          libzstd-devel          zstd'
	'build lib:cmocka                 libcmocka-dev   libcmocka-devel        libcmocka-devel        cmocka'
	'build inc:perfmon/pfmlib.h       libpfm4-dev     libpfm-devel           libpfm-devel           libpfm'
	'build inc:benchmark/benchmark.h  libbenchmark-dev google-benchmark-devel benchmark-devel       benchmark'
	'build cmd:bats                   bats            bats                   bats                   bash-bats'
	'draw  cmd:gnuplot                gnuplot-nox,fonts-dejavu-core gnuplot,dejavu-sans-fonts gnuplot,dejavu-fonts gnuplot,ttf-dejavu'
	'draw  cmd:lstopo-no-graphics     hwloc-nox       hwloc                  hwloc                  hwloc'
	'peer  so:libjemalloc.so.2       libjemalloc2    jemalloc               libjemalloc2           jemalloc'
	'peer  so:libmimalloc.so.2       libmimalloc2.0  mimalloc               libmimalloc2           mimalloc'
	'peer  so:libtcmalloc_minimal.so.4,libtcmalloc.so.4 libtcmalloc-minimal4 gperftools-libs gperftools gperftools'
	'test  cmd:valgrind               valgrind        valgrind               valgrind               valgrind'
	'test  cmd:clang                  clang           clang                  clang                  clang'
	'test  cmd:clang-format           clang-format    clang-tools-extra      clang                  clang'
	'test  cmd:shellcheck             shellcheck      ShellCheck             ShellCheck             shellcheck'
	'test  cmd:qemu-aarch64           qemu-user       qemu-user              qemu-linux-user        qemu-user'
	'test  cmd:aarch64-linux-gnu-gcc  gcc-aarch64-linux-gnu,libc6-dev-arm64-cross - - aarch64-linux-gnu-gcc'
	'test  file:/usr/share/i18n/locales/de_DE locales glibc-locale-source    glibc-i18ndata         glibc'
)

say() {
	printf 'run.sh: %s\n' "$*" >&2
}

# die CODE MESSAGE
die() {
	say "$2"
	exit "$1"
}

# Is one of a probe's things there?
have() {
	local kind=${1%%:*} name names
	IFS=, read -ra names <<<"${1#*:}"
	for name in "${names[@]}"; do
		case $kind in
		cmd) command -v "$name" ;;
		lib) pkg-config --exists "$name" ;;
		inc) printf '#include <%s>\n' "$name" | g++ -E -x c++ - ;;
		file) [ -e "$name" ] ;;
		so) [[ $(PATH=$PATH:/sbin:/usr/sbin ldconfig -p) = *"$name "* ]] ;;
		esac >/dev/null 2>&1 && return 0
	done
	return 1
}

# missing KIND...: the packages to install, one a line.
missing() {
	local row kind probe apt dnf zypper pacman package
	for row in "${needs[@]}"; do
		read -r kind probe apt dnf zypper pacman <<<"$row"
		if [[ " $* " != *" $kind "* ]] || have "$probe"; then
			continue
		fi
		case $manager in
		dnf) package=$dnf ;;
		zypper) package=$zypper ;;
		pacman) package=$pacman ;;
		*) package=$apt ;;
		esac
		[ "$package" = - ] || printf '%s\n' "${package//,/$'\n'}"
	done | sort -u
}

# The exact command that installs $*: printed and run as it is.
install_command() {
	case $manager in
	apt-get) printf '%s' "${refresh}DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $*" ;;
	dnf) printf '%s' "dnf install -y $*" ;;
	zypper) printf '%s' "zypper --non-interactive install $*" ;;
	pacman) printf '%s' "pacman -Sy --noconfirm --needed $*" ;;
	esac
}

# logged NAME COMMAND...: output goes to build/NAME.log; its end is shown when
# the command fails.
logged() {
	local log=$top/build/$1.log
	shift
	"$@" >>"$log" 2>&1 </dev/null && return 0
	tail -n 20 -- "$log" >&2
	say "failed; the whole log: $log"
	return 1
}

# Install $*, or say what would.
install_packages() {
	local line
	if [ -z "$manager" ]; then
		say "missing: $* (Debian's names), and no apt-get, dnf, zypper or pacman here to install it"
		return 1
	fi
	line=$(install_command "$@")
	[ "$EUID" = 0 ] || line="sudo sh -c '$line'"
	if [ -n "${given[--no-install]-}" ]; then
		say "missing: $*; not installed, as asked. The command is:"
	elif [ "$EUID" != 0 ] && ! command -v sudo >/dev/null; then
		say "missing: $*; neither root nor sudo here. The command is:"
	else
		say "installing $*"
		refresh=
		logged install bash -c "$line" && return 0
		say "could not install: no network, or no such package here. The command was:"
	fi
	printf '%s\n' "$line" >&2
	return 1
}

# install_missing KIND...: 1 when something is missing still.
install_missing() {
	local packages
	mapfile -t packages < <(missing "$@")
	[ "${#packages[@]}" = 0 ] || install_packages "${packages[@]}"
}

# The allocators that family slab is held against: one by one, since not every
# system has them all.
install_peers() {
	local package
	for package in $(missing peer); do
		install_packages "$package" ||
			say "family slab will skip what needs $package"
	done
}

# Is build/$1 configured, for this very folder (it may have been moved), with a
# build tool that is still here?
configured() {
	local cache=$top/build/$1/CMakeCache.txt tool
	[ -f "$top/build/$1/CTestTestfile.cmake" ] || return 1
	grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$top" "$cache" || return 1
	tool=$(sed -n 's/^CMAKE_MAKE_PROGRAM:FILEPATH=//p' "$cache")
	[ -x "$tool" ]
}

# configure PRESET: afresh, for a cache of another folder would be kept. Tests
# want a warning to be an error; those who measure may have any compiler.
configure() {
	local dir=$top/build/$1 options=()
	[ "$command $1" != 'test release' ] || options=(-DKMB_WERROR=ON)
	rm -rf -- "$dir/CMakeCache.txt" "$dir/CMakeFiles"
	cd -- "$top" && logged "$1" cmake --preset "$1" "${options[@]}"
}

# build PRESET [OPTION]...: nothing to do costs a few milliseconds.
build() {
	if ! configured "$1"; then
		say "configuring and building: $1 (log: build/$1.log)"
		: >"$top/build/$1.log"
		(configure "$1") || exit 1
	fi
	(cd -- "$top" && logged "$1" cmake --build --preset "$@" --parallel "$(nproc)") || exit 1
}

# The program, ready to run. A build folder of someone else's is used as it is.
set_up() {
	if [ -x "$program" ] && [ ! -w "$top/build/release" ]; then
		return
	fi
	mkdir -p -- "$top/build" 2>/dev/null || die 1 "cannot make $top/build"
	if ! configured release; then
		install_missing build draw || [ -z "$(missing build)" ] || exit 1
		install_peers
	fi
	build release --target kmembench
}

# test_stage PRESET: build it and run its tests.
test_stage() {
	local launch=()
	say "building and testing: $1"
	build "$1"
	# ThreadSanitizer cannot map its shadow when addresses are too random.
	[ "$1" != tsan ] || ! setarch -R true 2>/dev/null || launch=(setarch -R)
	(cd -- "$top" && "${launch[@]}" ctest --preset "$1" --parallel "$(nproc)")
}

run_tests() {
	local preset presets=(release asan tsan) passed=0 failed=0
	[ -z "${given[--quick]-}" ] || presets=(release)
	set_up
	install_missing test || say 'tests that need what is missing will be skipped'
	for preset in "${presets[@]}"; do
		if (test_stage "$preset"); then
			passed=$((passed + 1))
		else
			say "failed: the tests of $preset"
			failed=$((failed + 1))
		fi
	done
	printf 'builds: %d passed, %d failed\n' "$passed" "$failed"
	[ "$failed" = 0 ]
}

clean() {
	rm -rf -- "$top/build"
	[ -z "${given[--runs]-}" ] ||
		find "$top/results" -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf -- {} +
}

# print_options COMMAND INDENT: the options whose first word that is.
print_options() {
	local where name what row
	for row in "${options[@]}"; do
		read -r where name what <<<"$row"
		[ "$where" != "$1" ] || printf '%s%-12s  %s\n' "$2" "$name" "$what"
	done
}

# print_commands [COMMAND]: that one, or all of ours, with their options.
print_commands() {
	local name what row
	for row in "${commands[@]}"; do
		read -r name what <<<"$row"
		[ "${1-$name}" = "$name" ] || continue
		printf '  %-14s%s\n' "$name" "$what"
		print_options "$name" '    '
	done
}

help() {
	printf 'usage: ./run.sh [OPTION]... %s\n\n' "${command:-[COMMAND] [ARGUMENT]...}"
	printf 'Installs what is missing, builds, and hands the rest to kmembench.\n'
	printf 'What run.sh itself takes:\n'
	print_commands ${command:+"$command"}
	print_options any '  '
	[ -z "$command" ] || return 0
	printf '\n'
	if [ ! -x "$program" ] && [ -n "$(missing build)" ]; then
		printf 'kmembench --help follows here once ./run.sh has built it.\n'
		return
	fi
	set_up
	exec "$program" --help
}

# Is $1 an option of ours, of the command at hand or of any?
is_option() {
	local where name row
	for row in "${options[@]}"; do
		read -r where name _ <<<"$row"
		[[ $where != any && $where != "$command" || $name != "$1" ]] || return 0
	done
	return 1
}

# Is $1 a command of ours?
is_command() {
	local row
	for row in "${commands[@]}"; do
		[ "${row%% *}" != "$1" ] || return 0
	done
	return 1
}

# Our own words go into command and given, everything else into rest.
parse() {
	local arg
	[ "${KMB_NO_INSTALL:-0}" = 0 ] || given[--no-install]=1
	for arg in "$@"; do
		[ "$arg" != -h ] || arg=--help
		if [ "${#rest[@]}" -gt 0 ] && [ "$arg" = --help ]; then
			rest+=("$arg")
		elif is_option "$arg"; then
			given[$arg]=1
		elif [ -n "$command" ]; then
			die 2 "$command does not take '$arg'; see ./run.sh $command --help"
		elif [ "${#rest[@]}" = 0 ] && is_command "$arg"; then
			command=$arg
		else
			rest+=("$arg")
		fi
	done
}

manager=
for manager in apt-get dnf zypper pacman ''; do
	[ -z "$manager" ] || ! command -v "$manager" >/dev/null || break
done
refresh='apt-get update -q; '
command=
rest=()
declare -A given=()
parse "$@"
if [ -n "${given[--help]-}" ]; then
	help
	exit
fi
case $command in
test) run_tests ;;
clean) clean ;;
*)
	set_up
	exec "$program" "${rest[@]}"
	;;
esac
