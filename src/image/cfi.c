/* SPDX-License-Identifier: MIT */
#include "image/cfi.h"

#include <stdlib.h>
#include <string.h>

/* Pointer encodings: Linux Standard Base, Core specification, section 10.5.1. */
enum {
	EH_PE_ABSPTR = 0x00,
	EH_PE_ULEB = 0x01,
	EH_PE_UDATA2 = 0x02,
	EH_PE_UDATA4 = 0x03,
	EH_PE_UDATA8 = 0x04,
	EH_PE_SLEB = 0x09,
	EH_PE_SDATA2 = 0x0a,
	EH_PE_SDATA4 = 0x0b,
	EH_PE_SDATA8 = 0x0c,
	EH_PE_PCREL = 0x10,
	EH_PE_DATAREL = 0x30,
	EH_PE_OMIT = 0xff,
};

bool plim_read_uint(const uint8_t **at, const uint8_t *end, unsigned bytes, uint64_t *value)
{
	uint64_t v = 0;

	if ((size_t)(end - *at) < bytes)
		return false;
	memcpy(&v, *at, bytes);
	*at += bytes;
	*value = v;
	return true;
}

bool plim_read_uleb(const uint8_t **at, const uint8_t *end, uint64_t *value)
{
	uint64_t v = 0;
	unsigned shift = 0;

	while (*at < end) {
		uint8_t byte = *(*at)++;

		if (shift < 64)
			v |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
		if (!(byte & 0x80)) {
			*value = v;
			return true;
		}
	}
	return false;
}

bool plim_read_sleb(const uint8_t **at, const uint8_t *end, int64_t *value)
{
	uint64_t v = 0;
	unsigned shift = 0;

	while (*at < end) {
		uint8_t byte = *(*at)++;

		if (shift < 64)
			v |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
		if (!(byte & 0x80)) {
			if (shift < 64 && (byte & 0x40))
				v |= UINT64_MAX << shift;
			*value = (int64_t)v;
			return true;
		}
	}
	return false;
}

static uint64_t sign_extend(uint64_t value, unsigned bytes)
{
	unsigned shift = 64 - 8 * bytes;

	return (uint64_t)((int64_t)(value << shift) >> shift);
}

/* One encoded address; the base is added as the high nibble says. */
static bool read_encoded(const struct plim_cfi_section *section, uint8_t encoding,
			 unsigned address_bytes, const uint8_t **at, const uint8_t *end,
			 uint64_t *value)
{
	static const uint8_t bytes_of[16] = {
		[EH_PE_UDATA2] = 2, [EH_PE_UDATA4] = 4, [EH_PE_UDATA8] = 8,
		[EH_PE_SDATA2] = 2, [EH_PE_SDATA4] = 4, [EH_PE_SDATA8] = 8,
	};
	uint64_t place = section->address + (uint64_t)(*at - section->bytes);
	unsigned format = encoding & 0x0f;
	unsigned bytes = format == EH_PE_ABSPTR ? address_bytes : bytes_of[format];
	int64_t sleb;

	if (format == EH_PE_ULEB) {
		if (!plim_read_uleb(at, end, value))
			return false;
	} else if (format == EH_PE_SLEB) {
		if (!plim_read_sleb(at, end, &sleb))
			return false;
		*value = (uint64_t)sleb;
	} else if (!bytes || !plim_read_uint(at, end, bytes, value)) {
		return false;
	}
	if (format >= EH_PE_SDATA2 && format <= EH_PE_SDATA8)
		*value = sign_extend(*value, bytes);
	switch (encoding & 0x70) {
	case EH_PE_PCREL: *value += place; break;
	case EH_PE_DATAREL: *value += section->data_base; break;
	default: break;
	}
	if (address_bytes == 4)
		*value &= UINT32_MAX;
	return true;
}

/* The augmentation string's letters, in order: what each adds to the augmentation data. */
static bool read_augmentation(const struct plim_cfi_section *section, const char *letters,
			      struct plim_cie *cie, const uint8_t **at, const uint8_t *end)
{
	uint64_t length;
	uint64_t ignored;
	const uint8_t *data;

