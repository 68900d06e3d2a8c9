/* cap/cap.h - capture files in and out: pcap (us, ns, either byte order) and pcapng, plain or packed (gzip, zstd).
 *
 * A reader fills packets of the caller's; their bytes are borrowed: from a mapped file until cap_close() (PKT_STEADY
 * is set), from a stream, as a packed file is, until the next cap_read(). A hostile record is skipped with a count or
 * ends the input as damaged; nothing in a file can make these functions fail otherwise. One thread.
 *
 * A mapped file must not be cut shorter by another program while it is read: touching bytes that are gone, or that
 * the disk cannot read, is SIGBUS, as for anyone who maps files. The reader looks at the size again every few MiB and
 * ends there with CAP_TRUNCATED, which narrows the race but cannot close it. Who is about to open an output asks
 * cap_reads() first. */
#ifndef CAP_CAP_H
#define CAP_CAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "pkt/pkt.h"

#define CAP_BURST 64			/* one cap_read() gives at most so many */
#define CAP_PACKET_MAX (256u << 10)	/* captured bytes of one packet; a larger record is skipped, or not written */
#define CAP_COMMENT_MAX 65535u		/* bytes of one pcapng comment */

struct cap_reader;
struct cap_writer;

struct cap_iface {		/* one interface of a capture; classic pcap has one */
	uint16_t linktype;	/* as the file numbers it; wire_link_of() tells whether we know it */
	uint32_t snap_bytes;	/* as the file claims, also where its packets are longer; 0: no limit */
	char name[64];		/* if_name of pcapng; "" where it has none; one that was longer ends in U+2026 */
};

enum cap_end {
	CAP_MORE,		/* not at the end */
	CAP_WHOLE,		/* read to its last byte */
	CAP_TRUNCATED,		/* cut off in the middle of a record: everything before it was given */
	CAP_DAMAGED,		/* lengths, or packed bytes, that make no sense, and no way to find the next record */
	CAP_FAILED,		/* the system refused to read on; cap_error() says why */
};

enum cap_skip {			/* why a record was not given */
	CAP_SKIP_LINK,		/* its link type is one nobody here knows */
	CAP_SKIP_LARGE,		/* more than CAP_PACKET_MAX bytes captured, or a block of more than 1 MiB */
	CAP_SKIP_IFACE,		/* its interface does not exist, or its description makes no sense */
	CAP_SKIP_LENGTH,	/* its lengths do not fit into its block */
	CAP_SKIP_TIME,		/* a time before 1970, or at or past 2^64 - 1 ns after it */
	CAP_SKIPS
};
const char *cap_skip_text(enum cap_skip why);	/* "unknown link type" */

struct cap_stats {		/* since cap_open(); a rewound file goes on counting */
	uint64_t records;	/* packets given or skipped */
	uint64_t skipped;	/* of these, not given; the sum of skips[] */
	uint64_t skips[CAP_SKIPS];
	uint64_t unknown_blocks;	/* pcapng blocks passed over: not packets */
	uint64_t rounded;	/* given with a time rounded down: the file's was finer than a ns */
	uint64_t timeless;	/* given with the latest time: the file had none */
};

/* `path` "-" is standard input. 0, ERR_IO (cannot open), ERR_DAMAGED (not a capture; text says what it looks like),
 * ERR_USAGE (packed by what this build was made without), ERR_NOMEM. */
int cap_open(struct cap_reader **out, const char *path, struct err *e);
/* The same over bytes in memory, which must outlive it (tests, fuzzing, benches). */
int cap_open_mem(struct cap_reader **out, const uint8_t *bytes, size_t n, struct err *e);
/* A plain regular file that grows: where it ends now, cap_read() waits CAP_FOLLOW_NS, then looks again and may give 0
 * with CAP_MORE, as after a signal. It ends when `path` names another file, or none, and all is read, or when the file
 * has become shorter. Also ERR_USAGE: not such a file. An empty one is waited for here, until a signal. */
int cap_open_growing(struct cap_reader **out, const char *path, struct err *e);
#define CAP_FOLLOW_NS (100 * NRW_MS)
void cap_close(struct cap_reader *r);	/* NULL is fine */

/* Fills up to n packets: data, len_bytes, wire_bytes (never less than len_bytes), at (own time, ns since 1970),
 * iface, link (enum wire_link), flags; other fields stay. Returns how many; 0: see cap_end(), where CAP_MORE means
 * that a signal broke the wait for a stream: call again, or stop. A record without a time has the latest one so far
 * (none: 0). A burst from a stream ends early rather than wait for more. */
