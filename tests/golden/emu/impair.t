# Impairments and overheads: what is accepted, and its canonical form. Files stand in files/.
pipe 1 config loss random 1% ; pipe 1 config plr 0.01
pipe 1 config loss random 1% after ; pipe 1 config loss random 0.01 after
pipe 1 config loss random 1% corr 50% ; pipe 1 config loss random 0.01 corr 0.5
pipe 1 config loss random 1% after corr 50% ; pipe 1 config loss random 0.01 corr 0.5 after
pipe 1 config loss random 1% corr 0 ; pipe 1 config plr 0.01
pipe 1 config loss gemodel 1% ; pipe 1 config loss gemodel 0.01
pipe 1 config loss gemodel 1% 10% ; pipe 1 config loss gemodel 0.01 0.1
pipe 1 config loss gemodel 0.01 0.1 1 0 ; pipe 1 config loss gemodel 0.01 0.1
pipe 1 config loss gemodel 0.01 0.1 0.7 0.001 after ; pipe 1 config loss gemodel 0.01 0.1 0.7 0.001 after
pipe 1 config loss gemodel 0.5 0.5 1 ; pipe 1 config loss gemodel 0.5
pipe 1 config loss state 0.01 ; pipe 1 config loss state 0.01
pipe 1 config loss state 0.01 0.3 0 1 0 ; pipe 1 config loss state 0.01 0.3
pipe 1 config loss state 0.01 0.3 0.1 0.5 0.001 ; pipe 1 config loss state 0.01 0.3 0.1 0.5 0.001
pipe 1 config loss state 0.5 0.5 0.5 0.5 0.5 ; pipe 1 config loss state 0.5 0.5 0.5 0.5 0.5
pipe 1 config loss state 1 ; pipe 1 config loss state 1
pipe 1 config loss pattern files/bits.txt ; pipe 1 config loss pattern files/bits.txt
pipe 1 config loss pattern files/packets.txt after once ; pipe 1 config loss pattern files/packets.txt once after
pipe 1 config duplicate 0.1 ; pipe 1 config duplicate 0.1
pipe 1 config duplicate 10% corr 0.25 ; pipe 1 config duplicate 0.1 corr 0.25
pipe 1 config duplicate 0 ; pipe 1 config duplicate 0
pipe 1 config corrupt 0.1 ; pipe 1 config corrupt 0.1
pipe 1 config corrupt 0.1 any bits 64 ; pipe 1 config corrupt 0.1 bits 64 any
pipe 1 config corrupt 0.1 bits 1 ; pipe 1 config corrupt 0.1
pipe 1 config reorder 25% ; pipe 1 config reorder 0.25
pipe 1 config reorder 25% by 5 gap 1000000000 corr 1 ; pipe 1 config reorder 0.25 corr 1 gap 1000000000 by 5ms
pipe 1 config reorder 1 gap 1 ; pipe 1 config reorder 1
pipe 1 config jitter 5 ; pipe 1 config jitter 5ms
pipe 1 config jitter 0 ; pipe 1 config jitter 0
pipe 1 config jitter 5ms uniform ; pipe 1 config jitter 5ms
pipe 1 config jitter 5ms normal ; pipe 1 config jitter 5ms normal
pipe 1 config jitter 5ms pareto corr 0.5 ; pipe 1 config jitter 5ms pareto corr 0.5
pipe 1 config jitter 5ms reorder corr 0.5 paretonormal ; pipe 1 config jitter 5ms paretonormal corr 0.5 reorder
pipe 1 config jitter 5ms reorder ; pipe 1 config jitter 5ms reorder
pipe 1 config jitter 5ms reorder 0.5 ; pipe 1 config jitter 5ms reorder 0.5
pipe 1 config jitter 5ms reorder reorder 0.5 ; pipe 1 config jitter 5ms reorder reorder 0.5
pipe 1 config jitter 17592186044416ns ; pipe 1 config jitter 17592.186044416s
pipe 1 config jitter 5ms table files/some.dist ; pipe 1 config jitter 5ms table files/some.dist
pipe 1 config jitter ecdf files/delays.ecdf reorder ; pipe 1 config jitter ecdf files/delays.ecdf reorder
pipe 1 config overhead ethernet ; pipe 1 config overhead ethernet
pipe 1 config overhead atm ; pipe 1 config overhead atm
pipe 1 config overhead 8 atm ; pipe 1 config overhead 8 atm
pipe 1 config overhead 0 atm delay 5 ; pipe 1 config delay 5ms overhead atm
pipe 1 config delay 20ms jitter 5ms loss gemodel 0.1 0.2 reorder 0.1 by 1s corrupt 1 duplicate 1 ; pipe 1 config delay 20ms jitter 5ms reorder 0.1 by 1s loss gemodel 0.1 0.2 duplicate 1 corrupt 1