	if (letters[0] != 'z')
		return letters[0] == '\0';
	if (!plim_read_uleb(at, end, &length) || length > (uint64_t)(end - *at))
		return false;
	cie->has_augmentation_data = true;
	data = *at;
	*at += length;
	for (letters++; *letters; letters++) {
		uint64_t encoding;

		switch (*letters) {
		case 'R':
			if (!plim_read_uint(&data, *at, 1, &encoding))
				return false;
			cie->encoding = (uint8_t)encoding;
			break;
		case 'P':
			if (!plim_read_uint(&data, *at, 1, &encoding) ||
			    !read_encoded(section, (uint8_t)encoding, cie->address_bytes, &data,
					  *at, &ignored))
				return false;
			break;
		case 'L':
			if (!plim_read_uint(&data, *at, 1, &encoding))
				return false;
			break;
		case 'S': cie->is_signal_frame = true; break;
		case 'B': break;      /* aarch64: return addresses are signed with the B key */
		default: return true; /* the length says where the data ends */
		}
	}
	return true;
}

static bool read_cie(const struct plim_cfi_section *section, const uint8_t *at, const uint8_t *end,
		     struct plim_cie *cie)
{
	uint64_t version;
	uint64_t byte;
	const char *letters;
	const uint8_t *nul;

	if (!plim_read_uint(&at, end, 1, &version) ||
	    (version != 1 && version != 3 && version != 4))
		return false;
	nul = memchr(at, 0, (size_t)(end - at));
	if (!nul)
		return false;
	letters = (const char *)at;
	at = nul + 1;
	cie->address_bytes = section->address_bytes;
	cie->encoding = EH_PE_ABSPTR;
	if (version == 4) {
		if (!plim_read_uint(&at, end, 1, &byte) || (byte != 4 && byte != 8))
			return false;
		cie->address_bytes = (uint8_t)byte;
		if (!plim_read_uint(&at, end, 1, &byte) || byte)
			return false;
	}
	if (!plim_read_uleb(&at, end, &cie->code_factor) ||
	    !plim_read_sleb(&at, end, &cie->data_factor))
		return false;
	if (version == 1) {
		if (!plim_read_uint(&at, end, 1, &cie->return_register))
			return false;
	} else if (!plim_read_uleb(&at, end, &cie->return_register)) {
		return false;
	}
	if (!read_augmentation(section, letters, cie, &at, end))
		return false;
	cie->rules = at;
	cie->rules_end = end;
	return true;
}

