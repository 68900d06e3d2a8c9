/* emu/emu_plugin.c - schedulers by dlopen: one shared object outside the tree, one symbol, `nrw_plugin`.
 *
 *      load the object --> find nrw_plugin --> abi --> size --> the scheduler's own words --> the table of sched.c
 *
 * Its first two words are the version of narrows/plugin.h and the size of the struct, and nothing behind them is
 * looked at before both are right: a plug-in for another version is refused by number and not called. What can be
 * checked without calling it is checked here (names, sizes, functions that must be there); whether it keeps its
 * promises only the laws can tell (`narrows bench sched --new FILE.so`).
 *
 * An object stays loaded as long as the process: instances, and functions on some stack, may use it. One that is
 * refused is unloaded. Called by commands, and by nrw_plugin_load(), before the first emulator is made. */
#include "emu_plugin.h"

#include <string.h>

#include "base/os.h"
#include "emu/sched.h"

#define NAME_MAX_LETTERS 31u
#define STATE_MAX ((size_t)1 << 24)
#define FLOW_MAX ((size_t)1 << 12)	/* every queue of the process has room for the largest */

static bool is_name(const char *s)
{
	size_t n = s ? strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_+") : 0;

	return n > 0 && n <= NAME_MAX_LETTERS && !s[n] && *s >= 'a' && *s <= 'z';
}

static int check_sched(const struct nrw_sched_ops *ops, struct err *e)
{
	if (!is_name(ops->name))
		return err_set(e, ERR_USAGE, "the name of its scheduler must be 1..%u of a..z 0..9 _ +, a letter first",
			NAME_MAX_LETTERS);
	if (!ops->help)
		return err_set(e, ERR_USAGE, "%s: it has no help", ops->name);
	if (!ops->ready || !ops->next || !ops->served)
		return err_set(e, ERR_USAGE, "%s: %s must not be NULL", ops->name,
			!ops->ready ? "ready" : !ops->next ? "next" : "served");
	if (ops->size > STATE_MAX)
		return err_set(e, ERR_RANGE, "%s: an instance is %zu bytes, at most %zu are allowed", ops->name,
			ops->size, STATE_MAX);
	if (ops->flow_size > FLOW_MAX)
		return err_set(e, ERR_RANGE, "%s: a flow is %zu bytes, at most %zu are allowed", ops->name,
			ops->flow_size, FLOW_MAX);
	return 0;
}

int emu_plugin_check(const struct nrw_plugin *p, struct err *e)
{
	if (p->abi != NRW_PLUGIN_ABI)
		return err_set(e, ERR_USAGE, "made for version %u of narrows/plugin.h, this is version %u", p->abi,
			NRW_PLUGIN_ABI);
	if (p->size != sizeof(*p))
		return err_set(e, ERR_USAGE, "its nrw_plugin says it has %u bytes, it must have %zu", p->size,
			sizeof(*p));
	if (!p->sched)
		return err_set(e, ERR_USAGE, "it has no scheduler%s",
			p->aqm ? ", and queue management cannot be loaded yet" : "");
	return check_sched(p->sched, e);
}

static int take(const struct nrw_plugin *p, struct err *e)
{
	int rc = emu_plugin_check(p, e);

	if (rc)
		return rc;
	for (size_t i = 0; sched_at(i); i++)
		if (sched_at(i) == p->sched)
			return 0;		/* loaded once more */
	rc = sched_register(p->sched);
	if (rc == ERR_TWICE)
		return err_set(e, rc, "there is a scheduler %s already", p->sched->name);
	return rc ? err_set(e, rc, "%d schedulers were loaded already", SCHED_GUESTS) : 0;
}

const struct nrw_sched_ops *emu_plugin_load(const char *path, struct err *e)
{
	void *object = os_load(path, e);
	const struct nrw_plugin *p;
	struct err why;

	if (!object)
		return NULL;
	p = os_load_symbol(object, "nrw_plugin");
	if (!p)
		err_set(e, ERR_USAGE, "%s: no plug-in: it does not export nrw_plugin", path);
	else if (take(p, &why))
		err_set(e, why.code, "%s: %s", path, why.text);
	else
		return p->sched;
	os_unload(object);
	return NULL;
}
