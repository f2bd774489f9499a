/* SPDX-License-Identifier: MIT */
/*
 * A compiled binary, read as data: its sections, functions, imports, pointers and source lines.
 *
 * A binary is never trusted and never run. Every offset, count and size that comes from the file is
 * checked against the bytes that are there; a file that contradicts itself gives an error or less
 * knowledge, never more. One file may hold several images: a static archive gives one a member.
 *
 * Addresses. All addresses here are those of the file as linked (ELF: st_value, PE: ImageBase + RVA),
 * before any load bias. A relocatable object has none, so its sections are laid out one after the
 * other from PLIM_OBJECT_BASE, and its relocations are applied to a private copy where we know how:
 * an address is then unique within its image, as in a linked file. Code addresses never carry the
 * thumb bit. Undefined symbols have a placeholder address of their own (struct plim_import), behind
 * the last section, where there are no bytes.
 *
 * Ownership. Everything reachable from a struct plim_image belongs to it, strings included, and
 * lives until plim_image_list_free(). Arrays are sorted as said and never change after opening.
 */
#ifndef PLIM_IMAGE_IMAGE_H
#define PLIM_IMAGE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define PLIM_NO_ADDRESS  UINT64_MAX
#define PLIM_NONE        UINT32_MAX /* "no index" for every index below */
#define PLIM_OBJECT_BASE 0x10000u

enum plim_arch {
	PLIM_ARCH_X86_64,
	PLIM_ARCH_AARCH64,
	PLIM_ARCH_ARM, /* Thumb-2 and A32, told apart by mapping symbols and the thumb bit */
	PLIM_ARCH_RISCV64,
	PLIM_ARCH_RISCV32,
};

enum plim_format {
	PLIM_FORMAT_ELF,
	PLIM_FORMAT_PE,
};

enum plim_image_kind {
	PLIM_IMAGE_EXECUTABLE,    /* ET_EXEC, a PIE, a PE EXE */
	PLIM_IMAGE_SHARED,        /* a shared object, a DLL */
	PLIM_IMAGE_OBJECT,        /* ET_REL, alone or a member of an archive */
	PLIM_IMAGE_KERNEL_MODULE, /* ET_REL with .modinfo, a PE driver (native subsystem) */
	PLIM_IMAGE_KERNEL,        /* vmlinux */
};

enum {
	PLIM_SECTION_EXEC = 1u << 0,
	PLIM_SECTION_WRITE = 1u << 1,
	PLIM_SECTION_LOADED = 1u << 2, /* has an address; the others are debug data and the like */
};

struct plim_section {
	const char *name;
	uint64_t address; /* PLIM_NO_ADDRESS if it is not loaded */
	uint64_t size;    /* bytes in memory */
	const uint8_t
		*data; /* `data_bytes` of them; relocated in objects; NULL if there are none */
	uint64_t data_bytes; /* <= size for loaded sections */
	uint32_t flags;
	uint32_t index; /* in the file's section table; program-header images have PLIM_NONE */
};

enum {
	PLIM_FUNCTION_GLOBAL = 1u << 0, /* a global or weak symbol */
	PLIM_FUNCTION_WEAK = 1u << 1,
	PLIM_FUNCTION_EXPORTED = 1u << 2, /* in the dynamic symbol table, or a PE export */
	PLIM_FUNCTION_ENTRY = 1u << 3,    /* the file's entry point */
	PLIM_FUNCTION_FRAGMENT = 1u
				 << 4, /* .cold and the like: `parent` is the function it is of */
	PLIM_FUNCTION_IFUNC = 1u << 5, /* a resolver: callers run what it returns */
	PLIM_FUNCTION_NAMELESS = 1u << 6,     /* known from a table only; its name is fn_ADDRESS */
	PLIM_FUNCTION_SIZE_GUESSED = 1u << 7, /* no size in the file: up to what follows */
	PLIM_FUNCTION_THUMB = 1u << 8,
	PLIM_FUNCTION_PLT = 1u << 9, /* a linkage stub; `import` or `target` of plim_image_stub() */
};

/** A function: one piece of code at [address, address + size). Sorted by address, no two overlap. */
struct plim_function {
	const char
		*name; /* never NULL; of several symbols the most telling: global, then shortest */
	const char *unit; /* the source file of a static's symbol (STT_FILE), or NULL */
	uint64_t address;
	uint64_t size;           /* > 0, within one executable section */
	uint32_t parent;         /* of a fragment: index of its function; else PLIM_NONE */
	uint32_t first_fragment; /* into `fragments` of the image: the indices of its fragments */
	uint32_t fragment_count;
	uint32_t flags;
};

/** A symbol: every named function (aliases included) and object. Sorted by address, then name. */
struct plim_symbol {
	const char *name;
	uint64_t address;
	uint64_t size;
	uint32_t
		function; /* index of the function it is at the start of, or PLIM_NONE (an object) */
	bool is_global;
};

/** A symbol that another image must give. Sorted by name. */
struct plim_import {
	const char *name;
	const char *library; /* the DLL of a PE import, or NULL */
	uint64_t address;    /* its placeholder, unique in the image; no bytes are there */
	bool is_weak;
};

/**
 * A word of the image that holds an address once loaded: from a relocation, or, where a linked file
 * has none (non-PIE executables), any aligned word of data that equals the start of a function.
 * Sorted by place. Import slots (GOT, IAT) are here too.
 */
