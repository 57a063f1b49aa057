/* doctor_noise.c - who else had the CPUs while we looked: the host, others. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "doctor.h"
#include "sysfs.h"

/* ---- reading ---- */

static double clock_seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* "cpu  user nice system idle iowait irq softirq steal guest guest_nice" */
static int read_totals(struct doctor_reading *r, const char *root, double tick)
{
	enum { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL };
	unsigned long long v[8] = { 0 };
	char line[256];
	int nr, err = sysfs_line(line, sizeof(line), "%s/proc/stat", root);

	if (err < 0)
		return err;
	/* Guests' time is in user and nice already. */
	nr = sscanf(line, "cpu %llu %llu %llu %llu %llu %llu %llu %llu",
		    &v[USER], &v[NICE], &v[SYSTEM], &v[IDLE], &v[IOWAIT],
		    &v[IRQ], &v[SOFTIRQ], &v[STEAL]);
	if (nr != 8)
		return -EINVAL;
	r->busy_seconds = tick * (double)(v[USER] + v[NICE] + v[SYSTEM] +
					  v[IRQ] + v[SOFTIRQ]);
	r->steal_seconds = tick * (double)v[STEAL];
	r->total_seconds = r->busy_seconds + r->steal_seconds +
			   tick * (double)(v[IDLE] + v[IOWAIT]);
	return 0;
}

/* "PID (NAME) STATE ..." with utime and stime as fields 14 and 15. */
static bool read_process(struct doctor_process *p, const char *root, int pid,
			 double tick)
{
	unsigned long long user, system;
	char line[512], *open, *close;

	sysfs_line(line, sizeof(line), "%s/proc/%d/stat", root, pid);
	open = strchr(line, '(');
	close = strrchr(line, ')'); /* the name may hold some too */
	if (!open || !close ||
	    sscanf(close + 1,
		   " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu",
		   &user, &system) != 2)
		return false;
	*close = '\0';
	p->pid = pid;
	snprintf(p->name, sizeof(p->name), "%s", open + 1);
	p->seconds = tick * (double)(user + system);
	return true;
}

static int by_pid(const void *a, const void *b)
{
	const struct doctor_process *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static void read_processes(struct doctor_reading *r, const char *root,
			   double tick)
{
	char path[PATH_MAX];
	struct dirent *entry;
	unsigned room = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/proc", root);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		int pid = atoi(entry->d_name);

		if (!isdigit((unsigned char)*entry->d_name) || pid == getpid())
			continue;
		if (r->nr_processes == room) {
			room = 2 * room + 64;
			r->processes = realloc(r->processes,
					       room * sizeof(*r->processes));
			if (!r->processes)
				abort();
		}
		/* One that has ended meanwhile is not there. */
		r->nr_processes += read_process(&r->processes[r->nr_processes],
						root, pid, tick);
	}
	if (dir)
		closedir(dir);
	if (r->nr_processes)
		qsort(r->processes, r->nr_processes, sizeof(*r->processes),
		      by_pid);
}

/* The unit of /proc's counters. */
static double tick_seconds(void)
{
	return 1.0 / (double)sysconf(_SC_CLK_TCK);
}

int doctor_reading_take(struct doctor_reading *r, const char *root)
{
	double tick = tick_seconds();
	int err;

	*r = (struct doctor_reading){ .seconds =
					      clock_seconds(CLOCK_MONOTONIC) };
	r->own_seconds = clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
	err = read_totals(r, root, tick);
	if (!err)
		read_processes(r, root, tick);
	return err;
}

void doctor_reading_free(struct doctor_reading *r)
{
	free(r->processes);
	r->processes = NULL;
}

/* ---- findings ---- */

#define STEAL_WARN 1.0	 /* per cent of the CPUs' time */
#define STEAL_NOTE 0.5	 /* since boot */
#define OTHERS_WARN 25.0 /* of one CPU */
#define OTHERS_NOTE 5.0

/* Per cent, or what `ticks` are in a short window: fewer are no news. */
static double at_least(double percent, unsigned ticks, double window)
{
	double noise = 100 * ticks * tick_seconds() / window;

	return noise > percent ? noise : percent;
}

