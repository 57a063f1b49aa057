/* plan_command.c - the command plan, and what run --dry-run does instead. */
#include "commands.h"

#include "plan_print.h"
#include "results.h"

int command_plan(const struct options *options)
{
	struct topology topology;
	struct estimate *estimate;
	struct plan plan;
	char error[512], host[64];
	int code;

	if (topology_load(&topology, options->topology, error, sizeof(error)))
		return complain(options->topology ? EXIT_USAGE : EXIT_FAILED,
				"%s", error);
	code = plan_make(&plan, options, &topology);
	if (code == -1) {
		results_host(host, sizeof(host));
		estimate =
			estimate_read(options->results, host, options->memory);
		plan_print(&plan, options, &topology, estimate, stdout);
		plan_print_order(&plan, options->order, stdout);
		estimate_free(estimate);
		plan_free(&plan);
		code = EXIT_OK;
	}
	topology_free(&topology);
	return code;
}
