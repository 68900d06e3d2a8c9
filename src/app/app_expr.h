/* app/app_expr.h - an expression, ours or libpcap's, as programs of the filter machine; and the engine of `narrows
 * filter`, which asks it about every packet of a capture. No option parsing and no printing here. One thread. */
#ifndef APP_APP_EXPR_H
#define APP_APP_EXPR_H

#include "cap/cap.h"
#include "filter/filter.h"
#include "wire/wire.h"

struct app_expr;

/* Ours (docs/filter.md), or, where it is not that or `bpf` asks for it, libpcap's, which means something else for each
 * link type. 0; ERR_SYNTAX, told in `errs`; ERR_NOMEM, and ERR_USAGE of libpcap, in `e`. */
int app_expr_new(struct app_expr **out, const char *text, bool bpf, struct errs *errs, struct err *e);
void app_expr_free(struct app_expr *x);		/* NULL is fine */
bool app_expr_bpf(const struct app_expr *x);	/* libpcap compiled it */
/* For packets of this link type; NULL: it makes no sense there. Stays the expression's. */
struct filter *app_expr_for(const struct app_expr *x, enum wire_link link);
void app_expr_native(struct app_expr *x);	/* machine code, where there is any */

/* libpcap's `text` as a program whose bytes begin at the IP header; NULL: told in `e`. For rules_filter_register(). */
struct filter *app_expr_at_ip(const char *text, struct err *e);

struct app_expr_cfg {
	const struct app_expr *expr;
	const char *input;			/* path, "-": standard input */
	void (*each)(void *ctx, uint64_t packet, uint64_t time_ns, const struct view *v);	/* those that match */
	void *ctx;
	bool (*stop)(void);			/* true: read no more; may be NULL */
};

struct app_expr_end {
	struct cap_stats input;
	uint64_t packets, matched;
	bool truncated;				/* the input ended in damage: */
	char damage[300];			/* where and why */
};

/* ERR_IO, ERR_DAMAGED (the input is no capture), ERR_NOMEM, ERR_USAGE (a packet of a link type for which the expression
 * makes no sense). `packet` is as Wireshark numbers it. */
int app_expr_run(const struct app_expr_cfg *cfg, struct app_expr_end *end, struct err *e);

#endif
