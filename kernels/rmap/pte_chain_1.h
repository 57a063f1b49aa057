/* pte_chain_1.h - pte_chain with 1 entries in an array: 16 bytes. */
#ifndef KMB_RMAP_PTE_CHAIN_1_H
#define KMB_RMAP_PTE_CHAIN_1_H

#define STRATEGY pte_chain_1
#define NRPTE 1
#include "pte_chain_template.h"
#undef NRPTE
#undef STRATEGY

enum { pte_chain_1_traits = 0 };
static const char pte_chain_1_models[] =
	"one-entry chains, as before 2.5.33's arrays: the control";

#endif
