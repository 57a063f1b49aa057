/* parse.c - numbers and lists as users write them. */
#include "parse.h"

#include <ctype.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* The number at text and where it ends; 0 when there is none. */
static int take_uint(const char *text, char **end, uint64_t *value)
{
	static const char suffixes[] = "kmgt";
	const char *suffix;

	if (!isdigit((unsigned char)*text))
		return 0;
	*value = strtoull(text, end, 0);
	if (!**end)
		return 1;
	suffix = strchr(suffixes, tolower((unsigned char)**end));
	if (suffix) {
		unsigned shift = 10 * (unsigned)(suffix - suffixes + 1);

		if (*value > UINT64_MAX >> shift)
			return 0;
		*value <<= shift;
		++*end;
	}
	return 1;
}

bool parse_uint(const char *text, uint64_t *value)
{
	char *end;

	return take_uint(text, &end, value) && !*end;
}

/* A number with '.' whatever the locale; false: there is none. */
static bool take_number(const char *text, char **end, double *value)
{
	locale_t c;

	if (!isdigit((unsigned char)*text) && *text != '.')
		return false;
	c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
	*value = strtod_l(text, end, c);
	freelocale(c);
	return *end != text;
}

bool parse_share(const char *text, double *share)
{
	char *end;

	if (!take_number(text, &end, share))
		return false;
	if (*end == '%') {
		*share /= 100;
		end++;
	}
	return !*end && *share <= 10;
}

bool parse_seconds(const char *text, double *seconds)
{
	static const struct {
		const char *suffix;
		double scale;
	} units[] = { { "", 1 },      { "s", 1 },  { "ms", 1e-3 },
		      { "us", 1e-6 }, { "m", 60 }, { "h", 3600 } };
	char *end;

	if (!take_number(text, &end, seconds))
		return false;
	for (unsigned i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (!strcmp(end, units[i].suffix)) {
			*seconds *= units[i].scale;
			return true;
		}
	return false;
}

static bool take_range(const char *text, char **end, struct parse_range *range)
{
	if (!take_uint(text, end, &range->low))
		return false;
	range->high = range->low;
	range->range = **end == ':';
	if (range->range && !take_uint(*end + 1, end, &range->high))
		return false;
	return range->low <= range->high && (**end == ',' || !**end);
}

struct parse_range *parse_list(const char *text, unsigned *nr, const char **bad)
{
	struct parse_range *list = NULL;
	char *end;

	for (*nr = 0;; text = end + 1) {
		list = realloc(list, (*nr + 1) * sizeof(*list));
		if (!list)
			abort();
		if (!take_range(text, &end, &list[*nr])) {
			*bad = text;
			free(list);
			return NULL;
		}
		++*nr;
		if (!*end)
			return list;
	}
}
