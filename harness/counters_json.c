/* counters_json.c - the counters of a run for its manifest. */
#include "counters.h"

#include <jansson.h>

static json_t *counter_array(const struct counters_set *set)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < set->nr; i++)
		json_array_append_new(array,
				      json_pack("{s:s,s:s,s:i}", "metric",
						set->v[i].metric, "event",
						set->v[i].event, "group",
						(int)set->v[i].group));
	return array;
}

static json_t *refusal_array(const struct counters_set *set)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < set->nr_refused; i++) {
		const struct counter_refusal *r = &set->refused[i];
		char why[512];

		counters_explain_error(r->error, why, sizeof(why));
		json_array_append_new(
			array, json_pack("{s:s,s:s,s:s}", "metric", r->metric,
					 "event", r->event, "why", why));
	}
	return array;
}

json_t *counters_json(const struct counters_set *set)
{
	char note[1024], paranoid[256];

	counters_note(set, note, sizeof(note));
	counters_explain(paranoid, sizeof(paranoid));
	return json_pack("{s:s,s:s,s:s,s:o,s:o}", "spec", set->spec, "note",
			 note, "permission", paranoid, "counted",
			 counter_array(set), "refused", refusal_array(set));
}
