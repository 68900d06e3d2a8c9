/* app/app_test.h - the engine of `narrows test`: the expectations of a script, each beside what its rules say. */
#ifndef APP_APP_TEST_H
#define APP_APP_TEST_H

#include "lane/lane.h"

struct app_tested {			/* one expectation; until the callback returns */
	const struct lane_expected *expected;
	const char *text;		/* it, in canonical form */
	bool good;
	const char *verdict;		/* what the rules say */
	uint32_t rule;			/* number of the one that decided; 0: none was asked */
	const char *rule_text;
	const uint32_t *rules;		/* numbers of those that matched, in order */
	size_t count;
};

struct app_test_cfg {
	const char *iface;		/* where the expectation names none; NULL: there is none */
	struct lane_cfg lane;		/* but pool, dir, iface_name and ops, which are the engine's */
	void (*each)(void *ctx, const struct app_tested *t);
	void *ctx;
	void (*said)(enum lane_said what, const char *text);	/* may be NULL */
};

struct app_test_end {
	uint64_t tests, failed;
	uint64_t failed_commands;	/* of `at` */
	size_t waiting;			/* commands of `at` behind the last test, and the first of them */
	char first_waiting[300];
};

/* Loads the script into a lane and asks its rules about the packet of every expectation, in order of time. 0,
 * ERR_NOMEM, or what lane_commit() says. */
int app_test(const struct app_test_cfg *cfg, struct lane_script *script, struct errs *warnings,
	struct app_test_end *end,
	struct err *e);

#endif
