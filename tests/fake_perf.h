/*
 * fake_perf.h - a kernel for the counters' tests: it has as many hardware
 * counters as a test says, refuses what it says, and its clock and counts move
 * by known steps.
 */
#ifndef KMB_FAKE_PERF_H
#define KMB_FAKE_PERF_H

#include <errno.h>
#include <perfmon/perf_event.h>

#include "test.h"

#include "../harness/counters.h"

#define FAKE_FDS 256
#define FAKE_FIRST_FD 1000

struct fake_event {
	bool open;
	struct perf_event_attr attr;
	int leader; /* index; its own: it leads */
	uint64_t value, step;
};

static struct {
	/* What a test sets. */
	int hardware_error, kernel_error, software_error; /* 0: allowed */
	unsigned max_open;    /* files; 0: no limit */
	unsigned nr_counters; /* that a group can have; 0: no limit */
	unsigned nr_free;     /* of them not taken by others; 0: all */
	unsigned short_read;  /* bytes that a read leaves out */
	int read_error;
	bool frozen; /* time goes on, and nothing is counted */
	uint64_t enabled_step, running_step; /* of the clock, by each read */

	struct fake_event event[FAKE_FDS];
	unsigned nr, nr_open;
	uint64_t enabled, running;
} fake;

static unsigned fake_members(int leader, struct fake_event *v[FAKE_FDS])
{
	unsigned nr = 0;

	for (unsigned i = 0; i < fake.nr; i++)
		if (fake.event[i].open && fake.event[i].leader == leader)
			v[nr++] = &fake.event[i];
	return nr;
}

static int fake_refusal(const struct perf_event_attr *attr)
{
	if (fake.max_open && fake.nr_open == fake.max_open)
		return EMFILE;
	if (fake.kernel_error && !attr->exclude_kernel)
		return fake.kernel_error;
	return attr->type == PERF_TYPE_SOFTWARE ? fake.software_error
						: fake.hardware_error;
}

static int fake_open(const struct perf_event_attr *attr, int leader)
{
	struct fake_event *members[FAKE_FDS];
	int error = fake_refusal(attr), index = (int)fake.nr;

	if (error)
		return -error;
	if (leader >= 0 && fake.nr_counters &&
	    fake_members(leader - FAKE_FIRST_FD, members) == fake.nr_counters)
		return -EINVAL;
	assert_true(fake.nr < FAKE_FDS);
	assert_int_equal(attr->read_format,
			 PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED |
				 PERF_FORMAT_TOTAL_TIME_RUNNING);
	assert_int_equal(attr->disabled, leader < 0);
	fake.event[fake.nr++] = (struct fake_event){
		.open = true,
		.attr = *attr,
		.leader = leader < 0 ? index : leader - FAKE_FIRST_FD,
		.step = 10 * (attr->config + 1),
	};
	fake.nr_open++;
	return FAKE_FIRST_FD + index;
}

/* Time goes on, and each member counts as far as the group is running. */
static ssize_t fake_read(int fd, void *buf, size_t size)
{
	struct fake_event *members[FAKE_FDS];
	unsigned nr = fake_members(fd - FAKE_FIRST_FD, members);
	uint64_t words[3 + FAKE_FDS];
	bool runs = !fake.nr_free || nr <= fake.nr_free;
	bool counts = runs && !fake.frozen;

	if (fake.read_error)
		return -fake.read_error;
	fake.enabled += fake.enabled_step;
	fake.running += runs ? fake.running_step : 0;
	words[0] = nr;
	words[1] = fake.enabled;
	words[2] = fake.running;
	for (unsigned i = 0; i < nr; i++)
		words[3 + i] = members[i]->value +=
			counts ? members[i]->step : 0;
	assert_int_equal(size, (3 + nr) * sizeof(*words));
	memcpy(buf, words, size - fake.short_read);
	return (ssize_t)(size - fake.short_read);
}

static int fake_control(int leader, unsigned long request)
{
	assert_int_equal(fake.event[leader - FAKE_FIRST_FD].leader,
			 leader - FAKE_FIRST_FD);
	assert_true(request == PERF_EVENT_IOC_ENABLE ||
		    request == PERF_EVENT_IOC_DISABLE);
	return 0;
}

static void fake_close(int fd)
{
	assert_true(fake.event[fd - FAKE_FIRST_FD].open);
	fake.event[fd - FAKE_FIRST_FD].open = false;
	fake.nr_open--;
}

static const struct counters_os fake_os = {
	.open = fake_open,
	.read = fake_read,
	.control = fake_control,
	.close = fake_close,
};

/* cmocka's set-up: everything is allowed, and the clock moves. */
static maybe_unused int fake_begin(void **unused)
{
	(void)unused;
	memset(&fake, 0, sizeof(fake));
	fake.enabled_step = fake.running_step = 1000;
	return 0;
}

/* And its end: nothing was left open. */
static maybe_unused int fake_end(void **unused)
{
	(void)unused;
	return fake.nr_open ? -1 : 0;
}

#define fake_test(name) \
	cmocka_unit_test_setup_teardown(name, fake_begin, fake_end)

#endif
