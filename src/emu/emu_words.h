/* emu/emu_words.h - readers and printers of the words of pipes, a group for each file, for the table in emu_words.c. */
#ifndef EMU_EMU_WORDS_H
#define EMU_EMU_WORDS_H

#include "emu/emu_int.h"
#include "wire/text.h"

/* The value of an option, unless the next word begins another one: then it was forgotten. 0, or a code: it was told. */
int emu_value(struct lex *lx, struct word name, const char *allowed, struct word *w);
/* A time in least..most, NRW_NEVER being no limit. 0, or a code: it was told, with `what` before it. */
int emu_time_within(struct lex *lx, struct word w, const char *what, nrw_time least, nrw_time most, nrw_time *to);

/* emu_words_pipe.c */
int emu_parse_bw(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_delay(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_burst(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_queue(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_limit(struct lex *lx, struct word w, struct emu_limit *limit);	/* but `auto` */
int emu_parse_noerror(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_error(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_flows(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_expire(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_buckets(struct lex *lx, struct word name, struct emu_conf *c);
void emu_print_bw(char *to, const struct emu_conf *c);
void emu_print_delay(char *to, const struct emu_conf *c);
void emu_print_burst(char *to, const struct emu_conf *c);
void emu_print_queue(char *to, const struct emu_conf *c);
void emu_print_noerror(char *to, const struct emu_conf *c);
void emu_print_flows(char *to, const struct emu_conf *c);
void emu_print_expire(char *to, const struct emu_conf *c);

/* emu_words_sched.c */
int emu_parse_to(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_weight(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_pri(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_lmax(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_type(struct lex *lx, struct word name, struct emu_conf *c);
void emu_print_to(char *to, const struct emu_conf *c);
void emu_print_weight(char *to, const struct emu_conf *c);
void emu_print_pri(char *to, const struct emu_conf *c);
void emu_print_lmax(char *to, const struct emu_conf *c);
void emu_print_type(char *to, const struct emu_conf *c);

/* emu_words_aqm.c */
int emu_parse_droptail(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_red(struct lex *lx, struct word name, struct emu_conf *c);	/* gred too */
int emu_parse_aqm(struct lex *lx, struct word name, struct emu_conf *c);	/* codel, pie */
void emu_print_aqm(char *to, const struct emu_conf *c);
struct aqm_conf emu_aqm_default_fq(const struct nrw_sched_ops *ops);		/* of the flows of fq_codel or fq_pie */
/* Reads the next word and its value if it is a parameter of a->ops; false: it is none. *said and *rc start at 0; what
 * was wrong was told, and is or-ed to *rc. */
bool emu_aqm_param(struct lex *lx, struct aqm_conf *a, uint32_t *said, int *rc);
/* The parameters that are others than those of `from`. */
void emu_aqm_print(struct text *t, const struct aqm_conf *a, const struct aqm_conf *from);

/* emu_words_guest.c: the same of queue management that came from a plug-in. */
void emu_guest_default(struct aqm_conf *a);
bool emu_guest_param(struct lex *lx, struct aqm_conf *a, uint32_t *said, int *rc);
void emu_guest_print(struct text *t, const struct aqm_conf *a);

/* emu_words_impair.c */
int emu_parse_plr(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_loss(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_duplicate(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_corrupt(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_reorder(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_jitter(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_overhead(struct lex *lx, struct word name, struct emu_conf *c);
void emu_print_loss(char *to, const struct emu_conf *c);
void emu_print_duplicate(char *to, const struct emu_conf *c);
void emu_print_corrupt(char *to, const struct emu_conf *c);
void emu_print_reorder(char *to, const struct emu_conf *c);
void emu_print_jitter(char *to, const struct emu_conf *c);
void emu_print_overhead(char *to, const struct emu_conf *c);
void emu_hold_loss(const struct emu_conf *c);
void emu_release_loss(struct emu_conf *c);
void emu_hold_jitter(const struct emu_conf *c);
void emu_release_jitter(struct emu_conf *c);

/* emu_words_link.c */
int emu_parse_profile(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_trace(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_schedule(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_paused(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_cut(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_seed(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_pcap(struct lex *lx, struct word name, struct emu_conf *c);
int emu_parse_log(struct lex *lx, struct word name, struct emu_conf *c);
void emu_print_profile(char *to, const struct emu_conf *c);
void emu_print_trace(char *to, const struct emu_conf *c);
void emu_print_schedule(char *to, const struct emu_conf *c);
void emu_print_paused(char *to, const struct emu_conf *c);
void emu_print_cut(char *to, const struct emu_conf *c);
void emu_print_seed(char *to, const struct emu_conf *c);
void emu_print_pcap(char *to, const struct emu_conf *c);
void emu_print_log(char *to, const struct emu_conf *c);
void emu_hold_profile(const struct emu_conf *c);
void emu_release_profile(struct emu_conf *c);
void emu_hold_trace(const struct emu_conf *c);
void emu_release_trace(struct emu_conf *c);
void emu_hold_schedule(const struct emu_conf *c);
void emu_release_schedule(struct emu_conf *c);
void emu_hold_pcap(const struct emu_conf *c);
void emu_release_pcap(struct emu_conf *c);
void emu_hold_log(const struct emu_conf *c);
void emu_release_log(struct emu_conf *c);

#endif
