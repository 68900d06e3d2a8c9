/* cap/cap_inputs.c - several captures as one, merged by time.
 *
 *      input 0   burst of 64: [ . . head . . . ]--\
 *      input 1   burst of 64: [ head . . . . . ]----> heap by (own time of the head, place on the command line) --> out
 *      input 2   burst of 64: [ . . . . head . ]--/
 *
 * The head with the least time goes next; at one time, that of the input named first. An input whose own time goes back
 * is not sorted: its record waits behind those before it, and comes as soon as it is the head, as mergecap has it. What
 * an input lends lives until that input is read again; so a burst that goes out ends where one of theirs is used up,
 * and only the next call reads on.
 *
 * Interfaces are numbered over all inputs in the order in which they are met; each keeps its number when the inputs run
 * again. An input that is damaged ends there and the others go on; one that the system refuses to read ends all. One
 * input alone is handed through: it costs a call more. Else about 15 ns a packet for two, 5 ns more for each doubling.
 * On the caller's thread. */
#include "cap/cap_int.h"

#include <stdlib.h>
#include <string.h>

#include "base/heap.h"

struct input {
	struct heap_node node;		/* first member; in the heap while there is a head */
	struct cap_reader *r;
	unsigned place;			/* on the command line */
	unsigned at, n;			/* of the burst: next, and how many */
	uint16_t *number;		/* over all inputs, for each interface of this one */
	unsigned numbered, room;
	struct pkt burst[CAP_BURST];
};

struct iface_at {			/* where an interface is described */
	struct input *input;
	unsigned iface;
};

struct cap_inputs {
	struct input **inputs;
	unsigned count;
	struct heap heads;
	struct input **hungry;		/* those to be read before any packet goes out; the last first */
	unsigned hungry_count;
	struct iface_at *ifaces;		/* by number over all inputs */
	unsigned iface_count, iface_room;
	bool failed;			/* nothing more is read */
	struct err why;
};

static bool fail(struct cap_inputs *in, const char *text)
{
	in->failed = true;
	err_set(&in->why, ERR_NOMEM, "%s", text);
	return false;
}

static bool room_for_ifaces(struct cap_inputs *in, struct input *i, unsigned known)
{
	unsigned all = in->iface_count + known - i->numbered;

	if (all > CAP_IFS_MAX)
		return fail(in, "more than 65536 interfaces in all inputs");
	if (known > i->room) {
		uint16_t *number = realloc(i->number, 2 * (size_t)known * sizeof(*number));

		if (!number)
			return fail(in, "no memory for interfaces");
		i->number = number;
		i->room = 2 * known;
	}
	if (all > in->iface_room) {
		struct iface_at *ifaces = realloc(in->ifaces, 2 * (size_t)all * sizeof(*ifaces));

		if (!ifaces)
			return fail(in, "no memory for interfaces");
		in->ifaces = ifaces;
		in->iface_room = 2 * all;
	}
	return true;
}

/* Gives numbers to the interfaces of this input that have none. */
static bool number_ifaces(struct cap_inputs *in, struct input *i)
{
	unsigned known = cap_ifaces(i->r);

	if (known == i->numbered)
		return true;
	if (!room_for_ifaces(in, i, known))
		return false;
	for (; i->numbered < known; i->numbered++) {
		i->number[i->numbered] = (uint16_t)in->iface_count;
		in->ifaces[in->iface_count++] = (struct iface_at){ i, i->numbered };
	}
	return true;
}

static int open_input(struct cap_inputs *in, const char *path, bool follow, struct err *e)
{
	struct input *i = calloc(1, sizeof(*i));
	int rc;

	if (!i)
		return err_set(e, ERR_NOMEM, "%s: no memory", path);
	rc = follow ? cap_open_growing(&i->r, path, e) : cap_open(&i->r, path, e);
	if (rc) {
		free(i);
		return rc;
	}
	heap_node_init(&i->node);
	i->place = in->count;
	in->inputs[in->count++] = i;
	return number_ifaces(in, i) ? 0 : err_set(e, ERR_NOMEM, "%s: %s", path, in->why.text);
}

static void all_hungry(struct cap_inputs *in)
{
	for (unsigned i = 0; i < in->count; i++) {
		if (heap_has(&in->inputs[i]->node))
			heap_remove(&in->heads, &in->inputs[i]->node);
		in->hungry[i] = in->inputs[in->count - 1 - i];
	}
	in->hungry_count = in->count;
}

