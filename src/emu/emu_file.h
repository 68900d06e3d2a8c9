/* emu/emu_file.h - what a file says that an option names: read once, when the line is parsed, and never changed.
 *
 * Lines are copied, kept, and configure several pipes, so the contents are counted: emu_file_hold(),
 * emu_file_release(). A kind of file is a reader: it is handed the lines that say something, one at a time, and
 * builds what it likes. */
#ifndef EMU_EMU_FILE_H
#define EMU_EMU_FILE_H

#include <stddef.h>

#include "base/lex.h"

struct emu_file;

struct emu_file_reader {
	const char *what;	/* "trace": begins the errors that have no place in the file */
	size_t size;		/* of what it builds, given cleared */
	/* One line with at least a word; '#' where a word would begin and all behind it are gone. 0, or a code when
	 * it has told what is wrong (lex_error on `lx`, which knows file and line); the lines behind it are read all
	 * the same. */
	int (*line)(void *said, struct lex *lx);
	/* Behind the last line, if none was wrong. lex_error(lx, lex_here(lx), …) tells at the end of the last line. */
	int (*end)(void *said, struct lex *lx);
	void (*fini)(void *said);	/* also of what is half built; may be NULL */
};

/* Reads the file that a word of the line `lx` names: a relative path is looked for in the working directory, then
 * beside the script. Held once. NULL: told in lx->errs, of the file at its own place with its line, else at the word.
 * */
struct emu_file *emu_file_read(struct lex *lx, struct word path, const struct emu_file_reader *reader);
/* The same from memory; `path` is what it is called and printed as. NULL: told in `errs`. */
struct emu_file *emu_file_parse(const char *path, const char *text, size_t n, const struct emu_file_reader *reader,
	struct errs *errs);

struct emu_file *emu_file_hold(struct emu_file *f);	/* f; may be NULL */
void emu_file_release(struct emu_file *f);		/* may be NULL */
/* Puts `f`, with its count, where another one may stand, which is released. */
void emu_file_set(struct emu_file **at, struct emu_file *f);

const void *emu_file_said(const struct emu_file *f);	/* what the reader built */
const char *emu_file_path(const struct emu_file *f);	/* as the line says it: what is printed back */

#endif
