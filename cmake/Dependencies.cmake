# The libraries for what is not our subject, each with the packages that bring it.
find_package(Threads REQUIRED)
find_package(PkgConfig QUIET)
if(NOT PkgConfig_FOUND)
	message(FATAL_ERROR "pkg-config is missing: install pkg-config (Debian) or pkgconf (Fedora, openSUSE, Arch)")
endif()

# kmb_require(<target> <pkg-config module> <minimum or ""> <Debian> <Fedora> <openSUSE> <Arch>)
function(kmb_require target module minimum debian fedora suse arch)
	if(minimum)
		pkg_check_modules(${target} QUIET IMPORTED_TARGET "${module}>=${minimum}")
	else()
		pkg_check_modules(${target} QUIET IMPORTED_TARGET ${module})
	endif()
	if(NOT ${target}_FOUND)
		message(FATAL_ERROR "${module} ${minimum} is missing: install ${debian} (Debian), ${fedora} (Fedora), ${suse} (openSUSE) or ${arch} (Arch)")
	endif()
	add_library(kmb::${target} ALIAS PkgConfig::${target})
endfunction()

kmb_require(hwloc hwloc 2.7 libhwloc-dev hwloc-devel hwloc-devel hwloc)
kmb_require(numa numa "" libnuma-dev numactl-devel libnuma-devel numactl)
kmb_require(jansson jansson 2.10 libjansson-dev jansson-devel libjansson-devel jansson)
kmb_require(gsl gsl 2.5 libgsl-dev gsl-devel gsl-devel gsl)
kmb_require(zlib zlib "" zlib1g-dev zlib-devel zlib-devel zlib)
kmb_require(lzma liblzma 5.2 liblzma-dev xz-devel xz-devel xz)
kmb_require(zstd libzstd 1.4 libzstd-dev libzstd-devel libzstd-devel zstd)

# libpfm4 has no pkg-config file in most distributions.
find_path(PFM_INCLUDE_DIR perfmon/pfmlib.h)
find_library(PFM_LIBRARY pfm)
if(NOT PFM_INCLUDE_DIR OR NOT PFM_LIBRARY)
	message(FATAL_ERROR "libpfm4 is missing: install libpfm4-dev (Debian), libpfm-devel (Fedora, openSUSE) or libpfm (Arch)")
endif()
add_library(kmb::pfm UNKNOWN IMPORTED)
set_target_properties(kmb::pfm PROPERTIES
	IMPORTED_LOCATION "${PFM_LIBRARY}"
	INTERFACE_INCLUDE_DIRECTORIES "${PFM_INCLUDE_DIR}")

find_package(benchmark 1.7 QUIET)
if(NOT benchmark_FOUND)
	message(FATAL_ERROR "Google Benchmark 1.7 is missing: install libbenchmark-dev (Debian), google-benchmark-devel (Fedora), benchmark-devel (openSUSE) or benchmark (Arch)")
endif()

# Tests only.
pkg_check_modules(cmocka QUIET IMPORTED_TARGET cmocka>=1.1)
if(NOT cmocka_FOUND)
	message(FATAL_ERROR "cmocka 1.1 is missing: install libcmocka-dev (Debian), libcmocka-devel (Fedora, openSUSE) or cmocka (Arch)")
endif()
find_program(KMB_BATS bats)
if(NOT KMB_BATS)
	message(FATAL_ERROR "bats is missing: install bats (Debian, Fedora, openSUSE) or bash-bats (Arch)")
endif()

# Needed to draw, not to build or to measure.
find_program(KMB_GNUPLOT gnuplot)
if(NOT KMB_GNUPLOT)
	message(STATUS "gnuplot is missing, charts will not be drawn: install gnuplot-nox (Debian) or gnuplot")
endif()