int cap_inputs_open(struct cap_inputs **out, const char *const *paths, unsigned n, bool follow, struct err *e)
{
	struct cap_inputs *in = calloc(1, sizeof(*in));
	int rc = 0;

	*out = NULL;
	if (!in)
		return err_set(e, ERR_NOMEM, "no memory");
	heap_init(&in->heads);
	in->inputs = calloc(n, sizeof(*in->inputs));
	in->hungry = calloc(n, sizeof(*in->hungry));
	if (!in->inputs || !in->hungry || heap_reserve(&in->heads, n))
		rc = err_set(e, ERR_NOMEM, "no memory for %u inputs", n);
	for (unsigned i = 0; i < n && !rc; i++)
		rc = open_input(in, paths[i], follow, e);
	if (rc) {
		cap_inputs_close(in);
		return rc;
	}
	all_hungry(in);
	*out = in;
	return 0;
}

void cap_inputs_close(struct cap_inputs *in)
{
	if (!in)
		return;
	for (unsigned i = 0; i < in->count; i++) {
		cap_close(in->inputs[i]->r);
		free(in->inputs[i]->number);
		free(in->inputs[i]);
	}
	heap_fini(&in->heads);
	free(in->inputs);
	free(in->hungry);
	free(in->ifaces);
	free(in);
}

/* Another burst of this input. False: it waits, or all has failed. */
static bool feed(struct cap_inputs *in, struct input *i)
{
	struct pkt *to[CAP_BURST];

	for (unsigned k = 0; k < CAP_BURST; k++)
		to[k] = &i->burst[k];
	i->at = 0;
	i->n = cap_read(i->r, to, CAP_BURST);
	if (!number_ifaces(in, i))
		return false;
	if (i->n) {
		heap_add(&in->heads, &i->node, i->burst[0].at, i->place);
		return true;
	}
	in->failed = cap_end(i->r) == CAP_FAILED;
	return cap_end(i->r) != CAP_MORE && !in->failed;
}

/* What a reader fills, and nothing else. */
static void give(const struct input *i, struct pkt *to)
{
	const struct pkt *from = &i->burst[i->at];

	to->data = from->data;
	to->len_bytes = from->len_bytes;
	to->wire_bytes = from->wire_bytes;
	to->at = from->at;
	to->iface = i->number[from->iface];
	to->link = from->link;
	to->flags = from->flags;
}

static unsigned merge(struct cap_inputs *in, struct pkt **pkts, unsigned n)
{
	const struct heap_entry *first;
	unsigned got = 0;

	while (in->hungry_count) {
		if (in->failed || !feed(in, in->hungry[in->hungry_count - 1]))
			return 0;
		in->hungry_count--;
	}
	while (got < n && (first = heap_min(&in->heads))) {
		struct input *i = (struct input *)first->node;

		give(i, pkts[got++]);
		if (++i->at < i->n) {
			heap_move(&in->heads, &i->node, i->burst[i->at].at, i->place);
			continue;
		}
		heap_remove(&in->heads, &i->node);
		in->hungry[in->hungry_count++] = i;
		break;
	}
	return got;
}

unsigned cap_inputs_read(struct cap_inputs *in, struct pkt **pkts, unsigned n)
{
	return in->count == 1 ? cap_read(in->inputs[0]->r, pkts, n) : merge(in, pkts, n);
}

int cap_inputs_rewind(struct cap_inputs *in)
{
	int rc = 0;

	for (unsigned i = 0; i < in->count && !rc; i++)
		rc = cap_rewind(in->inputs[i]->r);
	if (!rc)
		all_hungry(in);
	return rc;
}

enum cap_end cap_inputs_end(const struct cap_inputs *in)
{
	enum cap_end worst = CAP_WHOLE;
	bool more = false;

	if (in->failed)
		return CAP_FAILED;
	for (unsigned i = 0; i < in->count; i++) {
		enum cap_end end = cap_end(in->inputs[i]->r);

		more |= end == CAP_MORE;
		worst = end > worst ? end : worst;
	}
	return more || (in->count > 1 && heap_min(&in->heads)) ? CAP_MORE : worst;
}

const char *cap_inputs_error(const struct cap_inputs *in)
{
	return in->why.text;
}

unsigned cap_inputs_count(const struct cap_inputs *in)
{
	return in->count;
}

const struct cap_reader *cap_inputs_at(const struct cap_inputs *in, unsigned i)
{
	return in->inputs[i]->r;
}

unsigned cap_inputs_ifaces(const struct cap_inputs *in)
{
	return in->count == 1 ? cap_ifaces(in->inputs[0]->r) : in->iface_count;
}

const struct cap_iface *cap_inputs_iface(const struct cap_inputs *in, unsigned i)
{
	if (in->count == 1)
		return cap_iface(in->inputs[0]->r, i);
	return i < in->iface_count ? cap_iface(in->ifaces[i].input->r, in->ifaces[i].iface) : NULL;
}
