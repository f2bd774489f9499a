#include "stack/frame/insn.h"
struct plim_capstone *plim_capstone_new(enum plim_arch arch) { (void)arch; return NULL; }
void plim_capstone_free(struct plim_capstone *c) { (void)c; }
bool plim_capstone_decode(struct plim_capstone *c, bool th, const uint8_t *b, size_t left, uint64_t a, struct plim_insn *i){(void)c,(void)th,(void)b,(void)left,(void)a,(void)i;return false;}
