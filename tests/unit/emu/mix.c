/* mix.c - see mix.h. */
#include "mix.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/list.h"
#include "emu/virtual.h"
#include "test.h"

struct mix *mix_new(const struct nrw_sched_ops *ops)
{
	struct mix *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	m->ops = ops;
	m->state = calloc(1, ops->size);
	assert_non_null(m->state);
	assert_int_equal(fair_init(&m->fair), 0);
	if (ops->init)
		assert_int_equal(ops->init(m->state, &(struct nrw_sched_params){ 0 }), 0);
	return m;
}

void mix_free(struct mix *m)
{
	for (uint32_t i = 0; i < m->count; i++) {
		m->flows[i]->flow.packets = 0;
		if (m->ops->remove)
			m->ops->remove(m->state, &m->flows[i]->flow);
		free(m->flows[i]);
	}
	if (m->ops->fini)
		m->ops->fini(m->state);
	fair_fini(&m->fair);
	free(m->state);
	free(m);
}

static void set_lmax(struct mix *m, struct mix_flow *f, uint64_t lmax)
{
	struct nrw_sched_flow old = f->flow;

	f->flow.lmax = lmax;
	if (lmax > m->lmax)
		m->lmax = lmax;
	if (lmax != old.lmax)
		m->ops->change(m->state, &f->flow, &old);
}

void mix_put(struct mix *m, struct mix_flow *f, uint64_t bytes, uint64_t packets)
{
	assert_int_equal(f->flow.head_bytes, 0);
	set_lmax(m, f, bytes);
	f->bytes = f->flow.head_bytes = bytes;
	f->left = packets;
	fair_ready(&m->fair, &f->fair);
	m->ops->ready(m->state, &f->flow, 0);
}

struct mix_flow *mix_add(struct mix *m, uint32_t weight, uint64_t bytes, uint64_t packets)
{
	struct mix_flow *f = calloc(1, sizeof(*f) + m->ops->flow_size);

	assert_non_null(f);
	assert_true(m->count < sizeof(m->flows) / sizeof(*m->flows));
	fair_flow_init(&f->fair, weight);
	f->flow.weight = weight;
	f->flow.number = m->count;
	assert_int_equal(m->ops->add(m->state, &f->flow), 0);
	m->flows[m->count++] = f;
	if (packets)
		mix_put(m, f, bytes, packets);
	return f;
}

/* Its head is as long as before: the longer ones stand behind it. */
void mix_grow(struct mix *m, struct mix_flow *f, uint64_t bytes)
{
	set_lmax(m, f, bytes);
	f->bytes = bytes;
}

void mix_reweigh(struct mix *m, struct mix_flow *f, uint32_t weight)
{
	struct nrw_sched_flow old = f->flow;

	f->flow.weight = weight;
	fair_reweigh(&m->fair, &f->fair, weight);
	m->ops->change(m->state, &f->flow, &old);
}

struct mix_flow *mix_serve(struct mix *m)
{
	struct nrw_sched_flow *next = m->ops->next(m->state, 0);
	struct mix_flow *f;
	uint64_t bytes;

	if (!next)
		return NULL;
	assert_ptr_equal(m->ops->next(m->state, 0), next);
	f = container_of(next, struct mix_flow, flow);
	bytes = f->flow.head_bytes;
	assert_true(bytes > 0);
	if (f->left != UINT64_MAX)
		f->left--;
	f->flow.head_bytes = f->left ? f->bytes : 0;
	f->served++;
	f->turn = ++m->services;
	m->ops->served(m->state, &f->flow, bytes, 0);
	fair_sent(&m->fair, &f->fair, bytes);
	if (!f->left)
		fair_idle(&m->fair, &f->fair);
	return f;
}

void mix_run(struct mix *m, uint64_t services)
{
	while (services--)
		assert_non_null(mix_serve(m));
}

bool mix_holds(struct mix *m, const struct mix_flow *f, struct mix_gate gate)
{
	uint64_t weight = f->fair.weight, sum = m->fair.weights ? m->fair.weights : weight;
	uint64_t slots = virtual_bytes(gate.slots << virtual_class(f->bytes, weight), weight) + (gate.slots != 0);
	uint64_t most = slots + gate.lengths * f->bytes + gate.budget;
	uint64_t share = gate.maxes * m->lmax * weight;
	struct fair_ratio all = { most + share / sum, share % sum, sum };

	if (fair_cmp(f->fair.alpha, all) <= 0)
		return true;
	fprintf(stderr, "# %s: weight %llu bytes %llu: alpha %llu of %llu\n", m->ops->name, (unsigned long long)weight,
		(unsigned long long)f->bytes, (unsigned long long)f->fair.alpha.whole, (unsigned long long)all.whole);
	return false;
}

void mix_assert_all(struct mix *m, struct mix_gate gate)
{
	fair_settle(&m->fair);
	for (uint32_t i = 0; i < m->count; i++)
		assert_true(mix_holds(m, m->flows[i], gate));
}

uint64_t mix_alpha_milli(const struct mix_flow *f)
{
	return f->fair.alpha.whole * 1000 / f->bytes;
}

struct mix *mix_of(const struct nrw_sched_ops *ops, const struct mix_part *parts, size_t n, uint64_t services,
	struct mix_gate gate)
{
	struct mix *m = mix_new(ops);

	for (size_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < parts[i].count; k++)
			mix_add(m, parts[i].weight, parts[i].bytes, UINT64_MAX);
	mix_run(m, services);
	mix_assert_all(m, gate);
	return m;
}

uint64_t mix_worst_milli(const struct mix *m)
{
	uint64_t worst = 0;

	for (uint32_t i = 0; i < m->count; i++)
		if (mix_alpha_milli(m->flows[i]) > worst)
			worst = mix_alpha_milli(m->flows[i]);
	return worst;
}
