/*
 * pgtable_fork_model.h - a flat model of processes that fork: what each reads
 * at each of its pages.
 */
#ifndef KMB_PGTABLE_FORK_MODEL_H
#define KMB_PGTABLE_FORK_MODEL_H

#define NR_FORK_PROCESSES 4
#define NR_FORK_PAGES 4096

/*
 * Private pages first, then as many shared ones. A page's value is in a cell;
 * of a shared page processes have the same one.
 */
struct fork_model {
	uint32_t cell[NR_FORK_PROCESSES][NR_FORK_PAGES]; /* 0: not mapped */
	uint64_t *values;
	uint32_t nr_cells, max_cells;
	uint64_t nr_pages; /* of a process, at most NR_FORK_PAGES */
};

static uint32_t model_new_cell(struct fork_model *m, uint64_t value)
{
	if (++m->nr_cells >= m->max_cells) {
		m->max_cells = 2 * m->max_cells + 1024;
		m->values =
			realloc(m->values, m->max_cells * sizeof(*m->values));
		assert_non_null(m->values);
	}
	m->values[m->nr_cells] = value;
	return m->nr_cells;
}

static bool model_is_shared(const struct fork_model *m, uint64_t i)
{
	return i >= m->nr_pages / 2;
}

static void model_fork(struct fork_model *m, unsigned parent, unsigned child)
{
	for (uint64_t i = 0; i < m->nr_pages; i++) {
		uint32_t cell = m->cell[parent][i];

		if (cell && !model_is_shared(m, i))
			cell = model_new_cell(m, m->values[cell]);
		m->cell[child][i] = cell;
	}
}

static int64_t model_zap(struct fork_model *m, unsigned process, uint64_t i,
			 uint64_t end)
{
	int64_t nr = 0;

	for (; i < end; i++) {
		nr += m->cell[process][i] != 0;
		m->cell[process][i] = 0;
	}
	return nr;
}

#endif
