/*
 * walk_independent.h - template: the control for walks made together. A plain
 * loop of walks that do not depend on each other, of which an out-of-order CPU
 * has as many under way as it can.
 */
#include "pgtable.h"

struct P(space) {
	struct F(mm) mm;
};

enum { P(max_threads) = KMB_MAX_THREADS };
enum { P(traits) = PGTABLE_READERS_ONLY | PGTABLE_BATCH };
static const char P(models)[] =
	"control: a plain loop of walks, overlapped by the CPU alone";

#define SPACE_LOCKED 0
#define SPACE_WALKERS 0
#define SPACE_SPLIT_LOCKS 0
#include "space_template.h"

forceinline pfn_t P(walk)(struct P(space) * s, unsigned cpu, uint64_t addr)
{
	(void)cpu;
	return F(walk_pfn)(s->mm.mem, s->mm.pgd, addr);
}

#include "walk_loads.h"
#include "walk_loop.h"
