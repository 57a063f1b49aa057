/*
 * summary.h - samples.csv to summary.csv: one row per point and metric.
 *
 * Only processes whose every row says ok count; when a point has none of
 * them, one row with its status stands for it.
 */
#ifndef KMB_SUMMARY_H
#define KMB_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SUMMARY_SCHEMA 4
#define SUMMARY_HEADER                                                       \
	"schema,run_id,host,family,strategy,workload,isa,threads,size,"      \
	"size_unit,pages,place,cpus,mem_policy,nodes_requested,"             \
	"nodes_actual,metric,unit,processes,n,median,ci_lo,ci_hi,min,q1,q3," \
	"cv,floor_ratio,status,reason,arm,cv_within,outliers,variant,version"

struct summary_params {
	uint64_t seed;	  /* of the intervals */
	double max_noise; /* half-width over median that counts as tight */
};

/* Was a row with this status measured, and may it be shown? */
bool summary_is_measured(const char *status);

/*
 * Make dir/summary.csv from dir/samples.csv; 0, or
 * -errno with one line in error.
 */
int summary_write(const char *dir, const struct summary_params *params,
		  char *error, size_t error_size);

#endif
