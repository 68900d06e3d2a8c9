/* cap/cap_codec.h - packed captures: a codec is one file, which ends with its descriptor, and one line in cap_codec.c.
 *
 * In, a codec turns packed bytes into plain ones as far as the room goes; its state is the library's own window and
 * nothing grows with the input. Out, a file is one frame (gzip: member), since not every reader looks for a second one;
 * whole pieces go into it, and what would end it behind a piece is told each time, so that a file can be ended wherever
 * writing ends. A build without a codec's library knows it by name, to refuse it. */
#ifndef CAP_CAP_CODEC_H
#define CAP_CAP_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct cap_codec_io {
	const uint8_t *from, *from_end;	/* packed bytes; what was used is passed */
	uint8_t *to, *to_end;		/* room; what was filled is passed */
	bool inside;			/* of a frame, whose end must come: set by the codec */
};

struct cap_codec {
	const char *name, *suffix, *library;	/* "gzip", ".gz", "zlib" */
	bool (*knows)(const uint8_t *magic);	/* by the first four bytes */
	/* These are NULL in a build without the library. */
	void *(*unpack_new)(void);		/* NULL: no memory */
	void (*unpack_free)(void *u);
	/* One step: uses bytes, or fills room, or both; neither where it needs more of one. 0, ERR_DAMAGED, ERR_NOMEM,
	 * with what was right before it in the room. Frames may follow one another. */
	int (*unpack)(void *u, struct cap_codec_io *io, struct err *e);
	void *(*pack_new)(void);
	void (*pack_free)(void *p);
	size_t (*pack_bound)(size_t n);		/* what n bytes may become */
	/* Another n > 0 bytes of the frame into a room of pack_bound(n), so that they can be unpacked without what
	 * follows: how many they became, or 0: no memory. */
	size_t (*pack)(void *p, uint8_t *to, size_t room, const uint8_t *from, size_t n);
	/* What ends the frame behind the last pack(): at most CAP_CODEC_END bytes. Changes nothing. */
	size_t (*pack_end)(const void *p, uint8_t *to);
};

#define CAP_CODEC_END 16

extern const struct cap_codec cap_gzip, cap_zstd;

const struct cap_codec *cap_codec_of_magic(const uint8_t *magic);	/* NULL: not packed */
const struct cap_codec *cap_codec_of_path(const char *path);		/* by suffix; NULL: none */
/* 0, or ERR_USAGE: this build has not its library. */
int cap_codec_check(const struct cap_codec *c, const char *path, struct err *e);

#endif
