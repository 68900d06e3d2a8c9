/* lane/lane_env.c - what rules may ask of the world, and what they report: names of interfaces, `me`, log lines.
 *
 * A log line, as `log` makes it, is for people; where it goes is the business of who owns the lane:
 *
 *      1.500000000 s: rule 300 deny tcp 10.0.0.1:4000 > 192.0.2.1:80 S in via eth0 (limit 5 reached)
 *
 * The time is that of the lane, from its first packet on. How often a rule may report is the engine's to count.
 * Called while a packet is judged, by the lane's thread. */
#include "lane_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *iface_name(void *ctx, uint16_t iface)
{
	struct lane *l = ctx;

	return l->cfg.iface_name ? l->cfg.iface_name(l->cfg.ops.ctx, iface) : NULL;
}

/* A few addresses given by hand, and asked only by rules that say `me`: one after the other. */
static bool is_me4(void *ctx, uint32_t addr)
{
	struct lane *l = ctx;

	for (uint32_t i = 0; i < l->cfg.me_count; i++)
		if (l->cfg.me[i].family == 4 && lane_net_has4(&l->cfg.me[i], addr))
			return true;
	return false;
}

static bool is_me6(void *ctx, const uint64_t addr[2])
{
	struct lane *l = ctx;

	for (uint32_t i = 0; i < l->cfg.me_count; i++)
		if (l->cfg.me[i].family == 6 && lane_net_has6(&l->cfg.me[i], addr))
			return true;
	return false;
}

enum { LINE_BYTES = 1024, PACKET_BYTES = 200, NAME_MOST = 255, WAY_BYTES = NAME_MOST + 16 };

/* "in via eth0", "out via pcap0", "in"; a capture may give a name of any length, of which a line shows the beginning */
static int print_way(char *to, size_t room, const struct lane *l, const struct meta *m)
{
	bool in = m->dir == META_IN;
	uint16_t iface = in ? m->iface_in : m->iface_out;
	const char *name = iface ? l->env.iface_name(l->env.ctx, iface) : NULL;

	return snprintf(to, room, "%s%s%.*s%s", in ? "in" : "out", name ? " via " : "", NAME_MOST, name ? name : "",
		name && strlen(name) > NAME_MOST ? "..." : "");
}

static void log_packet(void *ctx, const struct rules_pass *x, uint64_t nth, bool last)
{
	const struct lane *l = ctx;
	struct word action = rules_action(x->set, x->rule);
	char packet[PACKET_BYTES], way[WAY_BYTES], limit[40] = "", line[LINE_BYTES];

	view_print(x->view, packet, sizeof(packet));
	print_way(way, sizeof(way), l, x->meta);
	if (last)
		snprintf(limit, sizeof(limit), " (limit %" PRIu64 " reached)", nth);
	snprintf(line, sizeof(line), "%" PRIu64 ".%09u s: rule %u " WORD_FMT " %s %s%s", x->now / NRW_S,
		(unsigned)(x->now % NRW_S), rules_number(x->set, x->rule), WORD_ARGS(action), packet, way, limit);
	lane_say(l, LANE_LOGS, line);
}

void lane_env_init(struct lane *l)
{
	l->env = (struct rules_env){ .ctx = l, .iface_name = iface_name, .is_me4 = is_me4, .is_me6 = is_me6,
		.log = log_packet };
}
