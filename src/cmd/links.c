/* cmd/links.c - finds the rule file of a link: `--link 4g` is links/4g.rules.
 *
 *      $NARROWS_SHARE/links            where that is set
 *      PROGRAM/../share/narrows/links  installed, or built in a directory of the source; and ../../share
 *      DATADIR/links                   as this build was configured
 *
 * The first place where the file is counts. The table is what the project brings along; a file that somebody puts
 * beside them has a name too, but stands in no list. Names are letters, digits and dashes, so none leads out of the
 * place. Runs while options are read. */
#include "links.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"

#ifndef NRW_DATADIR
#define NRW_DATADIR "/usr/local/share/narrows"
#endif

#define PLACE 4096

static const struct link_preset presets[] = {
	{ "3g", "UMTS with HSPA: 1 Mbit/s down, 384 Kbit/s up, 200 ms there and back, deep buffers" },
	{ "4g", "LTE: about 12 Mbit/s down and 6 up by traces, 66 ms" },
	{ "5g", "5G, middle band: 400 Mbit/s down, 60 up, 22 ms" },
	{ "dsl", "ADSL2+ over ATM: 16 Mbit/s down, 1 up, 24 ms" },
	{ "cable", "DOCSIS 3.1: 100 Mbit/s down, 10 up with PIE, 14 ms" },
	{ "wifi-busy", "a busy cell of 802.11: 54 Mbit/s, and waiting for the air" },
	{ "geo", "a geostationary satellite: 25 Mbit/s down, 3 up, 558 ms" },
	{ "leo", "satellites in a low orbit, another one each 15 s: about 200 Mbit/s down, 16 up, 50 ms" },
	{ "dialup", "a modem: 48 Kbit/s down, 33.6 up, 120 ms" },
};

const struct link_preset *link_at(size_t i)
{
	return i < sizeof(presets) / sizeof(*presets) ? &presets[i] : NULL;
}

static bool is_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

	return n && n < 64 && !name[n];
}

static bool exists(const char *path)
{
	FILE *f = fopen(path, "rb");

	if (f)
		fclose(f);
	return f != NULL;
}

/* The i-th place to look in; false: no more. An empty one is none. */
static bool place(unsigned i, char to[PLACE])
{
	static const char *const behind[] = { "/../share/narrows", "/../../share/narrows" };
	const char *share = getenv("NARROWS_SHARE");
	size_t n;

	to[0] = '\0';
	switch (i) {
	case 0:
		snprintf(to, PLACE, "%s", share ? share : "");
		return true;
	case 1:
	case 2:
		if (!os_program_directory(to, PLACE)) {
			to[0] = '\0';
			return true;
		}
		n = strlen(to);
		snprintf(to + n, PLACE - n, "%s", behind[i - 1]);
		return true;
	case 3:
		snprintf(to, PLACE, "%s", NRW_DATADIR);
		return true;
	default:
		return false;
	}
}

static int unknown(const char *name, struct err *e)
{
	char names[300] = "";

	for (size_t i = 0; link_at(i); i++) {
		size_t n = strlen(names);

		snprintf(names + n, sizeof(names) - n, "%s%s", n ? ", " : "", link_at(i)->name);
	}
	return err_set(e, ERR_UNKNOWN, "--link: '%.60s' is none; there are %s", name, names);
}

static bool is_preset(const char *name)
{
	for (size_t i = 0; link_at(i); i++)
		if (!strcmp(name, link_at(i)->name))
			return true;
	return false;
}

char *link_path(const char *name, struct err *e)
{
	char dir[PLACE], path[PLACE + 80];

	for (unsigned i = 0; is_name(name) && place(i, dir); i++) {
		snprintf(path, sizeof(path), "%s/links/%s.rules", dir, name);
		if (dir[0] && exists(path))
			return strdup(path);
	}
	if (is_preset(name))
		err_set(e, ERR_IO, "--link: %s.rules is nowhere; NARROWS_SHARE may say where share/narrows is", name);
	else
		unknown(name, e);
	return NULL;
}
