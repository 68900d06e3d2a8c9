/* lane/lane_int.h - what the files of this room share. */
#ifndef LANE_LANE_INT_H
#define LANE_LANE_INT_H

#include "lane/lane.h"

/* ---- scripts ---- */

enum script_room { SCRIPT_RULES, SCRIPT_EMU, SCRIPT_LANE, SCRIPT_EXPECT };

struct script_line {			/* one command, parsed */
	enum script_room room;
	bool timed;			/* `at`: it waits for its time, in a lane's schedule */
	nrw_time at;
	size_t order;			/* among those that wait, as written */
	unsigned line;			/* in its file */
	const char *file;		/* of script_files */
	union {
		struct rules_cmd *rules;
		struct emu_cmd *emu;
		struct lane_word *lane;
		struct lane_expect *expect;
	};
};

struct script_files {			/* names of files that lines came from */
	char **names;
	size_t count;
};

struct lane_script {
	struct script_line *lines;
	size_t count, room;
	struct script_files files;
};

void script_line_free(struct script_line *line);	/* what it owns */
void script_files_free(struct script_files *f);

/* lane_words.c: commands of the lane's own: enable, disable, sysctl. */
struct lane_word;
bool lane_word_knows(struct word first);
struct lane_word *lane_word_parse(struct lex *lx);	/* all errors told; NULL where there was one */
void lane_word_free(struct lane_word *w);
char *lane_word_print(const struct lane_word *w);	/* canonical; malloc's, or NULL */
int lane_word_run(struct lane *l, const struct lane_word *w, struct err *e);
const char *lane_word_at(size_t i);			/* first words, for "did you mean"; NULL: no more */

/* lane_expect.c: expectations. */
enum { EXPECT_FRAG = 1 << 0, EXPECT_DF = 1 << 1, EXPECT_MF = 1 << 2, EXPECT_MSS = 1 << 3, EXPECT_LEN = 1 << 4,
	EXPECT_TYPE = 1 << 5, EXPECT_FLAGS = 1 << 6 };

struct lane_expect {
	uint8_t family, proto;
	uint32_t src4, dst4;
	uint64_t src6[2], dst6[2];
	uint16_t sport, dport;
	uint32_t given;			/* EXPECT_ bits: what was said, where that is not to be seen */
	uint8_t tcp_flags, ttl, tos, icmp_type, icmp_code, vlans;
	uint16_t len, ip_id, frag_off, win, mss, vlan[4];
	uint32_t flow_label;
	uint8_t src_mac[6], dst_mac[6];
	bool out;
	char *recv, *xmit;		/* malloc's, or NULL */
	char *verdict;
	uint32_t rule;
};
uint32_t expect_build(const struct lane_expect *x, uint8_t *to, size_t room);	/* lane_packet.c */
uint32_t expect_headers(const struct lane_expect *x);	/* bytes of L that its headers take */
enum { EXPECT_SPORT = 40000, EXPECT_TTL = 64, EXPECT_WIN = 65535 };	/* where nothing is said */
extern const uint8_t expect_macs[2][6];			/* source, destination */
extern const struct expect_name { const char *name; uint8_t value; } expect_protos[], expect_flags[];
bool lane_expect_begins(const struct lex *lx);		/* is the line one? */
struct lane_expect *lane_expect_parse(struct lex *lx);	/* all errors told; NULL where there was one */
void lane_expect_free(struct lane_expect *x);
char *lane_expect_print(const struct lane_expect *x);	/* canonical; malloc's, or NULL */

/* lane_marks.c: `# 12 "file"` and `#line 12 "file"`, which preprocessors leave: the next line is line 12 of that file.
 * */
struct mark {
	unsigned line;
	char *file;		/* malloc's; NULL: the same as before */
	bool is_input;		/* it names standard input: the file that was handed to the preprocessor */
};
bool mark_read(const char *line, size_t n, struct mark *m);	/* false: it is none, or no memory for its name */

/* ---- a lane ---- */

struct answering {		/* lane_answer.c */
	uint64_t second;		/* of the lane's time, in which `sent` were sent */
	uint64_t sent;
	struct lane_answers total;
};

struct lane {
	struct lane_cfg cfg;
	struct rules_env env;
	struct rules_tables *tables;	/* that rules ask */
	struct rules_found found;	/* of the rule that is being asked */
	char by_number[24];		/* of lane_explain(): "pipe 7" */
	struct rules_set *rules;
	struct rules_counter *counters;	/* one for each of rules */
	struct emu *emu;
	struct emu_files *outputs;	/* files that pipes write; NULL: none are made */
	uint64_t arrivals;		/* seq of the next packet */
	uint64_t epoch_ns;		/* time 0, in ns since 1970 */
	nrw_time next_at;		/* when the next command of `at` runs; NRW_NEVER: none waits */
	uint32_t generation;		/* of rules: packets on their way remember it */
	uint16_t judged;		/* VIEW_HAS_ bits of packets that meet the rules; 0: the firewall is disabled */
	uint16_t seen;			/* bits every packet has besides: all of them at layer 2 */
	bool one_pass;			/* what leaves a pipe is accepted; else it goes back to the rules */
	bool by_event;			/* it was off once: packets may go back */
	uint32_t step;			/* autoinc_step */
	/* The packet that is being judged. Here, not on the stack, since most of it is the same for each. */
	struct rules_pass pass;
	struct view view;
	struct meta meta;
	uint16_t *iface;		/* of meta: where its interface goes, if every packet goes the same way */
	/* that of lane_input(), which a pipe has now, and nothing held so far; or NULL */
	const struct pkt *fresh;
	uint64_t fresh_seq;		/* of it and of its copies; NOT_FRESH */
	struct answering answering;
	struct pkt_fifo back;		/* out of their pipes at this instant, waiting to go back to the rules */

	struct script_files files;	/* that they came from */
	struct script_line *waiting;	/* commands of `at`, by time, then as written */
	size_t waiting_count, waiting_done;
};

/* lane_answer.c: what rules answer to a packet that they drop; the packet is still whole. NULL: nothing goes out. */
struct pkt *lane_answer(struct lane *l, const struct pkt *p, const struct view *v, const struct rules_answer *a,
	nrw_time now);

/* lane.c: makes pass, view and meta those of this packet. False: it meets no rule. */
bool lane_look_at(struct lane *l, struct pkt *p, nrw_time now);

/* lane_env.c */
void lane_env_init(struct lane *l);

/* lane_load.c */
int load_line(struct lane *l, const struct script_line *line, nrw_time now, struct err *e);	/* one command, now */

/* lane_schedule.c: commands that wait for their time. */
int schedule_take(struct lane *l, struct lane_script *s);	/* those of the script; 0 or ERR_NOMEM */
void schedule_run(struct lane *l, nrw_time now);		/* all that are due at `now` */
void schedule_fini(struct lane *l);

void lane_say(const struct lane *l, enum lane_said what, const char *text);

/* lane_net.c; the address is of the net's family. */
bool lane_net_has4(const struct lane_net *net, uint32_t addr);
bool lane_net_has6(const struct lane_net *net, const uint64_t addr[2]);

#endif
