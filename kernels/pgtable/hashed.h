/*
 * hashed.h - template: clustered hashed page tables (Talluri, Hill, Khalidi:
 * SOSP'95): one key for eight neighbouring pages, in one cache line.
 */
#include "pgtable.h"
#include "hashed_table.h"

enum { P(max_threads) = KMB_MAX_THREADS };
enum { P(traits) = PGTABLE_READERS_ONLY | PGTABLE_BRIEF };
static const char P(models)[] =
	"clustered hashed page tables: SOSP'95; linear hashing, VLDB'80";

#include "clustered_template.h"
#include "walk_ahead.h"
