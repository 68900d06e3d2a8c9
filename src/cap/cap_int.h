/* cap/cap_int.h - what the files of this room share: the input's bytes, the reader around them, numbers of either
 * order. */
#ifndef CAP_CAP_INT_H
#define CAP_CAP_INT_H

#include "cap/cap.h"
#include "cap/cap_codec.h"
#include "base/os.h"
#include "wire/wire.h"

/* ---- numbers of a file: byte by byte, so that any alignment and any machine will do; compilers make one load of it */

static inline uint16_t cap_get16(const uint8_t *p, bool big)
{
	if (big)
		return wire_get16(p);
	return (uint16_t)(p[1] << 8 | p[0]);
}

static inline uint32_t cap_get32(const uint8_t *p, bool big)
{
	return big ? wire_get32(p) : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static inline uint64_t cap_get64(const uint8_t *p, bool big)
{
	return big ? wire_get64(p) : (uint64_t)cap_get32(p + 4, false) << 32 | cap_get32(p, false);
}

/* ---- cap_src.c: where bytes come from */

#define CAP_WINDOW (1u << 20)		/* the most that cap_src_need() can be asked for */

struct cap_src {
	const uint8_t *at;		/* next byte */
	const uint8_t *end;		/* one past the last byte at hand */
	uint64_t end_byte;		/* where in the input `end` stands */
	bool steady;			/* bytes at hand live until close */
	bool shrunk;			/* the file is shorter than it was */
	bool cut;			/* packed bytes end inside a frame */
	char *follows;			/* path of a file that grows, whose end is where we wait; NULL: it does not */
	bool rewinds;			/* can begin again */
	struct os_map map;		/* a file's bytes, or the caller's; n 0: none */
	size_t dropped_bytes;		/* of the map, given back to the system */
	uint8_t *buf;			/* of a stream, and of what a mapped file has grown by; CAP_WINDOW long */
	int fd;				/* -1: memory of the caller's */
	uint64_t size_bytes;		/* of the file as last seen; 0: not known */
	struct cap_packed *packed;	/* where a packed input's bytes come from; NULL: plain */
	char path[200];			/* for texts: its end, where it is longer */
};

struct cap_packed {
	struct cap_src from;
	const struct cap_codec *codec;
	void *state;
	struct err broken;	/* code not 0: what is wrong behind the bytes at hand */
};

enum cap_need {
	CAP_HAVE,
	CAP_LESS,		/* the input ends before */
	CAP_WAIT,		/* a signal came first, or a file that grows has not grown yet: ask again */
	CAP_BROKE,		/* the system refused: text in the struct err */
	CAP_CORRUPT,		/* packed bytes make no sense: likewise */
};

int cap_src_open(struct cap_src *s, const char *path, struct err *e);
/* A file that grows. 0, ERR_IO, ERR_NOMEM, ERR_USAGE. */
int cap_src_open_growing(struct cap_src *s, const char *path, struct err *e);
void cap_src_open_mem(struct cap_src *s, const uint8_t *bytes, size_t n);
void cap_src_close(struct cap_src *s);
int cap_src_rewind(struct cap_src *s, struct err *e);
/* At the begin of a packed input: from now on `s` gives what is in it. 0, ERR_NOMEM, or ERR_USAGE. */
int cap_src_unpack(struct cap_src *s, const struct cap_codec *codec, struct err *e);
/* n <= CAP_WINDOW bytes in one piece at `at`. May move them: bytes of a stream given before are gone. */
enum cap_need cap_src_need(struct cap_src *s, size_t n, struct err *e);
/* Passes over *n bytes, any number; *n becomes what is still to pass when the answer is not CAP_HAVE. */
enum cap_need cap_src_skip(struct cap_src *s, uint64_t *n, struct err *e);

static inline size_t cap_src_left(const struct cap_src *s) { return (size_t)(s->end - s->at); }
static inline uint64_t cap_src_at_byte(const struct cap_src *s) { return s->end_byte - cap_src_left(s); }

/* The input as it lies on the disk. */
static inline const struct cap_src *cap_src_outer(const struct cap_src *s) { return s->packed ? &s->packed->from : s; }

/* ---- cap_time.c: units of a file to ns */

struct cap_clock {
	uint64_t max;		/* up to this the short way is exact: ns = units * scale */
	uint64_t scale;
	uint64_t divide;	/* the long way: ns = floor(units * scale / divide / 2^shift) + offset_s * 10^9 */
	unsigned shift;
	int64_t offset_s;
};

void cap_clock_init(struct cap_clock *c, uint8_t tsresol, int64_t tsoffset_s);
/* The long way. False: not in 0 .. 2^64 - 2. *rounded: there was a fraction of a ns. */
bool cap_clock_ns_long(const struct cap_clock *c, uint64_t units, uint64_t *ns, bool *rounded);

/* ---- one interface, and the table of them */

struct cap_if {
	struct cap_iface pub;
	struct cap_clock clock;
	uint16_t number;	/* over the whole file */
	uint8_t link;		/* enum wire_link */
	bool bad;		/* its description makes no sense */
};

#define CAP_IFS_MAX 65536u	/* pkt.iface has 16 bits */
#define CAP_IFS_CHUNK 64u

struct cap_ifs {
	struct cap_if *chunk[CAP_IFS_MAX / CAP_IFS_CHUNK];	/* never moved: others hold pointers */
	unsigned known;		/* ever seen */
	unsigned now;		/* seen in this pass: less after cap_rewind() */
};

/* The next interface of this pass, cleared; NULL: no memory (*full false) or CAP_IFS_MAX reached (*full true). */
struct cap_if *cap_ifs_add(struct cap_ifs *t, bool *full);

static inline struct cap_if *cap_ifs_at(const struct cap_ifs *t, unsigned i)
{
	return &t->chunk[i / CAP_IFS_CHUNK][i % CAP_IFS_CHUNK];
}

/* ---- the reader */

struct cap_pcap {			/* state of a classic file: fixed by its header */
	uint32_t header_bytes;		/* of a record: 16, or 24 */
	uint32_t frac_scale;		/* 1000: us, 1: ns */
	uint8_t swapped;		/* enum cap_swapped: what the two lengths mean */
};

struct cap_ng {				/* state of the section being read */
	unsigned first_if;		/* global number of its interface 0 */
};

struct cap_options {		/* of a pcapng packet, not looked at yet */
	const uint8_t *p;
	uint32_t n;		/* 0: none, p is stale */
};

struct cap_reader {
	struct cap_src src;
	bool ng, big;			/* pcapng; big-endian here (a section of pcapng may change it) */
	enum cap_end end;
	uint64_t latest_ns;		/* for records without a time */
	uint64_t pass_records;		/* records of the passes before this one */
	uint64_t to_skip;		/* rest of a record that is being passed over, which a signal may interrupt */
	uint64_t skip_at, skip_bytes;	/* where it began, its size */
	int skip_why;			/* enum cap_skip, or CAP_SKIP_NO_PACKET */
	struct cap_pcap pcap;
	struct cap_ng sec;
	struct cap_stats st;
	struct cap_ifs ifs;
	struct cap_options options[CAP_BURST];	/* of the packets of the last burst */
	unsigned burst;
	char end_text[320];
};

/* n bytes of the header named `what` at hand, waiting for them. 0, ERR_IO, ERR_DAMAGED. */
int cap_need_header(struct cap_reader *r, size_t n, const char *what, struct err *e);
bool cap_pcap_knows(const uint8_t *magic);	/* four bytes */
/* Header of a classic file, first section of a pcapng file: 0 or ERR_DAMAGED. */
int cap_pcap_start(struct cap_reader *r, struct err *e);
int cap_ng_start(struct cap_reader *r, struct err *e);
/* As cap_read(), n <= CAP_BURST. */
unsigned cap_pcap_read(struct cap_reader *r, struct pkt **pkts, unsigned n);
unsigned cap_ng_read(struct cap_reader *r, struct pkt **pkts, unsigned n);
/* The interface description block of `size` bytes at p. 0, or ERR_NOMEM. */
int cap_ng_iface(struct cap_reader *r, const uint8_t *p, size_t size);
/* Finds option `wanted` in n bytes of options. */
const uint8_t *cap_ng_option(const uint8_t *p, size_t n, bool big, uint16_t wanted, size_t *len);

/* Ends the input; the text says where: "record 17 at byte 2048: " and what. Always false. */
bool cap_end_at(struct cap_reader *r, enum cap_end end, uint64_t byte, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Ends it for an answer of cap_src that was not CAP_HAVE, where a record of `want` bytes began at `byte`. Always
 * false. */
bool cap_end_short(struct cap_reader *r, enum cap_need got, uint64_t byte, uint64_t want, const struct err *e);
/* Passes over what stands at src.at and counts it as a record, or a block that is none. False: the input ended, or
 * waits. */
#define CAP_SKIP_NO_PACKET (-1)
bool cap_skip_over(struct cap_reader *r, uint64_t bytes, int why);

static inline void cap_skipped(struct cap_reader *r, enum cap_skip why)
{
	r->st.records++;
	r->st.skipped++;
	r->st.skips[why]++;
}

/* ---- the writer: cap_write.c has the buffer, cap_write_ng.c the blocks */

#define CAP_OUT_PIECE (1u << 20)	/* what one write(2) takes, at least */
#define CAP_OUT_ROOM (CAP_OUT_PIECE + CAP_PACKET_MAX + CAP_COMMENT_MAX + 256u)

static inline uint8_t *cap_put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	return p + 2;
}

static inline uint8_t *cap_put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
	return p + 4;
}

/* Each writes one whole block at `block`, which has room, and returns its end. */
uint8_t *cap_ng_put_section(uint8_t *block);
uint8_t *cap_ng_put_iface(uint8_t *block, const struct cap_iface *i);
uint8_t *cap_ng_put_packet(uint8_t *block, uint32_t iface, uint64_t time_ns, const struct pkt *p, const char *comment,
	size_t comment_len);

#endif
