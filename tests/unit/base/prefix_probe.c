/* prefix_probe.c - a prefix table that does what stdin says, a line each, for prefix_oracle.py:
 * `4` or `6` begins an empty one; `set HEX LEN VALUE`, `del HEX LEN`, `find HEX`, `all`. HEX has all digits. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prefix.h"

static struct prefix_table table;
static bool is6;

static struct prefix_key key_of(const char *hex)
{
	uint8_t bytes[16] = { 0 };

	for (unsigned i = 0; i < 16 && hex[2 * i]; i++) {
		const char byte[] = { hex[2 * i], hex[2 * i + 1], 0 };

		bytes[i] = (uint8_t)strtoul(byte, NULL, 16);
	}
	return prefix_key6(bytes);
}

static uint32_t number(const char *text)
{
	return (uint32_t)strtoul(text, NULL, 10);
}

static void print(void *ctx, const struct prefix *p)
{
	if (is6)
		printf("%016" PRIx64 "%016" PRIx64, p->key.hi, p->key.lo);
	else
		printf("%08" PRIx64, p->key.hi >> 32);
	printf("/%u=%" PRIu32 " ", p->len, p->value);
}

static void obey(const char *line)
{
	char hex[40] = "", len[8], value[16];

	if (line[0] == '4' || line[0] == '6') {
		if (table.family)
			prefix_fini(&table);
		is6 = line[0] == '6';
		printf("%d\n", is6 ? prefix6_init(&table) : prefix4_init(&table));
	} else if (sscanf(line, "set %39s %7s %15s", hex, len, value) == 3) {
		printf("%d\n", prefix_set(&table, key_of(hex), number(len), number(value)));
	} else if (sscanf(line, "del %39s %7s", hex, len) == 2) {
		printf("%d\n", prefix_remove(&table, key_of(hex), number(len)));
	} else if (sscanf(line, "find %39s", hex) == 1) {
		struct prefix_key key = key_of(hex);
		uint32_t found = is6 ? prefix6_find(&table, key) : prefix4_find(&table, (uint32_t)(key.hi >> 32));

		printf("%" PRId64 "\n", found == PREFIX_NONE ? -1 : (int64_t)found);
	} else {
		prefix_each(&table, print, NULL);
		putchar('\n');
	}
}

int main(void)
{
	char line[100];

	while (fgets(line, sizeof(line), stdin))
		obey(line);
	if (table.family)
		prefix_fini(&table);
	return 0;
}
