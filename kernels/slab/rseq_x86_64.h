/* rseq_x86_64.h - the steps of rseq.h in x86-64's instructions. */
#ifndef KMB_SLAB_RSEQ_X86_64_H
#define KMB_SLAB_RSEQ_X86_64_H

#include <sys/rseq.h>

#include "percpu_types.h"

/*
 * From 1 up to 2, where it is committed or given up, is the sequence; if it is
 * interrupted the kernel goes on at 4, which begins it anew at 0: the kernel
 * has forgotten rseq_cs by then. In front of 4 is the signature that the kernel
 * asks for, as the end of an instruction that traps.
 */
/* clang-format off */
#define RSEQ_BEGIN                              \
	".pushsection __rseq_cs, \"aw\"\n\t"    \
	".balign 32\n"                         \
	"3:	.long 0, 0\n\t"                \
	".quad 1f, 2f - 1f, 4f\n\t"            \
	".popsection\n"                        \
	"0:	leaq 3b(%%rip), %[at]\n\t"     \
	"movq %[at], %%fs:%c[cs](%[rseq])\n"   \
	"1:	"

#define RSEQ_END                                \
	"\n2:\n\t"                             \
	".pushsection __rseq_abort, \"ax\"\n\t" \
	".byte 0x0f, 0xb9, 0x3d\n\t"           \
	".long " KMB_STRING(RSEQ_SIG) "\n"     \
	"4:	jmp 0b\n\t"                    \
	".popsection"

/* This CPU's store in `at`; `result` is 0 and the sequence ends if none is. */
#define RSEQ_STORE(result)                              \
	"movl %%fs:%c[id](%[rseq]), %k[at]\n\t"         \
	"xorl %k[" result "], %k[" result "]\n\t"       \
	"cmpl %[nr], %k[at]\n\t"                       \
	"jae 2f\n\t"                                   \
	"movq (%[table], %[at], 8), %[at]\n\t"

#define RSEQ_INPUTS                                     \
	[rseq] "r"(__rseq_offset),                      \
	[id] "i"(offsetof(struct rseq, cpu_id)),        \
	[cs] "i"(offsetof(struct rseq, rseq_cs)),       \
	[table] "r"(table), [nr] "rm"(nr)

forceinline void *rseq_pop(struct percpu_store *const *table, uint32_t nr)
{
	void *object;
	uint64_t at, top;

	__asm__ volatile(
		RSEQ_BEGIN
		RSEQ_STORE("object")
		"movq (%[at]), %[top]\n\t"
		"movq (%[top]), %[object]\n\t"
		"testq %[object], %[object]\n\t"
		"jz 2f\n\t"
		"subq $8, %[top]\n\t"
		"movq %[top], (%[at])"
		RSEQ_END
		: [object] "=&r"(object), [at] "=&r"(at), [top] "=&r"(top)
		: RSEQ_INPUTS
		: "memory", "cc");
	return object;
}

/* The slot above the top is nobody's until the top is above it. */
forceinline bool rseq_push(struct percpu_store *const *table, uint32_t nr,
			   void *object)
{
	uint64_t at, above;

	__asm__ volatile(
		RSEQ_BEGIN
		RSEQ_STORE("above")
		"movq (%[at]), %[above]\n\t"
		"addq $8, %[above]\n\t"
		"testl %[block], %k[above]\n\t"
		"jz 2f\n\t"
		"movq %[object], (%[above])\n\t"
		"movq %[above], (%[at])"
		RSEQ_END
		: [at] "=&r"(at), [above] "=&r"(above)
		: RSEQ_INPUTS, [object] "r"(object),
		  [block] "i"(PERCPU_BLOCK_BYTES - 1)
		: "memory", "cc");
	return !percpu_mag_ends((void **)above);
}

/* &nothing is not stored over itself: whoever took this store is perhaps on
 * another CPU by now, and about to give it back. */
forceinline struct percpu_store *rseq_take(struct percpu_store *const *table,
					   uint32_t nr, void ***top)
{
	struct percpu_store *store;
	uint64_t at, nothing;

	__asm__ volatile(
		RSEQ_BEGIN
		RSEQ_STORE("store")
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
