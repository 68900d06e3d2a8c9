/* base/file.h - a whole small text file in memory: scripts, traces, profiles. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>

#include "base/err.h"

/* Reads `path` ("-": standard input) into malloc's memory, *n bytes and a NUL behind them. ERR_IO, ERR_NOMEM, or
 * ERR_RANGE where it is larger than `max` bytes; told in `e` with the path. */
int file_read(const char *path, size_t max, char **text, size_t *n, struct err *e);

/* The same, of what the program argv[0] makes of it: `path` is its standard input. ERR_IO also where it fails. */
int file_read_through(char *const argv[], const char *path, size_t max, char **text, size_t *n, struct err *e);

#endif
