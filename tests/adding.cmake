# adding.cmake - does what docs/ADDING.md says, in a copy of the tree, and builds
# it: a strategy, a workload and a family, from the very files that it quotes.
set(overlay "${CMAKE_CURRENT_BINARY_DIR}/adding")
file(GLOB_RECURSE sources RELATIVE "${CMAKE_SOURCE_DIR}"
	"${CMAKE_SOURCE_DIR}/kernels/*.h" "${CMAKE_SOURCE_DIR}/bench/*.h"
	"${CMAKE_SOURCE_DIR}/bench/frame_*.c" "${CMAKE_SOURCE_DIR}/bench/replay.c"
	"${CMAKE_SOURCE_DIR}/bench/trace.c"
	"${CMAKE_SOURCE_DIR}/bench/suite_frame.c"
	"${CMAKE_SOURCE_DIR}/tests/test_frame.c" "${CMAKE_SOURCE_DIR}/tests/*.h")
foreach(file ${sources})
	configure_file("${CMAKE_SOURCE_DIR}/${file}" "${overlay}/${file}" COPYONLY)
endforeach()
file(GLOB_RECURSE examples RELATIVE "${CMAKE_SOURCE_DIR}/docs/examples"
	"${CMAKE_SOURCE_DIR}/docs/examples/*")
foreach(file ${examples})
	configure_file("${CMAKE_SOURCE_DIR}/docs/examples/${file}"
		"${overlay}/${file}" COPYONLY)
endforeach()

# The two edits of files that are there already.
file(READ "${overlay}/kernels/frame/strategies_last_fit.h" stanza)
file(APPEND "${overlay}/kernels/frame/strategies.h" "\n${stanza}")
file(READ "${overlay}/bench/frame_loops.h" loops)
string(REPLACE "#undef FRAME_CASE"
	"#include \"frame_loops_burst.h\"\n#undef FRAME_CASE" loops "${loops}")
file(WRITE "${overlay}/bench/frame_loops.h" "${loops}")

add_library(suites_adding OBJECT
	"${overlay}/bench/frame_bench.c" "${overlay}/bench/frame_replay.c"
	"${overlay}/bench/frame_request.c" "${overlay}/bench/frame_space.c"
	"${overlay}/bench/replay.c"
	"${overlay}/bench/suite_clear.c"
	"${overlay}/bench/suite_frame.c" "${overlay}/bench/trace.c")
target_link_libraries(suites_adding PUBLIC kernels)
# It is to run, not to be fast, and -O2 takes long.
target_compile_options(suites_adding PRIVATE -O0)
add_executable(kmembench-adding)
target_link_libraries(kmembench-adding PRIVATE kmembench_main suites_adding
	bench harness)
# The new strategy passes the family's checks, the new family its own.
kmb_test(test_adding_frame THREADS 4 SOURCES "${overlay}/tests/test_frame.c"
	LIBS kernels)
kmb_test(test_adding_clear SOURCES "${overlay}/tests/test_clear.c" LIBS kernels)
