/* compare_plot.h - contrasts as forest plots: compare-*.{csv,gp,svg,png}. */
#ifndef KMB_COMPARE_PLOT_H
#define KMB_COMPARE_PLOT_H

#include <stddef.h>

#include "compare_text.h"

/*
 * Draw what was judged into plots_dir (made when it is not there), a chart for
 * each family or more; the caption is run_dir's. The number of charts, or
 * -errno with one line in error (-ENOENT: no gnuplot; the charts' data and
 * scripts are there all the same).
 */
int compare_plot(const struct contrasts *c, const struct compare_view *view,
		 const char *run_dir, const char *plots_dir, char *error,
		 size_t error_size);

#endif
