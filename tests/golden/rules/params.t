# INPUT ; CANONICAL or !COLUMN ERROR: what stands around an action: the set, prob, log, tags; call and return.

# Sets.
add 100 set 3 allow in ; add 100 set 3 allow ip from any to any in
add set 3 allow in ; add 100 set 3 allow ip from any to any in
add 100 set 0 allow in ; add 100 allow ip from any to any in
add 100 set 31 allow in ; add 100 set 31 allow ip from any to any in
add 100 set 32 allow in ; !13 set: 32 is not in 0..31
add 100 set allow in ; !13 set: a number in 0..31 is missing
add 100 set 3 set 4 allow in ; !15 set: said already
add 100 allow set 3 in ; !15 set: stands before the action: [NUMBER] [set N] [prob P] ACTION [log] [tag N] BODY
add 100 allow in set 3 ; !18 set: stands before the protocol: [prob P] ACTION [log] [tag N] BODY
add 100 set 3 // text ; add 100 set 3 count ip from any to any // text
add 100 set 0x1f allow in ; add 100 set 31 allow ip from any to any in
# Chance.
add 100 prob 0.05 allow in ; add 100 prob 0.050000 allow ip from any to any in
add 100 prob 0.5 deny in ; add 100 prob 0.500000 deny ip from any to any in
add 100 prob .5 deny in ; add 100 prob 0.500000 deny ip from any to any in
add 100 prob 5% deny in ; add 100 prob 0.050000 deny ip from any to any in
add 100 prob 1e-9 deny in ; add 100 prob 0.000000001 deny ip from any to any in
add 100 prob 0.123456789 deny in ; add 100 prob 0.123456789 deny ip from any to any in
add 100 prob 0.1234567 deny in ; add 100 prob 0.1234567 deny ip from any to any in
add 100 prob 0.000001 deny in ; add 100 prob 0.000001 deny ip from any to any in
add 100 prob 0.9999999 deny in ; add 100 prob 0.9999999 deny ip from any to any in
add 100 prob 0.100000 deny in ; add 100 prob 0.100000 deny ip from any to any in
add 100 prob 1 deny in ; add 100 deny ip from any to any in
add 100 prob 1.0 deny in ; add 100 deny ip from any to any in
add 100 prob 100% deny in ; add 100 deny ip from any to any in
add 100 prob 0 deny in ; add 100 prob 0.000000 deny ip from any to any in
add 100 prob 1.5 deny in ; !14 prob: 1.5 is not in 0..1
add 100 prob -1 deny in ; !14 prob: -1 is not in 0..1
add 100 prob 2 deny in ; !14 prob: 2 is not in 0..1
add 100 prob x deny in ; !14 prob: 'x' is not a probability, as 0.01 or 1%
add 100 prob deny in ; !14 prob: a probability in 0..1 is missing
add 100 prob ; !13 prob: a probability in 0..1 is missing | !13 an action is missing here: allow, deny, count, skipto N or pipe N
add 100 prob 0.5 ; !17 an action is missing here: allow, deny, count, skipto N or pipe N
add 100 prob 0.5 // text ; add 100 prob 0.500000 count ip from any to any // text
add 100 prob 0.5 prob 0.5 deny in ; !18 prob: said already
add 100 deny prob 0.5 in ; !14 prob: stands before the action: [NUMBER] [set N] [prob P] ACTION [log] [tag N] BODY
add 100 deny in prob 0.5 ; !17 prob: stands before the protocol: [prob P] ACTION [log] [tag N] BODY
add 100 prob 0.5 set 3 deny in ; add 100 set 3 prob 0.500000 deny ip from any to any in
add prob 0.5 deny tcp from any to any 80 // half ; add 100 prob 0.500000 deny tcp from any to any dst-port 80 // half
# Reports.
add 100 deny log in ; add 100 deny log ip from any to any in
add 100 deny log tcp from any to any ; add 100 deny log tcp from any to any
add 100 deny log logamount 5 in ; add 100 deny log logamount 5 ip from any to any in
add 100 deny log logamount 0 in ; add 100 deny log ip from any to any in
add 100 deny log logamount 4294967295 in ; add 100 deny log logamount 4294967295 ip from any to any in
add 100 deny log logamount 4294967296 in ; !28 logamount: 4294967296 is not in 0..4294967295
add 100 deny log logamount in ; !28 logamount: a number is missing; 0 is no limit
add 100 deny logamount 5 in ; !14 logamount: stands behind log (deny log logamount 10 ...)
add 100 deny log log in ; !18 log: said already
add 100 log deny in ; !9 log: stands behind the action: [NUMBER] [set N] [prob P] ACTION [log] [tag N] BODY
add 100 log logamount 5 deny in ; !9 log: stands behind the action: [NUMBER] [set N] [prob P] ACTION [log] [tag N] BODY
add 100 deny in log ; !17 log: stands before the protocol: [prob P] ACTION [log] [tag N] BODY
add 100 skipto 200 log in ; add 100 skipto 200 log ip from any to any in
add 100 pipe 1 log logamount 10 ip from any to any ; add 100 pipe 1 log logamount 10 ip from any to any
add 100 count log // all of it ; !18 a body is missing here: ip from any to any, or options
# Tags.
add 100 allow tag 5 in ; add 100 allow tag 5 ip from any to any in
add 100 allow tag 65534 in ; add 100 allow tag 65534 ip from any to any in
add 100 allow tag 0 in ; !19 tag: 0 is not in 1..65534
add 100 allow tag 65535 in ; !19 tag: 65535 is not in 1..65534
add 100 allow tag in ; !19 tag: a number in 1..65534 is missing
add 100 allow tag x in ; !19 tag: 'x' is not a whole number in 1..65534
add 100 allow untag 5 in ; add 100 allow untag 5 ip from any to any in
add 100 allow untag 0 in ; !21 untag: 0 is not in 1..65534
add 100 allow tag 5 untag 6 in ; add 100 allow tag 5 untag 6 ip from any to any in
add 100 allow untag 6 tag 5 in ; add 100 allow tag 5 untag 6 ip from any to any in
add 100 allow tag 5 tag 6 in ; !21 tag: said already
add 100 allow untag 5 untag 5 in ; !23 untag: said already
add 100 tag 5 allow in ; !9 tag: stands behind the action: [NUMBER] [set N] [prob P] ACTION [log] [tag N] BODY
add 100 allow in tag 5 ; !18 tag: stands before the protocol: [prob P] ACTION [log] [tag N] BODY
add 100 allow tag 5 log in ; add 100 allow log tag 5 ip from any to any in
add 100 set 3 prob 0.05 deny log logamount 5 tag 7 tcp from any to any ; add 100 set 3 prob 0.050000 deny log logamount 5 tag 7 tcp from any to any
add 100 set 3 prob 0.05 skipto 200 untag 8 tag 7 log { tcp or udp } from any to any // all at once ; add 100 set 3 prob 0.050000 skipto 200 log tag 7 untag 8 { tcp or udp } from any to any // all at once
add 100 allow altq x in ; !15 altq: known, but not supported: there is no ALTQ outside FreeBSD; the nearest is queue
add 100 allow in tagged 5 ; add 100 allow ip from any to any in tagged 5
add 100 allow in tagged 5,7-9 ; add 100 allow ip from any to any in tagged 5,7-9
add 100 allow in not tagged 5 ; add 100 allow ip from any to any in not tagged 5
add 100 allow { tagged 5 or in } ; add 100 allow ip from any to any { tagged 5 or in }
add 100 allow in tagged 0 ; !25 tagged: 0 is not in 1..65534
add 100 allow in tagged 65535 ; !25 tagged: 65535 is not in 0..65534
add 100 allow in tagged 9-5 ; !25 tagged: 9-5 is empty; the lower end of a range stands first
add 100 allow in tagged ; !24 tagged: a number in 0..65534, a range N-M or a list of them is missing
# Subroutines.
add 100 call 200 in ; add 100 call 200 ip from any to any in
add 100 call 50 in ; add 100 call 50 ip from any to any in
add 100 call 100 ip from any to any ; add 100 call 100 ip from any to any
add 100 call 65535 in ; add 100 call 65535 ip from any to any in
add 100 call 65536 in ; !14 call: 65536 is not in 1..65535
add 100 call 0 in ; !14 call: 0 is not in 1..65535
add 100 call in ; !14 call: a number in 1..65535 is missing
add 100 call 200 ; !17 a body is missing here: ip from any to any, or options
add 100 return in ; add 100 return ip from any to any in
add 100 return ; !15 a body is missing here: ip from any to any, or options
add 100 return 5 in ; !18 from is missing behind the protocol; allowed: PROTOCOL from ADDRESS [PORTS] to ADDRESS [PORTS] OPTIONS | !18 to is missing behind the source; allowed: PROTOCOL from ADDRESS [PORTS] to ADDRESS [PORTS] OPTIONS
add 100 return log ip from any to any ; add 100 return log ip from any to any
add 100 skipto 50 in ; !16 skipto: 50 is not above 100, the rule's own number; to go back, use call
