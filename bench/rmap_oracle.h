/*
 * rmap_oracle.h - what a real kernel had mapped when it ran a script: for each
 * dump the sets of (process, page) that map one physical page
 * (NAME.oracle.csv), and the areas (NAME.vmas.csv): docs/RMAPSCRIPT.md.
 */
#ifndef KMB_RMAP_ORACLE_H
#define KMB_RMAP_ORACLE_H

#include "rmap_replay.h"

struct rmap_oracle;

/* Plain or compressed. NULL: one line in error: path, line and reason. */
struct rmap_oracle *rmap_oracle_open(const char *path, char *error,
				     size_t error_size);
void rmap_oracle_close(struct rmap_oracle *o);

/* Has the script each dump that the oracle has? -EINVAL: no; the error says. */
int rmap_oracle_fits(const struct rmap_oracle *o, const struct rmap_script *s,
		     char *error, size_t error_size);

/* Is the same mapped, whatever the pages' numbers? 0, -ENOMEM, or RMAP_DIFFERS:
 * the error says where first. */
int rmap_oracle_compare(const struct rmap_oracle *o,
			const struct rmap_dump *dump, char *error,
			size_t error_size);

/* The same of areas. */
struct rmap_areas;
struct rmap_areas *rmap_areas_open(const char *path, char *error,
				   size_t error_size);
void rmap_areas_close(struct rmap_areas *a);
int rmap_areas_fits(const struct rmap_areas *a, const struct rmap_script *s,
		    char *error, size_t error_size);
int rmap_areas_compare(const struct rmap_areas *a, const struct rmap_dump *dump,
		       char *error, size_t error_size);

#endif
