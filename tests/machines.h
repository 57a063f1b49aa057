/* machines.h - the machines that topology and placement are tested on. */
#ifndef KMB_TEST_MACHINES_H
#define KMB_TEST_MACHINES_H

#include "../harness/topology.h"
#include "../kernels/base/compiler.h"
#include "test.h"

#define ONE_NODE "synthetic:numa:1 core:4 pu:1"
#define TWO_BY_EIGHT "synthetic:pack:2 [numa] core:4 pu:2"
#define TWO_NODES_A_PACKAGE "synthetic:pack:2 group:2 [numa] core:2 pu:1"
#define BIG "synthetic:pack:8 [numa(memory=64GB)] core:16 pu:2"
/* Their XML says what is particular about them. */
#define MEMORYLESS KMB_TEST_DATA "/memoryless.xml"
#define SPARSE KMB_TEST_DATA "/sparse.xml"
#define CPULESS KMB_TEST_DATA "/cpuless.xml"
#define CPUSET KMB_TEST_DATA "/cpuset.xml"
#define HMAT KMB_TEST_DATA "/hmat.xml"

static maybe_unused void load_machine(struct topology *t, const char *source)
{
	char error[256] = "";

	check(!topology_load(t, source, error, sizeof(error)), "%s", error);
}

#endif