unsigned cap_read(struct cap_reader *r, struct pkt **pkts, unsigned n);
/* The first comment of the i-th packet of the last cap_read(): *n bytes as the file has them, in the file's memory
 * until the next cap_read(); NULL where there is none. */
const char *cap_comment(const struct cap_reader *r, unsigned i, size_t *n);
int cap_rewind(struct cap_reader *r);	/* to the first record; ERR_IO on a stream */
enum cap_end cap_end(const struct cap_reader *r);
const char *cap_end_text(const struct cap_reader *r);	/* where and why it ended: "record 17 at byte 2048: ..." */
unsigned cap_ifaces(const struct cap_reader *r);	/* so far; grows while reading, never shrinks */
const struct cap_iface *cap_iface(const struct cap_reader *r, unsigned i);	/* or NULL; lives until cap_close() */
void cap_stats(const struct cap_reader *r, struct cap_stats *st);
uint64_t cap_size_bytes(const struct cap_reader *r);	/* of the file, packed as it is; 0: not known */
uint64_t cap_at_byte(const struct cap_reader *r);	/* how far in these: for progress */
/* Is `path` the file being read? Writing to it would destroy it. */
bool cap_reads(const struct cap_reader *r, const char *path);

/* Several inputs as one, merged by the time of the record that each stands at, those of one time by place; an input
 * whose time goes back is not sorted. pkt.iface counts over all of them. As cap_open() for each, the first error ends
 * it; as cap_read(), but cap_inputs_at() knows comments. n > 0. */
struct cap_inputs;
int cap_inputs_open(struct cap_inputs **out, const char *const *paths, unsigned n, bool follow, struct err *e);
void cap_inputs_close(struct cap_inputs *in);		/* NULL is fine */
unsigned cap_inputs_read(struct cap_inputs *in, struct pkt **pkts, unsigned n);
int cap_inputs_rewind(struct cap_inputs *in);		/* each of them; ERR_IO where one is a stream */
/* The worst of all, once nothing is left to give. CAP_FAILED with no input that has: see cap_inputs_error(). */
enum cap_end cap_inputs_end(const struct cap_inputs *in);
const char *cap_inputs_error(const struct cap_inputs *in);
unsigned cap_inputs_count(const struct cap_inputs *in);
const struct cap_reader *cap_inputs_at(const struct cap_inputs *in, unsigned i);
unsigned cap_inputs_ifaces(const struct cap_inputs *in);
const struct cap_iface *cap_inputs_iface(const struct cap_inputs *in, unsigned i);

enum cap_format { CAP_PCAPNG, CAP_PCAP_NS };
/* By suffix, before that of a codec: ".pcap", ".pcap.gz" are CAP_PCAP_NS, all else pcapng. */
enum cap_format cap_format_of(const char *path);

/* "-" is standard output. A path that ends in .gz or .zst is packed; ERR_USAGE where this build cannot. What is
 * written is the same on every machine: little-endian, ns (packed, with one version of the library). The file is a
 * valid capture at every moment after the first cap_writer_iface(): headers go out at once, records whole. ERR_IO,
 * ERR_NOMEM. */
int cap_writer_open(struct cap_writer **out, const char *path, enum cap_format f, struct err *e);
/* Returns the interface's number (>= 0), or ERR_USAGE: classic pcap has one link type (and may be asked for it again);
 * or ERR_IO, ERR_CLOSED, ERR_NOMEM. */
int cap_writer_iface(struct cap_writer *w, const struct cap_iface *i, struct err *e);
/* One packet at `time_ns` since 1970; `comment` NULL or text (UTF-8) for pcapng (refused for classic: ERR_USAGE). 0;
 * ERR_RANGE: not written, a time classic pcap cannot hold (past 2106), a packet or a comment too long; ERR_IO (full
 * disk), ERR_CLOSED (closed pipe): the file ends at the last whole record, and every later call says the same. */
int cap_write(struct cap_writer *w, unsigned iface, uint64_t time_ns, const struct pkt *p, const char *comment,
	struct err *e);
int cap_writer_flush(struct cap_writer *w, struct err *e);
/* Flushes, closes and frees, also on error. A classic file without an interface gets a header that says Ethernet. */
int cap_writer_close(struct cap_writer *w, struct err *e);

#endif
