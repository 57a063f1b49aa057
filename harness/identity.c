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

static json_t *cpu_model(void)
{
	FILE *file = fopen("/proc/cpuinfo", "r");
	json_t *model = NULL;
	char line[512];

	while (file && !model && fgets(line, sizeof(line), file)) {
		char *value = strchr(line, ':');

		if (strncmp(line, "model name", 10) || !value)
			continue;
		value += 1 + strspn(value + 1, " \t");
		value[strcspn(value, "\n")] = '\0';
		model = json_string(value);
	}
	if (file)
		fclose(file);
	return model ? model : json_null();
}

json_t *identity_collect(void)
{
	struct utsname name;

	if (uname(&name))
		return NULL;
	return json_pack("{s:o,s:s,s:o,s:I,s:I,s:s}", "binary",
			 hash_file("/proc/self/exe"), "host", name.nodename,
			 "cpu_model", cpu_model(), "nr_cpus",
			 (json_int_t)sysconf(_SC_NPROCESSORS_ONLN),
			 "memory_bytes",
			 (json_int_t)sysconf(_SC_PHYS_PAGES) *
				 (json_int_t)sysconf(_SC_PAGESIZE),
			 "kernel", name.release);
}
