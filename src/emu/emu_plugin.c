/* emu/emu_plugin.c - schedulers and queue management by dlopen: one shared object outside the tree, one symbol,
 * `nrw_plugin`.
 *
 *      load the object --> find nrw_plugin --> abi --> size --> what it says of its kinds --> tables of sched.c, aqm.c
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
#include "emu/emu_int.h"
#include "emu/sched.h"

#define NAME_MAX_LETTERS 31u
#define STATE_MAX ((size_t)1 << 24)
#define AQM_STATE_MAX ((size_t)1 << 16)	/* each queue has it */
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

static int check_words(const struct nrw_aqm_ops *ops, struct err *e)
{
	if (ops->word_count > NRW_AQM_PARAMS || (ops->word_count && !ops->words))
		return err_set(e, ERR_RANGE, "%s: %zu parameters, at most %u are allowed", ops->name, ops->word_count,
			NRW_AQM_PARAMS);
	for (size_t i = 0; i < ops->word_count; i++) {
		const struct nrw_aqm_param *p = &ops->words[i];
		const struct emu_word *taken;

		if (!is_name(p->word) || p->unit > NRW_AQM_FLAG)
			return err_set(e, ERR_USAGE, "%s: parameter %zu has no word or unit that can be", ops->name,
				i + 1);
		taken = emu_option_find((struct word){ p->word, strlen(p->word) });
		if (taken && taken->option != OPT_NONE)
			return err_set(e, ERR_TWICE, "%s: %s is an option of pipes already", ops->name, p->word);
	}
	return 0;
}

static int check_aqm(const struct nrw_aqm_ops *ops, struct err *e)
{
	if (!is_name(ops->name))
		return err_set(e, ERR_USAGE, "the name of its queue management must be 1..%u of a..z 0..9 _ +, a "
			"letter first", NAME_MAX_LETTERS);
	if (!ops->help)
		return err_set(e, ERR_USAGE, "%s: it has no help", ops->name);
	if (!ops->put && !ops->take)
		return err_set(e, ERR_USAGE, "%s: put and take must not both be NULL", ops->name);
	if (ops->size > AQM_STATE_MAX)
		return err_set(e, ERR_RANGE, "%s: a queue is %zu bytes, at most %zu are allowed", ops->name, ops->size,
			AQM_STATE_MAX);
	return check_words(ops, e);
}

int emu_plugin_check(const struct nrw_plugin *p, struct err *e)
{
	int rc;

	if (p->abi != NRW_PLUGIN_ABI)
		return err_set(e, ERR_USAGE, "made for version %u of narrows/plugin.h, this is version %u", p->abi,
			NRW_PLUGIN_ABI);
	if (p->size != sizeof(*p))
		return err_set(e, ERR_USAGE, "its nrw_plugin says it has %u bytes, it must have %zu", p->size,
			sizeof(*p));
	if (!p->sched && !p->aqm)
		return err_set(e, ERR_USAGE, "it has neither a scheduler nor queue management");
	rc = p->sched ? check_sched(p->sched, e) : 0;
	return rc || !p->aqm ? rc : check_aqm(p->aqm, e);
}

/* Loaded once more. */
static bool is_here(const struct nrw_plugin *p)
{
	for (size_t i = 0; p->sched && sched_at(i); i++)
		if (sched_at(i) == p->sched)
			return true;
	return p->aqm && aqm_is_guest(p->aqm);
}

static int refuse(int rc, const char *what, const char *name, int most, struct err *e)
{
	if (rc == ERR_TWICE)
		return err_set(e, rc, "there is %s %s already", what, name);
	return err_set(e, rc, "%d of its kind were loaded already", most);
}

/* Both, or none. */
static int take(const struct nrw_plugin *p, struct err *e)
{
	int rc = emu_plugin_check(p, e);

	if (rc || is_here(p))
		return rc;
	if (p->aqm && emu_option_find((struct word){ p->aqm->name, strlen(p->aqm->name) }))
		return refuse(ERR_TWICE, "a word", p->aqm->name, 0, e);
	rc = p->aqm ? aqm_may_register(p->aqm) : 0;
	if (rc)
		return refuse(rc, "queue management", p->aqm->name, AQM_GUESTS, e);
	rc = p->sched ? sched_register(p->sched) : 0;
	if (rc)
		return refuse(rc, "a scheduler", p->sched->name, SCHED_GUESTS, e);
	return p->aqm ? aqm_register(p->aqm) : 0;
}

const struct nrw_plugin *emu_plugin_load(const char *path, struct err *e)
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
		return p;
	os_unload(object);
	return NULL;
}

const struct nrw_sched_ops *emu_plugin_load_sched(const char *path, struct err *e)
{
	const struct nrw_plugin *p = emu_plugin_load(path, e);

	if (p && !p->sched)
		err_set(e, ERR_USAGE, "%s: it has no scheduler", path);
	return p ? p->sched : NULL;
}
