#!/usr/bin/env bash
# packages.sh - Debian's packages for a guest, fetched and unpacked without a
# word to this system's own package manager. To be sourced.

# fetch_packages ARCHITECTURE DIR PACKAGE...: into DIR, as they are; "kernel" is
# the newest one for cloud machines.
fetch_packages() {
	local architecture=$1 dir=$2 package packages=()
	local apt=(-qq -o "Dir::State=$dir/apt" -o "Dir::State::Lists=$dir/apt/lists"
		-o "Dir::State::status=$dir/apt/status" -o "Dir::Cache=$dir/apt"
		-o "APT::Architecture=$architecture" -o "APT::Architectures::=$architecture"
		-o APT::Sandbox::User=root -o Acquire::Languages=none)
	mkdir -p "$dir/apt/lists/partial" "$dir/apt/archives/partial"
	touch "$dir/apt/status"
	apt-get "${apt[@]}" update || return
	for package in "${@:3}"; do
		[ "$package" != kernel ] ||
			package=$(apt-cache "${apt[@]}" depends "linux-image-cloud-$architecture" |
				sed -n 's/.*Depends: \(linux-image-.*\)/\1/p')
		packages+=("$package")
	done
	(cd -- "$dir" && apt-get "${apt[@]}" download "${packages[@]}") || return
	rm -rf -- "$dir/apt"
}
