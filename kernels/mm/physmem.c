/* physmem.c - lay out nodes, zones and mem_map over the host's memory. */
#include "physmem.h"

#include <errno.h>
#include <string.h>

#include "../base/bitops.h"

static pfn_t clamp_pfn(pfn_t pfn, pfn_t low, pfn_t high)
{
	return pfn < low ? low : pfn > high ? high : pfn;
}

/* Cut one node's frames into zones by the machine-wide limits. */
static void init_node(struct pglist_data *node, unsigned nid, pfn_t start,
		      const struct physmem_config *config)
{
	pfn_t end = start + config->node_pages[nid];
	pfn_t normal_end = config->normal_end ? config->normal_end : end;
	pfn_t limit[MAX_NR_ZONES + 1] = { start, 0, 0, end };

	limit[1] = clamp_pfn(config->dma_end, start, end);
	limit[2] = clamp_pfn(normal_end, limit[1], end);
	node->node = nid;
	node->start_pfn = start;
	node->nr_pages = config->node_pages[nid];
	for (unsigned type = 0; type < MAX_NR_ZONES; type++)
		node->zones[type] = (struct zone){
			.start_pfn = limit[type],
			.nr_pages = limit[type + 1] - limit[type],
			.node = nid,
			.type = (enum zone_type)type,
		};
}

static void init_mem_map(struct physmem *mem, const struct zone *zone)
{
	struct page *page = pfn_to_page(mem, zone->start_pfn);

	for (uint64_t i = 0; i < zone->nr_pages; i++, page++) {
		page->flags = (uint64_t)zone->type << PAGE_ZONE_SHIFT |
			      (uint64_t)zone->node << PAGE_NODE_SHIFT;
		page->_mapcount = -1;
	}
}

static int check_config(const struct physmem_config *config)
{
	uint64_t total = 0;

	if (!config->nr_nodes || config->nr_nodes > MAX_NUMNODES)
		return -EINVAL;
	for (unsigned n = 0; n < config->nr_nodes; n++) {
		if (config->node_pages[n] % (1u << MAX_PAGE_ORDER))
			return -EINVAL;
		total += config->node_pages[n];
	}
	if (config->dma_end % (1u << MAX_PAGE_ORDER) ||
	    config->normal_end % (1u << MAX_PAGE_ORDER))
		return -EINVAL;
	return total ? 0 : -EINVAL;
}

static int map_boot(struct physmem *mem, unsigned nid, size_t bytes)
{
	struct physmem_boot *boot = &mem->boot[nid];

	if (!bytes)
		return 0;
	boot->start = mem->host->map(mem->host, bytes);
	if (!boot->start)
		return -ENOMEM;
	boot->bytes = bytes;
	return mem->host->bind(mem->host, boot->start, bytes, nid);
}

static int bind_node(struct physmem *mem, const struct pglist_data *node)
{
	struct host_memory *host = mem->host;
	int err;

	if (!node->nr_pages)
		return 0;
	err = host->bind(host, pfn_to_page(mem, node->start_pfn),
			 node->nr_pages * sizeof(struct page), node->node);
	if (err)
		return err;
	return host->bind(host, pfn_to_virt(mem, node->start_pfn),
			  node->nr_pages << PAGE_SHIFT, node->node);
}

int physmem_init(struct physmem *mem, const struct physmem_config *config,
		 struct host_memory *host)
{
	int err = check_config(config);

	if (err)
		return err;
	memset(mem, 0, sizeof(*mem));
	mem->host = host;
	mem->nr_nodes = config->nr_nodes;
	for (unsigned n = 0; n < config->nr_nodes; n++) {
		init_node(&mem->node_data[n], n, mem->nr_pages, config);
		mem->nr_pages += config->node_pages[n];
	}

	err = -ENOMEM;
	mem->base = host->map(host, mem->nr_pages << PAGE_SHIFT);
	mem->mem_map = host->map(host, mem->nr_pages * sizeof(struct page));
	if (!mem->base || !mem->mem_map)
		goto destroy;
	for (unsigned n = 0; n < mem->nr_nodes; n++) {
		err = bind_node(mem, &mem->node_data[n]);
		if (!err)
			err = map_boot(mem, n, config->boot_bytes);
		if (err)
			goto destroy;
	}
	host->touch(host, mem->mem_map, mem->nr_pages * sizeof(struct page));
	for (unsigned n = 0; n < mem->nr_nodes; n++)
		for (unsigned z = 0; z < MAX_NR_ZONES; z++)
			init_mem_map(mem, &mem->node_data[n].zones[z]);
	return 0;

destroy:
	physmem_destroy(mem);
	return err;
}

void physmem_destroy(struct physmem *mem)
{
	struct host_memory *host = mem->host;

	for (unsigned n = 0; n < mem->nr_nodes; n++)
		if (mem->boot[n].start)
			host->unmap(host, mem->boot[n].start,
				    mem->boot[n].bytes);
	if (mem->mem_map)
		host->unmap(host, mem->mem_map,
			    mem->nr_pages * sizeof(struct page));
	if (mem->base)
		host->unmap(host, mem->base, mem->nr_pages << PAGE_SHIFT);
	memset(mem, 0, sizeof(*mem));
}

void *physmem_boot_alloc(struct physmem *mem, unsigned node, size_t bytes)
{
	struct physmem_boot *boot = &mem->boot[node];
	void *addr = boot->start + boot->used;

	bytes = align_up(bytes, CACHE_LINE_BYTES);
	if (bytes > boot->bytes - boot->used)
		return NULL;
	boot->used += bytes;
	return addr;
}
