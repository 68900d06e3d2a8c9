/* base/drop.h - why a packet ended. Nothing is dropped in silence: who ends a packet names the reason. */
#ifndef BASE_DROP_H
#define BASE_DROP_H

#include <stdint.h>

struct json;

enum drop {
#define DROP(id, name, text) DROP_##id,
#include "base/drop.def"
#undef DROP
	DROP_COUNT
};

const char *drop_name(enum drop d);	/* "queue-full": stable */
const char *drop_text(enum drop d);	/* for people */
/* The member "drops": an object of those that are not 0, by name. */
void drop_json(struct json *j, const uint64_t counts[DROP_COUNT]);

#endif
