/* cmd/pcap_report.h - the result of `narrows pcap` as a table or as the JSON of docs/ARCHITECTURE.md. */
#ifndef CMD_PCAP_REPORT_H
#define CMD_PCAP_REPORT_H

#include <stdio.h>

#include "app/app_pcap.h"

void pcap_report_json(FILE *to, struct app_pcap *a, uint64_t seed);
void pcap_report_text(FILE *to, struct app_pcap *a);

#endif
