#!/usr/bin/env bats
# adaptor.bats - an allocator from outside the tree, brought by CMake's option
# as docs/ADDING.md tells: it is checked and measured like any other.
load cli

adaptor=docs/examples/adaptor

# configure DIR OPTION...: this tree, quick to compile, with all checks.
configure() {
	local dir=$1
	shift
	# From here, so that a relative path is seen to work.
	(cd -- "$top" && cmake -S . -B "$dir" -G Ninja -DCMAKE_BUILD_TYPE=None -DKMB_DEBUG=2 \
		-DCMAKE_C_FLAGS=-O0 -DCMAKE_CXX_FLAGS=-O0 "$@")
}

# refuses WORD OPTION...: no build files, and CMake's message (which it breaks
# into lines) holds WORD.
refuses() {
	local word=$1
	shift
	run configure "$BATS_TEST_TMPDIR/refused" "$@"
	[ "$status" != 0 ]
	[[ $(tr -s '[:space:]' ' ' <<<"$output") = *"$word"* ]]
	rm -r "$BATS_TEST_TMPDIR/refused"
}

@test "an allocator that knows nothing of kmembench is checked and measured" {
	build=$BATS_TEST_TMPDIR/build
	configure "$build" -DKMB_FRAME_ADAPTOR="$adaptor/tree_buddy.h" -DKMB_FRAME_ADAPTOR_SOURCES=tb.c
	# The kmembench of adding.cmake: one that has no other large family.
	cmake --build "$build" --target kmembench-adding test_frame
	kmembench=$build/tests/kmembench-adding

	run -0 "$build/tests/test_frame"
	[[ $output = *'OK ] tree_buddy: all_frames_reachable_to_the_last'* ]]
	[[ $output = *'OK ] tree_buddy: double_free_is_fatal_in_debug_builds'* ]]

	run -0 "$kmembench" list frame/tree_buddy
	[[ $output = *"  tree_buddy "*"somebody else's"* ]]
	run -0 "$kmembench" run frame/tree_buddy frame/free_area/pair "${tiny[@]}" \
		--no-plots -o "$BATS_TEST_TMPDIR/run"
	samples=$BATS_TEST_TMPDIR/run/samples.csv
	[ "$(csv_select "$samples" status | sort -u)" = ok ]
	[ -n "$(csv_select "$samples" value metric=ns_per_op strategy=tree_buddy workload=churn_90)" ]
}

@test "bad values end the configuration with a line that says why" {
	refuses "KMB_FRAME_ADAPTOR: /nowhere/a.h is no file; give the adaptor's header" \
		-DKMB_FRAME_ADAPTOR=/nowhere/a.h
	refuses "KMB_FRAME_ADAPTOR: $top/docs is no file; give" -DKMB_FRAME_ADAPTOR=docs
	refuses "KMB_FRAME_ADAPTOR_NAME: 'tree-buddy' is no prefix of C functions; use a-z" \
		-DKMB_FRAME_ADAPTOR="$adaptor/tree_buddy.h" -DKMB_FRAME_ADAPTOR_NAME=tree-buddy
	refuses 'KMB_FRAME_ADAPTOR_NAME: there is a strategy free_area in' \
		-DKMB_FRAME_ADAPTOR="$adaptor/tree_buddy.h" -DKMB_FRAME_ADAPTOR_NAME=free_area
	refuses "KMB_FRAME_ADAPTOR_SOURCES: $top/$adaptor/tc.c does not exist" \
		-DKMB_FRAME_ADAPTOR="$adaptor/tree_buddy.h" -DKMB_FRAME_ADAPTOR_SOURCES=tc.c
	refuses "KMB_FRAME_ADAPTOR_NAME needs KMB_FRAME_ADAPTOR, the adaptor's header" \
		-DKMB_FRAME_ADAPTOR_NAME=tree_buddy
}
