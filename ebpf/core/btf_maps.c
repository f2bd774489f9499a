/* SPDX-License-Identifier: MIT */
#include "core/btf_maps.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIND_ENUM64 19 /* newer than some <linux/btf.h> */
#define MAX_HOPS    32 /* through typedefs, qualifiers and arrays; a damaged file has circles */
#define PIN_BY_NAME 1  /* enum libbpf_pin_type */

/* What follows a type's common part, in bytes; -1 for an unknown kind. */
static int64_t extra_bytes(uint32_t info)
{
	const uint64_t count = BTF_INFO_VLEN(info);

	switch (BTF_INFO_KIND(info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG: return 4;
	case BTF_KIND_ARRAY: return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION: return (int64_t)(count * sizeof(struct btf_member));
	case BTF_KIND_ENUM: return (int64_t)(count * sizeof(struct btf_enum));
	case BTF_KIND_FUNC_PROTO: return (int64_t)(count * sizeof(struct btf_param));
	case BTF_KIND_DATASEC: return (int64_t)(count * sizeof(struct btf_var_secinfo));
	case KIND_ENUM64: return (int64_t)(count * 12);
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG: return 0;
	default: return -1;
	}
}

static int read_header(struct plim_btf *btf, const unsigned char *bytes, size_t size,
		       struct plim_error *err)
{
	struct btf_header header;
	uint64_t body;
	int rc = -EINVAL;

	if (size < sizeof(header)) {
		plim_error_set(err, "BTF of %zu bytes", size);
		goto out;
	}
	memcpy(&header, bytes, sizeof(header));
	body = header.hdr_len;
	if (header.magic != BTF_MAGIC || header.version != BTF_VERSION || body < sizeof(header) ||
	    body > size || header.type_off > size - body ||
	    header.type_len > size - body - header.type_off || header.str_off > size - body ||
	    header.str_len > size - body - header.str_off || header.str_len == 0 ||
	    bytes[body + header.str_off + header.str_len - 1] != '\0') {
		plim_error_set(err, "the BTF header is damaged");
		goto out;
	}
	btf->types = bytes + body + header.type_off;
	btf->type_bytes = header.type_len;
	btf->strings = (const char *)bytes + body + header.str_off;
	btf->string_bytes = header.str_len;
	rc = 0;
out:
	return rc;
}

int plim_btf_open(struct plim_btf *btf, const void *bytes, size_t size, struct plim_error *err)
{
	struct btf_type type;
	uint32_t at = 0;
	int rc;

	memset(btf, 0, sizeof(*btf));
	rc = read_header(btf, bytes, size, err);
	if (rc)
		goto out;
	btf->places = calloc(btf->type_bytes / sizeof(type) + 1, sizeof(*btf->places));
	rc = -ENOMEM;
	if (!btf->places) {
		plim_error_set(err, "no memory for BTF");
		goto out;
	}
	btf->count = 1;
	while (btf->type_bytes - at >= sizeof(type)) {
		int64_t extra;

		memcpy(&type, btf->types + at, sizeof(type));
		extra = extra_bytes(type.info);
		if (extra < 0 || (uint64_t)extra > btf->type_bytes - at - sizeof(type))
			break;
		btf->places[btf->count++] = at;
		at += (uint32_t)(sizeof(type) + (uint64_t)extra);
	}
	rc = at == btf->type_bytes ? 0 : -EINVAL;
	if (rc)
		plim_error_set(err, "BTF type %u is damaged or of an unknown kind", btf->count);
out:
	if (rc)
		plim_btf_close(btf);
	return rc;
}

void plim_btf_close(struct plim_btf *btf)
{
	free(btf->places);
	btf->places = NULL;
	btf->count = 0;
}

/* The type with this number and where its extra part is; NULL for void and what does not exist. */
static const unsigned char *type_at(const struct plim_btf *btf, uint32_t number,
				    struct btf_type *type)
{
	if (number == 0 || number >= btf->count)
		return NULL;
	memcpy(type, btf->types + btf->places[number], sizeof(*type));
	return btf->types + btf->places[number] + sizeof(*type);
}

static const char *name_at(const struct plim_btf *btf, uint32_t place)
{
	return place < btf->string_bytes ? btf->strings + place : "";
}

static bool is_alias(const struct btf_type *type)
{
	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG: return true;
	default: return false;
	}
}

/* The type behind typedefs and qualifiers. */
static const unsigned char *resolve(const struct plim_btf *btf, uint32_t number,
				    struct btf_type *type)
{
	const unsigned char *extra = type_at(btf, number, type);

	for (int hops = 0; extra && is_alias(type); hops++) {
		if (hops == MAX_HOPS)
			return NULL;
		extra = type_at(btf, type->type, type);
	}
	return extra;
}

/* The size of a type in bytes; 0 where it has none or more than 32 bits could say. */
static uint32_t size_of(const struct plim_btf *btf, uint32_t number)
{
	struct btf_type type;
	struct btf_array array;
	uint64_t times = 1, bytes = 0;

	for (int hops = 0; hops < MAX_HOPS; hops++) {
		const unsigned char *extra = resolve(btf, number, &type);

		if (!extra)
			break;
		switch (BTF_INFO_KIND(type.info)) {
		case BTF_KIND_INT:
		case BTF_KIND_STRUCT:
		case BTF_KIND_UNION:
		case BTF_KIND_ENUM:
		case KIND_ENUM64:
		case BTF_KIND_FLOAT: bytes = type.size; break;
		case BTF_KIND_PTR: bytes = 8; break;
		case BTF_KIND_ARRAY:
			memcpy(&array, extra, sizeof(array));
			times *= array.nelems; /* both below 2^32, checked in each round */
			if (times > UINT32_MAX)
				return 0;
			number = array.type;
			continue;
		default: break;
		}
		break;
	}
	return times * bytes > UINT32_MAX ? 0 : (uint32_t)(times * bytes);
}

