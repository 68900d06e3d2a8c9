/* base/file.c - reads a text file whole, or what a program makes of it (cpp, m4). Plain stdio, since a pipe, a fifo and
 * a file must do; called at start and on control commands, by the thread that asks. */
#include "base/file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"

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

/* All that comes from `fd`. The last byte of room is for the NUL. */
static int read_fd(int fd, const char *path, size_t max, char **text, size_t *n, struct err *e)
{
	size_t room = 4096, used = 0;
	char *to = malloc(room);
	int64_t got = 0;

	while (to && (got = os_read(fd, to + used, room - 1 - used)) > 0) {
		char *more;

		used += (size_t)got;
		if (used > max)
			break;
		if (used < room - 1)
			continue;
		more = realloc(to, room *= 2);
		if (!more)
			free(to);
		to = more;
	}
	if (!to)
		return err_set(e, ERR_NOMEM, "%s: no memory", path);
	if (got < 0 || used > max) {
		free(to);
		if (got < 0)
			return err_sys(e, (int)-got, "%s", path);
		return err_set(e, ERR_RANGE, "%s: becomes larger than %zu bytes, which no script is", path, max);
	}
	to[used] = '\0';
	*text = to;
	*n = used;
	return 0;
}

int file_read_through(char *const argv[], const char *path, size_t max, char **text, size_t *n, struct err *e)
{
	struct os_filter f;
	int rc = os_filter_start(&f, argv, path, e), ended;

	if (rc)
		return rc;
	rc = read_fd(f.fd, path, max, text, n, e);
	ended = os_filter_end(&f, rc ? NULL : e);
	if (!rc && ended) {
		free(*text);
		rc = ended;
	}
	return rc;
}
