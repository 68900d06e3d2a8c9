/* emu/emu_overhead.c - what a packet takes on the link beyond its own length L: `overhead N`, `ethernet`, `[N] atm`.
 *
 *      N           L + N
 *      ethernet    layer 2: max(L, 60) + 24       FCS 4, preamble 8, gap 12; a frame without FCS has at least 60
 *                  layer 3: max(L + 14, 60) + 24  the header 14 besides, so mostly L + 38
 *      N atm       53 ceil((L + N) / 48)          cells of 48 bytes in 53; N 0 unless told: AAL5's trailer is 8, what
 *                                                 stands between IP and AAL5 depends on the line
 *
 * L is the frame's length where rules see frames (layer 2), else the IP header's. Below 2^33 for any L of 32 bits and N
 * of 16. */
#include "emu_impair.h"

#define ETHERNET_HEADER 14u
#define ETHERNET_LEAST 60u
#define ETHERNET_AROUND 24u
#define CELL 53u
#define CELL_ROOM 48u

uint64_t emu_overhead_add(const struct emu_overhead *o, uint64_t bytes, bool layer2)
{
	uint64_t frame = bytes + (layer2 ? 0 : ETHERNET_HEADER);

	switch (o->framing) {
	case FRAMING_PLAIN:
		break;
	case FRAMING_ETHERNET:
		return (frame > ETHERNET_LEAST ? frame : ETHERNET_LEAST) + ETHERNET_AROUND;
	case FRAMING_ATM:
		return (bytes + o->bytes + CELL_ROOM - 1) / CELL_ROOM * CELL;
	}
	return bytes + o->bytes;
}
