/*
 * step_clock.c - LD_PRELOAD: a wall clock that steps.
 *
 * Every reading of the time of day is an hour off, to one side or the other in
 * turn; the monotonic clocks are left alone, as a step of the clock leaves
 * them. A run must not notice.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <sys/time.h>
#include <time.h>

static time_t step(void)
{
	static int turn;

	return ++turn % 2 ? 3600 : -3600;
}

int clock_gettime(clockid_t id, struct timespec *now)
{
	static int (*real)(clockid_t, struct timespec *);
	int err;

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	err = real(id, now);
	if (!err && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
		now->tv_sec += step();
	return err;
}

time_t time(time_t *where)
{
	struct timespec now;
	time_t seconds = 0;

	if (!clock_gettime(CLOCK_REALTIME, &now))
		seconds = now.tv_sec;
	if (where)
		*where = seconds;
	return seconds;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	(void)zone;
	now->tv_sec = time(NULL);
	now->tv_usec = 0;
	return 0;
}
