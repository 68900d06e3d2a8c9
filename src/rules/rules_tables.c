/* rules/rules_tables.c - the tables of an instance, by name.
 *
 * A name has a slot from the first time that a rule or command says it, and keeps it: rules of every set point to
 * slots, so that what a slot holds can come, go and be swapped while they stand. With tables_sets each set of rules
 * has names of its own, else all are set 0's. Slots are freed with the instance, behind its rule sets. One thread
 * changes; rules read what a slot holds by rcu_read(). */
#include "rules_table.h"

#include <stdlib.h>
#include <string.h>

struct rules_tables *rules_tables_new(uint64_t seed)
{
	struct rules_tables *ts = calloc(1, sizeof(*ts));

	if (!ts)
		return NULL;
	memcpy(&ts->key, &seed, sizeof(seed) < sizeof(ts->key) ? sizeof(seed) : sizeof(ts->key));
	hash_init(&ts->names, ts->key);
	ts->most = TABLES_MOST;
	return ts;
}

void rules_tables_free(struct rules_tables *ts)
{
	if (!ts)
		return;
	for (size_t i = 0; i < ts->slots_count; i++) {
		table_free(ts->slots[i]->table);
		free(ts->slots[i]);
	}
	hash_fini(&ts->names);
	free(ts->slots);
	free(ts);
}

uint32_t rules_tables_count(const struct rules_tables *ts) { return (uint32_t)ts->count; }
bool rules_tables_by_set(const struct rules_tables *ts) { return ts->by_set; }
uint32_t rules_tables_most(const struct rules_tables *ts) { return ts->most; }

int rules_tables_set_by_set(struct rules_tables *ts, bool by_set, struct err *e)
{
	if (by_set != ts->by_set && ts->count)
		return err_set(e, ERR_USAGE, "tables_sets: there are tables already; set it before the first");
	ts->by_set = by_set;
	return 0;
}

void rules_tables_set_most(struct rules_tables *ts, uint32_t most)
{
	ts->most = most;
}

struct table_slot *tables_find(const struct rules_tables *ts, uint32_t set, const char *name)
{
	uint8_t in = ts->by_set ? (uint8_t)set : 0;
	struct hash_node *n = hash_find(&ts->names, hash_digest(&ts->names, name, strlen(name)));

	for (; n; n = hash_again(n)) {
		struct table_slot *s = (struct table_slot *)(void *)n;	/* its first member */

		if (s->set == in && !strcmp(s->name, name))
			return s;
	}
	return NULL;
}

struct table_slot *tables_slot(struct rules_tables *ts, uint32_t set, const char *name)
{
	struct table_slot *s = tables_find(ts, set, name);

	if (s)
		return s;
	if (ts->slots_count == ts->slots_room) {
		size_t room = ts->slots_room ? 2 * ts->slots_room : 16;
		struct table_slot **slots = realloc(ts->slots, room * sizeof(struct table_slot *));

		if (!slots)
			return NULL;
		ts->slots = slots;
		ts->slots_room = room;
	}
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->set = ts->by_set ? (uint8_t)set : 0;
	s->lot = (uint8_t)(ts->slots_count % TABLE_LOTS);
	memcpy(s->name, name, strlen(name));
	hash_add(&ts->names, &s->node, hash_digest(&ts->names, name, strlen(name)));
	ts->slots[ts->slots_count++] = s;
	return s;
}

void tables_changed(struct rules_tables *ts, const struct table_slot *s)
{
	ts->changed[s->lot] = ++ts->generation;
}

bool tables_stand(const struct rules_tables *ts, uint64_t lots, uint64_t since)
{
	for (; lots; lots &= lots - 1)
		if (ts->changed[__builtin_ctzll(lots)] > since)
			return false;
	return true;
}

void tables_publish(struct rules_tables *ts, struct table_slot *s, struct rules_table *t)
{
	struct rules_table *old = s->table;

	ts->count += (t != NULL) - (size_t)(old != NULL);
	rcu_publish(&s->table, t);
	tables_changed(ts, s);
	if (!old)
		return;
	rcu_wait();
	table_free(old);
}

int tables_make(struct rules_tables *ts, struct table_slot *s, const struct table_desc *d, struct err *e)
{
	struct rules_table *t;

	if (ts->count >= ts->most)
		return err_set(e, ERR_RANGE, "table: there are %u already, which is as many as may be", ts->most);
	t = table_new(d, ts->key);
	if (!t)
		return err_set(e, ERR_NOMEM, "no memory for table %s", s->name);
	s->index = ++ts->made;
	tables_publish(ts, s, t);
	return 0;
}
