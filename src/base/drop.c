/* base/drop.c - the names and texts of drop.def, one array each.
 *
 * A name is what scripts hold on to: it never changes. A text is for people and may be improved. Constant data, any
 * thread. A new reason is one line in drop.def, nothing here. */
#include "base/drop.h"

#include "base/err.h"
#include "base/json.h"

static const struct {
	const char *name, *text;
} reasons[DROP_COUNT] = {
#define DROP(id, name, text) [DROP_##id] = { name, text },
#include "base/drop.def"
#undef DROP
};

const char *drop_name(enum drop d)
{
	BUG_ON((unsigned)d >= DROP_COUNT);
	return reasons[d].name;
}

const char *drop_text(enum drop d)
{
	BUG_ON((unsigned)d >= DROP_COUNT);
	return reasons[d].text;
}

void drop_json(struct json *j, const uint64_t counts[DROP_COUNT])
{
	json_key(j, "drops");
	json_object(j);
	for (int d = 0; d < DROP_COUNT; d++)
		if (counts[d])
			json_key_u64(j, drop_name((enum drop)d), counts[d]);
	json_end(j);
}
