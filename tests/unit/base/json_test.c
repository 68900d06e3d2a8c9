/* What the writer writes, byte for byte; RFC 8259 says what it may be. */
#include "base/json.h"

#include "test.h"

static FILE *file;
static struct json j;

static void begin(void)
{
	file = tmpfile();
	assert_non_null(file);
	json_init(&j, file);
}

static void wrote(const char *expected)
{
	char text[1000];
	size_t n;

	rewind(file);
	n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	fclose(file);
	assert_string_equal(text, expected);
}

TEST(json, commas_stand_between_members_only)
{
	begin();
	json_object(&j);
	json_key(&j, "a");
	json_u64(&j, UINT64_MAX);
	json_key(&j, "b");
	json_array(&j);
	json_i64(&j, INT64_MIN);
	json_bool(&j, true);
	json_null(&j);
	json_array(&j);
	json_end(&j);
	json_object(&j);
	json_end(&j);
	json_bool(&j, false);
	json_end(&j);
	json_key(&j, "c");
	json_str(&j, "");
	json_end(&j);
	wrote("{\"a\":18446744073709551615,\"b\":[-9223372036854775808,true,null,[],{},false],\"c\":\"\"}");
}

TEST(json, a_document_may_be_one_value)
{
	begin();
	json_str(&j, "x");
	wrote("\"x\"");
}

TEST(json, controls_quotes_and_backslashes_are_escaped)
{
	begin();
	json_strn(&j, "\"\\/\b\f\n\r\t\0\x1f\x7f", 11);
	wrote("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\\u007f\"");
}

TEST(json, keys_are_escaped_too)
{
	begin();
	json_object(&j);
	json_key(&j, "a\"b");
	json_null(&j);
	json_end(&j);
	wrote("{\"a\\\"b\":null}");
}

TEST(json, utf8_passes_and_other_bytes_are_replaced)
{
	begin();
	json_str(&j, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
	wrote("\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"");
	begin();
	json_str(&j, "a\xff" "b\xc0\xaf\xed\xa0\x80\xc3");	/* no start, overlong, surrogate, cut short */
	wrote("\"a\xef\xbf\xbd" "b\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

TEST(json, decimals_need_no_floating_point)
{
	begin();
	json_array(&j);
	json_fixed(&j, 0);
	json_fixed(&j, 1);
	json_fixed(&j, 1500);
	json_fixed(&j, UINT64_MAX);
	json_end(&j);
	wrote("[0.000,0.001,1.500,18446744073709551.615]");
}
