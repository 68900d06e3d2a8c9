/* cap/cap.h - capture files in and out: pcap (us, ns, either byte order) and pcapng.
 *
 * A reader fills packets of the caller's; their bytes are borrowed: from a mapped file until cap_close() (PKT_STEADY is
 * set), from a stream until the next cap_read(). A hostile record is skipped with a count or ends the input as damaged;
 * nothing in a file can make these functions fail otherwise. One thread. */
#ifndef CAP_CAP_H
#define CAP_CAP_H

#include "base/err.h"
#include "pkt/pkt.h"

struct cap_reader;
struct cap_writer;

struct cap_iface {		/* one interface of a capture; classic pcap has one */
	uint16_t linktype;	/* as the file numbers it; wire_link_of() tells whether we know it */
	uint32_t snap_bytes;	/* 0: no limit */
	char name[64];		/* if_name of pcapng; "" where it has none */
};

enum cap_end {
	CAP_MORE,		/* not at the end */
	CAP_WHOLE,		/* read to its last byte */
	CAP_TRUNCATED,		/* cut off in the middle of a record: everything before it was given */
	CAP_DAMAGED,		/* lengths that make no sense, and no way to find the next record */
	CAP_FAILED,		/* the system refused to read on; cap_error() says why */
};

struct cap_stats {
	uint64_t records;	/* packets given or skipped */
	uint64_t skipped;	/* not given: a link type nobody here knows, a record larger than any packet, an unknown interface */
	uint64_t unknown_blocks;	/* pcapng blocks passed over: not packets */
};

/* `path` "-" is standard input. 0, ERR_IO (cannot open), ERR_DAMAGED (not a capture; text says what it looks like). */
int cap_open(struct cap_reader **out, const char *path, struct err *e);
/* The same over bytes in memory, which must outlive it (tests, fuzzing, benches). */
int cap_open_mem(struct cap_reader **out, const uint8_t *bytes, size_t n, struct err *e);
void cap_close(struct cap_reader *r);

/* Fills up to n packets: data, len_bytes, wire_bytes, at (own time, ns since 1970), iface, link (enum wire_link),
 * flags. Returns how many; 0: see cap_end(). A record without a time has the latest one. */
unsigned cap_read(struct cap_reader *r, struct pkt **pkts, unsigned n);
int cap_rewind(struct cap_reader *r);	/* ERR_IO on a stream */
enum cap_end cap_end(const struct cap_reader *r);
const char *cap_end_text(const struct cap_reader *r);	/* where and why it ended: "record 17 at byte 2048: ..." */
unsigned cap_ifaces(const struct cap_reader *r);	/* so far; grows while reading */
const struct cap_iface *cap_iface(const struct cap_reader *r, unsigned i);
void cap_stats(const struct cap_reader *r, struct cap_stats *st);
uint64_t cap_size_bytes(const struct cap_reader *r);	/* of the file; 0: not known */
uint64_t cap_at_byte(const struct cap_reader *r);	/* how far: for progress */

enum cap_format { CAP_PCAPNG, CAP_PCAP_NS };
enum cap_format cap_format_of(const char *path);	/* by suffix: ".pcap" is CAP_PCAP_NS, all else pcapng */

/* "-" is standard output. The header goes out at once. */
int cap_writer_open(struct cap_writer **out, const char *path, enum cap_format f, struct err *e);
/* Returns the interface's number (>= 0), or ERR_USAGE: classic pcap has one link type. */
int cap_writer_iface(struct cap_writer *w, const struct cap_iface *i, struct err *e);
/* One packet at `time_ns` since 1970; `comment` NULL or text for pcapng (refused for classic). 0, ERR_IO (full disk, closed pipe),
 * ERR_RANGE (a time classic pcap cannot hold). After ERR_IO the file ends at the last whole record. */
int cap_write(struct cap_writer *w, unsigned iface, uint64_t time_ns, const struct pkt *p, const char *comment, struct err *e);
int cap_writer_flush(struct cap_writer *w, struct err *e);
int cap_writer_close(struct cap_writer *w, struct err *e);	/* flushes and frees, also on error */

#endif
