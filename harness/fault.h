/*
 * fault.h - what goes wrong on purpose, to see that it is found out.
 *
 * KMB_FAULT in the environment: `bind` puts memory on other nodes than the rows
 * claim, `pin` puts threads on other CPUs, `steal` has the hypervisor take
 * the CPUs of every second process, by chance, as far as we are told.
 */
#ifndef KMB_FAULT_H
#define KMB_FAULT_H

#include "topology.h"

/*
 * 0: no fault is asked for, or one that this machine has room for. Otherwise
 * -EINVAL or -ENODEV, and error says in one line what is wrong.
 */
int fault_check(const struct topology *t, char *error, size_t error_size);

/* Where a bind to these host nodes goes: to them, but for the fault. */
uint64_t fault_bind(uint64_t nodes);
/* As placement_pin(), but for the fault. */
int fault_pin(unsigned os_cpu);
/* The steal of a process that took so long, but for the fault; both in ns. */
double fault_steal_ns(double steal_ns, double process_ns);

#endif
