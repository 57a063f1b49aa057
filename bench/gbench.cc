/*
 * gbench.cc - the C shim over Google Benchmark; the only C++.
 *
 * Google Benchmark starts the threads, holds them at its barrier, picks the
 * number of iterations and repeats. One of its iterations is one batch of ours.
 * The clocks and the rows are ours: each thread's span is taken between the
 * start barrier and the stop barrier, so no thread waits inside its own span.
 */
#include "bench.h"
#include "latency.h"

#include <benchmark/benchmark.h>

#include <atomic>
#include <cerrno>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace
{

/* One stretch: what every thread did between two barriers. */
struct stretch {
	benchmark::IterationCount batches;
	std::vector<bench_span> spans;
};

struct run {
	const bench_case *bench;
	const bench_env *env;
	const bench_options *options;
	uint64_t batch;
	benchmark::IterationCount batches; /* of the stretch at hand */
	std::vector<bench_thread> threads;
	std::vector<char> ready; /* thread_setup was done */

	/* Stretches in order: the search for the iterations, then the reps. */
	std::vector<stretch> stretches;
	std::atomic<int> result{ BENCH_OK };

	void fail(bench_result why)
	{
		int ok = BENCH_OK;

		result.compare_exchange_strong(ok, why);
	}
};

/* Bring a thread to its CPU and its memory into being; untimed. */
bool begin_thread(run &r, bench_thread &self)
{
	const bench_options &o = *r.options;

	if (o.thread_begin && o.thread_begin(o.arg, self.cpu)) {
		r.fail(BENCH_MISPLACED);
		return false;
	}
	if (!r.ready[self.cpu]) {
		r.ready[self.cpu] = 1;
		if (r.bench->thread_setup && r.bench->thread_setup(&self)) {
			r.fail(BENCH_NO_MEMORY);
			return false;
		}
	}
	if (r.bench->thread_reset)
		r.bench->thread_reset(&self);
	return true;
}

/* The timed stretch of one thread. */
void time_batches(run &r, bench_thread &self, benchmark::IterationCount batches)
{
	const bench_options &o = *r.options;
	const auto loop = r.bench->loop;
	const uint64_t batch = r.batch;
	bench_span span = {};

	self.span = span;
	if (o.span_begin)
		o.span_begin(o.arg, self.cpu, &span);
	uint64_t cpu = bench_cpu_ns();
	span.start_ns = self.phase_start_ns = bench_now_ns();
	for (auto i = batches; i; i--)
		span.done += loop(&self, batch);
	span.stop_ns = bench_now_ns();
	span.cpu_ns = bench_cpu_ns() - cpu;
	if (o.span_end)
		o.span_end(o.arg, self.cpu, &span);
	span.ops = batch * static_cast<uint64_t>(batches);
	for (unsigned p = 0; p < BENCH_MAX_PHASES; p++) {
		span.phase_ns[p] = self.span.phase_ns[p];
		span.phase_ops[p] = self.span.phase_ops[p];
	}
	self.span = span;
}

/* What Google Benchmark calls in every thread, for every stretch. */
void run_thread(run &r, benchmark::State &state)
{
	const bench_options &o = *r.options;
	bench_thread &self = r.threads[state.thread_index()];

	/* All batches at once: the loop, and its clocks, are ours. */
	if (!begin_thread(r, self))
		state.SkipWithError("placement or memory");
	if (self.cpu == 0) {
		r.batches = state.max_iterations;
		if (r.stretches.empty() && o.first_batch)
			o.first_batch(o.arg);
	}
	/* Behind the barrier every thread's failure is known to all. */
	while (state.KeepRunningBatch(state.max_iterations))
		if (r.result == BENCH_OK)
			time_batches(r, self, state.max_iterations);
	if (o.thread_end && o.thread_end(o.arg, self.cpu))
		r.fail(BENCH_MISPLACED);
}

/* Behind the repetitions: as many operations again, some timed by themselves.
 */
void run_sampled_thread(run &r, struct latency *latency,
			benchmark::State &state)
{
	const bench_options &o = *r.options;
	bench_thread &self = r.threads[state.thread_index()];

	if (!begin_thread(r, self))
		state.SkipWithError("placement or memory");
	if (latency_thread_begin(latency, self.cpu)) {
		r.fail(BENCH_NO_MEMORY);
		state.SkipWithError("memory");
	}
	while (state.KeepRunningBatch(state.max_iterations))
		if (r.result == BENCH_OK)
			latency_sample(latency, &self, r.bench->loop,
				       r.batch * static_cast<uint64_t>(
							 state.max_iterations));
	if (o.thread_end && o.thread_end(o.arg, self.cpu))
		r.fail(BENCH_MISPLACED);
}

/* Called when all threads of a stretch are done. */
void end_stretch(run &r)
{
	stretch s{ r.batches, {} };

	for (const auto &thread : r.threads)
		s.spans.push_back(thread.span);
	r.stretches.push_back(std::move(s));
}

/* Keeps Google Benchmark's JSON, and how many iterations each rep had. */
class reporter : public benchmark::JSONReporter
{
      public:
	std::vector<benchmark::IterationCount> reps;

	void ReportRuns(const std::vector<Run> &runs) override
	{
		for (const auto &run : runs)
			if (run.run_type == Run::RT_Iteration)
				reps.push_back(run.iterations);
		benchmark::JSONReporter::ReportRuns(runs);
	}
};

/* The stretches behind the last repetitions, told to the harness. */
void tell_reps(run &r, const reporter &report)
{
	const bench_options &o = *r.options;
	const size_t nr = report.reps.size();

	if (nr != o.reps || r.stretches.size() < nr) {
		r.fail(BENCH_BROKEN_SHIM);
		return;
	}
	const size_t first = r.stretches.size() - nr;
	for (size_t i = 0; i < nr; i++) {
		const stretch &s = r.stretches[first + i];
		const auto threads =
			static_cast<benchmark::IterationCount>(s.spans.size());

		if (report.reps[i] != s.batches * threads &&
		    report.reps[i] != s.batches) {
			r.fail(BENCH_BROKEN_SHIM);
			return;
		}
		o.rep(o.arg, static_cast<unsigned>(i), s.spans.data());
	}
}

std::string case_name(const bench_case &b, const bench_point &p)
{
	return std::string(b.family) + '/' + b.strategy + '/' + b.workload +
	       '/' + b.isa + "/size:" + std::to_string(p.size);
}

/*
 * The measured threads end with the stretch, and Google Benchmark joins them
 * before the next begins; so its Teardown hook sees all spans complete. The
 * hook is a plain function pointer: it finds the run here.
 */
run *current;

void stretch_done(const benchmark::State &)
{
	end_stretch(*current);
}

void measure(run &r)
{
	const bench_options &o = *r.options;
	std::ofstream null_stream, raw;
	reporter report;

	if (o.raw_path)
		raw.open(o.raw_path);
	report.SetOutputStream(o.raw_path ? &raw : &null_stream);
	report.SetErrorStream(&null_stream);
	current = &r;
	auto *bench =
		benchmark::RegisterBenchmark(
			case_name(*r.bench, r.env->point).c_str(),
			[&r](benchmark::State &state) { run_thread(r, state); })
			->Threads(static_cast<int>(r.env->point.threads))
			->Repetitions(static_cast<int>(o.reps))
			->UseRealTime()
			->Teardown(stretch_done);
	if (r.bench->one_batch)
		bench->Iterations(1);
	else
		bench->MinTime(o.min_time_s);
	benchmark::RunSpecifiedBenchmarks(&report, std::string("."));
	benchmark::ClearRegisteredBenchmarks();
	if (o.raw_path) {
		raw.flush();
		if (!raw)
			r.fail(BENCH_NO_RAW);
	}
	if (r.result == BENCH_OK)
		tell_reps(r, report);
}

/* Its times are no one else's: neither the reps nor the raw file see it. */
void measure_latency(run &r)
{
	const bench_options &o = *r.options;
	std::ofstream null_stream;
	benchmark::JSONReporter silent;
	struct latency *latency = latency_new(
		r.env->point.threads, o.latency_every, r.env->point.seed);

	if (!latency) {
		r.fail(BENCH_NO_MEMORY);
		return;
	}
	silent.SetOutputStream(&null_stream);
	silent.SetErrorStream(&null_stream);
	benchmark::RegisterBenchmark("latency",
				     [&](benchmark::State &state) {
					     run_sampled_thread(r, latency,
								state);
				     })
		->Threads(static_cast<int>(r.env->point.threads))
		->Iterations(r.batches)
		->UseRealTime();
	benchmark::RunSpecifiedBenchmarks(&silent, std::string("."));
	benchmark::ClearRegisteredBenchmarks();
	if (r.result == BENCH_OK)
		latency_report(latency, o.metric, o.arg);
	latency_free(latency);
}

} // namespace

