/*
 * cuckoo.h - template: elastic cuckoo page tables (Skarlatos et al.:
 * ASPLOS'20): two places where a line can be, both read at once.
 */
#include "pgtable.h"
#include "cuckoo_table.h"

enum { P(max_threads) = KMB_MAX_THREADS };
enum { P(traits) = PGTABLE_READERS_ONLY | PGTABLE_BRIEF };
static const char
	P(models)[] = "elastic cuckoo page tables: ASPLOS'20, with two ways";

#include "clustered_template.h"
#include "walk_ahead.h"
