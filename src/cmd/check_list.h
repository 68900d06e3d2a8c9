/* cmd/check_list.h - `narrows check --list WHAT`: the words the parsers use, from their own tables. */
#ifndef CMD_CHECK_LIST_H
#define CMD_CHECK_LIST_H

#include <stdbool.h>

int check_list(const char *what, bool json);	/* the exit status */

#endif
