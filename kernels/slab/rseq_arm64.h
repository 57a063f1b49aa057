/* rseq_arm64.h - the steps of rseq.h in arm64's instructions. */
#ifndef KMB_SLAB_RSEQ_ARM64_H
#define KMB_SLAB_RSEQ_ARM64_H

#include <sys/rseq.h>

#include "percpu_types.h"

forceinline struct rseq *rseq_self(void)
{
	return (struct rseq *)(void *)((char *)__builtin_thread_pointer() +
				       __rseq_offset);
}

/* As in rseq_x86_64.h; the signature is an instruction of its own. */
/* clang-format off */
#define RSEQ_BEGIN                              \
	".pushsection __rseq_cs, \"aw\"\n\t"    \
	".balign 32\n"                         \
	"3:	.long 0, 0\n\t"                \
	".quad 1f, 2f - 1f, 4f\n\t"            \
	".popsection\n"                        \
	"0:	adrp %[at], 3b\n\t"            \
	"add %[at], %[at], :lo12:3b\n\t"       \
	"str %[at], %[cs]\n"                   \
	"1:	"

#define RSEQ_END                                \
	"\n2:\n\t"                             \
	".pushsection __rseq_abort, \"ax\"\n\t" \
	".inst " KMB_STRING(RSEQ_SIG_CODE) "\n" \
	"4:	b 0b\n\t"                      \
	".popsection"

/* This CPU's store in `at`; `result` is 0 and the sequence ends if none is. */
#define RSEQ_STORE(result)                              \
	"ldr %w[at], %[id]\n\t"                        \
	"mov %[" result "], xzr\n\t"                   \
	"cmp %w[at], %[cpus]\n\t"                      \
	"b.hs 2f\n\t"                                  \
	"ldr %[at], [%[table], %[at], lsl #3]\n\t"

#define RSEQ_INPUTS                                     \
	[id] "m"(rseq_self()->cpu_id),                  \
	[cs] "m"(rseq_self()->rseq_cs),                 \
	[table] "r"(table), [cpus] "i"(RSEQ_CPUS)

forceinline void *rseq_pop(struct percpu_store *const *table)
{
	void *object;
	uint64_t at, top;

	__asm__ volatile(
		RSEQ_BEGIN
		RSEQ_STORE("object")
		"ldr %[top], [%[at]]\n\t"
		"ldr %[object], [%[top]]\n\t"
		"cbz %[object], 2f\n\t"
		"sub %[top], %[top], #8\n\t"
		"str %[top], [%[at]]"
		RSEQ_END
		: [object] "=&r"(object), [at] "=&r"(at), [top] "=&r"(top)
		: RSEQ_INPUTS
		: "memory", "cc");
	return object;
}

/* The slot above the top is nobody's until the top is above it. */
forceinline bool rseq_push(struct percpu_store *const *table, void *object)
{
	uint64_t at, above;

	__asm__ volatile(
		RSEQ_BEGIN
		RSEQ_STORE("above")
		"ldr %[above], [%[at]]\n\t"
		"add %[above], %[above], #8\n\t"
		"tst %[above], %[block]\n\t"
		"b.eq 2f\n\t"
		"str %[object], [%[above]]\n\t"
		"str %[above], [%[at]]"
		RSEQ_END
		: [at] "=&r"(at), [above] "=&r"(above)
		: RSEQ_INPUTS, [object] "r"(object),
		  [block] "i"(PERCPU_BLOCK_BYTES - 1)
		: "memory", "cc");
	return !percpu_mag_ends((void **)above);
}

/* &nothing is not stored over itself: whoever took this store is perhaps on
 * another CPU by now, and about to give it back; hence also the acquire, which
 * pairs with the release in percpu_rseq_put(). */
forceinline struct percpu_store *rseq_take(struct percpu_store *const *table,
					   void ***top)
{
	struct percpu_store *store;
	uint64_t at, nothing;

	__asm__ volatile(
		RSEQ_BEGIN
		RSEQ_STORE("store")
		"mov %[store], %[at]\n\t"
		"add %[nothing], %[at], %[end]\n\t"
		"ldar %[at], [%[at]]\n\t"
		"cmp %[at], %[nothing]\n\t"
		"b.eq 2f\n\t"
		"str %[nothing], [%[store]]"
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
