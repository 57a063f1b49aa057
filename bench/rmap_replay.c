/* rmap_replay.c - scripts run over every strategy. */
#include "rmap_replay.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/rmap/rmap.h"
#include "rmap_collection.h"
#include "rmap_machine.h"

/* As the script has it; empty: no memory. */
static void print_op(const struct rmap_op *op, char text[], size_t size)
{
	FILE *out = fmemopen(text, size, "w");

	text[0] = '\0';
	if (!out)
		return;
	rmap_op_print(op, out);
	fclose(out);
	text[strcspn(text, "\n")] = '\0';
}

/* What kept an operation from being done; op NULL: it was none yet. */
static int cannot(struct rmap_replay *r, const struct rmap_op *op, int err)
{
	const char *why = "not enough simulated memory";
	const uint64_t mib = r->nr_frames << PAGE_SHIFT >> 20;
	char text[128];

	if (!op) {
		snprintf(r->error, r->error_size,
			 "%s: %" PRIu64 " MiB are not enough simulated memory",
			 r->script->path, mib);
		return err;
	}
	if (err == -EFAULT && op->kind == RMAP_MREMAP)
		why = "it is not one area";
	else if (err == -EFAULT)
		why = "no area there, or it may not be used so";
	else if (err == -EINVAL)
		why = "this cannot be done to what is there";
	else if (err == -EEXIST)
		why = "something is mapped there";
	else if (op->kind == RMAP_MPROTECT || op->kind == RMAP_MREMAP ||
		 op->kind == RMAP_MLOCK || op->kind == RMAP_MUNLOCK ||
		 op->kind == RMAP_HUGEPAGE)
		why = "not all of it is mapped, or not enough simulated memory";
	print_op(op, text, sizeof(text));
	snprintf(r->error, r->error_size,
		 "%s:%" PRIu32 ": '%s': %s (%" PRIu64 " MiB)", r->script->path,
		 op->line, text, why, mib);
	return err;
}

static int invalid(struct rmap_replay *r, const struct rmap_op *op)
{
	snprintf(r->error, r->error_size,
		 "%s:%" PRIu32 ": the strategy's invariants do not hold",
		 r->script->path, op->line);
	return RMAP_DIFFERS;
}

static int never_freed(struct rmap_replay *r, uint64_t left, const char *what)
{
	snprintf(r->error, r->error_size,
		 "%s: %" PRIu64 " %s were never given back", r->script->path,
		 left, what);
	return RMAP_DIFFERS;
}

/* `how`: the first thing that is wrong with a page, and where. */
static int differs(struct rmap_replay *r, const struct rmap_collection *all,
		   const struct rmap_mapping *at, const char *how)
{
	snprintf(r->error, r->error_size,
		 "%s:%" PRIu64 ": dump %u: process %u, page %" PRIu64 ": %s",
		 r->script->path, all->dump.line, all->dump.number, at->process,
		 at->page, how);
	return RMAP_DIFFERS;
}

#define STRATEGY_TEMPLATE "../../bench/rmap_replay_template.h"
#include "../kernels/rmap/strategies.h"
#undef STRATEGY_TEMPLATE

#define STRATEGY_TEMPLATE "../../bench/rmap_replay_entry.h"
const struct rmap_replayer rmap_replayers[] = {
#include "../kernels/rmap/strategies.h"
};
#undef STRATEGY_TEMPLATE
const unsigned nr_rmap_replayers = ARRAY_SIZE(rmap_replayers);

bool rmap_replay_can_ask(const struct rmap_replayer *replayer,
			 const struct rmap_script *script)
{
	/* The floor does no more than to find; and not where it is built. */
	if (replayer->traits & RMAP_REFERENCE)
		return !(replayer->traits & RMAP_NULL) && !script->nr_reclaims;
	return true;
}
