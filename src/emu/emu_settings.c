/* emu/emu_settings.c - dummynet's settings (net.inet.ip.dummynet.*), each with what says the same here.
 *
 * There they are of the whole machine, and what a line means depends on them; here a line means one thing, wherever it
 * stands, so that what is printed is what was said. So none can be set: an old script is told what its lines have to
 * say. Runs while scripts are read. */
#include "emu/emu.h"

#include <string.h>

/* By the beginning of the name; the first that fits. */
static const struct { const char *name, *advice; } settings[] = {
	{ "hash_size", "not needed: tables grow" },
	{ "max_chain_len", "not needed: tables grow" },
	{ "pipe_slot_limit", "a queue may have 1048576 packets; say queue N of it" },
	{ "pipe_byte_limit", "a queue may have 1GB; say queue N of it" },
	{ "expire", "say expire TIME of each object" },
	{ "io_fast", "a packet that finds its link idle is served at once, and leaves when that ends" },
	{ "io_pkt", "pipe show tells what came and what was dropped" },
	{ "red_", "red is exact at any depth, and idle time counts in packets of 512 bytes, as there by default" },
	{ "codel.", "say codel target TIME interval TIME of each queue" },
	{ "pie.", "say pie and its parameters of each queue" },
	{ "fqcodel.", "say type fq_codel and its parameters of each sched" },
	{ "fqpie.", "say type fq_pie and its parameters of each sched" },
	{ "tick_", "there are no ticks: times are exact" },
	{ "schk_count", "sched show tells them" },
	{ "si_count", "sched show tells them" },
	{ "fsk_count", "queue show tells them" },
	{ "queue_count", "queue show tells them" },
};

const char *emu_setting_advice(struct word name)
{
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
		size_t n = strlen(settings[i].name);

		if (name.n >= n && !memcmp(name.p, settings[i].name, n))
			return settings[i].advice;
	}
	return NULL;
}
