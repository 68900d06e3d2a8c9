/* app/app_text.c - text files that come out: opened, and closed with every error told. */
#include "app_int.h"

#include <errno.h>
#include <string.h>

int app_text_open(struct app_text_out *t, const char *path, struct err *e)
{
	bool standard = !strcmp(path, "-");

	t->path = standard ? "standard output" : path;
	t->file = standard ? stdout : fopen(path, "wb");
	return t->file ? 0 : err_sys(e, errno, "%s", path);
}

int app_text_close(struct app_text_out *t, struct err *e)
{
	FILE *f = t->file;
	int bad, sys;

	if (!f)
		return 0;
	t->file = NULL;
	errno = 0;
	bad = fflush(f) || ferror(f);
	sys = errno ? errno : EIO;	/* of a write long ago */
	if (f != stdout && fclose(f) && !bad) {
		bad = 1;
		sys = errno;
	}
	if (!bad)
		return 0;
	err_sys(e, sys, "%s", t->path);
	return sys == EPIPE ? ERR_CLOSED : ERR_IO;
}
