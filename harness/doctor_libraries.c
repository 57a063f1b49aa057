/* doctor_libraries.c - whose code is in the numbers and in the charts. */
#include <gsl/gsl_version.h>
#include <perfmon/pfmlib.h>
#include <stdlib.h>
#include <string.h>

#include "../bench/bench.h"
#include "doctor.h"

static void check_libraries(struct doctor *d)
{
	int pfm = pfm_get_version();
	unsigned hwloc = hwloc_get_api_version();

	/* hwloc and libpfm4 only tell their interface's version. */
	doctor_add(d, DOCTOR_OK, "libraries",
		   "Another version of these may choose other iterations, "
		   "places or events.",
		   NULL,
		   "benchmark %s, hwloc %s (interface %u.%u.%u), libnuma %s, "
		   "libpfm4 (interface %d.%d), jansson %s, GSL %s",
		   gbench_version(), KMB_HWLOC_VERSION, hwloc >> 16,
		   hwloc >> 8 & 255, hwloc & 255, KMB_NUMA_VERSION,
		   PFM_MAJ_VERSION(pfm), PFM_MIN_VERSION(pfm), JANSSON_VERSION,
		   gsl_version);
}

static void check_gnuplot(struct doctor *d)
{
	static const char why[] =
		"It draws the charts; measuring needs it not.";
	FILE *pipe = popen("gnuplot --version 2>/dev/null", "re");
	char line[64] = "";

	if (pipe && !fgets(line, sizeof(line), pipe))
		*line = '\0';
	if (pipe)
		pclose(pipe);
	line[strcspn(line, "\n")] = '\0';
	if (*line)
		doctor_add(d, DOCTOR_OK, "gnuplot", why, NULL, "%s", line);
	else
		doctor_add(d, DOCTOR_NOTE, "gnuplot", why,
			   "apt-get install gnuplot-nox",
			   "not found: no charts");
}

void doctor_check_libraries(struct doctor *d, bool quick)
{
	d->group = "libraries";
	check_libraries(d);
	/* Starting it takes longer than all the rest. */
	if (!quick)
		check_gnuplot(d);
}