enum bench_result gbench_run(const struct bench_case *bench,
			     const struct bench_env *env,
			     const struct bench_options *options)
{
	const unsigned nr_threads = env->point.threads;
	bench_env own = *env;
	run r;

	r.bench = bench;
	own.bench = bench;
	r.env = &own;
	r.options = options;
	r.batch = bench_batch(bench, &own);
	void *state = bench->setup ? bench->setup(&own) : nullptr;
	if (bench->setup && !state)
		return BENCH_NO_MEMORY;
	r.ready.resize(nr_threads);
	r.threads.resize(nr_threads);
	for (unsigned i = 0; i < nr_threads; i++) {
		r.threads[i] = {};
		r.threads[i].state = state;
		r.threads[i].env = &own;
		r.threads[i].cpu = i;
		r.threads[i].node = env->thread_node[i];
	}

	measure(r);
	if (r.result == BENCH_OK && options->latency_every &&
	    bench_has_single_ops(bench))
		measure_latency(r);
	if (r.result == BENCH_OK && bench->validate && !bench->validate(state))
		r.fail(BENCH_INVALID);
	if (r.result == BENCH_OK && bench->metrics)
		bench->metrics(state, options->metric, options->arg);
	if (options->measured)
		options->measured(options->arg);

	if (bench->thread_teardown)
		for (unsigned i = 0; i < nr_threads; i++)
			if (r.ready[i])
				bench->thread_teardown(&r.threads[i]);
	if (bench->teardown)
		bench->teardown(state);
	return static_cast<bench_result>(r.result.load());
}

const char *gbench_version(void)
{
	return KMB_GBENCH_VERSION;
}
