/* app/app_filter.c - `--filter`: an expression of libpcap's, run over our packets by its bpf_filter().
 *
 * What an expression means depends on what stands before IP; so it is compiled for every link type there is, when the
 * run begins, and a packet is asked by the code of its own. Where an expression makes sense for some link types only
 * ("ether host" does not for raw IP), a packet of another one ends the run: neither answer would be true. An expression
 * that makes sense for none is refused with what libpcap says of it for Ethernet. Built without libpcap, each is
 * refused. Called by app_pcap.c, on its thread; about 5 ns a packet. */
#include "app_int.h"

#include <stdlib.h>
#include <string.h>

#include "wire/wire.h"

#ifdef HAVE_LIBPCAP
#include <pcap/pcap.h>

struct app_filter {
	struct bpf_program code[LINK_COUNT];	/* bf_insns NULL: makes no sense there */
	char *expression;
};

int app_bpf_compile(const char *expression, enum wire_link link, struct bpf_program *code, struct err *e)
{
	int dlt = pcap_datalink_name_to_val(wire_link_name(link)), rc = 0;
	pcap_t *p = dlt < 0 ? NULL : pcap_open_dead(dlt, CAP_PACKET_MAX);

	*code = (struct bpf_program){ 0 };
	if (!p)
		return err_set(e, ERR_USAGE, "libpcap does not know link type %s", wire_link_name(link));
	if (pcap_compile(p, code, expression, 1, PCAP_NETMASK_UNKNOWN)) {
		*code = (struct bpf_program){ 0 };
		rc = err_set(e, ERR_USAGE, "'%s': libpcap: %s (link type %s)", expression, pcap_geterr(p),
			wire_link_name(link));
	}
	pcap_close(p);
	return rc;
}

static int compile(const char *expression, enum wire_link link, struct bpf_program *code, struct err *e)
{
	struct err why = { 0 };
	int rc = app_bpf_compile(expression, link, code, &why);

	return rc ? err_set(e, rc, "--filter: %s", why.text) : 0;
}

int app_filter_new(struct app_filter **out, const char *expression, struct err *e)
{
	struct app_filter *f = calloc(1, sizeof(*f));
	bool sense = false;

	if (!f || !(f->expression = strdup(expression))) {
		free(f);
		return err_set(e, ERR_NOMEM, "--filter: no memory");
	}
	for (int link = LINK_UNKNOWN + 1; link < LINK_COUNT; link++)
		sense |= !compile(expression, (enum wire_link)link, &f->code[link], NULL);
	if (sense) {
		*out = f;
		return 0;
	}
	compile(expression, LINK_ETHERNET, &f->code[LINK_ETHERNET], e);
	app_filter_free(f);
	return ERR_USAGE;
}

void app_filter_free(struct app_filter *f)
{
	if (!f)
		return;
	for (int link = 0; link < LINK_COUNT; link++)
		pcap_freecode(&f->code[link]);
	free(f->expression);
	free(f);
}

int app_filter_run(const struct app_filter *f, const struct pkt *p, struct err *e)
{
	const struct bpf_program *code = &f->code[p->link];
	struct bpf_program again;

	if (code->bf_insns)
		return bpf_filter(code->bf_insns, p->data, p->wire_bytes, p->len_bytes) != 0;
	if (!compile(f->expression, p->link, &again, e))
		pcap_freecode(&again);
	return ERR_USAGE;
}

#else

int app_filter_new(struct app_filter **out, const char *expression, struct err *e)
{
	(void)out;
	(void)expression;
	return err_set(e, ERR_USAGE, "--filter: needs libpcap, which this build was made without");
}

void app_filter_free(struct app_filter *f)
{
	(void)f;
}

int app_filter_run(const struct app_filter *f, const struct pkt *p, struct err *e)
{
	(void)f;
	(void)p;
	return err_set(e, ERR_USAGE, "--filter: needs libpcap");
}

#endif