/* Where a CIE is known by its offset; offsets of one section ascend in `cies`. */
static uint32_t find_cie(const struct plim_cfi *cfi, size_t first, uint64_t offset)
{
	const struct plim_cie *cies = cfi->cies.items;
	size_t low = first;
	size_t high = cfi->cies.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (cies[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < cfi->cies.count && cies[low].offset == offset)
		return (uint32_t)low;
	return UINT32_MAX;
}

static int add_fde(struct plim_cfi *cfi, const struct plim_cfi_section *section, uint32_t cie_index,
		   const uint8_t *at, const uint8_t *end)
{
	const struct plim_cie *cie = (const struct plim_cie *)cfi->cies.items + cie_index;
	struct plim_fde fde = {.cie = cie_index, .is_debug_frame = !section->is_eh_frame};
	uint64_t length;

	if (cie->encoding == EH_PE_OMIT ||
	    !read_encoded(section, cie->encoding, cie->address_bytes, &at, end, &fde.start) ||
	    !read_encoded(section, cie->encoding & 0x0f, cie->address_bytes, &at, end, &length))
		return 0;
	if (cie->has_augmentation_data) {
		uint64_t bytes;

		if (!plim_read_uleb(&at, end, &bytes) || bytes > (uint64_t)(end - at))
			return 0;
		at += bytes;
	}
	if (!length || fde.start + length < fde.start)
		return 0;
	fde.end = fde.start + length;
	fde.rules = at;
	fde.rules_end = end;
	return plim_vec_append(&cfi->fdes, &fde, 1, sizeof(fde));
}

/*
 * One pass gathers the CIEs and a second the FDEs, because .debug_frame may refer forwards. The
 * entry's `id` is 0 (.eh_frame) or all ones (.debug_frame) for a CIE; else it tells the CIE's place.
 */
static int walk(struct plim_cfi *cfi, const struct plim_cfi_section *section, size_t first_cie,
		bool want_cies)
{
	const uint8_t *at = section->bytes;
	const uint8_t *limit = section->bytes + section->size;

	while (at < limit) {
		const uint8_t *start = at;
		const uint8_t *end;
		const uint8_t *id_at;
		unsigned id_bytes = 4;
		uint64_t length;
		uint64_t id;
		bool is_cie;

		if (!plim_read_uint(&at, limit, 4, &length))
			break;
		if (length == 0) {
			continue; /* a terminator; linkers leave them between inputs */
		}
		if (length == UINT32_MAX) {
			if (!plim_read_uint(&at, limit, 8, &length))
				break;
			id_bytes = section->is_eh_frame ? 4 : 8;
		}
		if (length > (uint64_t)(limit - at))
			break;
		end = at + length;
		id_at = at;
		if (!plim_read_uint(&at, end, id_bytes, &id))
			break;
		is_cie = section->is_eh_frame ? id == 0
					      : id == (id_bytes == 8 ? UINT64_MAX : UINT32_MAX);
		if (is_cie && want_cies) {
			struct plim_cie cie = {.offset = (uint64_t)(start - section->bytes)};

			if (read_cie(section, at, end, &cie) &&
			    plim_vec_append(&cfi->cies, &cie, 1, sizeof(cie)))
				return -1;
		} else if (!is_cie && !want_cies) {
			uint64_t offset =
				section->is_eh_frame ? (uint64_t)(id_at - section->bytes) - id : id;
			uint32_t cie = find_cie(cfi, first_cie, offset);

			if (cie != UINT32_MAX && add_fde(cfi, section, cie, at, end))
				return -1;
		}
		at = end;
	}
	return 0;
}

int plim_cfi_add(struct plim_cfi *cfi, const struct plim_cfi_section *section)
{
	size_t first_cie = cfi->cies.count;

	if (walk(cfi, section, first_cie, true))
		return -1;
	return walk(cfi, section, first_cie, false);
}

static int compare_fdes(const void *a, const void *b)
{
	const struct plim_fde *x = a;
	const struct plim_fde *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->is_debug_frame != y->is_debug_frame)
		return x->is_debug_frame ? 1 : -1;
	return x->rules < y->rules ? -1 : x->rules > y->rules;
}

void plim_cfi_finish(struct plim_cfi *cfi)
{
	struct plim_fde *fdes = cfi->fdes.items;
	size_t kept = 0;

	if (cfi->fdes.count)
		qsort(fdes, cfi->fdes.count, sizeof(*fdes), compare_fdes);
	for (size_t i = 0; i < cfi->fdes.count; i++) {
		if (!kept || fdes[i].start != fdes[kept - 1].start)
			fdes[kept++] = fdes[i];
	}
	cfi->fdes.count = kept;
}

/* How many entries start at or before the address. */
static size_t count_before(const struct plim_cfi *cfi, uint64_t address)
{
	const struct plim_fde *fdes = cfi->fdes.items;
	size_t low = 0;
	size_t high = cfi->fdes.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (fdes[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct plim_fde *plim_cfi_find(const struct plim_cfi *cfi, uint64_t address)
{
	const struct plim_fde *fdes = cfi->fdes.items;
	size_t n = count_before(cfi, address);

	return n && address < fdes[n - 1].end ? &fdes[n - 1] : NULL;
}

const struct plim_fde *plim_cfi_next(const struct plim_cfi *cfi, uint64_t address)
{
	const struct plim_fde *fdes = cfi->fdes.items;
	size_t n = count_before(cfi, address);

	return n < cfi->fdes.count ? &fdes[n] : NULL;
}

void plim_cfi_free(struct plim_cfi *cfi)
{
	plim_vec_free(&cfi->cies);
	plim_vec_free(&cfi->fdes);
}
