/* wire/change.h - changes in a packet that stands in writable memory: the DS field, ECN, the MSS option.
 *
 * Checksums are changed by the difference (RFC 1624): right ones stay right, wrong ones stay wrong, and a record that
 * the snapshot length cut can be changed as well as a whole one. Any thread, no state. */
#ifndef WIRE_CHANGE_H
#define WIRE_CHANGE_H

#include "wire/view.h"

enum { WIRE_DSCP_MAX = 63 };

enum wire_ecn { WIRE_ECN_NOT, WIRE_ECN_ECT1, WIRE_ECN_ECT0, WIRE_ECN_CE };	/* RFC 3168 5 */

/* The DS field becomes `dscp`, ECN stays; v->tos too. `p` is what `v`, of an IP packet, was parsed from. */
void wire_dscp_set(uint8_t *p, struct view *v, uint8_t dscp);
/* The ECN field becomes `ecn`, DS stays: the same otherwise. */
void wire_ecn_set(uint8_t *p, struct view *v, enum wire_ecn ecn);

/* Where the value of an MSS option above `mss` stands in a SYN, from p on. 0: there is none, or it was not captured. */
uint32_t wire_mss_above(const uint8_t *p, uint32_t captured, const struct view *v, uint16_t mss);
/* Lowers every such option; each of them was captured, and so was the checksum. */
void wire_mss_lower(uint8_t *p, uint32_t captured, const struct view *v, uint16_t mss);

#endif
