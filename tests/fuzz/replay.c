/* tests/fuzz/replay.c - a fuzz target without a fuzzer: every seed once, whole and cut short.
 *
 * It stands in for libFuzzer's main() in ordinary builds, so that every compiler and sanitizer sees the seeds. Each
 * input is a block of its own from malloc(), so that ASan notices a read past its end. The argument is the directory
 * of the seeds; each is a case, told in TAP. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CUTS_MAX 512	/* a longer seed is cut at this many places, evenly spread */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int one(const uint8_t *bytes, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	if (!copy)
		return -1;
	if (n)
		memcpy(copy, bytes, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
	return 0;
}

static int whole_and_cut(const uint8_t *bytes, size_t n)
{
	size_t step = n / CUTS_MAX + 1;
	int err = one(bytes, n);

	for (size_t cut = 0; !err && cut < n; cut += step)
		err = one(bytes, cut);
	return err;
}

/* The bytes of a file, malloc's; NULL where it cannot be read. */
static uint8_t *load(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes = NULL;
	long end;

	if (!f)
		return NULL;
	if (fseek(f, 0, SEEK_END) || (end = ftell(f)) < 0 || fseek(f, 0, SEEK_SET))
		goto close_file;
	*n = (size_t)end;
	bytes = malloc(*n + 1);
	if (bytes && fread(bytes, 1, *n, f) != *n) {
		free(bytes);
		bytes = NULL;
	}
close_file:
	fclose(f);
	return bytes;
}

static int is_seed(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static int replay(const char *dir, const char *name)
{
	char path[4096];
	size_t n = 0;
	uint8_t *bytes;
	int err = -1;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		return err;
	bytes = load(path, &n);
	if (bytes)
		err = whole_and_cut(bytes, n);
	free(bytes);
	return err;
}

int main(int argc, char **argv)
{
	struct dirent **seeds;
	int failed = 0;
	int n = argc == 2 ? scandir(argv[1], &seeds, is_seed, alphasort) : -1;

	if (n < 0) {
		fprintf(stderr, "usage: replay DIRECTORY\n");
		return 2;
	}
	printf("1..%d\n", n);
	for (int i = 0; i < n; i++) {
		int err = replay(argv[1], seeds[i]->d_name);

		printf("%s %d - %s\n", err ? "not ok" : "ok", i + 1, seeds[i]->d_name);
		fflush(stdout);
		failed |= !!err;
		free(seeds[i]);
	}
	free(seeds);
	return failed;
}
