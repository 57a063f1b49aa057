/* rseq_x86_64.h - the steps of rseq.h in x86-64's instructions. */
#ifndef KMB_SLAB_RSEQ_X86_64_H
#define KMB_SLAB_RSEQ_X86_64_H

#include <sys/rseq.h>

#include "percpu_types.h"

/*
 * From 1 up to 2, where it is committed or given up, is the sequence; if it is
 * interrupted the kernel goes on at 4, which begins it anew at 0: the kernel
 * has forgotten rseq_cs by then. In front of 4 is the signature that the kernel
 * asks for, as the end of an instruction that traps. At 2 the zero flag says
 * that it was given up, as it is where there is no table for this CPU.
 *
 * What touches memory counts most: three of that go in a cycle, and with the
 * number of stores in memory instead of RSEQ_CPUS a pair took 1.89 ns, not 1.57
 * (EPYC of family 25; floor: 1.07).
 */
/* clang-format off */
#define RSEQ_BEGIN                              \
	".pushsection __rseq_cs, \"aw\"\n\t"    \
	".balign 32\n"                         \
	"3:	.long 0, 0\n\t"                \
	".quad 1f, 2f - 1f, 4f\n\t"            \
	".popsection\n"                        \
	"0:	leaq 3b(%%rip), %[at]\n\t"     \
	"movq %[at], %%fs:%c[cs](%[area])\n"   \
	"1:	"

/* This CPU's store in `at`. */
#define RSEQ_STORE                                      \
	"movl %%fs:%c[id](%[area]), %k[at]\n\t"         \
	"cmpl %[cpus], %k[at]\n\t"                     \
	"jae 5f\n\t"                                   \
	"movq (%[table], %[at], 8), %[at]\n\t"

#define RSEQ_END                                \
	"\n2:\n\t"                             \
	".pushsection __rseq_abort, \"ax\"\n\t" \
	".byte 0x0f, 0xb9, 0x3d\n\t"           \
	".long " KMB_STRING(RSEQ_SIG) "\n"     \
	"4:	jmp 0b\n"                      \
	"5:	xorl %k[at], %k[at]\n\t"       \
	"jmp 2b\n\t"                           \
	".popsection"

#define RSEQ_INPUTS                                     \
	[area] "r"(__rseq_offset), [table] "r"(table),  \
	[cpus] "i"(RSEQ_CPUS),                          \
	[id] "i"(offsetof(struct rseq, cpu_id)),        \
	[cs] "i"(offsetof(struct rseq, rseq_cs))

forceinline void *rseq_pop(struct percpu_store *const *table)
{
	void *object;
	uint64_t at, top;
	bool none;

	__asm__ volatile(
		RSEQ_BEGIN
		RSEQ_STORE
		"movq (%[at]), %[top]\n\t"
		"movq (%[top]), %[object]\n\t"
		"leaq -8(%[top]), %[top]\n\t"
		"testq %[object], %[object]\n\t"
		"jz 2f\n\t"
		"movq %[top], (%[at])"
		RSEQ_END
		: "=@ccz"(none), [object] "=&r"(object), [at] "=&r"(at),
		  [top] "=&r"(top)
		: RSEQ_INPUTS
		: "memory");
	if (unlikely(none))
		return NULL;
	if (!object)
		__builtin_unreachable();
	return object;
}

/* The slot above the top is nobody's until the top is above it. */
forceinline bool rseq_push(struct percpu_store *const *table, void *object)
{
	uint64_t at, above;
	bool full;

	__asm__ volatile(
		RSEQ_BEGIN
		RSEQ_STORE
		"movq (%[at]), %[above]\n\t"
		"addq $8, %[above]\n\t"
		"testl %[block], %k[above]\n\t"
		"jz 2f\n\t"
		"movq %[object], (%[above])\n\t"
		"movq %[above], (%[at])"
		RSEQ_END
		: "=@ccz"(full), [at] "=&r"(at), [above] "=&r"(above)
		: RSEQ_INPUTS, [object] "r"(object),
		  [block] "i"(PERCPU_BLOCK_BYTES - 1)
		: "memory");
	return !full;
}

/* &nothing is not stored over itself: whoever took this store is perhaps on
 * another CPU by now, and about to give it back. */
forceinline struct percpu_store *rseq_take(struct percpu_store *const *table,
					   void ***top)
{
	struct percpu_store *store;
	uint64_t at, nothing;

	__asm__ volatile(
		RSEQ_BEGIN
		"xorl %k[store], %k[store]\n\t"
		RSEQ_STORE
		"movq %[at], %[store]\n\t"
		"leaq %c[end](%[at]), %[nothing]\n\t"
		"movq (%[at]), %[at]\n\t"
		"cmpq %[nothing], %[at]\n\t"
		"je 2f\n\t"
		"movq %[nothing], (%[store])"
		RSEQ_END
		: [store] "=&r"(store), [at] "=&r"(at),
		  [nothing] "=&r"(nothing)
		: RSEQ_INPUTS,
		  [end] "i"(offsetof(struct percpu_store, nothing))
		: "memory", "cc");
	*top = (void **)at;
	return store;
}
/* clang-format on */

#undef RSEQ_INPUTS
#undef RSEQ_STORE
#undef RSEQ_END
#undef RSEQ_BEGIN

#endif
