/* slab_subject.c - every strategy of family slab, once for all its tests. */
#include "chaos.h"

#include "slab_subject.h"

struct slab_subject slab_subjects[SLAB_MAX_SUBJECTS];
unsigned nr_slab_subjects;

void slab_subject_chaos(uint32_t one_in)
{
	chaos_one_in = one_in;
}

#define STRATEGY_TEMPLATE "../../tests/slab_subject_each.h"
#include "../kernels/slab/strategies.h"
