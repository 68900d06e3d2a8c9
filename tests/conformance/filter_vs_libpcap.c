/* filter_vs_libpcap EXPRESSIONS CAPTURE... - each expression of the file, compiled by libpcap for each link type, asked
 * about every packet of the captures by libpcap's interpreter, by ours after the import, and by our machine code.
 * Prints TAP, a line an expression. */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cap/cap.h"
#include "filter/filter_bpf.h"
#include "wire/wire.h"

#define EXPRESSIONS 512u

struct expression {
	char text[256];
	struct bpf_program theirs[LINK_COUNT];	/* bf_insns NULL: makes no sense there */
	struct filter *ours[LINK_COUNT];
	uint64_t asked, matched, wrong;
};

static struct expression all[EXPRESSIONS];
static unsigned count;

static void compile(struct expression *x, enum wire_link link)
{
	int dlt = pcap_datalink_name_to_val(wire_link_name(link));
	pcap_t *p = dlt < 0 ? NULL : pcap_open_dead(dlt, CAP_PACKET_MAX);
	struct filter_bpf insns[4096];
	struct err e = { 0 };

	if (!p)
		return;
	if (pcap_compile(p, &x->theirs[link], x->text, 1, PCAP_NETMASK_UNKNOWN)) {
		x->theirs[link] = (struct bpf_program){ 0 };
	} else {
		for (unsigned i = 0; i < x->theirs[link].bf_len && i < 4096; i++) {
			const struct bpf_insn *from = &x->theirs[link].bf_insns[i];

			insns[i] = (struct filter_bpf){ from->code, from->jt, from->jf, from->k };
		}
		x->ours[link] = filter_import(insns, x->theirs[link].bf_len, &e);
		if (x->ours[link])
			filter_native(x->ours[link]);
		else
			printf("# %s: %s: %s\n", x->text, wire_link_name(link), e.text);
		x->wrong += !x->ours[link];
	}
	pcap_close(p);
}

static int read_expressions(const char *path)
{
	FILE *f = fopen(path, "r");
	char line[256];

	if (!f)
		return -1;
	while (count < EXPRESSIONS && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!line[0] || line[0] == '#')
			continue;
		memcpy(all[count].text, line, sizeof(line));
		for (int link = LINK_UNKNOWN + 1; link < LINK_COUNT; link++)
			compile(&all[count], (enum wire_link)link);
		count++;
	}
	return fclose(f);
}

static void ask(struct expression *x, const struct pkt *p, const struct filter_look *look)
{
	uint64_t theirs;

	if (!x->ours[p->link])
		return;
	theirs = bpf_filter(x->theirs[p->link].bf_insns, p->data, p->wire_bytes, p->len_bytes);
	x->asked++;
	x->matched += theirs != 0;
	x->wrong += filter_interpret(x->ours[p->link], look) != theirs;
	x->wrong += filter_run(x->ours[p->link], look) != theirs;
}

static int read_capture(const char *path, struct pkt_pool *pool)
{
	struct pkt *p = pkt_new(pool);
	struct meta meta = { 0 };
	struct cap_reader *in;
	struct err e = { 0 };
	struct view v;

	if (cap_open(&in, path, &e)) {
		printf("# %s\n", e.text);
		pkt_free(pool, p);
		return -1;
	}
	while (cap_read(in, &p, 1)) {
		struct filter_look look = { &v, &meta, p->data, p->len_bytes, p->wire_bytes };

		view_parse(&v, (enum wire_link)p->link, p->data, p->len_bytes, p->wire_bytes);
		for (unsigned i = 0; i < count; i++)
			ask(&all[i], p, &look);
	}
	cap_close(in);
	pkt_free(pool, p);
	return 0;
}

int main(int argc, char **argv)
{
	struct pkt_pool *pool = pkt_pool_new(0);
	unsigned failed = 0, differ = 0;

	if (argc < 3 || !pool || read_expressions(argv[1]))
		return 2;
	for (int i = 2; i < argc; i++)
		failed += read_capture(argv[i], pool) != 0;
	printf("1..%u\n", count + 2);
	for (unsigned i = 0; i < count; i++) {
		bool ok = !all[i].wrong && all[i].asked;

		printf("%sok %u - %s: %llu of %llu\n", ok ? "" : "not ", i + 1, all[i].text,
			(unsigned long long)all[i].matched, (unsigned long long)all[i].asked);
		differ += all[i].matched && all[i].matched < all[i].asked;
	}
	printf("%sok %u - every capture is read\n", failed ? "not " : "", count + 1);
	printf("%sok %u - most expressions part the packets: %u of %u\n", differ * 2 < count ? "not " : "", count + 2,
		differ, count);
	pkt_pool_free(pool);
	return 0;
}
