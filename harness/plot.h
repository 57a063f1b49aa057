/* plot.h - a run's charts: summary.csv to plots/NAME.{csv,gp,svg,png}. */
#ifndef KMB_PLOT_H
#define KMB_PLOT_H

#include <stddef.h>

#include "plot_kinds.h"

/*
 * Draw every chart that dir/summary.csv has data for into dir/plots, with the
 * scripts of $KMB_PLOTS_DIR or, without it, of the source tree. The number of
 * charts, or -errno with one line in error (-ENOENT: no gnuplot; the charts'
 * data and scripts are there all the same).
 */
int plot_run(const char *dir, char *error, size_t error_size);

/*
 * Write the data and the scripts of charts, and add their names. 0, or -errno
 * with one line in error.
 */
typedef int (*plot_write_fn)(void *arg, const struct plot_context *context,
			     struct plot_names *names, char *error,
			     size_t error_size);
/*
 * The same for charts that `write` makes in plots_dir; their caption is that of
 * the run. Returns what plot_run does.
 */
int plot_charts(const char *run_dir, const char *plots_dir, plot_write_fn write,
		void *arg, char *error, size_t error_size);
/* For `write`, once it has something: make the directory. 0 or -errno. */
int plot_make_dir(const struct plot_context *context, char *error,
		  size_t error_size);

#endif
