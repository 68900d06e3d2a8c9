/* cap/cap_codec.c - the table of codecs: which one a file's first bytes, or a path's suffix, ask for. Pure. */
#include "cap_codec.h"

#include <string.h>

static const struct cap_codec *const codecs[] = { &cap_gzip, &cap_zstd };

#define CODECS (sizeof(codecs) / sizeof(*codecs))

const struct cap_codec *cap_codec_of_magic(const uint8_t *magic)
{
	for (size_t i = 0; i < CODECS; i++)
		if (codecs[i]->knows(magic))
			return codecs[i];
	return NULL;
}

const struct cap_codec *cap_codec_of_path(const char *path)
{
	size_t n = strlen(path);

	for (size_t i = 0; i < CODECS; i++) {
		size_t suffix = strlen(codecs[i]->suffix);

		if (n > suffix && !strcmp(path + n - suffix, codecs[i]->suffix))
			return codecs[i];
	}
	return NULL;
}

int cap_codec_check(const struct cap_codec *c, const char *path, struct err *e)
{
	if (c->unpack)
		return 0;
	return err_set(e, ERR_USAGE, "%s: %s needs %s, which this build was made without", path, c->name, c->library);
}
