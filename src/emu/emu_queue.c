/* emu/emu_queue.c - packets that wait for a link, in order, and the limit that refuses more.
 *
 *      put --> [ p5 p4 p3 p2 ] --take--> p1 in service --done--> gone from here
 *              '-- waiting --'
 *              '------------- backlog: packets, bytes -'
 *
 * The backlog counts the packet in service, as dummynet does: 50 slots are 49 waiting and one being sent. The caller
 * settles first, so one whose service ends at this instant counts no more. Bytes are L plus the pipe's overhead.
 *
 *      queue N        full when N packets are here                      (default: 50)
 *      queue N bytes  full when bytes + its own would exceed N          (the packet that comes counts)
 *      queue T        the same with N = floor(R T / 8)
 *      queue auto     full when 50 packets are here and bytes + its own would exceed floor(R (delay + 5 ms) / 8)
 *
 * The limit is the pipe's, one for all its flows; a queue only counts. A limit that got smaller refuses newcomers and
 * throws out nobody. Without a rate nothing ever waits, and emu_pipe.c does not ask. Queue management (RED, CoDel, ...)
 * comes in here, at put and at take; the callers know the time of both, take's being the ideal instant at which the
 * link became free. */
#include "emu_int.h"

/* floor(rate * ns / (8 * 10^9)), any number where there is no rate. Beyond 2^64 bytes there is no difference to be
 * seen. */
static uint64_t bytes_in(uint64_t rate, nrw_time ns)
{
	struct u128 bytes = u128_div64(u128_mul64(rate, ns), UINT64_C(8000000000), NULL);

	return bytes.hi || !rate ? UINT64_MAX : bytes.lo;
}

void emu_room_set(struct emu_room *r, const struct emu_limit *limit, uint64_t rate, nrw_time delay)
{
	r->kind = limit->kind;
	r->slots = EMU_DEFAULT_SLOTS;
	switch (limit->kind) {
	case LIMIT_PACKETS:
		r->slots = limit->amount;
		break;
	case LIMIT_BYTES:
		r->bytes = limit->amount;
		break;
	case LIMIT_TIME:
		r->bytes = bytes_in(rate, limit->amount);
		break;
	case LIMIT_AUTO:
		r->bytes = bytes_in(rate, delay + EMU_AUTO_EXTRA);
		break;
	}
}

bool emu_queue_no_room(const struct emu_queue *q, const struct emu_room *r, uint64_t bytes)
{
	bool no_room = q->bytes + bytes > r->bytes;

	if (__builtin_expect(q->packets == UINT32_MAX, 0))	/* those without bytes fill no room */
		return true;
	return no_room && (r->kind != LIMIT_AUTO || q->packets >= r->slots);
}
