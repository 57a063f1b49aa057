/* plot.h - a run's charts: summary.csv to plots/NAME.{csv,gp,svg,png}. */
#ifndef KMB_PLOT_H
#define KMB_PLOT_H

#include <stddef.h>

/*
 * Draw every chart that dir/summary.csv has data for into dir/plots, with the
 * scripts of $KMB_PLOTS_DIR or, without it, of the source tree. The number of
 * charts, or -errno with one line in error (-ENOENT: no gnuplot; the charts'
 * data and scripts are there all the same).
 */
int plot_run(const char *dir, char *error, size_t error_size);

#endif
