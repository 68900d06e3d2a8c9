/* emu/emu_pipe.c - a pipe: loss, a queue, a link, a line. The drawing is in emu_int.h.
 *
 * There is no event for the end of a service. Whoever comes (a packet, a reader of counters, a new configuration) first
 * settles the pipe: while the packet in service has ended by now, it goes to the line with its exit = end + delay, and
 * the next one begins at that same end. All of this is computed from ideal times, so it does not matter when it is
 * done: late looking delays nobody.
 *
 *      emu_pipe_put    settle, count, loss, room?, wait or begin service
 *      emu_pipe_next   the head of the line, else the packet in service: what leaves next
 *      emu_pipe_take   the head of the line
 *
 * At one instant: ends of service first (settle), then arrivals in the order of the calls. While a packet stands in the
 * queue or in service p->at is its arrival, on the line its exit.
 *
 * Counting: `packets` is all that was put, lost ones too. A packet counts L + overhead bytes, by the overhead in force
 * when it entered. held = in - out - dropped, always.
 *
 * Cost: one division for each packet. No allocation but an octave of a histogram when a waiting time first falls into
 * it (base/hist.c: 1 KiB, at most 58 in a pipe's life; making all at once would cost 10 000 pipes half a gigabyte). Of
 * many pipes each is cold when its turn comes, so what packets touch is kept apart from what reports touch.
 *
 * Seams: several flow queues with a scheduler stand where serve_waiting() asks the one queue for the next packet; a
 * queue is told by emu_queue_done() that its packet left the link. */
#include "emu_flow.h"
#include "emu_tap.h"

#include <stdlib.h>

void emu_pipe_drop(struct emu_pipe *pipe, struct pkt *p, enum drop why)
{
	pipe->record->drops[why]++;
	if (pipe->record->tap)
		emu_tap_dropped(pipe->record->tap, p, why);
	pipe->cfg->dropped(pipe->cfg->ctx, p, why, pipe->kind, pipe->number);
}

/* Its service has ended: on to the line. */
static void depart(struct emu_pipe *pipe, struct pkt *p, nrw_time end)
{
	nrw_time exit = emu_pipe_exit(pipe, end), entered = p->at;

	emu_pipe_waited(pipe, end - entered);
	if (exit == NRW_NEVER) {
		emu_pipe_drop(pipe, p, DROP_TIME_END);
		return;
	}
	emu_line_put(&pipe->line, p, exit);
	if (__builtin_expect(pipe->total_apart, 0))
		hist_put(&pipe->record->total, p->at - entered);
}

/* p is in the backlog and the link free: it begins where the last one ended. Past the end of time all are refused. */
static void serve(struct emu_pipe *pipe, struct pkt *p, uint64_t bytes)
{
	if (emu_link_serve(&pipe->link, bytes)) {
		pipe->served = p;
		return;
	}
	emu_queue_done(&pipe->queue, bytes);
	emu_pipe_drop(pipe, p, DROP_TIME_END);
}

static void serve_waiting(struct emu_pipe *pipe)
{
	struct pkt *p;

	while (!pipe->served && (p = emu_queue_take(&pipe->queue)))
		serve(pipe, p, emu_pipe_charge(p));
}

void emu_pipe_catch_up(struct emu_pipe *pipe, nrw_time now)
{
	do {
		struct pkt *p = emu_served_take(&pipe->served);

		emu_queue_done(&pipe->queue, emu_pipe_charge(p));
		depart(pipe, p, emu_link_end(&pipe->link));
		if (pipe->queue.waiting.head)
			serve_waiting(pipe);
	} while (pipe->served && emu_link_end(&pipe->link) <= now);
}

void emu_pipe_put(struct emu_pipe *pipe, struct pkt *p, nrw_time now)
{
	uint64_t bytes = emu_pipe_admit(pipe, p);

	pipe->packets++;
	pipe->bytes += bytes;
	emu_pipe_settle(pipe, now);
	if (pipe->lossy && dice_hit(&pipe->loss, pipe->loss_prob)) {
		emu_pipe_drop(pipe, p, DROP_LOSS);
	} else if (!pipe->link.rate) {
		depart(pipe, p, now);
	} else if (emu_queue_full(&pipe->queue, &pipe->room, bytes)) {
		emu_pipe_drop(pipe, p, DROP_QUEUE_FULL);
	} else if (pipe->served) {
		emu_queue_put(&pipe->queue, p, bytes);
	} else {	/* settled: so nobody waits either */
		emu_queue_add(&pipe->queue, bytes);
		if (__builtin_expect(pipe->metered, 0))
			emu_meter_open(pipe, &pipe->link, now);
		emu_link_open(&pipe->link, now, pipe->burst);
		serve(pipe, p, bytes);
		emu_pipe_settle(pipe, now);	/* paid by credit: it is no backlog */
		emu_queue_peak(&pipe->queue);
	}
}

/* When the packet in service will leave; where that is past the end of time, when its service ends: then it is told. */
static nrw_time exit_of_service(const struct emu_pipe *pipe)
{
	nrw_time end = emu_link_end(&pipe->link), exit = emu_pipe_exit(pipe, end);

	if (exit == NRW_NEVER)
		exit = end;
	return exit > pipe->line.last ? exit : pipe->line.last;
}

/* Behind the packet in service others may leave at the same instant (a fast link, or a delay that got shorter), and one
 * of them may be the oldest. Seq 0 puts the event at the front of its instant, where emu_take() settles the pipe. Where
 * nobody waits behind it, and that is most often so, it is the one: emu_take() then need not look twice. */
