/*
 * gbench_direct.cc - the null loop as one would write it in Google Benchmark.
 *
 * gbench_direct SECONDS runs it for at least so long and prints how many
 * operations it did in all; tests/overhead.sh counts their instructions.
 */
#include "../kernels/base/compiler.h"

#include <benchmark/benchmark.h>

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace
{

constexpr uint64_t batch = 4096;
uint64_t nr_ops;

void null_loop(benchmark::State &state)
{
	for (auto _ : state) {
		(void)_;
		for (uint64_t i = 0; i < batch; i++)
			OPTIMIZER_HIDE(i);
	}
	nr_ops += batch * static_cast<uint64_t>(state.iterations());
}

} // namespace

int main(int argc, char **argv)
{
	std::ofstream nowhere;
	benchmark::JSONReporter report;

	if (argc != 2)
		return 2;
	report.SetOutputStream(&nowhere);
	report.SetErrorStream(&nowhere);
	benchmark::RegisterBenchmark("null", null_loop)
		->MinTime(atof(argv[1]))
		->UseRealTime();
	benchmark::RunSpecifiedBenchmarks(&report, std::string("."));
	printf("%" PRIu64 "\n", nr_ops);
	return 0;
}
