/* pte_chain_31.h - pte_chain with 31 entries in an array: 256 bytes. */
#ifndef KMB_RMAP_PTE_CHAIN_31_H
#define KMB_RMAP_PTE_CHAIN_31_H

#define STRATEGY pte_chain_31
#define NRPTE 31
#include "pte_chain_template.h"
#undef NRPTE
#undef STRATEGY

enum { pte_chain_31_traits = 0 };
static const char pte_chain_31_models[] = "the same with arrays of 31";

#endif
