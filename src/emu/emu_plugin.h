/* emu/emu_plugin.h - a scheduler or queue management that comes in a file of its own, while the program runs. */
#ifndef EMU_EMU_PLUGIN_H
#define EMU_EMU_PLUGIN_H

#include <narrows/plugin.h>

#include "base/err.h"

/* Loads the shared object and takes its scheduler and its queue management into the tables (sched_register(),
 * aqm_register()), where `type NAME` and `NAME` find them. Before the first emulator is made; not on two threads at
 * once. NULL: `e` says what is wrong, and nothing has changed. Loaded again it is the same. Runs code of others: only
 * as trustworthy as the file. */
const struct nrw_plugin *emu_plugin_load(const char *path, struct err *e);
const struct nrw_sched_ops *emu_plugin_load_sched(const char *path, struct err *e);	/* of one that has one */

/* Is what a plug-in says of itself something we can call? 0, or ERR_USAGE, ERR_RANGE. For tests of its own. */
int emu_plugin_check(const struct nrw_plugin *p, struct err *e);

#endif
