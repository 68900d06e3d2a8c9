/* <narrows/emu.h> - the link emulator as a library: pipes, queues and schedulers for a program's own packets.
 *
 *      struct nrw_emu *e = nrw_emu_new(NRW_EMU_IP, 1);
 *      nrw_emu_line(e, "pipe 1 config bw 10Mbit/s delay 20ms queue 50", 0, NULL);
 *      ...
 *      nrw_emu_put(e, NRW_EMU_PIPE, 1, bytes, n, now);                        a packet comes
 *      while ((p = nrw_emu_take(e, now)) != NULL)                             those whose time has come
 *              send(nrw_packet_bytes(p), nrw_packet_len(p));
 *      sleep_until(nrw_emu_next(e));                                          nothing happens before that
 *
 * Lines are those of `narrows pcap` and of dummynet: man narrows-pipes. examples/link.c is a whole program.
 *
 * Time is an argument, in ns from any start, and never read from a clock: it may be that of the system, of a
 * simulation, of a capture. It never goes back; an earlier time counts as the latest one. All that follows from times
 * is worked out from ideal ones: who calls late delays a packet, never the rate, and no packet is ever given out
 * early.
 *
 * Chance comes from the seed. The same calls with the same seed give the same packets at the same times, on any
 * machine.
 *
 * Ownership: what is put is copied before the call returns. A packet that was taken is the emulator's, and lives
 * until the next nrw_emu_take() or nrw_emu_free() of the same emulator. Threads: an emulator is used by one thread at
 * a time; different ones share nothing, but for nrw_plugin_load(), which comes before all of them. No call waits. */
#ifndef NARROWS_EMU_H
#define NARROWS_EMU_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <narrows/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nrw_emu;
struct nrw_packet;

/* How the bytes of packets begin, and what of them a link carries. */
enum nrw_emu_bytes {
	NRW_EMU_IP,		/* with an IPv4 or IPv6 header: as many bytes as it says. Others: as they are */
	NRW_EMU_ETHERNET	/* with an Ethernet header: the whole frame */
};

enum nrw_emu_kind { NRW_EMU_PIPE, NRW_EMU_QUEUE, NRW_EMU_SCHED };

/* NULL: no memory. */
NRW_API struct nrw_emu *nrw_emu_new(enum nrw_emu_bytes bytes, uint64_t seed);
/* Frees what it still holds, and closes files that lines named. 0, or NRW_EIO: one of them could not be written in
 * full. NULL is fine. */
NRW_API int nrw_emu_free(struct nrw_emu *e);

/* Does one line, "pipe 1 config bw 10Mbit/s" or "pipe list". What it prints goes to `to` (NULL: nowhere), whose errors
 * stay in it. 0 or NRW_E*: then nothing was done, and nrw_emu_error() says what is wrong. A file that it names is
 * looked for in the working directory. */
NRW_API int nrw_emu_line(struct nrw_emu *e, const char *line, nrw_time now, FILE *to);
/* About the last line that failed: what is wrong, what is allowed, the line with a caret. Lives until the next one. */
NRW_API const char *nrw_emu_error(const struct nrw_emu *e);

/* A packet comes to `number` at `now`: n bytes, at most 65535 of them, which are copied. Gives its own number, 0, 1, 2,
 * ..., under which it is taken or dropped; or NRW_E*, and it was not put: NRW_ENOMEM, NRW_ERANGE (its length),
 * NRW_EUNKNOWN (there is no such pipe). */
NRW_API int64_t nrw_emu_put(struct nrw_emu *e, enum nrw_emu_kind kind, uint32_t number, const void *bytes, size_t n,
	nrw_time now);
/* The same for a super-segment, as sockets and devices with offload have them: `bytes` are TCP or UDP over IP, in one
 * piece, whose data goes over the wire in packets of `segment` bytes of it, the last one with what is left. At most
 * 262144 bytes. It is taken apart as it comes: its packets, *count of them (may be NULL), have numbers one after the
 * other, the first of which is given, and each is lost, queued, marked and taken by itself. NRW_EUSAGE besides: it
 * cannot be taken apart (another protocol, a fragment, SYN, RST or URG, lengths that are not those of `bytes`). */
NRW_API int64_t nrw_emu_put_segments(struct nrw_emu *e, enum nrw_emu_kind kind, uint32_t number, const void *bytes,
	size_t n, uint16_t segment, uint32_t *count, nrw_time now);
/* The next packet whose time is `now` or earlier, in the order of (departure, number); NULL: none is due. */
NRW_API const struct nrw_packet *nrw_emu_take(struct nrw_emu *e, nrw_time now);
/* When to call nrw_emu_take() again; NRW_NEVER: it holds nothing. A put or a line may make it earlier. */
NRW_API nrw_time nrw_emu_next(const struct nrw_emu *e);

NRW_API uint64_t nrw_packet_number(const struct nrw_packet *p);	/* of a duplicate, that of its original */
NRW_API nrw_time nrw_packet_time(const struct nrw_packet *p);	/* when it leaves, exactly; not after `now` */
NRW_API const void *nrw_packet_bytes(const struct nrw_packet *p);	/* as they came, but for marks and corruption */
NRW_API size_t nrw_packet_len(const struct nrw_packet *p);

/* Called for each packet that ends inside, from within other calls; it calls nothing of the emulator. `why` is a name
 * of `narrows drops --list`, as "queue-full". NULL: nobody is told. */
NRW_API void nrw_emu_on_drop(struct nrw_emu *e, void (*dropped)(void *ctx, uint64_t number, const char *why),
	void *ctx);

/* Figures since the object was made; 0 where there is none. Lengths are as the link counts them, overhead included. */
enum nrw_emu_figure {
	NRW_EMU_PACKETS, NRW_EMU_BYTES,			/* that came, lost ones too */
	NRW_EMU_OUT_PACKETS, NRW_EMU_OUT_BYTES,		/* that left */
	NRW_EMU_DROPS, NRW_EMU_MARKS,			/* for any reason; marked as congested */
	NRW_EMU_HELD,					/* packets inside now, on their way too */
	NRW_EMU_BACKLOG, NRW_EMU_BACKLOG_BYTES,		/* in queue and service now */
	NRW_EMU_WAIT_P50, NRW_EMU_WAIT_P99, NRW_EMU_WAIT_MAX,	/* ns from entry to end of service */
	/* ns from when a packet leaves to the nrw_emu_take() that gave it; of a pipe or sched */
	NRW_EMU_LATE_P50, NRW_EMU_LATE_P99, NRW_EMU_LATE_MAX
};
NRW_API uint64_t nrw_emu_figure(struct nrw_emu *e, enum nrw_emu_kind kind, uint32_t number, enum nrw_emu_figure what,
	nrw_time now);

/* Takes the scheduler and the queue management of a shared object (<narrows/plugin.h>) into the tables, where `type
 * NAME` and `NAME` find them in every emulator that is made from now on. Runs code of others. 0, or NRW_E*, and `error`
 * (room bytes; may be NULL) says why. */
NRW_API int nrw_plugin_load(const char *path, char *error, size_t room);

#ifdef __cplusplus
}
#endif

#endif
