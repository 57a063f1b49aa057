/* slab_subject.c - every strategy of family slab, once for all its tests. */
#include "slab_subject.h"

struct slab_subject slab_subjects[SLAB_MAX_SUBJECTS];
unsigned nr_slab_subjects;

#define STRATEGY_TEMPLATE "../../tests/slab_subject_each.h"
#include "../kernels/slab/strategies.h"
