/* emu/aqm.c - the table of queue management, and the mark that stands for a drop.
 *
 * A kind is one file and one line here; droptail is none, and costs nothing. A queue keeps `size` bytes of state for
 * it. Others join by plug-ins (emu_plugin.c). Who may be marked is seen once, at the entrance, from the view (RFC 3168
 * 5: ECT(0) and ECT(1); a packet that says CE already stays so, which is a mark as well). A mark is rare, and a packet
 * in a queue has no view any more, so its IP header is found anew then: some 50 ns, and a copy of its bytes where they
 * are shared or of a mapped file.
 *
 * An impairment may have damaged the header in between (`corrupt ... any`). Then there is nothing to mark, and the
 * packet is dropped as one that is not ECT. Any thread; no state. */
#include "emu/aqm.h"

#include <string.h>

#include "base/err.h"
#include "wire/change.h"

static const struct nrw_aqm_ops *const kinds[] = { &aqm_red, &aqm_gred, &aqm_codel, &aqm_pie };

#define KINDS (sizeof(kinds) / sizeof(*kinds))

static const struct nrw_aqm_ops *guests[AQM_GUESTS];	/* from plug-ins, before the first emulator */
static size_t guests_count;

int aqm_may_register(const struct nrw_aqm_ops *ops)
{
	if (aqm_find((struct word){ ops->name, strlen(ops->name) }))
		return ERR_TWICE;
	return guests_count == AQM_GUESTS ? ERR_NOMEM : 0;
}

int aqm_register(const struct nrw_aqm_ops *ops)
{
	int rc = aqm_may_register(ops);

	if (!rc)
		guests[guests_count++] = ops;
	return rc;
}

const struct nrw_aqm_ops *aqm_guest(size_t i)
{
	return i < guests_count ? guests[i] : NULL;
}

bool aqm_is_guest(const struct nrw_aqm_ops *ops)
{
	for (size_t i = 0; i < guests_count; i++)
		if (guests[i] == ops)
			return true;
	return false;
}

const struct nrw_aqm_ops *aqm_at(size_t i)
{
	return i < KINDS ? kinds[i] : aqm_guest(i - KINDS);
}

const struct nrw_aqm_ops *aqm_find(struct word w)
{
	for (size_t i = 0; aqm_at(i); i++)
		if (word_is(w, aqm_at(i)->name))
			return aqm_at(i);
	return NULL;
}

bool aqm_mark(struct pkt_pool *pool, struct pkt *p)
{
	struct view v;

	view_parse(&v, p->link, p->data, p->len_bytes, p->wire_bytes);
	if (!aqm_is_ect(&v))
		return false;
	if ((v.tos & 3) == WIRE_ECN_CE)
		return true;
	if (pkt_writable(pool, p))
		return false;
	wire_ecn_set(p->data, &v, WIRE_ECN_CE);
	return true;
}
