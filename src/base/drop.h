/* base/drop.h - why a packet ended. Nothing is dropped in silence: who ends a packet names the reason. */
#ifndef BASE_DROP_H
#define BASE_DROP_H

enum drop {
#define DROP(id, name, text) DROP_##id,
#include "base/drop.def"
#undef DROP
	DROP_COUNT
};

const char *drop_name(enum drop d);	/* "queue-full": stable */
const char *drop_text(enum drop d);	/* for people */

#endif
