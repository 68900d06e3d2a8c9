/* filter/filter_field.c - the table of fields, and how one is read from what a program sees.
 *
 * A field is a member of struct view, struct meta or struct filter_look, perhaps shifted and masked, and a guard that
 * says which packets have it. Members are in host order, as the view has them; a MAC address is a number of 48 bits,
 * the first byte on top. Adding a field is a line at the end of filter_field.def. */
#include "filter_int.h"

#define BYTES_VIEW(member) sizeof(((struct view *)0)->member)
#define BYTES_META(member) sizeof(((struct meta *)0)->member)
#define BYTES_LOOK(member) sizeof(((struct filter_look *)0)->member)
#define AT_VIEW(member) offsetof(struct view, member)
#define AT_META(member) offsetof(struct meta, member)
#define AT_LOOK(member) offsetof(struct filter_look, member)
#define CLASS_F true
#define CLASS_P false

const struct filter_field filter_fields[] = {
#define FIELD(id_, name_, where_, member_, mask_, shift_, has_, proto_, tags_, class_, help_) \
	{ .name = name_, .help = help_, .where = FIELD_##where_, .bytes = BYTES_##where_(member_), \
	  .offset = AT_##where_(member_), .mask = (mask_) ? (uint64_t)(mask_) : UINT64_MAX, .shift = shift_, \
	  .has = has_, .proto = proto_, .tags = tags_, .guarded = (proto_) || (tags_), .flow = CLASS_##class_ },
#include "filter/filter_field.def"
#undef FIELD
};
const unsigned filter_field_count = sizeof(filter_fields) / sizeof(*filter_fields);

_Static_assert(sizeof(filter_fields) / sizeof(*filter_fields) <= 128, "facts have a bit for each");

int filter_field_find(struct word w)
{
	for (unsigned i = 0; i < filter_field_count; i++)
		if (word_is(w, filter_fields[i].name))
			return (int)i;
	return -1;
}

bool filter_field_at(size_t i, struct filter_field_info *info)
{
	if (i >= filter_field_count)
		return false;
	*info = (struct filter_field_info){ filter_fields[i].name, filter_fields[i].help };
	return true;
}
