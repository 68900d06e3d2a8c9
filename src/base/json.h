/* base/json.h - a writer of JSON that cannot write it wrong: commas, quotes and escapes are its own work.
 *
 * Depth is bounded by JSON_DEPTH. Bytes that are not UTF-8 come out as U+FFFD. Errors of the stream stay in the FILE
 * (ferror). Numbers that pass 2^53 are still numbers, as docs/ARCHITECTURE.md promises. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_DEPTH 16

struct json {
	FILE *to;
	unsigned depth;
	bool object[JSON_DEPTH];	/* else an array */
	bool comma[JSON_DEPTH];		/* it has a member */
	bool after_key;
};

void json_init(struct json *j, FILE *to);
void json_object(struct json *j);	/* { */
void json_array(struct json *j);	/* [ */
void json_end(struct json *j);		/* } or ], whichever is open */
void json_key(struct json *j, const char *key);
void json_str(struct json *j, const char *s);
void json_strn(struct json *j, const char *s, size_t n);
void json_u64(struct json *j, uint64_t n);
void json_key_u64(struct json *j, const char *key, uint64_t n);	/* both at once */
void json_i64(struct json *j, int64_t n);
void json_bool(struct json *j, bool b);
void json_null(struct json *j);
void json_fixed(struct json *j, uint64_t thousandths);	/* 1500 -> 1.500: decimals without floating point */

#endif
