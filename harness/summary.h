/*
 * summary.h - samples.csv to summary.csv: one row per point and metric.
 *
 * Only processes whose every row says ok count; when a point has none of
 * them, one row with its status stands for it.
 */
#ifndef KMB_SUMMARY_H
#define KMB_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

#define SUMMARY_SCHEMA 1
#define SUMMARY_HEADER                                                       \
	"schema,run_id,host,family,strategy,workload,isa,threads,size,"      \
	"size_unit,pages,place,cpus,mem_policy,nodes_requested,"             \
	"nodes_actual,metric,unit,processes,n,median,ci_lo,ci_hi,min,q1,q3," \
	"cv,floor_ratio,status,reason"

/*
 * Make dir/summary.csv from dir/samples.csv; seed is the intervals'. 0, or
 * -errno with one line in error.
 */
int summary_write(const char *dir, uint64_t seed, char *error,
		  size_t error_size);

#endif
