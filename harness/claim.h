/*
 * claim.h - two runs on one CPU spoil each other: say so.
 *
 * A claim is a name in the abstract socket space: it needs no directory and no
 * rights, and it is gone with the process, however that ends.
 */
#ifndef KMB_CLAIM_H
#define KMB_CLAIM_H

#include <stdbool.h>

/*
 * Claim a CPU until this process ends. False: another kmembench has it. True
 * as well where sockets cannot be had.
 */
bool claim_cpu(unsigned os_cpu);

#endif
