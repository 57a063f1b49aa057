/* progress.c - the bar on a terminal, a line a block elsewhere. */
#include "progress.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BAR_WIDTH 24
#define REDRAW_NS 100000000ull

void progress_start(struct progress *p, const struct plan *plan)
{
	const char *term = getenv("TERM");

	*p = (struct progress){ .plan = plan, .started_ns = bench_now_ns() };
	p->terminal = isatty(STDERR_FILENO) && !(term && !strcmp(term, "dumb"));
}

/*
 * Seconds that jobs i.. will take: what their points took before, or for
 * those never run the mean of all that were.
 */
static double seconds_left(const struct progress *p, unsigned i)
{
	double elapsed = (double)(bench_now_ns() - p->started_ns) / 1e9;
	double mean = i ? elapsed / i : 0, left = 0;

	for (; i < p->plan->nr_jobs; i++) {
		double known = p->plan->points[p->plan->jobs[i].point].seconds;

		left += known > 0 ? known : mean;
	}
	return left;
}

static void draw_bar(struct progress *p, unsigned i)
{
	const struct plan_point *point =
		&p->plan->points[p->plan->jobs[i].point];
	unsigned filled =
		(unsigned)((uint64_t)i * BAR_WIDTH / p->plan->nr_jobs);
	unsigned left = (unsigned)(seconds_left(p, i) + 0.5);
	char bar[BAR_WIDTH + 1], name[40], eta[24];

	memset(bar, '-', BAR_WIDTH);
	memset(bar, '#', filled);
	bar[BAR_WIDTH] = '\0';
	snprintf(name, sizeof(name), "%s/%s/%s", point->bench->family,
		 point->bench->strategy, point->bench->workload);
	snprintf(eta, sizeof(eta), i ? "ETA %u:%02u" : "ETA -", left / 60,
		 left % 60);
	fprintf(stderr, "\r[%s] %u/%u %s  %-30.30s\033[K", bar, i,
		p->plan->nr_jobs, eta, name);
	fflush(stderr);
}

void progress_job(struct progress *p, unsigned i)
{
	const struct plan_job *jobs = p->plan->jobs;
	uint64_t now = bench_now_ns();

	if (p->terminal) {
		if (i && now - p->drawn_ns < REDRAW_NS)
			return;
		p->drawn_ns = now;
		draw_bar(p, i);
	} else if (!i || jobs[i].process != jobs[i - 1].process) {
		char eta[48] = "";

		if (i)
			snprintf(eta, sizeof(eta), ", about %.0f s left",
				 seconds_left(p, i));
		fprintf(stderr, "block %u of %u: case %u of %u%s\n",
			jobs[i].process + 1,
			jobs[p->plan->nr_jobs - 1].process + 1, i + 1,
			p->plan->nr_jobs, eta);
	}
}

static void clear_bar(const struct progress *p)
{
	if (p->terminal)
		fputs("\r\033[K", stderr);
}

void progress_say(struct progress *p, const char *format, ...)
{
	va_list args;

	clear_bar(p);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	p->drawn_ns = 0;
}

void progress_end(struct progress *p)
{
	clear_bar(p);
	fflush(stderr);
}
