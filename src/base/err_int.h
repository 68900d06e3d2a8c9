/* base/err_int.h - for files of base that write untrusted text to a terminal. */
#ifndef BASE_ERR_INT_H
#define BASE_ERR_INT_H

#include <stddef.h>
#include <stdio.h>

/* Writes n bytes of text of others so that a terminal shows and does not obey them: \xNN for what is not printable. */
void err_show(FILE *to, const char *p, size_t n);

#endif
