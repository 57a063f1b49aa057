/* identity.c - which binary on which machine. */
#include "identity.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* FNV-1a, 64 bits: told apart, not protected. */
static json_t *hash_file(const char *path)
{
	FILE *file = fopen(path, "r");
	uint64_t hash = 0xcbf29ce484222325ull;
	unsigned char block[65536];
	size_t got;
	char text[32];

	if (!file)
		return json_null();
	while ((got = fread(block, 1, sizeof(block), file)) > 0)
		for (size_t i = 0; i < got; i++)
			hash = (hash ^ block[i]) * 0x100000001b3ull;
	fclose(file);
	snprintf(text, sizeof(text), "fnv1a:%016llx", (unsigned long long)hash);
	return json_string(text);
}

json_t *identity_cpuinfo(const char *key)
{
	FILE *file = fopen("/proc/cpuinfo", "r");
	json_t *value = NULL;
	char line[1024];

	while (file && !value && fgets(line, sizeof(line), file)) {
		char *colon = strchr(line, ':');

		if (!colon || strncmp(line, key, strlen(key)))
			continue;
		colon += 1 + strspn(colon + 1, " \t");
		colon[strcspn(colon, "\n")] = '\0';
		value = json_string(colon);
	}
	if (file)
		fclose(file);
	return value ? value : json_null();
}

json_t *identity_cpu_model(void)
{
	json_t *model = identity_cpuinfo("model name");

	if (json_is_string(model))
		return model;
	json_decref(model);
	return identity_cpuinfo("CPU implementer");
}

json_t *identity_collect(void)
{
	struct utsname name;

	if (uname(&name))
		return NULL;
	return json_pack("{s:o,s:s,s:o,s:I,s:I,s:s}", "binary",
			 hash_file("/proc/self/exe"), "host", name.nodename,
			 "cpu_model", identity_cpu_model(), "nr_cpus",
			 (json_int_t)sysconf(_SC_NPROCESSORS_ONLN),
			 "memory_bytes",
			 (json_int_t)sysconf(_SC_PHYS_PAGES) *
				 (json_int_t)sysconf(_SC_PAGESIZE),
			 "kernel", name.release);
}