bool emu_pipe_next(const struct emu_pipe *pipe, nrw_time *at, uint64_t *seq)
{
	const struct pkt *head = pipe->line.way.head;

	if (!head && !pipe->served)
		return false;
	*at = head ? head->at : exit_of_service(pipe);
	*seq = head ? head->seq : pipe->queue.waiting.head ? 0 : pipe->served->seq;
	if (head && head->at == pipe->line.last && pipe->served && exit_of_service(pipe) == head->at)
		*seq = 0;
	return true;
}

struct pkt *emu_pipe_take(struct emu_pipe *pipe)
{
	struct pkt *p = emu_line_take(&pipe->line);

	if (p) {
		pipe->out_packets++;
		pipe->out_bytes += emu_pipe_charge(p);
	}
	return p;
}

/* The new rate, delay and limit hold from `now` on, for those inside too; nobody is thrown out by them. */
void emu_pipe_config(struct emu_pipe *pipe, const struct emu_conf *conf, nrw_time now)
{
	emu_pipe_settle(pipe, now);
	if ((conf->delay != pipe->delay && pipe->packets) || emu_impair_exit(&conf->impair))
		emu_total_part(pipe);
	if (conf->bw != pipe->record->conf.bw || !pipe->packets) {
		pipe->record->load_since = now;
		pipe->record->load_from = pipe->out_bytes;
	}
	emu_conf_release(&pipe->record->conf);
	pipe->record->conf = *conf;
	pipe->overhead = conf->overhead.bytes;
	pipe->framed = conf->overhead.framing != FRAMING_PLAIN;
	pipe->delay = conf->delay;
	pipe->burst = emu_link_burst(conf->burst);
	pipe->loss_prob = conf->impair.loss.p[LOSS_P];
	pipe->lossy = emu_loss_is_plain(&conf->impair.loss) && emu_prob_some(pipe->loss_prob);
	emu_room_set(&pipe->room, &conf->queue, conf->bw, conf->delay);
	if (!emu_link_set_rate(&pipe->link, conf->bw, pipe->served, now)) {
		struct pkt *p = emu_served_take(&pipe->served);

		emu_queue_done(&pipe->queue, emu_pipe_charge(p));
		emu_pipe_drop(pipe, p, DROP_TIME_END);
		serve_waiting(pipe);
	}
	if (pipe->flows)
		emu_flows_config(pipe->flows, now);
}

uint64_t emu_seed(const struct emu_pipe *pipe)
{
	const struct emu_seed *s = &pipe->record->conf.seed;

	return s->own ? s->value : pipe->cfg->seed;
}

void emu_pipe_reseed(struct emu_pipe *pipe, const struct emu_seed *to)
{
	uint64_t was = emu_seed(pipe);

	pipe->record->conf.seed = *to;
	if (emu_seed(pipe) == was)
		return;
	pipe->loss = (struct dice){ .key = dice_key(emu_seed(pipe), emu_dice_kind(pipe), pipe->number, 0, DICE_LOSS) };
	if (pipe->flows)
		emu_extras_reseed(pipe->flows);
}

int emu_pipe_init(struct emu_pipe *pipe, struct emu *e, enum emu_kind kind, uint32_t number)
{
	*pipe = (struct emu_pipe){ .cfg = emu_cfg_of(e), .number = number, .kind = kind };
	pipe->metered = pipe->cfg->metered && kind != EMU_QUEUE;
	pipe->record = calloc(1, sizeof(*pipe->record));
	if (!pipe->record)
		return ERR_NOMEM;
	emu_link_init(&pipe->link);
	emu_event_init(&pipe->event, false);
	pipe->loss.key = dice_key(emu_seed(pipe), emu_dice_kind(pipe), number, 0, DICE_LOSS);
	hist_init(&pipe->record->wait);
	hist_init(&pipe->record->recent);
	hist_init(&pipe->record->total);
	hist_init(&pipe->record->late);
	emu_conf_copy(&pipe->record->conf, &emu_conf_default);
	return 0;
}

/* When those on the line came is not known any more: they carry the time of their end. */
void emu_pipe_drop_all(struct emu_pipe *pipe, enum drop why, nrw_time now)
{
	struct pkt *p;

	while ((p = emu_line_take(&pipe->line))) {
		p->at = now;
		emu_pipe_drop(pipe, p, why);
	}
	if (pipe->served) {
		emu_link_end_at(&pipe->link, now);
		emu_pipe_drop(pipe, emu_served_take(&pipe->served), why);
	}
	while ((p = emu_queue_take(&pipe->queue)))
		emu_pipe_drop(pipe, p, why);
	pipe->queue.packets = 0;
	pipe->queue.bytes = 0;
}

void emu_pipe_fini(struct emu_pipe *pipe)
{
	struct pkt_pool *pool = pipe->cfg->pool;
	struct pkt *p;

	emu_flows_free(pipe->flows);
	if (pipe->served)
		pkt_free(pool, emu_served_take(&pipe->served));
	while ((p = emu_queue_take(&pipe->queue)) || (p = emu_line_take(&pipe->line)))
		pkt_free(pool, p);
	hist_fini(&pipe->record->wait);
	hist_fini(&pipe->record->recent);
	hist_fini(&pipe->record->total);
	hist_fini(&pipe->record->late);
	emu_conf_release(&pipe->record->conf);
	emu_tap_free(pipe->record->tap);
	free(pipe->record);
}
