/* emu/emu_file.c - reads the file that an option names, and keeps what it says.
 *
 *      "pipe 1 config loss pattern bursts.txt"  -->  the working directory, else beside the script  -->  reader
 *
 * Text; a line is words between blanks; '#' where a word would begin ends the line. Lines that say nothing are
 * skipped here, all others go to the reader in their order. Its errors carry the file's own name, line and column,
 * are all told, and refuse the line of the script that named it. Where there is no such file, the error is at the
 * word that names it.
 *
 * A path with a slash at its beginning is taken as it is. Other paths are tried in the working directory, and only
 * where no such file is there in the directory of the script. What is printed back is the path as it was written.
 *
 * The contents are counted, by an atomic count, since parsed lines may be made on another thread than the lane's.
 * Memory: the text is freed once it was read; at most EMU_FILE_BYTES of it. Runs while scripts are read. */
#include "emu_file.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define EMU_FILE_BYTES ((size_t)64 << 20)
#define EMU_FILE_PATH 4096	/* its NUL too */

struct emu_file {
	const struct emu_file_reader *reader;
	atomic_uint holders;
	char *path;
	max_align_t said[];
};

static struct emu_file *make(const char *path, const struct emu_file_reader *reader)
{
	struct emu_file *f = calloc(1, sizeof(*f) + reader->size);

	if (!f)
		return NULL;
	f->reader = reader;
	f->path = strdup(path);
	atomic_init(&f->holders, 1);
	if (f->path)
		return f;
	free(f);
	return NULL;
}

struct emu_file *emu_file_hold(struct emu_file *f)
{
	if (f)
		atomic_fetch_add_explicit(&f->holders, 1, memory_order_relaxed);
	return f;
}

/* Pairs with itself: who releases last sees what all others did. */
void emu_file_release(struct emu_file *f)
{
	if (!f || atomic_fetch_sub_explicit(&f->holders, 1, memory_order_acq_rel) != 1)
		return;
	if (f->reader->fini)
		f->reader->fini(f->said);
	free(f->path);
	free(f);
}

void emu_file_set(struct emu_file **at, struct emu_file *f)
{
	struct emu_file *before = *at;

	*at = f;
	emu_file_release(before);
}

const void *emu_file_said(const struct emu_file *f)
{
	return f->said;
}

const char *emu_file_path(const struct emu_file *f)
{
	return f->path;
}

/* How much of a line stands before its comment. */
static size_t before_comment(const char *line, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool begins = !i || line[i - 1] == ' ' || line[i - 1] == '\t';

		if (line[i] == '#' && begins)
			return i;
	}
	return n;
}

/* Hands every line to the reader. 0, or the code of the first error; *lx stays at the end of the last line that says
 * something. */
static int read_lines(struct emu_file *f, const char *name, const char *text, size_t n, struct lex *lx,
	struct errs *errs)
{
	unsigned number = 0;
	int bad = 0;

	lex_line(lx, name, 1, text, 0, errs);
	for (size_t at = 0; at < n;) {
		const char *line = text + at, *nl = memchr(line, '\n', n - at);
		size_t len = nl ? (size_t)(nl - line) : n - at;
		struct lex one;

		at += len + 1;
		lex_line(&one, name, ++number, line, before_comment(line, len), errs);
		if (lex_end(&one))
			continue;
		*lx = one;
		bad = f->reader->line(f->said, &one) ?: bad;
	}
	return bad;
}

static struct emu_file *parse(const char *path, const char *name, const char *text, size_t n,
	const struct emu_file_reader *reader, struct errs *errs)
{
	struct emu_file *f = make(path, reader);
	struct lex lx;

	if (!f) {
		if (errs)
			errs_add(errs, NULL, ERR_NOMEM, "%s: no memory", name);
		return NULL;
	}
	if (!read_lines(f, name, text, n, &lx, errs) && (!reader->end || !reader->end(f->said, &lx)))
		return f;
	emu_file_release(f);
	return NULL;
}

struct emu_file *emu_file_parse(const char *path, const char *text, size_t n, const struct emu_file_reader *reader,
	struct errs *errs)
{
	return parse(path, path, text, n, reader, errs);
}

static bool exists(const char *path)
{
	FILE *f = fopen(path, "rb");

	if (f)
		fclose(f);
	return f != NULL;
}

/* The path beside the script, into `to`. False: the script stands in the working directory, or it is too long. */
static bool beside(char to[EMU_FILE_PATH], const char *script, const char *path)
{
	const char *slash = script ? strrchr(script, '/') : NULL;
	size_t dir = slash ? (size_t)(slash - script) + 1 : 0, n = strlen(path);

	if (!dir || path[0] == '/' || dir + n >= EMU_FILE_PATH)
		return false;
	memcpy(to, script, dir);
	memcpy(to + dir, path, n + 1);
	return true;
}

struct emu_file *emu_file_read(struct lex *lx, struct word path, const struct emu_file_reader *reader)
{
	char name[EMU_FILE_PATH], there[EMU_FILE_PATH], *text;
	const char *found = name;
	struct emu_file *f;
	struct err e = { 0 };
	size_t n;

	if (path.n >= sizeof(name) || memchr(path.p, '\0', path.n) || word_is(path, "-")) {
		lex_error(lx, path, ERR_RANGE, "%s: this is no name of a file", reader->what);
		return NULL;
	}
	memcpy(name, path.p, path.n);
	name[path.n] = '\0';
	if (beside(there, lx->file, name) && !exists(name) && exists(there))
		found = there;
	if (file_read(found, EMU_FILE_BYTES, &text, &n, &e)) {
		lex_error(lx, path, e.code, "%s: %s", reader->what, e.text);
		return NULL;
	}
	f = parse(name, found, text, n, reader, lx->errs);
	free(text);
	return f;
}
