/* counters_perf.h - an event as the kernel takes it, and the kernel. */
#ifndef KMB_COUNTERS_PERF_H
#define KMB_COUNTERS_PERF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct perf_event_attr;

/*
 * The system calls that counters need; a test has a kernel of its own. All
 * return -errno when they fail.
 */
struct counters_os {
	/* For the calling thread, wherever it runs. leader: -1, or its fd. */
	int (*open)(const struct perf_event_attr *attr, int leader);
	ssize_t (*read)(int fd, void *buf, size_t size);
	int (*control)(int leader, unsigned long request);
	void (*close)(int fd);
};
extern const struct counters_os counters_linux;

enum {
	COUNTER_NO_USER = 1,
	COUNTER_NO_KERNEL = 2,
	COUNTER_NO_HV = 4,
	COUNTER_NO_GUEST = 8,
	COUNTER_NO_HOST = 16
};

/* What libpfm4 makes of a name. */
struct counter_code {
	uint32_t type;
	uint64_t config, config1, config2;
	unsigned excludes; /* COUNTER_NO_ bits */
};

/*
 * NAME[:UMASK...][:u][:k], without the last two both. 0, or libpfm4's error,
 * for pfm_strerror().
 */
int counter_encode(const char *name, struct counter_code *code);

bool counter_is_software(const struct counter_code *code);
/* It counts nanoseconds. */
bool counter_is_time(const struct counter_code *code);
/*
 * The kernel opens this one, and then it counts 0 whatever happens: task
 * switches all happen on the kernel's side.
 */
bool counter_is_blind(const struct counter_code *code);
/* Instructions and cycles: a 0 of them is a machine that only pretends. */
bool counter_never_rests(const struct counter_code *code);
/*
 * False: one of ARM's common events that the kernel does not list for this
 * CPU. It opens all the same, and counts 0.
 */
bool counter_is_listed(const struct counter_code *code);

/* Open in the group of leader, or as a leader (-1), which starts disabled. */
int counter_open(const struct counters_os *os, const struct counter_code *code,
		 int leader);
int counter_enable(const struct counters_os *os, int leader);
int counter_disable(const struct counters_os *os, int leader);

/* What a group's leader reads: the group's times, and each one's count. */
struct counter_reading {
	uint64_t nr, enabled, running;
	uint64_t value[32];
};
/* 0, or -errno when not all nr counts came: -EIO. */
int counter_read(const struct counters_os *os, int leader, unsigned nr,
		 struct counter_reading *reading);

#endif
