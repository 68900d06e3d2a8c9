/* filter/filter_bpf.h - programs of classic BPF, imported. */
#ifndef FILTER_FILTER_BPF_H
#define FILTER_FILTER_BPF_H

#include "filter/filter.h"

struct filter_bpf {		/* an instruction of classic BPF, as struct bpf_insn and struct sock_filter are */
	uint16_t code;
	uint8_t jt, jf;
	uint32_t k;
};

/* A program with the same answer for every packet, whose bytes begin where it was compiled for. NULL: told in `e`. */
struct filter *filter_import(const struct filter_bpf *insns, uint32_t count, struct err *e);

#endif