static void add_steal(struct doctor *d, const struct doctor_reading *before,
		      const struct doctor_reading *after)
{
	static const char why[] =
		"Time in which the host ran something else on our CPU counts "
		"as wall time of whatever was being measured.";
	double window = after->total_seconds - before->total_seconds;
	double stolen = after->steal_seconds - before->steal_seconds;
	double now = window > 0 ? 100 * stolen / window : 0;
	double boot = 100 * after->steal_seconds / after->total_seconds;
	enum doctor_level level = now > at_least(STEAL_WARN, 2, window)
					  ? DOCTOR_WARN
				  : boot > STEAL_NOTE ? DOCTOR_NOTE
						      : DOCTOR_OK;

	if (after->steal_seconds > 0)
		doctor_add(d, level, "steal", why, NULL,
			   "%.1f %% while looking, %.2f %% since boot%s", now,
			   boot,
			   level == DOCTOR_OK
				   ? ""
				   : "; only the host can change it");
	else if (doctor_virtual(d) == VIRTUAL_NO)
		doctor_add(d, DOCTOR_OK, "steal", why, NULL,
			   "none: no host above this machine");
	else
		doctor_add(d, DOCTOR_NOTE, "steal", why, NULL,
			   "none since boot: a quiet host, or one that does "
			   "not tell");
	doctor_value(d, "window_ratio", now / 100);
	doctor_value(d, "boot_ratio", boot / 100);
}

/* What a process used between two readings; all it has if it is new. */
static double used_since(const struct doctor_reading *before,
			 const struct doctor_process *p)
{
	const struct doctor_process *old =
		before->nr_processes
			? bsearch(p, before->processes, before->nr_processes,
				  sizeof(*p), by_pid)
			: NULL;

	return p->seconds - (old ? old->seconds : 0);
}

static int by_use(const void *a, const void *b)
{
	const struct doctor_process *x = a, *y = b;

	return (x->seconds < y->seconds) - (x->seconds > y->seconds);
}

/* "; most: gcc (12) 93 %, ..." of the three busiest that can be seen. */
static void list_busiest(const struct doctor_reading *before,
			 const struct doctor_reading *after, char *text,
			 size_t size)
{
	double seconds = after->seconds - before->seconds;
	unsigned nr = after->nr_processes;
	struct doctor_process *used = calloc(nr + 1, sizeof(*used));

	if (!used)
		abort();
	for (unsigned i = 0; i < nr; i++) {
		used[i] = after->processes[i];
		used[i].seconds = used_since(before, &used[i]);
	}
	qsort(used, nr, sizeof(*used), by_use);
	*text = '\0';
	for (unsigned i = 0; i < nr && i < 3 && used[i].seconds > 0; i++)
		snprintf(text + strlen(text), size - strlen(text),
			 "%s %s (%d) %.0f %%",
			 i ? "," : "; most:", used[i].name, used[i].pid,
			 100 * used[i].seconds / seconds);
	free(used);
}

static void add_load(struct doctor *d, const struct doctor_reading *before,
		     const struct doctor_reading *after)
{
	static const char why[] =
		"Others take CPU time, shared cache and memory bandwidth from "
		"whatever is being measured.";
	double seconds = after->seconds - before->seconds;
	double own = after->own_seconds - before->own_seconds;
	double busy = after->busy_seconds - before->busy_seconds - own;
	double percent = busy > 0 ? 100 * busy / seconds : 0;
	char average[64], busiest[160];
	enum doctor_level level =
		percent > at_least(OTHERS_WARN, 3, seconds)   ? DOCTOR_WARN
		: percent > at_least(OTHERS_NOTE, 2, seconds) ? DOCTOR_NOTE
							      : DOCTOR_OK;

	list_busiest(before, after, busiest, sizeof(busiest));
	sysfs_line(average, sizeof(average), "%s/proc/loadavg", d->root);
	average[strcspn(average, " ")] = '\0';
	doctor_add(d, level, "other load", why, NULL,
		   "%.0f %% of one CPU in %.2g s%s; load average %s", percent,
		   seconds, busiest, *average ? average : "not readable here");
	doctor_value(d, "others_cpus", percent / 100);
}

void doctor_check_noise(struct doctor *d, const struct doctor_reading *before,
			const struct doctor_reading *after)
{
	static const char why[] =
		"Steal and the load of others cannot be told without it.";

	d->group = "noise";
	if (!before || !after) {
		doctor_add(d, DOCTOR_NOTE, "steal and load", why, NULL,
			   "not readable here: /proc/stat");
		return;
	}
	add_steal(d, before, after);
	add_load(d, before, after);
}
