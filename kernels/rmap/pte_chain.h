/* pte_chain.h - pte_chain with 7 entries in an array: 64 bytes. */
#ifndef KMB_RMAP_PTE_CHAIN_H
#define KMB_RMAP_PTE_CHAIN_H

#define STRATEGY pte_chain
#define NRPTE 7
#include "pte_chain_template.h"
#undef NRPTE
#undef STRATEGY

enum { pte_chain_traits = 0 };
static const char pte_chain_models[] =
	"chains of 7, a line of 64 bytes (2.5.33 to 2.6.6)";

#endif
