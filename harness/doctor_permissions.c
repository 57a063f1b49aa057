/* doctor_permissions.c - the system calls a run needs, each really made. */
#include <errno.h>
#include <linux/perf_event.h>
#include <numaif.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "doctor.h"
#include "sysfs.h"

#define STATUS "/proc/self/status"
/* A mask of host nodes as the kernel takes it; it has 1024 at most. */
#define NODE_BITS 1024
#define WORD_BITS (8 * sizeof(unsigned long))

#define CAP_BIT_SYS_ADMIN 21
#define CAP_BIT_PERFMON 38

/* ---- trying: 0 or an errno ---- */

/* One touched page to try things on. */
static void *scratch_page(size_t bytes)
{
	char *page = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return NULL;
	*page = 1;
	return page;
}

static int try_mbind(const struct topology *t)
{
	size_t bytes = (size_t)sysconf(_SC_PAGESIZE);
	unsigned long nodes[NODE_BITS / WORD_BITS] = { 0 };
	unsigned node = 0;
	void *page;
	int err = 0;

	while (node + 1 < t->nr_nodes && !t->nodes[node].memory_bytes)
		node++;
	node = t->nodes[node].os;
	nodes[node / WORD_BITS] |= 1ul << node % WORD_BITS;
	page = scratch_page(bytes);
	if (!page)
		return ENOMEM;
	if (mbind(page, bytes, MPOL_BIND, nodes, NODE_BITS, 0))
		err = errno;
	munmap(page, bytes);
	return err;
}

static int try_move_pages(const struct topology *t)
{
	size_t bytes = (size_t)sysconf(_SC_PAGESIZE);
	void *page = scratch_page(bytes);
	int node = -1, err = 0;

	(void)t;
	if (!page)
		return ENOMEM;
	if (move_pages(0, 1, &page, NULL, &node, 0) < 0)
		err = errno;
	else if (node < 0)
		err = -node;
	munmap(page, bytes);
	return err;
}

static int perf_open(uint32_t type, uint64_t config)
{
	struct perf_event_attr attr = {
		.type = type,
		.size = sizeof(attr),
		.config = config,
		.disabled = 1,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};

	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1,
			    PERF_FLAG_FD_CLOEXEC);
}

