/* pgtable_command.c - the command pgtable verify. */
#include "commands.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "../kernels/base/compiler.h"
#include "ptdump_verify.h"

/* dir/NAME.ptpages.xz has its truth in dir/NAME.oracle.csv, maybe packed. */
static bool find_oracle(const char *dump, char *path, size_t size)
{
	static const char *const endings[] = { "", ".xz", ".gz", ".zst" };
	const char *base = strrchr(dump, '/');
	const char *dot = strstr(base ? base : dump, ".ptpages");
	const int length = dot ? (int)(dot - dump) : (int)strlen(dump);

	for (unsigned i = 0; i < ARRAY_SIZE(endings); i++) {
		snprintf(path, size, "%.*s.oracle.csv%s", length, dump,
			 endings[i]);
		if (!access(path, F_OK))
			return true;
	}
	snprintf(path, size, "%.*s.oracle.csv", length, dump);
	return false;
}

/* Nothing to hold a dump against; but if it is none, that is what is wrong. */
static int no_oracle(const char *dump, const char *beside)
{
	int code = ptdump_check(dump);

	if (code != EXIT_OK)
		return code;
	return complain(EXIT_USAGE,
			"%s: no oracle beside it, %s or %s.xz: say "
			"--oracle FILE",
			dump, beside, beside);
}

/* main() has seen the word verify. */
int command_pgtable(const struct options *options)
{
	const char *oracle = options->oracle;
	char beside[PATH_MAX];

	if (options->nr_args != 2)
		return complain(EXIT_USAGE,
				"pgtable verify: needs one DUMP, not %u",
				options->nr_args - 1);
	if (!oracle && !find_oracle(options->args[1], beside, sizeof(beside)))
		return no_oracle(options->args[1], beside);
	return ptdump_verify(options->args[1], oracle ? oracle : beside,
			     stdout);
}
