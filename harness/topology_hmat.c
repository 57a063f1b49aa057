/* topology_hmat.c - latency and bandwidth of memory, as the firmware has them.
 *
 * The firmware's table (ACPI's HMAT) may have a value for every pair of nodes;
 * of these Linux shows each node's best initiators', and hwloc has no more. A
 * machine from an XML file may have them all.
 */
#include <hwloc/memattrs.h>
#include <stdlib.h>

#include "../kernels/base/compiler.h"
#include "topology_print.h"

/* hwloc's names; older ones have the averages alone. ns and MiB/s. */
enum { LATENCY, BANDWIDTH, NR_KINDS };
static const char *const attribute[NR_KINDS][3] = {
	[LATENCY] = { "ReadLatency", "WriteLatency", "Latency" },
	[BANDWIDTH] = { "ReadBandwidth", "WriteBandwidth", "Bandwidth" },
};

/* From where a node is reached; room for all that its attributes name. */
struct initiators {
	unsigned nr;
	struct hwloc_location *at;
};

static bool same_place(const struct hwloc_location *a,
		       const struct hwloc_location *b)
{
	if (a->type != b->type)
		return false;
	if (a->type == HWLOC_LOCATION_TYPE_OBJECT)
		return a->location.object == b->location.object;
	return hwloc_bitmap_isequal(a->location.cpuset, b->location.cpuset);
}

static void add_initiator(struct initiators *all,
			  const struct hwloc_location *place)
{
	for (unsigned i = 0; i < all->nr; i++)
		if (same_place(&all->at[i], place))
			return;
	all->at[all->nr++] = *place;
}

/* Add those of one attribute: what was found before may be among them. */
static void add_initiators(const struct topology *t, const char *name,
			   hwloc_obj_t node, struct initiators *all)
{
	struct hwloc_location *more = NULL;
	hwloc_memattr_id_t id;
	unsigned nr = 0;

	if (hwloc_memattr_get_by_name(t->hwloc, name, &id) ||
	    hwloc_memattr_get_initiators(t->hwloc, id, node, 0, &nr, NULL,
					 NULL) ||
	    !nr)
		return;
	more = calloc(nr, sizeof(*more));
	if (more && !hwloc_memattr_get_initiators(t->hwloc, id, node, 0, &nr,
						  more, NULL)) {
		struct hwloc_location *at =
			realloc(all->at, (all->nr + nr) * sizeof(*at));

		if (at)
			all->at = at;
		for (unsigned i = 0; at && i < nr; i++)
			add_initiator(all, &more[i]);
	}
	free(more);
}

static bool get(const struct topology *t, const char *name, hwloc_obj_t node,
		struct hwloc_location *from, hwloc_uint64_t *value)
{
	hwloc_memattr_id_t id;

	return !hwloc_memattr_get_by_name(t->hwloc, name, &id) &&
	       !hwloc_memattr_get_value(t->hwloc, id, node, from, 0, value);
}

/* "80", or "80/90" where reading and writing differ. */
static void format(const struct topology *t, unsigned kind, hwloc_obj_t node,
		   struct hwloc_location *from, char *buf, size_t size)
{
	hwloc_uint64_t read, write;

	if (!get(t, attribute[kind][0], node, from, &read) ||
	    !get(t, attribute[kind][1], node, from, &write)) {
		if (!get(t, attribute[kind][2], node, from, &read)) {
			snprintf(buf, size, "NA");
			return;
		}
		write = read;
	}
	if (read == write)
		snprintf(buf, size, "%llu", (unsigned long long)read);
	else
		snprintf(buf, size, "%llu/%llu", (unsigned long long)read,
			 (unsigned long long)write);
}

static void print_row(const struct topology *t, hwloc_obj_t node,
		      struct hwloc_location *from, FILE *out)
{
	char place[64], value[NR_KINDS][48];

	if (from->type == HWLOC_LOCATION_TYPE_CPUSET)
		hwloc_bitmap_list_snprintf(place, sizeof(place),
					   from->location.cpuset);
	else
		hwloc_obj_type_snprintf(place, sizeof(place),
					from->location.object, 0);
	for (unsigned kind = 0; kind < NR_KINDS; kind++)
		format(t, kind, node, from, value[kind], sizeof(value[kind]));
	fprintf(out, "%8u    %-9s  %-13s  %s\n", node->os_index, value[LATENCY],
		value[BANDWIDTH], place);
}

static void print_heading(FILE *out)
{
	fprintf(out,
		"\nHMAT        as the firmware states it; of each node "
		"Linux shows the best CPUs only\n"
		"    node    ns         MiB/s          from CPUs (read/write "
		"where they differ)\n");
}

void topology_print_hmat(const struct topology *t, FILE *out)
{
	bool found = false;

	for (unsigned n = 0; n < t->nr_nodes; n++) {
		hwloc_obj_t node = hwloc_get_numanode_obj_by_os_index(
			t->hwloc, t->nodes[n].os);
		struct initiators all = { 0 };

		for (unsigned kind = 0; kind < NR_KINDS; kind++)
			for (unsigned i = 0; i < ARRAY_SIZE(attribute[0]); i++)
				add_initiators(t, attribute[kind][i], node,
					       &all);
		if (all.nr && !found)
			print_heading(out);
		for (unsigned i = 0; i < all.nr; i++)
			print_row(t, node, &all.at[i], out);
		found |= all.nr;
		free(all.at);
	}
	if (!found)
		fprintf(out, "\nHMAT        none: no latencies or bandwidths "
			     "from the firmware\n");
}
