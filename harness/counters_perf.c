/* counters_perf.c - names by libpfm4, counts by perf_event_open. */
#include "counters_perf.h"

#include <errno.h>
#include <glob.h>
#include <perfmon/pfmlib_perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sysfs.h"

static int linux_open(const struct perf_event_attr *attr, int leader)
{
	const int this_thread = 0, any_cpu = -1;
	int fd = (int)syscall(SYS_perf_event_open, attr, this_thread, any_cpu,
			      leader, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static ssize_t linux_read(int fd, void *buf, size_t size)
{
	ssize_t got = read(fd, buf, size);

	return got < 0 ? -errno : got;
}

/*
 * Of a leader alone: it takes its group with it, at once or not at all. With
 * PERF_IOC_FLAG_GROUP the members follow one by one, and a group that is too
 * large seems to run until the last.
 */
static int linux_control(int fd, unsigned long request)
{
	return ioctl(fd, request, 0) ? -errno : 0;
}

static void linux_close(int fd)
{
	close(fd);
}

const struct counters_os counters_linux = {
	.open = linux_open,
	.read = linux_read,
	.control = linux_control,
	.close = linux_close,
};

int counter_encode(const char *name, struct counter_code *code)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	pfm_perf_encode_arg_t arg = { .attr = &attr, .size = sizeof(arg) };
	int err = pfm_initialize(); /* once is enough, more does no harm */

	if (err == PFM_SUCCESS)
		err = pfm_get_os_event_encoding(name, PFM_PLM3 | PFM_PLM0,
						PFM_OS_PERF_EVENT, &arg);
	if (err != PFM_SUCCESS)
		return err;
	*code = (struct counter_code){
		.type = attr.type,
		.config = attr.config,
		.config1 = attr.config1,
		.config2 = attr.config2,
		.excludes = (attr.exclude_user ? COUNTER_NO_USER : 0u) |
			    (attr.exclude_kernel ? COUNTER_NO_KERNEL : 0u) |
			    (attr.exclude_hv ? COUNTER_NO_HV : 0u) |
			    (attr.exclude_guest ? COUNTER_NO_GUEST : 0u) |
			    (attr.exclude_host ? COUNTER_NO_HOST : 0u),
	};
	return 0;
}

bool counter_is_software(const struct counter_code *code)
{
	return code->type == PERF_TYPE_SOFTWARE;
}

bool counter_is_time(const struct counter_code *code)
{
	return counter_is_software(code) &&
	       (code->config == PERF_COUNT_SW_TASK_CLOCK ||
		code->config == PERF_COUNT_SW_CPU_CLOCK);
}

bool counter_is_blind(const struct counter_code *code)
{
	return counter_is_software(code) &&
	       (code->excludes & COUNTER_NO_KERNEL) &&
	       (code->config == PERF_COUNT_SW_CONTEXT_SWITCHES ||
		code->config == PERF_COUNT_SW_CPU_MIGRATIONS ||
		code->config == PERF_COUNT_SW_CGROUP_SWITCHES);
}

bool counter_never_rests(const struct counter_code *code)
{
	return code->type == PERF_TYPE_HARDWARE &&
	       (code->config == PERF_COUNT_HW_INSTRUCTIONS ||
		code->config == PERF_COUNT_HW_CPU_CYCLES);
}

#ifdef __aarch64__
bool counter_is_listed(const struct counter_code *code)
{
	/* The architecture's numbers; what is above them, the maker's. */
	const uint64_t nr_common = 0x40;
	bool listed = false;
	glob_t files;

	if (code->type != PERF_TYPE_RAW || code->config >= nr_common)
		return true;
	if (glob("/sys/bus/event_source/devices/armv8*/events/*", 0, NULL,
		 &files))
		return true;
	for (size_t i = 0; i < files.gl_pathc && !listed; i++) {
		unsigned event;
		char line[64];

		listed = sysfs_line(line, sizeof(line), "%s",
				    files.gl_pathv[i]) > 0 &&
			 sscanf(line, "event=%x", &event) == 1 &&
			 event == code->config;
	}
	globfree(&files);
	return listed;
}
#else
bool counter_is_listed(const struct counter_code *code)
{
	(void)code;
	return true;
}
#endif

int counter_open(const struct counters_os *os, const struct counter_code *code,
		 int leader)
{
	const struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = code->type,
		.config = code->config,
		.config1 = code->config1,
		.config2 = code->config2,
		.exclude_user = !!(code->excludes & COUNTER_NO_USER),
		.exclude_kernel = !!(code->excludes & COUNTER_NO_KERNEL),
		.exclude_hv = !!(code->excludes & COUNTER_NO_HV),
		.exclude_guest = !!(code->excludes & COUNTER_NO_GUEST),
		.exclude_host = !!(code->excludes & COUNTER_NO_HOST),
		.disabled = leader < 0,
		.read_format = PERF_FORMAT_GROUP |
			       PERF_FORMAT_TOTAL_TIME_ENABLED |
			       PERF_FORMAT_TOTAL_TIME_RUNNING,
	};

	return os->open(&attr, leader);
}

int counter_enable(const struct counters_os *os, int leader)
{
	return os->control(leader, PERF_EVENT_IOC_ENABLE);
}

int counter_disable(const struct counters_os *os, int leader)
{
	return os->control(leader, PERF_EVENT_IOC_DISABLE);
}

int counter_read(const struct counters_os *os, int leader, unsigned nr,
		 struct counter_reading *reading)
{
	const size_t size = offsetof(struct counter_reading, value) +
			    nr * sizeof(*reading->value);
	ssize_t got = os->read(leader, reading, size);

	if (got < 0)
		return (int)got;
	return (size_t)got == size && reading->nr == nr ? 0 : -EIO;
}
