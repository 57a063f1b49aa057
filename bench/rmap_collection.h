/*
 * rmap_collection.h - what is mapped, gathered for a dump, and what a strategy
 * finds of it.
 */
#ifndef KMB_RMAP_COLLECTION_H
#define KMB_RMAP_COLLECTION_H

#include "../kernels/mm/vm_area.h"
#include "rmap_replay.h"

struct rmap_collection {
	struct rmap_dump dump;
	uint64_t mappings_room, areas_room;
	unsigned process; /* whose mappings and areas come now */
	/* By mm_struct.id, which counts processes as they come. */
	unsigned *process_of; /* [lives of the script] */
	/* Of one page: all are counted, but kept as there is room. */
	struct rmap_mapping *found;
	uint64_t nr_found, found_room;
};

/* false: out of memory. To be freed all the same. */
bool rmap_collection_init(struct rmap_collection *c,
			  const struct rmap_script *script);
void rmap_collection_free(struct rmap_collection *c);

/* A new dump begins. */
void rmap_collect_begin(struct rmap_collection *c);
/* nr pages that an entry maps, and an area. 0 or -ENOMEM. */
int rmap_collect_pages(struct rmap_collection *c, uint64_t pfn, uint64_t addr,
		       uint64_t nr);
int rmap_collect_area(struct rmap_collection *c,
		      const struct vm_area_struct *vma);
/* All have come: into the dump's order. */
void rmap_collect_end(struct rmap_collection *c);

/* A search for a page's nr mappings begins; false: out of memory. */
bool rmap_found_begin(struct rmap_collection *c, uint64_t nr);
void rmap_found(struct rmap_collection *c, unsigned mm_id, uint64_t addr);

/* In what is found of the page that the nr mappings from `first` on are of, the
 * first difference, by its place and what it is; NULL: there is none. */
const char *rmap_found_differs(struct rmap_collection *c,
			       const struct rmap_mapping *first, uint64_t nr,
			       struct rmap_mapping *at);

#endif
