/* job.c - a job as JSON, and back. */
#include "job.h"

#include <errno.h>
#include <string.h>

static json_t *encode_unsigned(const unsigned *v, unsigned nr)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < nr; i++)
		json_array_append_new(array, json_integer(v[i]));
	return array;
}

static json_t *encode_placement(const struct placement *p)
{
	json_t *host_nodes = json_array(), *distance = json_array();

	/* A mask is 64 bits, JSON's integers are signed: as two halves. */
	for (unsigned i = 0; i < p->nr_nodes; i++)
		json_array_append_new(
			host_nodes,
			json_pack("[I,I]", (json_int_t)(p->host_nodes[i] >> 32),
				  (json_int_t)(p->host_nodes[i] & 0xffffffff)));
	for (unsigned i = 0; i < p->nr_nodes * p->nr_nodes; i++)
		json_array_append_new(distance, json_integer(p->distance[i]));
	return json_pack("{s:o,s:o,s:o,s:o}", "cpu",
			 encode_unsigned(p->cpu, p->nr_threads), "node",
			 encode_unsigned(p->node, p->nr_threads), "host_nodes",
			 host_nodes, "distance", distance);
}

json_t *job_encode(const struct job *job)
{
	return json_pack(
		"{s:i,s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:I,s:I,s:i,s:i,s:f,s:I,s:s,"
		"s:s,s:o}",
		"seq", (int)job->seq, "family", job->bench->family, "strategy",
		job->bench->strategy, "workload", job->bench->workload, "isa",
		job->bench->isa, "file",
		job->bench->path ? job->bench->path : "", "size",
		(json_int_t)job->point.size, "threads",
		(json_int_t)job->point.threads, "memory",
		(json_int_t)job->point.memory, "seed",
		(json_int_t)job->point.seed, "pages", (int)job->pages, "reps",
		(int)job->reps, "min_time", job->min_time_s, "latency",
		(json_int_t)job->latency_every, "counters", job->counters,
		"raw", job->raw_path, "placement",
		encode_placement(&job->placement));
}

/* A workload with a file (not "") is WORKLOAD:NAME. */
static const struct bench_case *find_case(const char *family,
					  const char *strategy,
					  const char *workload, const char *isa,
					  const char *file)
{
	const size_t word = *file ? strcspn(workload, ":") : strlen(workload);
	unsigned nr;
	const struct bench_case *const *cases = bench_cases(&nr);

	for (unsigned i = 0; i < nr; i++) {
		if (strcmp(cases[i]->family, family) ||
		    strcmp(cases[i]->strategy, strategy) ||
		    strlen(cases[i]->workload) != word ||
		    strncmp(cases[i]->workload, workload, word) ||
		    strcmp(cases[i]->isa, isa) || !cases[i]->file != !*file)
			continue;
		return *file ? bench_case_of_file(
				       cases[i],
				       workload + word + !!workload[word], file)
			     : cases[i];
	}
	return NULL;
}

static int decode_unsigned(unsigned *v, unsigned nr, json_t *array)
{
	if (json_array_size(array) != nr)
		return -EINVAL;
	for (unsigned i = 0; i < nr; i++)
		v[i] = (unsigned)json_integer_value(json_array_get(array, i));
	return 0;
}

static int decode_placement(struct placement *p, json_t *cpu, json_t *node,
			    json_t *host_nodes, json_t *distance)
{
	p->nr_threads = (unsigned)json_array_size(cpu);
	p->nr_nodes = (unsigned)json_array_size(host_nodes);
	if (p->nr_threads > PLACEMENT_MAX_CPUS ||
	    p->nr_nodes > PLACEMENT_MAX_NODES ||
	    decode_unsigned(p->cpu, p->nr_threads, cpu) ||
	    decode_unsigned(p->node, p->nr_threads, node) ||
	    json_array_size(distance) != (size_t)p->nr_nodes * p->nr_nodes)
		return -EINVAL;
	for (unsigned i = 0; i < p->nr_nodes; i++) {
		json_int_t high, low;

		if (json_unpack(json_array_get(host_nodes, i), "[I,I]", &high,
				&low))
			return -EINVAL;
		p->host_nodes[i] = (uint64_t)high << 32 | (uint64_t)low;
	}
	for (unsigned i = 0; i < p->nr_nodes * p->nr_nodes; i++)
		p->distance[i] = (uint8_t)json_integer_value(
			json_array_get(distance, i));
	return 0;
}

int job_decode(struct job *job, const json_t *json)
{
	const char *family, *strategy, *workload, *isa, *file, *raw, *counters;
	json_t *cpu, *node, *host_nodes, *distance;
	json_int_t size, threads, memory, seed, latency;
	int seq, pages, reps;

	if (json_unpack(
		    (json_t *)json,
		    "{s:i,s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:I,s:I,s:i,s:i,s:F,s:I,"
		    "s:s,s:s,s:{s:o,s:o,s:o,s:o}}",
		    "seq", &seq, "family", &family, "strategy", &strategy,
		    "workload", &workload, "isa", &isa, "file", &file, "size",
		    &size, "threads", &threads, "memory", &memory, "seed",
		    &seed, "pages", &pages, "reps", &reps, "min_time",
		    &job->min_time_s, "latency", &latency, "counters",
		    &counters, "raw", &raw, "placement", "cpu", &cpu, "node",
		    &node, "host_nodes", &host_nodes, "distance", &distance))
		return -EINVAL;
	job->bench = find_case(family, strategy, workload, isa, file);
	if (!job->bench ||
	    decode_placement(&job->placement, cpu, node, host_nodes, distance))
		return -EINVAL;
	job->point = (struct bench_point){ .size = (uint64_t)size,
					   .threads = (unsigned)threads,
					   .memory = (uint64_t)memory,
					   .seed = (uint64_t)seed };
	job->seq = (unsigned)seq;
	job->pages = (enum host_pages)pages;
	job->reps = (unsigned)reps;
	job->latency_every = (uint64_t)latency;
	snprintf(job->counters, sizeof(job->counters), "%s", counters);
	snprintf(job->raw_path, sizeof(job->raw_path), "%s", raw);
	return 0;
}
