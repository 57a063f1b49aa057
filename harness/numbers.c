/* numbers.c - read and write lists of CPU and node numbers. */
#include "numbers.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../kernels/base/bitops.h"

/* No machine has a million CPUs: enough to say "does not exist" of one. */
#define VALUE_END 1000000u

struct parser {
	struct numbers *out;
	const char *text; /* for people */
	const char *at;
	char *error;
	size_t error_size;
};

const char *numbers_brief(const char *text, char brief[NUMBERS_BRIEF_BYTES])
{
	if (strlen(text) < NUMBERS_BRIEF_BYTES)
		return text;
	snprintf(brief, NUMBERS_BRIEF_BYTES, "%.*s...", NUMBERS_BRIEF_BYTES - 4,
		 text);
	return brief;
}

static int not_a_list(struct parser *p)
{
	snprintf(p->error, p->error_size,
		 "'%s' is not a list; write 0-3,8 or +0-1 or !2 or all",
		 p->text);
	return -EINVAL;
}

static int read_number(struct parser *p, unsigned *value)
{
	*value = 0;
	if (!isdigit((unsigned char)*p->at))
		return not_a_list(p);
	for (; isdigit((unsigned char)*p->at); p->at++) {
		*value = *value * 10 + (unsigned)(*p->at - '0');
		if (*value >= VALUE_END) {
			snprintf(p->error, p->error_size,
				 "'%s' has a number of %u or more", p->text,
				 VALUE_END);
			return -EINVAL;
		}
	}
	return 0;
}

static int add_number(struct parser *p, unsigned value)
{
	struct numbers *out = p->out;

	for (unsigned i = 0; i < out->nr; i++)
		if (out->value[i] == value) {
			snprintf(p->error, p->error_size, "'%s' names %u twice",
				 p->text, value);
			return -EINVAL;
		}
	if (out->nr == NUMBERS_MAX) {
		snprintf(p->error, p->error_size,
			 "'%s' has more than %u numbers", p->text, NUMBERS_MAX);
		return -EINVAL;
	}
	out->value[out->nr++] = value;
	return 0;
}

/* "3" or "0-3" */
static int read_item(struct parser *p)
{
	unsigned first, last;
	int err = read_number(p, &first);

	last = first;
	if (!err && *p->at == '-') {
		p->at++;
		err = read_number(p, &last);
	}
	if (!err && last < first) {
		snprintf(p->error, p->error_size,
			 "'%s': the range %u-%u runs backwards", p->text, first,
			 last);
		return -EINVAL;
	}
	for (unsigned value = first; !err && value <= last; value++)
		err = add_number(p, value);
	return err;
}

int numbers_parse(struct numbers *numbers, const char *text, char *error,
		  size_t error_size)
{
	char brief[NUMBERS_BRIEF_BYTES];
	struct parser p = { numbers, numbers_brief(text, brief), text, error,
			    error_size };
	int err;

	memset(numbers, 0, sizeof(*numbers));
	numbers->all = !strcmp(text, "all");
	if (numbers->all)
		return 0;
	numbers->inverse = *p.at == '!';
	p.at += numbers->inverse;
	numbers->relative = *p.at == '+';
	p.at += numbers->relative;
	for (;;) {
		err = read_item(&p);
		if (err || !*p.at)
			return err;
		if (*p.at++ != ',')
			return not_a_list(&p);
	}
}

void numbers_format(const unsigned *value, unsigned nr, char *buf, size_t size)
{
	static const char more[] = "...";
	size_t used = 0;

	if (!size)
		return;
	buf[0] = '\0';
	for (unsigned i = 0, end; i < nr; i = end) {
		char item[32];
		int len;

		for (end = i + 1; end < nr; end++)
			if (value[end] != value[end - 1] + 1)
				break;
		len = snprintf(item, sizeof(item), "%s%u", i ? "," : "",
			       value[i]);
		if (end - i > 1)
			snprintf(item + len, sizeof(item) - (size_t)len, "-%u",
				 value[end - 1]);
		/* Room for this item, and for "..." after it if more come. */
		if (used + strlen(item) + (end < nr ? sizeof(more) : 1) >
		    size) {
			if (used + sizeof(more) <= size)
				strcpy(buf + used, more);
			return;
		}
		strcpy(buf + used, item);
		used += strlen(item);
	}
}
