/* cap/cap_zstd.c - zstd by libzstd (RFC 8878): frames in, one behind the other, those to be skipped too; one frame out.
 *
 * The frame is ended by an empty raw block, so that it can be ended without the library's knowledge; it has no
 * checksum, which would have to be known at any end.
 *
 * libzstd forgets what it put out in a call that ends in an error. So it is fed no more than it wants next, which is a
 * block, less the three bytes of the next block's header that it likes to have with it: then all blocks before a
 * damaged one arrive. This costs nothing that can be measured. Memory: what the
 * frame says its window is, at most the 128 MiB that zstd itself takes unasked. One thread a state. */
#include "cap_codec.h"

/* A frame, or one to be skipped, which some packers write first. */
static bool zstd_knows(const uint8_t *magic)
{
	bool frame = magic[0] == 0x28 && magic[1] == 0xb5 && magic[2] == 0x2f && magic[3] == 0xfd;

	return frame || ((magic[0] & 0xf0) == 0x50 && magic[1] == 0x2a && magic[2] == 0x4d && magic[3] == 0x18);
}

#ifdef HAVE_ZSTD
#include <stdlib.h>

#include <zstd.h>
#include <zstd_errors.h>

#define WINDOW_LOG_MAX 27	/* 128 MiB */
#define LEVEL 3			/* zstd's default */
#define FRAME_BEGIN 5		/* bytes that tell how long a frame's header is */
#define BLOCK_HEADER 3

struct unpack {
	ZSTD_DCtx *z;
	size_t wants;		/* bytes, to end the block and have the next one's header; 0: between frames */
};

static size_t next_step(const struct unpack *u)
{
	if (!u->wants)
		return FRAME_BEGIN;
	return u->wants > BLOCK_HEADER ? u->wants - BLOCK_HEADER : u->wants;
}

static void *zstd_unpack_new(void)
{
	struct unpack *u = calloc(1, sizeof(*u));

	if (u)
		u->z = ZSTD_createDCtx();
	if (u && u->z && !ZSTD_isError(ZSTD_DCtx_setParameter(u->z, ZSTD_d_windowLogMax, WINDOW_LOG_MAX)))
		return u;
	if (u)
		ZSTD_freeDCtx(u->z);
	free(u);
	return NULL;
}

static void zstd_unpack_free(void *state)
{
	struct unpack *u = state;

	if (u)
		ZSTD_freeDCtx(u->z);
	free(u);
}

static int zstd_unpack(void *state, struct cap_codec_io *io, struct err *e)
{
	struct unpack *u = state;
	size_t left = (size_t)(io->from_end - io->from), step = next_step(u);
	ZSTD_inBuffer in = { io->from, left < step ? left : step, 0 };
	ZSTD_outBuffer out = { io->to, (size_t)(io->to_end - io->to), 0 };
	size_t rc;

	io->inside = u->wants;
	if (!u->wants && !left)
		return 0;
	rc = ZSTD_decompressStream(u->z, &out, &in);
	io->from += in.pos;
	io->to += out.pos;
	io->inside = true;
	if (ZSTD_isError(rc))
		return err_set(e, ZSTD_getErrorCode(rc) == ZSTD_error_memory_allocation ? ERR_NOMEM : ERR_DAMAGED,
			"zstd: %s", ZSTD_getErrorName(rc));
	u->wants = rc;
	io->inside = rc;
	return 0;
}

static void *zstd_pack_new(void)
{
	ZSTD_CCtx *z = ZSTD_createCCtx();

	if (z && !ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, LEVEL)))
		return z;
	ZSTD_freeCCtx(z);
	return NULL;
}

static void zstd_pack_free(void *state)
{
	ZSTD_freeCCtx(state);
}

static size_t zstd_pack_bound(size_t n)
{
	return ZSTD_compressBound(n) + 32;	/* the frame's header, blocks cut short */
}

static size_t zstd_pack(void *state, uint8_t *to, size_t room, const uint8_t *from, size_t n)
{
	ZSTD_inBuffer in = { from, n, 0 };
	ZSTD_outBuffer out = { to, room, 0 };
	size_t left = ZSTD_compressStream2(state, &out, &in, ZSTD_e_flush);

	return left ? 0 : out.pos;	/* an error, or more than the bound */
}

static size_t zstd_pack_end(const void *state, uint8_t *to)
{
	(void)state;
	to[0] = 1;		/* the last block, raw, of no bytes */
	to[1] = to[2] = 0;
	return BLOCK_HEADER;
}
#endif

const struct cap_codec cap_zstd = {
	.name = "zstd", .suffix = ".zst", .library = "libzstd", .knows = zstd_knows,
#ifdef HAVE_ZSTD
	.unpack_new = zstd_unpack_new, .unpack_free = zstd_unpack_free, .unpack = zstd_unpack,
	.pack_new = zstd_pack_new, .pack_free = zstd_pack_free, .pack_bound = zstd_pack_bound, .pack = zstd_pack,
	.pack_end = zstd_pack_end,
#endif
};
