/* base/err_int.h - for files of base that write untrusted text to a terminal. */
#ifndef BASE_ERR_INT_H
#define BASE_ERR_INT_H

#include <stddef.h>

#define ERR_SHOWN_MAX 17	/* four bytes as \xNN, and a NUL */

/* The first character of p as a terminal may show it, with a NUL: as it is, or \xNN for each byte. Returns how many
 * bytes of p, n > 0, it is made of; *columns: how wide it comes out. A tab counts as what must be escaped. */
size_t err_show_one(const char *p, size_t n, char to[ERR_SHOWN_MAX], int *columns);

#endif