# What is refused.
pipe 1 config loss ; !19 loss: its value is missing; random P, gemodel p, state p13 or pattern FILE
pipe 1 config loss 0.1 ; !20 loss: unknown model; random P, gemodel p, state p13 or pattern FILE
pipe 1 config loss gemodel ; !27 loss: its value is missing; a probability, 0..1 or 0%..100%
pipe 1 config loss gemodel 0.1 1.1 ; !32 loss: 1.1 is not in 0..1
pipe 1 config loss gemodel 0.1 -1 ; !32 loss: -1 is not in 0..1
pipe 1 config loss gemodel 0.1 0.2 0.3 0.4 0.5 ; !44 loss: gemodel takes 4 probabilities at most
pipe 1 config loss random 0.1 0.2 ; !31 loss: random takes 1 probability
pipe 1 config loss state 0.5 0.5 0.6 ; !34 loss: p31 and p32 are together more than 1
pipe 1 config loss state 0.5 0.5 0.5 0.5 0.6 ; !42 loss: p13 and p14 are together more than 1
pipe 1 config loss state 0.1 1 0.1 ; !32 loss: p31 and p32 are together more than 1
pipe 1 config loss gemodel 0.1 corr 0.5 ; !32 corr: of loss random only; a chain is its own memory
pipe 1 config loss random 0.1 once ; !31 once: of loss pattern only
pipe 1 config loss random 0.1 corr ; !35 corr: its value is missing; a probability, 0..1 or 0%..100%
pipe 1 config loss random 0.1 corr 0.1 corr 0.1 ; !40 corr: given twice; once is allowed
pipe 1 config loss random 0.1 after after ; !37 after: given twice; once is allowed
pipe 1 config loss pattern ; !27 loss: its value is missing; a file
pipe 1 config loss pattern none.txt ; !28 pattern: none.txt: No such file or directory
pipe 1 config loss pattern - ; !28 pattern: this is no name of a file
pipe 1 config loss pattern files/bits-wrong.txt ; !3 pattern: 0 (passes) or 1 (lost) for each packet; numbers of packets stand behind the word packets
pipe 1 config loss pattern files/packets-twice.txt ; !1 pattern: numbers of packets rise; 10 stands before this
pipe 1 config loss pattern files/empty.txt ; !1 pattern: it says nothing of any packet
pipe 1 config plr 0.1 loss gemodel 0.1 ; !23 loss: means the same as plr, which was given already
pipe 1 config duplicate ; !24 duplicate: its value is missing; a probability, 0..1 or 0%..100%
pipe 1 config duplicate 2 ; !25 duplicate: 2 is not in 0..1
pipe 1 config duplicate 0.1 duplicate 0.1 ; !29 duplicate: given twice; once is allowed
pipe 1 config corrupt 0.1 bits 0 ; !32 bits: 0 is not in 1..64
pipe 1 config corrupt 0.1 bits 65 ; !32 bits: 65 is not in 1..64
pipe 1 config corrupt 0.1 bits ; !31 bits: its value is missing; how many flip, 1..64
pipe 1 config corrupt 0.1 any any ; !31 any: given twice; once is allowed
pipe 1 config reorder 0.1 gap 0 ; !31 gap: 0 is not in 1..1000000000
pipe 1 config reorder 0.1 by 0 ; !30 by: 0 is not allowed; without it a packet skips the jitter
pipe 1 config reorder 0.1 by ; !29 by: its value is missing; how much longer it is held, as 20ms
pipe 1 config reorder ; !22 reorder: its value is missing; a probability, 0..1 or 0%..100%
pipe 1 config jitter ; !21 jitter: its value is missing; a time, as 5ms, or ecdf FILE
pipe 1 config jitter normal ; !22 jitter: 'normal' is not a time, as 20ms
pipe 1 config jitter 17592186044417ns ; !22 jitter: 17592186044417ns is not in 0..17592186044416ns (2^44, 4.8 hours)
pipe 1 config jitter 5ms normal pareto ; !33 jitter: one distribution is allowed
pipe 1 config jitter 5ms ecdf files/delays.ecdf ; !26 ecdf: says whole delays; it takes the place of T: jitter ecdf FILE
pipe 1 config jitter 5ms reorder reorder ; !34 reorder: given twice; once is allowed
pipe 1 config jitter 5ms table ; !31 table: its value is missing; a file
pipe 1 config jitter 5ms table files/wide.dist ; !5 table: 40000 is not in 0..32767
pipe 1 config jitter 5ms table files/empty.txt ; !1 table: there is no number in it
pipe 1 config jitter ecdf files/short.ecdf ; !9 ecdf: the last probability is not 1
pipe 1 config jitter ecdf files/bad.ecdf ; !1 ecdf: less than the value before it; they never fall | !6 ecdf: less than the probability before it; they never fall | !5 ecdf: a probability is missing behind the time | !8 ecdf: a time and its probability, and nothing else in a line
pipe 1 config overhead ; !23 overhead: its value is missing; bytes a packet, 0..65535, ethernet, or atm
pipe 1 config overhead atm 8 ; !28 8: unknown option; narrows check --list pipe-options tells all
queue 1 config loss random 0.1 after ; !16 loss: not after the link, which is not the queue's
queue 1 config pipe 1 loss gemodel 0.1 duplicate 0.1 corrupt 0.1 ; queue 1 config pipe 1 loss gemodel 0.1 duplicate 0.1 corrupt 0.1
queue 1 config jitter 5ms ; !16 jitter: an option of pipes and scheds
sched 1 config jitter 5ms reorder 0.1 ; sched 1 config jitter 5ms reorder 0.1
sched 1 config duplicate 0.1 ; !16 duplicate: an option of pipes and queues
