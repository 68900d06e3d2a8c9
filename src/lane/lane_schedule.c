/* lane/lane_schedule.c - `at TIME command`: commands that wait for their time.
 *
 * An array, sorted once by (time, order of the script), with an index that moves on: the packets' way asks one number,
 * the time of the next. A command was parsed and checked when the script was loaded; what only its time can show (a
 * rule that is not there to be deleted, no memory) is told with its place, counts as a failure, and the run goes on.
 * The lane owns the commands it took, and frees each when it is done. */
#include "lane_int.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/units.h"

static int by_time(const void *a, const void *b)
{
	const struct script_line *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static void next(struct lane *l)
{
	l->next_at = l->waiting_done < l->waiting_count ? l->waiting[l->waiting_done].at : NRW_NEVER;
}

/* An expectation at a time stays where it is: it has no effect. */
static bool waits(const struct script_line *line)
{
	return line->timed && line->room != SCRIPT_EXPECT;
}

int schedule_take(struct lane *l, struct lane_script *s)
{
	size_t n = 0, kept = 0;

	schedule_fini(l);
	for (size_t i = 0; i < s->count; i++)
		n += waits(&s->lines[i]);
	l->waiting = n ? malloc(n * sizeof(*l->waiting)) : NULL;
	if (n && !l->waiting)
		return ERR_NOMEM;
	l->files = s->files;
	s->files = (struct script_files){ 0 };
	for (size_t i = 0; i < s->count; i++) {
		if (waits(&s->lines[i])) {
			s->lines[i].order = l->waiting_count;
			l->waiting[l->waiting_count++] = s->lines[i];
		} else {
			s->lines[kept++] = s->lines[i];
		}
	}
	s->count = kept;
	if (n)
		qsort(l->waiting, n, sizeof(*l->waiting), by_time);
	next(l);
	return 0;
}

static int print_place(char *to, size_t room, const struct script_line *line)
{
	char at[UNITS_TEXT];

	units_print_time(at, line->at);
	return snprintf(to, room, "%s:%u: at %s", line->file, line->line, at);
}

static void failed(const struct lane *l, const struct script_line *line, const struct err *e)
{
	char text[700];
	int n = print_place(text, sizeof(text), line);

	if (n > 0 && (size_t)n < sizeof(text))
		snprintf(text + n, sizeof(text) - (size_t)n, ": %s", e->text);
	lane_say(l, LANE_FAILED, text);
}

void schedule_run(struct lane *l, nrw_time now)
{
	while (l->next_at <= now) {
		struct script_line *line = &l->waiting[l->waiting_done];
		struct err e = { 0 };

		if (load_line(l, line, now, &e))
			failed(l, line, &e);
		script_line_free(line);
		l->waiting_done++;
		next(l);
	}
}

size_t lane_waiting(const struct lane *l, char *first, size_t room)
{
	size_t n = l->waiting_count - l->waiting_done;

	if (n && first)
		print_place(first, room, &l->waiting[l->waiting_done]);
	return n;
}

void schedule_fini(struct lane *l)
{
	for (size_t i = l->waiting_done; i < l->waiting_count; i++)
		script_line_free(&l->waiting[i]);
	free(l->waiting);
	script_files_free(&l->files);
	l->waiting = NULL;
	l->waiting_count = l->waiting_done = 0;
	l->next_at = NRW_NEVER;
}
