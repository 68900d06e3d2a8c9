/* cmd/bench_self.c - `narrows bench self`: what the machine itself costs, so that figures of two can be compared.
 *
 *      the clock        os_now_ns(), what a live lane asks once a burst; os_cpu_ns(), what benches ask
 *      a system call    the size of a file: next to nothing but the way there and back
 *      memory           a load that waits for the one before, in 16 KiB, 512 KiB, 8 MiB and 256 MiB; in order, 64 MiB
 *      arithmetic       a chain of multiplications (splitmix64), a division of 128 bits by 64
 *
 * Loads that wait: cells of a cache line each form one ring through all of the memory in an order that dice chose, so
 * the next address is known only when the last load is done and no prefetcher helps. The base of each is the chain of
 * multiplications, whose cost is the processor's clock and nothing else. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include "base/dice.h"
#include "base/os.h"
#include "base/u128.h"

#define LINE 64u
#define CHASES 2000000u
#define QUICK_CHASES 20000u
#define CALLS 200000u
#define ORDERLY ((size_t)64 << 20)
#define QUICK_MOST ((size_t)1 << 20)

struct cell {
	struct cell *next;
	char rest[LINE - sizeof(struct cell *)];
};

struct ring {
	size_t bytes;
	struct cell *cells, *at;
};

static const size_t ring_bytes[] = { 16 << 10, 512 << 10, 8 << 20, 256u << 20 };
#define RINGS (sizeof(ring_bytes) / sizeof(*ring_bytes))
static struct ring rings[RINGS];

static uint64_t *orderly;
static size_t orderly_bytes;
static uint32_t chases;
static volatile uint64_t sink;		/* so that no work can be left out */

/* One ring through all cells (Sattolo's shuffle). */
static int ring_init(struct ring *r)
{
	uint32_t n = (uint32_t)(r->bytes / LINE), *order = malloc(n * sizeof(*order));
	struct dice d = { .key = n };

	r->cells = bench_lines_new(r->bytes);
	if (!order || !r->cells) {
		free(order);
		return ERR_NOMEM;
	}
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	for (uint32_t i = n - 1; i; i--) {
		uint32_t k = (uint32_t)(dice_draw(&d) % i), kept = order[i];

		order[i] = order[k];
		order[k] = kept;
	}
	for (uint32_t i = 0; i < n; i++)
		r->cells[order[i]].next = &r->cells[order[(i + 1) % n]];
	r->at = r->cells;
	free(order);
	return 0;
}

static double chase(void *ctx)
{
	struct ring *r = ctx;
	double began = bench_ns();

	for (uint32_t i = 0; i < chases; i++)
		r->at = r->at->next;
	sink = (uintptr_t)r->at;
	return (bench_ns() - began) / chases;
}

static double multiply(void *ctx)
{
	double began = bench_ns();
	uint64_t x = 1;

	for (uint32_t i = 0; i < chases; i++)
		x = dice_mix(x + i);
	sink = x;
	return (bench_ns() - began) / chases;
}

static double divide(void *ctx)
{
	double began = bench_ns();
	uint64_t x = UINT64_C(0x123456789abcdef);

	for (uint32_t i = 0; i < chases; i++)
		u128_div64((struct u128){ x & 0xffff, x }, UINT64_C(0xfedcba987654321), &x);
	sink = x;
	return (bench_ns() - began) / chases;
}

static double in_order(void *ctx)
{
	size_t n = orderly_bytes / sizeof(*orderly);
	double began = bench_ns();
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += orderly[i];
	sink = sum;
	return (bench_ns() - began) * LINE / (double)orderly_bytes;
}

static double now(void *ctx)
{
	double began = bench_ns();

	for (uint32_t i = 0; i < CALLS; i++)
		sink = os_now_ns();
	return (bench_ns() - began) / CALLS;
}

static double cpu(void *ctx)
{
	double began = bench_ns();

	for (uint32_t i = 0; i < CALLS; i++)
		sink = os_cpu_ns();
	return (bench_ns() - began) / CALLS;
}

static double call(void *ctx)
{
	double began = bench_ns();

	for (uint32_t i = 0; i < CALLS; i++)
		sink = (uint64_t)os_file_bytes(OS_STDIN);
	return (bench_ns() - began) / CALLS;
}

#define BASE "a chain of multiplications"

static const struct bench_case self_cases[] = {
	{ .name = "a chain of multiplications", .run = multiply },
	{ .name = "128 bits divided by 64", .base = BASE, .run = divide, .run_base = multiply },
	{ .name = "a load from 16 KiB", .base = BASE, .run = chase, .run_base = multiply, .ctx = &rings[0] },
	{ .name = "a load from 512 KiB", .base = BASE, .run = chase, .run_base = multiply, .ctx = &rings[1] },
	{ .name = "a load from 8 MiB", .base = BASE, .run = chase, .run_base = multiply, .ctx = &rings[2] },
	{ .name = "a load from 256 MiB", .base = BASE, .run = chase, .run_base = multiply, .ctx = &rings[3] },
	{ .name = "64 bytes read in order, of 64 MiB", .base = BASE, .run = in_order, .run_base = multiply },
	{ .name = "the clock", .base = BASE, .run = now, .run_base = multiply },
	{ .name = "CPU time of the process", .base = BASE, .run = cpu, .run_base = multiply },
	{ .name = "a system call: the size of a file", .base = BASE, .run = call, .run_base = multiply },
};

static void self_close(void)
{
	for (size_t i = 0; i < RINGS; i++) {
		bench_lines_free(rings[i].cells);
		rings[i].cells = NULL;
	}
	free(orderly);
	orderly = NULL;
}

static int self_open(const struct bench_case **cases, size_t *n, char **args, bool quick, struct err *e)
{
	int rc = 0;

	if (args[0])
		return err_set(e, ERR_USAGE, "bench self: '%s': takes no more words", args[0]);
	chases = quick ? QUICK_CHASES : CHASES;
	orderly_bytes = quick ? QUICK_MOST : ORDERLY;
	orderly = malloc(orderly_bytes);
	for (size_t i = 0; !rc && i < RINGS; i++) {
		rings[i].bytes = quick && ring_bytes[i] > QUICK_MOST ? QUICK_MOST : ring_bytes[i];
		rc = ring_init(&rings[i]);
	}
	if (rc || !orderly) {
		self_close();
		return err_set(e, ERR_NOMEM, "bench self: no memory");
	}
	memset(orderly, 1, orderly_bytes);
	*cases = self_cases;
	*n = sizeof(self_cases) / sizeof(*self_cases);
	return 0;
}

const struct bench bench_self = {
	.name = "self", .about = "what the machine costs: its clock, its memory, its calls",
	.open = self_open, .close = self_close,
};
