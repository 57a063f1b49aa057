/* debug.h - stop a debug build where a caller broke the contract. */
#ifndef KMB_DEBUG_H
#define KMB_DEBUG_H

#include "compiler.h"

/*
 * A kernel prints nothing: the process dies by the trap's signal (SIGILL on
 * x86, SIGTRAP on arm64) and a debugger or a core shows the line.
 */
#define KMB_BUG_ON(cond)                              \
	do {                                          \
		if (KMB_DEBUG >= 1 && unlikely(cond)) \
			__builtin_trap();             \
	} while (0)

#endif
