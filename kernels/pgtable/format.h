/*
 * format.h - F(name): a name of the page-table format at hand; the levels that
 * generic code sees, whatever the format has of them.
 *
 * A format is one header (x86_64.h, i386.h, ...) that includes
 * format_template.h with its parameters; F(pte_t) is then x86_64_pte_t. Code
 * over a format is a template with FORMAT defined as the bare name.
 *
 * Generic code always sees five levels, pgd -> p4d -> pud -> pmd -> pte. One
 * that the format does not have is folded, as in Linux (asm-generic's
 * pgtable-nopmd.h and -nopud.h of 2.6.11): a table of one entry, which is the
 * entry of the level above itself, is always present and never bad. Level
 * numbers are constants wherever it matters, so all of this costs nothing.
 */
#ifndef KMB_PGTABLE_FORMAT_H
#define KMB_PGTABLE_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/compiler.h"
#include "../mm/physmem.h"
#include "../sync/atomic.h"

#define F(name) KMB_PASTE(KMB_PASTE(FORMAT, _), name)
#define FORMAT_NAME KMB_STRING(FORMAT)

/* Whose table an entry is in; a leaf may be at the first three. */
enum pgtable_level {
	LEVEL_PTE = 1,
	LEVEL_PMD,
	LEVEL_PUD,
	LEVEL_P4D,
	LEVEL_PGD,
};

/*
 * x86's bits of an entry (i386's pgtable.h of 2.6.11, x86's pgtable_types.h of
 * 3.13), which all our formats but arm have.
 */
#define PAGE_PRESENT (1ull << 0)
#define PAGE_RW (1ull << 1)
#define PAGE_USER (1ull << 2)
#define PAGE_PWT (1ull << 3)
#define PAGE_PCD (1ull << 4)
#define PAGE_ACCESSED (1ull << 5)
#define PAGE_DIRTY (1ull << 6)
#define PAGE_PSE (1ull << 7) /* a leaf above the PTE level; PAT at it */
#define PAGE_GLOBAL (1ull << 8)
#define PAGE_SPECIAL (1ull << 9)   /* no struct page to be used */
#define PAGE_SPLITTING (1ull << 9) /* the same bit of a huge pmd */
#define PAGE_SOFT_DIRTY (1ull << 11)
#define PAGE_PROTNONE (1ull << 8) /* of what is not present; 3.13 */
#define PAGE_FILE (1ull << 6)	  /* the same: an offset in a file, not swap */

/* An entry that points to a table: _KERNPG_TABLE, and _PAGE_USER is added. */
#define PAGE_KERNPG_TABLE (PAGE_PRESENT | PAGE_RW | PAGE_ACCESSED | PAGE_DIRTY)
#define PAGE_TABLE (PAGE_KERNPG_TABLE | PAGE_USER)

#endif
