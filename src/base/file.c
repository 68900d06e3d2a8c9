/* base/file.c - reads a text file whole. Plain stdio, since a pipe, a fifo and a file must do; called at start and on
 * control commands, by the thread that asks. */
#include "base/file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int read_stream(FILE *f, const char *path, size_t max, char **text, size_t *n, struct err *e)
{
	size_t room = 4096, used = 0, got;
	char *to = malloc(room + 1);

	while (to && (got = fread(to + used, 1, room - used, f)) > 0) {
		char *more;

		used += got;
		if (used > max) {
			free(to);
			return err_set(e, ERR_RANGE, "%s: larger than %zu bytes, which no script is", path, max);
		}
		if (used < room)
			continue;
		more = realloc(to, room * 2 + 1);
		if (!more)
			free(to);
		to = more;
		room *= 2;
	}
	if (!to)
		return err_set(e, ERR_NOMEM, "%s: no memory", path);
	if (ferror(f)) {
		free(to);
		return err_sys(e, errno, "%s", path);
	}
	to[used] = '\0';
	*text = to;
	*n = used;
	return 0;
}

int file_read(const char *path, size_t max, char **text, size_t *n, struct err *e)
{
	bool standard = !strcmp(path, "-");
	FILE *f = standard ? stdin : fopen(path, "rb");
	int rc;

	if (!f)
		return err_sys(e, errno, "%s", path);
	rc = read_stream(f, path, max, text, n, e);
	if (!standard)
		fclose(f);
	return rc;
}
