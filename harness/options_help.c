/* options_help.c - --help, drawn from the option table. */
#include <string.h>

#include "option_table.h"

void print_wrapped(FILE *out, const char *text, unsigned indent)
{
	unsigned column = indent;

	for (;; text++) {
		unsigned word = (unsigned)strcspn(text, " ");

		if (column > indent && column + 1 + word > 79) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			fputc(' ', out);
			column++;
		}
		fprintf(out, "%.*s", (int)word, text);
		text += word;
		column += word;
		if (!*text)
			break;
	}
	fputc('\n', out);
}

static void print_option(FILE *out, const struct option_def *def)
{
	char left[64];
	int used = snprintf(left, sizeof(left), "  %c%c%s--%s",
			    def->letter ? '-' : ' ',
			    def->letter ? def->letter : ' ',
			    def->letter ? ", " : "  ", def->name);

	if (def->arg)
		snprintf(left + used, sizeof(left) - (size_t)used, " %s",
			 def->arg);
	fprintf(out, "%-28s ", left);
	print_wrapped(out, def->help, 29);
}

static void print_presets(FILE *out)
{
	fprintf(out, "\nPresets:\n");
	for (unsigned i = 0; i < NR_PRESETS; i++)
		fprintf(out,
			"  %-8s %s\n"
			"  %-8s %u processes a point, %u repetitions of %g ms, "
			"%llu MiB a node\n",
			presets[i].name, presets[i].help, "",
			presets[i].process_reps, presets[i].reps,
			presets[i].min_time_s * 1e3,
			(unsigned long long)presets[i].memory >> 20);
}

static void print_exit_codes(FILE *out)
{
	fputs("\nExit codes: 0 ok, 1 failure, 2 usage, 3 regression, 4 "
	      "inconclusive,\n5 nothing matched, 77 cannot run here, 130 "
	      "interrupted.\n",
	      out);
}

void options_help_command(const struct command *command, FILE *out)
{
	fprintf(out, "usage: kmembench %s [OPTION...] %s\n\n", command->name,
		command->args);
	print_wrapped(out, command->help, 0);
	fprintf(out, "\nOptions (each also as KMB_NAME in the environment):\n");
	for (unsigned i = 0; i < nr_options; i++)
		if (option_is_for(&option_table[i], command->name))
			print_option(out, &option_table[i]);
	fprintf(out, "  -h, --help                 this text\n");
	if (!strcmp(command->name, "run"))
		print_presets(out);
	print_exit_codes(out);
}

void options_help_general(const struct command *commands, FILE *out)
{
	fprintf(out,
		"usage: kmembench [COMMAND] [OPTION...] [ARGUMENT...]\n\n"
		"Times the memory-management algorithms of operating-system "
		"kernels.\n\n"
		"Commands (COMMAND --help tells more; run is the default):\n");
	for (; commands->name; commands++) {
		fprintf(out, "  %-8s ", commands->name);
		print_wrapped(out, commands->help, 11);
	}
	fprintf(out, "\nOptions of all commands (each also as KMB_NAME in the "
		     "environment):\n");
	for (unsigned i = 0; i < nr_options; i++)
		print_option(out, &option_table[i]);
	print_presets(out);
	print_exit_codes(out);
}
