/* cmd/links.h - link presets: rule files that stand for a kind of link, by name. */
#ifndef CMD_LINKS_H
#define CMD_LINKS_H

#include <stddef.h>

#include "base/err.h"

struct link_preset {
	const char *name, *help;
};
const struct link_preset *link_at(size_t i);	/* NULL: no more */
/* Where the rules of this name are; malloc's. NULL: told in `e`. */
char *link_path(const char *name, struct err *e);

#endif
