/* pte_chain_15.h - pte_chain with 15 entries in an array: 128 bytes. */
#ifndef KMB_RMAP_PTE_CHAIN_15_H
#define KMB_RMAP_PTE_CHAIN_15_H

#define STRATEGY pte_chain_15
#define NRPTE 15
#include "pte_chain_template.h"
#undef NRPTE
#undef STRATEGY

enum { pte_chain_15_traits = 0 };
static const char pte_chain_15_models[] = "the same with arrays of 15";

#endif