/* The number in `__uint(name, n)`. */
static int uint_of(const struct plim_btf *btf, uint32_t member, uint32_t *value)
{
	const unsigned char *extra;
	struct btf_array array;
	struct btf_type type;

	extra = resolve(btf, member, &type);
	if (!extra || BTF_INFO_KIND(type.info) != BTF_KIND_PTR)
		return -EINVAL;
	extra = resolve(btf, type.type, &type);
	if (!extra || BTF_INFO_KIND(type.info) != BTF_KIND_ARRAY)
		return -EINVAL;
	memcpy(&array, extra, sizeof(array));
	*value = array.nelems;
	return 0;
}

/* The size of the type in `__type(name, T)`. */
static int pointed_size(const struct plim_btf *btf, uint32_t member, uint32_t *bytes)
{
	struct btf_type type;

	if (!resolve(btf, member, &type) || BTF_INFO_KIND(type.info) != BTF_KIND_PTR)
		return -EINVAL;
	*bytes = size_of(btf, type.type);
	return *bytes ? 0 : -EINVAL;
}

static int read_member(const struct plim_btf *btf, const struct btf_member *member,
		       struct plim_btf_map *map, struct plim_error *err)
{
	const char *name = name_at(btf, member->name_off);
	struct plim_bpf_map_spec *spec = &map->spec;
	uint32_t value = 0;
	int rc;

	if (strcmp(name, "type") == 0) {
		rc = uint_of(btf, member->type, &spec->type);
	} else if (strcmp(name, "max_entries") == 0) {
		rc = uint_of(btf, member->type, &spec->max_entries);
	} else if (strcmp(name, "map_flags") == 0) {
		rc = uint_of(btf, member->type, &spec->flags);
	} else if (strcmp(name, "key_size") == 0) {
		rc = uint_of(btf, member->type, &spec->key_bytes);
	} else if (strcmp(name, "value_size") == 0) {
		rc = uint_of(btf, member->type, &spec->value_bytes);
	} else if (strcmp(name, "key") == 0) {
		rc = pointed_size(btf, member->type, &spec->key_bytes);
	} else if (strcmp(name, "value") == 0) {
		rc = pointed_size(btf, member->type, &spec->value_bytes);
	} else if (strcmp(name, "pinning") == 0) {
		rc = uint_of(btf, member->type, &value);
		map->pinned = value == PIN_BY_NAME;
		if (value > PIN_BY_NAME)
			rc = -EINVAL;
	} else if (strcmp(name, "numa_node") == 0 || strcmp(name, "map_extra") == 0) {
		rc = uint_of(btf, member->type, &value);
	} else if (strcmp(name, "values") == 0) {
		map->has_values = true;
		map->values_place = member->offset / 8;
		rc = 0;
	} else {
		rc = -EINVAL;
	}
	if (rc)
		plim_error_set(err, "map %s: cannot understand its member %s", spec->name, name);
	return rc;
}

static int read_definition(const struct plim_btf *btf, uint32_t number, struct plim_btf_map *map,
			   struct plim_error *err)
{
	const unsigned char *members;
	struct btf_member member;
	struct btf_type type;
	int rc = 0;

	members = resolve(btf, number, &type);
	if (!members || BTF_INFO_KIND(type.info) != BTF_KIND_STRUCT) {
		plim_error_set(err, "map %s: its type is no structure", map->spec.name);
		rc = -EINVAL;
		goto out;
	}
	for (uint32_t i = 0; !rc && i < BTF_INFO_VLEN(type.info); i++) {
		memcpy(&member, members + i * sizeof(member), sizeof(member));
		rc = read_member(btf, &member, map, err);
	}
	/* A program array's values are programs, for which libbpf fills in Linux's 4 bytes. */
	if (!rc && map->spec.type == BPF_MAP_TYPE_PROG_ARRAY) {
		map->spec.key_bytes = map->spec.key_bytes ? map->spec.key_bytes : 4;
		map->spec.value_bytes = map->spec.value_bytes ? map->spec.value_bytes : 4;
	}
out:
	return rc;
}

/* The type of the variable of that name in one section of variables; 0 if it is not in there. */
static uint32_t variable_type(const struct plim_btf *btf, const unsigned char *extra,
			      uint32_t count, const char *name)
{
	struct btf_var_secinfo info;
	struct btf_type variable;

	for (uint32_t i = 0; i < count; i++) {
		memcpy(&info, extra + i * sizeof(info), sizeof(info));
		if (type_at(btf, info.type, &variable) &&
		    BTF_INFO_KIND(variable.info) == BTF_KIND_VAR &&
		    strcmp(name_at(btf, variable.name_off), name) == 0)
			return variable.type;
	}
	return 0;
}

int plim_btf_map(const struct plim_btf *btf, const char *name, struct plim_btf_map *map,
		 struct plim_error *err)
{
	const unsigned char *extra;
	struct btf_type type;
	uint32_t definition = 0;
	int rc = -ENOENT;

	memset(map, 0, sizeof(*map));
	snprintf(map->spec.name, sizeof(map->spec.name), "%s", name);
	for (uint32_t i = 1; !definition && i < btf->count; i++) {
		extra = type_at(btf, i, &type);
		if (BTF_INFO_KIND(type.info) == BTF_KIND_DATASEC &&
		    strcmp(name_at(btf, type.name_off), ".maps") == 0)
			definition = variable_type(btf, extra, BTF_INFO_VLEN(type.info), name);
	}
	if (definition)
		rc = read_definition(btf, definition, map, err);
	else
		plim_error_set(err, "map %s has no definition in BTF", name);
	return rc;
}
