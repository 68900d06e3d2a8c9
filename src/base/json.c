/* base/json.c - JSON out (RFC 8259), straight into a FILE.
 *
 * The writer keeps a stack of what is open: a comma goes before every member but the first, a key only stands in an
 * object and a value there only after a key. A caller that gets this wrong is a mistake of ours (BUG_ON), whatever the
 * data. Strings are untrusted: what is not UTF-8 becomes U+FFFD, a byte at a time, controls become \u00XX. No memory is
 * taken. One thread owns the writer; a newline after the document is the caller's. */
#include "base/json.h"

#include <inttypes.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"

void json_init(struct json *j, FILE *to)
{
	*j = (struct json){ .to = to };
}

/* What comes before a value: the comma, unless its key wrote it. */
static void before_value(struct json *j)
{
	if (!j->depth)
		return;
	BUG_ON(j->object[j->depth - 1] != j->after_key);
	if (!j->after_key && j->comma[j->depth - 1])
		putc(',', j->to);
	j->comma[j->depth - 1] = true;
	j->after_key = false;
}

static void open_level(struct json *j, bool object)
{
	before_value(j);
	BUG_ON(j->depth >= JSON_DEPTH);
	j->object[j->depth] = object;
	j->comma[j->depth++] = false;
	putc(object ? '{' : '[', j->to);
}

void json_object(struct json *j)
{
	open_level(j, true);
}

void json_array(struct json *j)
{
	open_level(j, false);
}

void json_end(struct json *j)
{
	BUG_ON(!j->depth || j->after_key);
	putc(j->object[--j->depth] ? '}' : ']', j->to);
}

static void escape(FILE *to, unsigned char c)
{
	static const char letters[] = "\bb\ff\nn\rr\tt\"\"\\\\";

	for (const char *l = letters; *l; l += 2)
		if (c == (unsigned char)*l) {
			putc('\\', to);
			putc(l[1], to);
			return;
		}
	fprintf(to, "\\u%04x", c);
}

static void quoted(FILE *to, const char *s, size_t n)
{
	putc('"', to);
	while (n) {
		uint32_t point = 0;
		unsigned len = utf8_take(s, n, &point);

		if (!len)
			fputs("\xef\xbf\xbd", to);
		else if (point < 0x20 || point == '"' || point == '\\' || point == 0x7f)
			escape(to, (unsigned char)point);
		else
			fwrite(s, 1, len, to);
		s += len ? len : 1;
		n -= len ? len : 1;
	}
	putc('"', to);
}

void json_key(struct json *j, const char *key)
{
	BUG_ON(!j->depth || !j->object[j->depth - 1] || j->after_key);
	if (j->comma[j->depth - 1])
		putc(',', j->to);
	quoted(j->to, key, strlen(key));
	putc(':', j->to);
	j->after_key = true;
}

void json_str(struct json *j, const char *s)
{
	json_strn(j, s, strlen(s));
}

void json_strn(struct json *j, const char *s, size_t n)
{
	before_value(j);
	quoted(j->to, s, n);
}

void json_u64(struct json *j, uint64_t n)
{
	before_value(j);
	fprintf(j->to, "%" PRIu64, n);
}

void json_key_u64(struct json *j, const char *key, uint64_t n)
{
	json_key(j, key);
	json_u64(j, n);
}

void json_i64(struct json *j, int64_t n)
{
	before_value(j);
	fprintf(j->to, "%" PRId64, n);
}

void json_bool(struct json *j, bool b)
{
	before_value(j);
	fputs(b ? "true" : "false", j->to);
}

void json_null(struct json *j)
{
	before_value(j);
	fputs("null", j->to);
}

void json_fixed(struct json *j, uint64_t thousandths)
{
	before_value(j);
	fprintf(j->to, "%" PRIu64 ".%03u", thousandths / 1000, (unsigned)(thousandths % 1000));
}