struct plim_pointer {
	uint64_t place;
	uint64_t target; /* an address of this image, an import's placeholder if `import` is set */
	uint32_t import; /* index, or PLIM_NONE */
	bool is_scanned; /* found by its value only: may be a number that looks like an address */
	bool is_slot;    /* in a GOT or an import table: the linker's, not the program's */
	bool is_ifunc;   /* target is a resolver (R_*_IRELATIVE): what it returns is stored there */
};

/** A linkage stub: a PLT entry, an import thunk, a veneer. Sorted by address. */
struct plim_stub {
	uint64_t address;
	uint64_t size;
	uint64_t target; /* an address of this image, or the placeholder of `import` */
	uint32_t import; /* index, or PLIM_NONE */
	bool is_ifunc;
};

struct plim_image_private;

struct plim_image {
	const char *path;     /* as given; a member of an archive is "libz.a(deflate.o)" */
	const char *build_id; /* hexadecimal, or NULL */
	enum plim_format format;
	enum plim_arch arch;
	enum plim_image_kind kind;
	uint32_t address_bytes; /* 4 or 8 */
	bool is_stripped;       /* no symbol table: functions come from tables and exports */
	bool has_debug_info;    /* DWARF: lines and types can be asked for */
	uint64_t entry;         /* PLIM_NO_ADDRESS if there is none */
	uint64_t image_base;    /* PE: what RVAs are relative to; else 0 */

	const struct plim_section *sections; /* loaded ones first, by address; then the others */
	size_t section_count;
	const struct plim_function *functions;
	size_t function_count;
	const uint32_t *fragments;
	size_t fragment_count;
	const struct plim_symbol *symbols;
	size_t symbol_count;
	const struct plim_import *imports;
	size_t import_count;
	const struct plim_pointer *pointers;
	size_t pointer_count;
	const struct plim_stub *stubs;
	size_t stub_count;

	struct plim_image_private *priv;
};

struct plim_image_list {
	struct plim_image **images;
	size_t count;
};

/**
 * Reads a file and adds its images to `list` (zero-initialised by the caller before the first call).
 * Returns 0, or -1 with the error's line; then the list is as it was. An archive without a single
 * readable object is an error; members that are no objects are passed over. Sources of any size are
 * mapped, not copied.
 */
int plim_image_open(const char *path, struct plim_image_list *list, struct plim_error *err);

/** The same for bytes in memory, which must outlive the list; `name` is what errors call them. */
int plim_image_open_memory(const char *name, const void *bytes, size_t size,
			   struct plim_image_list *list, struct plim_error *err);

/** Frees every image of the list and leaves it empty. */
void plim_image_list_free(struct plim_image_list *list);

/** The short name of a CPU: x86_64, aarch64, arm, riscv64, riscv32. */
const char *plim_arch_name(enum plim_arch arch);

/** Index of the function (fragments are functions) that holds the address, or PLIM_NONE. */
uint32_t plim_image_function_at(const struct plim_image *image, uint64_t address);

/** Index of the function which the code at an address belongs to: as above, a fragment's parent. */
uint32_t plim_image_owner_at(const struct plim_image *image, uint64_t address);

/** The loaded section that holds the address, or NULL. */
const struct plim_section *plim_image_section_at(const struct plim_image *image, uint64_t address);

/** A section by name (the first), or NULL. */
const struct plim_section *plim_image_section_named(const struct plim_image *image,
						    const char *name);

/** `size` bytes at an address, or NULL if not all of them are in the file. */
const uint8_t *plim_image_bytes(const struct plim_image *image, uint64_t address, size_t size);

/** The symbol with this name (a global one if there are several), or NULL. */
const struct plim_symbol *plim_image_symbol_named(const struct plim_image *image, const char *name);

/** The last symbol that starts at or before the address and covers it, or NULL. */
const struct plim_symbol *plim_image_symbol_at(const struct plim_image *image, uint64_t address);

/** The import whose placeholder is at this address, or NULL. */
const struct plim_import *plim_image_import_at(const struct plim_image *image, uint64_t address);

/** The pointer stored at exactly this place, or NULL. */
const struct plim_pointer *plim_image_pointer_at(const struct plim_image *image, uint64_t place);

/** The stub that starts at or holds this address, or NULL. */
const struct plim_stub *plim_image_stub_at(const struct plim_image *image, uint64_t address);

/**
 * Source position of an instruction, from DWARF; loaded on the first call (not thread-safe).
 * Returns true and sets both, or false where nothing is known. The name lives as long as the image.
 */
bool plim_image_line(struct plim_image *image, uint64_t address, const char **file, unsigned *line);

struct Dwarf;

/**
 * The libdw handle of the image's debug data (ELF objects relocated; PE as well), or NULL where there
 * is none. Loaded on the first call; belongs to the image. Its addresses are not ours in objects:
 * translate with the two functions below, which return PLIM_NO_ADDRESS for what lies in no section.
 */
struct Dwarf *plim_image_dwarf(struct plim_image *image);
uint64_t plim_image_to_dwarf(const struct plim_image *image, uint64_t address);
uint64_t plim_image_from_dwarf(const struct plim_image *image, uint64_t dwarf_address);

#endif