static int try_perf(const struct topology *t)
{
	int fd = perf_open(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK);

	(void)t;
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* Some machines open events that never count: let it count something. */
static int try_pmu(uint64_t *cycles)
{
	int fd = perf_open(PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES);
	int err = 0;

	*cycles = 0;
	if (fd < 0)
		return errno;
	if (ioctl(fd, PERF_EVENT_IOC_ENABLE, 0))
		err = errno;
	for (unsigned i = 0; i < 100000; i++)
		OPTIMIZER_HIDE(i);
	if (!err && read(fd, cycles, sizeof(*cycles)) != sizeof(*cycles))
		err = errno;
	close(fd);
	return err;
}

/* ---- findings ---- */

struct trial {
	const char *call;
	int (*attempt)(const struct topology *t); /* NULL: made already */
	bool numa;	    /* matters little on one node */
	const char *docker; /* what a container needs for it */
	const char *why;
};

static const struct trial trials[] = {
	{ "sched_setaffinity", NULL, false, NULL,
	  "Threads are pinned to one CPU each; one that wanders takes its "
	  "cache and its node along." },
	{ "mbind", try_mbind, true, "--cap-add SYS_NICE",
	  "Simulated nodes are bound to host nodes with it." },
	{ "move_pages", try_move_pages, true, "--cap-add SYS_NICE",
	  "After a measurement it tells on which node the pages really are." },
	{ "perf_event_open", try_perf, false, "--cap-add PERFMON",
	  "Counters of page faults, context switches and, with a PMU, cache "
	  "and TLB misses say why something is slow." },
};

/* The names that manuals use, of what is likely. */
static const char *error_name(int error)
{
	switch (error) {
	case EPERM:
		return "EPERM";
	case EACCES:
		return "EACCES";
	case ENOSYS:
		return "ENOSYS";
	case ENOENT:
		return "ENOENT";
	default:
		return strerror(error);
	}
}

/* Who refuses: what is known of filters and capabilities. */
static void explain(const struct doctor *d, int error, char *text, size_t size)
{
	uint64_t filter = doctor_field_uint(d, 0, "Seccomp", STATUS);

	if (error == ENOSYS && !filter)
		snprintf(text, size, "this kernel has no such call");
	else if (error == ENOSYS)
		snprintf(text, size,
			 "this kernel has no such call, or the seccomp filter "
			 "of a container hides it");
	else if ((error == EPERM || error == EACCES) && filter)
		snprintf(text, size,
			 "most likely the seccomp filter of a container");
	else if (error == EPERM || error == EACCES)
		snprintf(text, size,
			 "no seccomp filter: a capability is missing, or a "
			 "security module or setting forbids it");
	else
		snprintf(text, size, "unexpected");
}

static const struct trial *find_trial(const char *call)
{
	const struct trial *trial = trials;

	while (strcmp(trial->call, call))
		trial++;
	return trial;
}

void doctor_tried(struct doctor *d, const char *call, int error)
{
	const struct trial *trial = find_trial(call);
	bool filtered = doctor_field_uint(d, 0, "Seccomp", STATUS);
	bool matters = !trial->numa || d->topology->nr_nodes > 1;
	char reason[160], command[128];

	if (!error) {
		doctor_add(d, DOCTOR_OK, call, trial->why, NULL, "works");
		return;
	}
	explain(d, error, reason, sizeof(reason));
	snprintf(command, sizeof(command), "docker run %s ...",
		 trial->docker ? trial->docker : "");
	doctor_add(d, matters ? DOCTOR_WARN : DOCTOR_NOTE, call, trial->why,
		   filtered && trial->docker ? command : NULL,
		   "refused, %s (%s)%s", error_name(error), reason,
		   matters ? "" : "; with one node little depends on it");
}

static bool has_capability(const struct doctor *d, unsigned bit)
{
	char text[32];

	doctor_field(d, text, sizeof(text), "CapEff", STATUS);
	return strtoull(text, NULL, 16) >> bit & 1;
}

static bool may_count_all(const struct doctor *d)
{
	return has_capability(d, CAP_BIT_PERFMON) ||
	       has_capability(d, CAP_BIT_SYS_ADMIN);
}

static void check_paranoid(struct doctor *d)
{
	static const char why[] =
		"Above 1 the kernel's share of a count is hidden from users, "
		"above 2 some kernels refuse every counter.";
	static const char command[] = "sysctl -w kernel.perf_event_paranoid=1";
	static const char name[] = "perf_event_paranoid";
	char text[32];
	long value;

	sysfs_line(text, sizeof(text), "%s/proc/sys/kernel/perf_event_paranoid",
		   d->root);
	value = strtol(text, NULL, 10);
	if (!*text)
		doctor_add(d, DOCTOR_NOTE, name, why, NULL,
			   "not readable here: a kernel without perf events?");
	else if (value <= 1)
		doctor_add(d, DOCTOR_OK, name, why, NULL, "%ld", value);
	else if (may_count_all(d))
		doctor_add(d, DOCTOR_OK, name, why, NULL,
			   "%ld, which does not bind us: we have CAP_PERFMON "
			   "or CAP_SYS_ADMIN",
			   value);
	else
		doctor_add(d, DOCTOR_NOTE, name, why, command, "%ld: %s", value,
			   value == 2 ? "user space can be counted, the kernel "
					"not"
				      : "this user may count nothing");
}

void doctor_tried_pmu(struct doctor *d, int error, uint64_t cycles)
{
	static const char why[] =
		"Hardware counters (cycles, cache and TLB misses) need one; "
		"without it they are NA, never 0.";
	static const char command[] = "sysctl -w kernel.perf_event_paranoid=1";
	bool virtual = doctor_virtual(d) == VIRTUAL_YES;
	char reason[160];

	if (!error && cycles)
		doctor_add(d, DOCTOR_OK, "PMU", why, NULL,
			   "cycles can be counted");
	else if (!error)
		doctor_add(d, DOCTOR_NOTE, "PMU", why, NULL,
			   "opens, but counts nothing%s",
			   virtual ? ": the host does not back it" : "");
	else if (error == ENOENT || error == EOPNOTSUPP || error == ENODEV)
		doctor_add(d, DOCTOR_NOTE, "PMU", why, NULL, "none (%s): %s",
			   error_name(error),
			   virtual ? "the host gives this VM none; only its "
				     "owner can"
				   : "this CPU has none that the kernel "
				     "knows");
	else {
		explain(d, error, reason, sizeof(reason));
		doctor_add(d, DOCTOR_NOTE, "PMU", why, command,
			   "not ours: %s (%s)", error_name(error), reason);
	}
}

void doctor_check_permissions(struct doctor *d, int pin_error)
{
	uint64_t cycles;
	int err;

	d->group = "permissions";
	for (unsigned i = 0; i < ARRAY_SIZE(trials); i++) {
		err = trials[i].attempt ? trials[i].attempt(d->topology)
					: -pin_error;
		doctor_tried(d, trials[i].call, err);
	}
	check_paranoid(d);
	err = try_pmu(&cycles);
	doctor_tried_pmu(d, err, cycles);
}
