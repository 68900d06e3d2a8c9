# Queue management: its kinds, their parameters, what is refused.
pipe 1 config red 0.002/10/30/0.1 ; pipe 1 config red 0.002/10/30/0.1
pipe 1 config gred 2e-3/10/30/10% ecn ; pipe 1 config gred 0.002/10/30/0.1 ecn
pipe 1 config red 1/0/1/1 ecn dctcp ; pipe 1 config red 1/0/1/1 ecn dctcp
pipe 1 config red 0.5/7KB/21KB/0 noecn ; pipe 1 config red 0.5/7KB/21KB/0
pipe 1 config red 0.5/0B/1500B/0.25 queue 64KB ; pipe 1 config queue 64KB red 0.5/0B/1500B/0.25
queue 2 config pipe 1 red 0.5/7/21/0.5 ecn weight 3 ; queue 2 config pipe 1 weight 3 red 0.5/7/21/0.5 ecn
pipe 1 config codel ; pipe 1 config codel
pipe 1 config codel target 5ms interval 100ms noecn ; pipe 1 config codel
pipe 1 config codel ecn interval 40ms target 8ms delay 3ms ; pipe 1 config delay 3ms codel target 8ms interval 40ms ecn
pipe 1 config codel target 1500us bw 1Mbit/s ; pipe 1 config bw 1Mbit/s codel target 1.5ms
queue 3 config codel ecn sched 1 ; queue 3 config sched 1 codel ecn
pipe 1 config pie ; pipe 1 config pie
pipe 1 config pie target 15ms tupdate 15ms alpha .125 beta 1.25 max_burst 150ms max_ecnth .1 noecn capdrop drand dre ; pipe 1 config pie
pipe 1 config pie ts derand onoff nocapdrop ecn max_ecnth 20% max_burst 0s beta 7 alpha 0 tupdate 30ms target 20ms ; pipe 1 config pie target 20ms tupdate 30ms alpha 0 beta 7 max_burst 0s max_ecnth 0.2 ecn nocapdrop onoff ts
pipe 1 config pie alpha 0.000001 noderand ; pipe 1 config pie alpha 0.000001 nodrand
sched 1 config type fq_codel ; sched 1 config type fq_codel
sched 1 config type fq_codel quantum 300 target 10ms limit 1000 noecn flows 64 interval 200ms ; sched 1 config type fq_codel quantum 300 limit 1000 flows 64 target 10ms interval 200ms noecn
sched 1 config type FQ_PIE ecn ts capdrop drand ; sched 1 config type fq_pie
sched 1 config type fq_pie dre tupdate 1ms bw 1Mbit/s ; sched 1 config type fq_pie tupdate 1ms dre bw 1Mbit/s
pipe 1 config red ; !18 red: its value is missing; w_q/min/max/max_p, as 0.002/5/15/0.1
pipe 1 config red ecn ; !19 red: its value is missing before this word; w_q/min/max/max_p, as 0.002/5/15/0.1
pipe 1 config red 0.002/10/30 ; !19 red: '0.002/10/30' is not w_q/min/max/max_p, as 0.002/5/15/0.1
pipe 1 config red 0.002//30/1 ; !19 red: '0.002//30/1' is not w_q/min/max/max_p, as 0.002/5/15/0.1
pipe 1 config red 0.002/1/30/1/ ; !19 red: '0.002/1/30/1/' is not w_q/min/max/max_p, as 0.002/5/15/0.1
pipe 1 config red 0/10/30/0.1 ; !19 w_q: 0 is not allowed: the average would never move
pipe 1 config red 1.5/10/30/0.1 ; !19 w_q: 1.5 is not in 0..1
pipe 1 config red 0.1/30/30/0.1 ; !23 min: 30 is not below max
pipe 1 config red 0.1/3/30KB/0.1 ; !23 min and max: both in bytes, or both as the queue counts
pipe 1 config red 0.1/3/30/2 ; !28 max_p: 2 is not in 0..1
pipe 1 config red 0.1/3/30/0.5 ecn noecn ; !36 noecn: given twice, or against what was given; once is allowed
pipe 1 config codel red 0.1/3/30/0.5 ; !21 red: a queue has one management, and codel was given already
pipe 1 config droptail pie ; !24 pie: a queue has one management, and droptail was given already
pipe 1 config codel codel ; !21 codel: given twice; once is allowed
pipe 1 config codel target 5ms target 5ms ; !32 target: given twice, or against what was given; once is allowed
pipe 1 config codel ecn noecn ; !25 noecn: given twice, or against what was given; once is allowed
pipe 1 config pie dre ts ; !23 ts: given twice, or against what was given; once is allowed
pipe 1 config pie drand noderand ; !25 noderand: given twice, or against what was given; once is allowed
pipe 1 config codel target ; !27 target: its value is missing; a time with its unit, as 15ms
pipe 1 config codel target ecn ; !28 target: its value is missing before this word; a time with its unit, as 15ms
pipe 1 config codel target 0ms ; !28 target: 0ms is too short; 1ns or more
pipe 1 config codel tupdate 15ms ; !21 tupdate: no option by itself; it belongs to another word
pipe 1 config ecn ; !15 ecn: no option by itself; it belongs to another word
pipe 1 config codel delay 3ms ecn ; !31 ecn: no option by itself; it belongs to another word
pipe 1 config pie tupdate 10us ; !27 tupdate: 10us is too short; 100us or more
pipe 1 config pie max_burst 11s ; !29 max_burst: 11s is not in 0s..10s
pipe 1 config pie alpha 7.5 ; !25 alpha: 7.5 is not in 0..7
pipe 1 config pie beta 1.2345678 ; !24 beta: 1.2345678 would be rounded; six digits behind the point are kept
pipe 1 config pie beta x ; !24 beta: 'x' is not a number in 0..7, as 0.125
pipe 1 config pie max_ecnth 2 ; !29 max_ecnth: 2 is not in 0..1
sched 1 config codel ; !16 codel: an option of pipes and queues
sched 1 config type rr ecn ; !24 ecn: no option by itself; it belongs to another word
