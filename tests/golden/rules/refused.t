# INPUT ; !COLUMN ERROR | !COLUMN ERROR: every error of the line, once, with its place.

# The number
add 65535 allow ip from any to any ; !5 rule number: 65535 is not in 0..65534
add 65536 allow ip from any to any ; !5 rule number: 65536 is not in 0..65534
add 99999999999999999999 allow in ; !5 rule number: 99999999999999999999 is not in 0..65534
add 100x allow in ; !5 rule number: '100x' is not a whole number in 0..65534

# The action
add ; !4 an action is missing here: allow, deny, count, skipto N or pipe N
add 100 ; !8 an action is missing here: allow, deny, count, skipto N or pipe N
add 100 allow ; !14 a body is missing here: ip from any to any, or options
add 100 skipto ; !15 skipto: a number in 1..65535 is missing
add 100 allow // a comment is no body ; !14 a body is missing here: ip from any to any, or options
add 100 alow in ; !9 alow is not an action; did you mean allow?
add 100 Allow in ; !9 Allow is not an action; did you mean allow?
add 100 ALLOW in ; !9 ALLOW is not an action; did you mean allow?
add 100 al in ; !9 al: abbreviations are not taken; did you mean allow?
add 100 perm in ; !9 perm: abbreviations are not taken; did you mean permit?
add 100 xyzzy in ; !9 xyzzy is not an action; allowed: see narrows check --list actions
add 100 tcp from any to any ; !9 an action is missing here: allow, deny, count, skipto N or pipe N
add 100 in ; !9 an action is missing here: allow, deny, count, skipto N or pipe N
add 100 from any to any ; !9 an action is missing here: allow, deny, count, skipto N or pipe N | !9 a protocol is missing here: ip, ip4, ip6, a name such as tcp, or a number
add 100 skipto 50 in ; !16 skipto: 50 is not above 100, the rule's own number; to go back, use call
add 100 skipto 100 in ; !16 skipto: 100 is not above 100, the rule's own number; to go back, use call
add 100 skipto 0 in ; !16 skipto: 0 is not in 1..65535
add skipto 0 in ; !12 skipto: 0 is not in 1..65535
add 100 skipto 65536 in ; !16 skipto: 65536 is not in 1..65535
add 100 skipto ip from any to any ; !16 skipto: a number in 1..65535 is missing
add 100 skipto x ip from any to any ; !16 skipto: 'x' is not a whole number in 1..65535
add 100 pipe 0 in ; !14 pipe: 0 is not in 1..65535
add 100 pipe 65536 in ; !14 pipe: 65536 is not in 1..65535
add 100 pipe in ; !14 pipe: a number in 1..65535 is missing
add 100 pipe 1.5 in ; !14 pipe: '1.5' is not a whole number in 1..65535
add 100 pipe -1 in ; !14 pipe: -1 is not in 1..65535

# Protocols
add 100 allow tpc from any to any ; !15 tpc is not a known protocol; did you mean tcp?
add 100 allow 256 from any to any ; !15 protocol: 256 is not in 0..255
add 100 allow tcp,udp from any to any ; !15 tcp,udp is not a known protocol; allowed: ip, ip4, ip6, a name such as tcp, 0..255, { A or B }
add 100 allow tcp or udp from any to any ; !19 or stands only in a block: { A or B }
add 100 allow { tcp udp } from any to any ; !21 or, or the end of the block, is missing before this
add 100 allow { tcp or } from any to any ; !24 a condition is missing before the end of the block
add 100 allow { or tcp } from any to any ; !17 a protocol is missing here: ip, ip4, ip6, a name such as tcp, or a number
add 100 allow { } from any to any ; !17 a condition is missing before the end of the block
add 100 allow { tcp or udp from any to any ; !15 the block that begins here is not closed; allowed: { A or B }
add 100 allow tcp } from any to any ; !19 no block is open here
add 100 allow { tcp or { udp or icmp } or igmp } from any to any ; !24 blocks do not nest
add 100 allow {{ tcp or udp }} from any to any ; !16 blocks do not nest
add 100 allow not not tcp from any to any ; !19 not stands once before a condition
add 100 allow tcp ; !18 from is missing behind the protocol; allowed: PROTOCOL from ADDRESS [PORTS] to ADDRESS [PORTS] OPTIONS
add 100 allow tcp from ; !23 an address is missing here; allowed: any, me, 10.0.0.1, 10.0.0.0/8, 10.0.0.1:255.0.0.255, 2001:db8::/32, lists of one family, table(T)
add 100 allow tcp from any ; !27 to is missing behind the source; allowed: PROTOCOL from ADDRESS [PORTS] to ADDRESS [PORTS] OPTIONS
add 100 allow tcp from any to ; !30 an address is missing here; allowed: any, me, 10.0.0.1, 10.0.0.0/8, 10.0.0.1:255.0.0.255, 2001:db8::/32, lists of one family, table(T)
add 100 allow tcp any to any ; !19 from is missing behind the protocol; allowed: PROTOCOL from ADDRESS [PORTS] to ADDRESS [PORTS] OPTIONS
add 100 allow tcp frm any to any ; !19 from is missing behind the protocol; allowed: PROTOCOL from ADDRESS [PORTS] to ADDRESS [PORTS] OPTIONS
add 100 allow tcp to any ; !19 from is missing behind the protocol; allowed: PROTOCOL from ADDRESS [PORTS] to ADDRESS [PORTS] OPTIONS
add 100 allow tcp from to any ; !24 an address is missing here; allowed: any, me, 10.0.0.1, 10.0.0.0/8, 10.0.0.1:255.0.0.255, 2001:db8::/32, lists of one family, table(T)
add 100 allow tcp from any any ; !28 to is missing behind the source; allowed: PROTOCOL from ADDRESS [PORTS] to ADDRESS [PORTS] OPTIONS
add 100 allow tcp from any too any ; !28 port: too is neither a known name nor a number in 0..65535
add 100 allow ip from any from any to any ; !27 to is missing behind the source; allowed: PROTOCOL from ADDRESS [PORTS] to ADDRESS [PORTS] OPTIONS

# Addresses
add 100 allow ip from 10.0.0.300 to any ; !23 10.0.0.300 is not an address (names of hosts are not resolved: nothing is asked of the network); allowed: any, me, 10.0.0.1, 10.0.0.0/8, 10.0.0.1:255.0.0.255, 2001:db8::/32, lists of one family, table(T)
add 100 allow ip from 10.0.0 to any ; !23 10.0.0 is not an address (names of hosts are not resolved: nothing is asked of the network); allowed: any, me, 10.0.0.1, 10.0.0.0/8, 10.0.0.1:255.0.0.255, 2001:db8::/32, lists of one family, table(T)
add 100 allow ip from 10.0.0.01 to any ; !23 10.0.0.01 is not an address (names of hosts are not resolved: nothing is asked of the network); allowed: any, me, 10.0.0.1, 10.0.0.0/8, 10.0.0.1:255.0.0.255, 2001:db8::/32, lists of one family, table(T)
add 100 allow ip from 10.0.0.1/33 to any ; !32 prefix length: 33 is not in 0..32
add 100 allow ip from 10.0.0.1/ to any ; !32 a prefix length in 0..32 is missing behind the slash
add 100 allow ip from 10.0.0.1/x to any ; !32 prefix length: 'x' is not a whole number in 0..32
add 100 allow ip from 10.0.0.1:255 to any ; !32 255 is not a mask such as 255.255.255.0
add 100 allow ip from 10.0.0.1:255.0.0.0/8 to any ; !32 255.0.0.0/8 is not a mask such as 255.255.255.0
add 100 allow ip from 10.0.0.1, to any ; !31 an item of the list is missing beside this comma
add 100 allow ip from 10.0.0.1,,10.0.0.2 to any ; !32 an item of the list is missing beside this comma
add 100 allow ip from ,10.0.0.1 to any ; !23 an item of the list is missing beside this comma
add 100 allow ip from 10.0.0.1 , 10.0.0.2 to any ; !32 a blank may stand behind a comma, not before it
add 100 allow ip from 10.0.0.1,any to any ; !32 any stands alone, never in a list
add 100 allow ip from any,10.0.0.1 to any ; !23 any stands alone, never in a list
add 100 allow ip from 10.0.0.1,2001:db8::1 to any ; !32 2001:db8::1: a list has one family; allowed: { A or B }
add 100 allow ip from 2001:db8::1,10.0.0.1 to any ; !35 10.0.0.1: a list has one family; allowed: { A or B }
add 100 allow ip from 2001:db8::g to any ; !23 2001:db8::g is not an address (names of hosts are not resolved: nothing is asked of the network); allowed: any, me, 10.0.0.1, 10.0.0.0/8, 10.0.0.1:255.0.0.255, 2001:db8::/32, lists of one family, table(T)
add 100 allow ip from 2001:db8::/129 to any ; !34 prefix length: 129 is not in 0..128
add 100 allow ip from 2001:db8::/fff:g to any ; !34 fff:g is neither a prefix length in 0..128 nor a mask such as ffff::
add 100 allow ip from 1:2:3:4:5:6:7:8:9 to any ; !23 1:2:3:4:5:6:7:8:9 is not an address (names of hosts are not resolved: nothing is asked of the network); allowed: any, me, 10.0.0.1, 10.0.0.0/8, 10.0.0.1:255.0.0.255, 2001:db8::/32, lists of one family, table(T)
add 100 allow ip from fe80::1%eth0 to any ; !23 fe80::1%eth0 is not an address (names of hosts are not resolved: nothing is asked of the network); allowed: any, me, 10.0.0.1, 10.0.0.0/8, 10.0.0.1:255.0.0.255, 2001:db8::/32, lists of one family, table(T)
add 100 allow ip from 1::2::3 to any ; !23 1::2::3 is not an address (names of hosts are not resolved: nothing is asked of the network); allowed: any, me, 10.0.0.1, 10.0.0.0/8, 10.0.0.1:255.0.0.255, 2001:db8::/32, lists of one family, table(T)
add 100 allow ip from 1.2.3.0/23{1} to any ; !31 prefix length: 23 is not in 24..32
add 100 allow ip from 1.2.3.0/24{} to any ; !34 an octet of the set is missing
add 100 allow ip from 1.2.3.0/24{256} to any ; !34 set: 256 is not in 0..255
add 100 allow ip from 1.2.3.0/24{9-5} to any ; !34 set: 9-5 is empty; the lower end of a range stands first
add 100 allow ip from 1.2.3.0/24{1,} to any ; !36 an octet of the set is missing
add 100 allow ip from 1.2.3.0/24{1 to any ; !34 the set has no closing brace
add 100 allow { ip } from 1.2.3.0/24{1 to { any } {in or out} ; !38 the set has no closing brace
add 100 allow ip from 1.2.3.128/25{1} to any ; !36 set: 1 is not in 128..255, the last octets of its prefix
add 100 allow ip from 1.2.3.0:255.255.255.0{1} to any ; !31 255.255.255.0{1} is not a mask such as 255.255.255.0
add 100 allow ip from { 10.0.0.1 or 10.0.0 or } to any ; !37 10.0.0 is not an address (names of hosts are not resolved: nothing is asked of the network); allowed: any, me, 10.0.0.1, 10.0.0.0/8, 10.0.0.1:255.0.0.255, 2001:db8::/32, lists of one family, table(T) | !47 a condition is missing before the end of the block
add 100 allow ip from { 10.0.0.1 10.0.0.2 } to any ; !34 or, or the end of the block, is missing before this
add 100 allow src-ip6 10.0.0.1 ; !23 src-ip6: 10.0.0.1 is an IPv4 address; allowed: IPv6 here, or src-ip
add 100 allow dst-ip6 10.0.0.1 in ; !23 dst-ip6: 10.0.0.1 is an IPv4 address; allowed: IPv6 here, or dst-ip
add 100 allow src-ip in ; !22 an address is missing here; allowed: any, me, 10.0.0.1, 10.0.0.0/8, 10.0.0.1:255.0.0.255, 2001:db8::/32, lists of one family, table(T)
add 100 allow src-ip not 10.0.0.1 ; !22 not stands before src-ip, not behind it

# Ports
add 100 allow tcp from any to any 65536 ; !35 port: 65536 is not in 0..65535
add 100 allow tcp from any 99999 to any 100000,80-22,xyzzy ; !28 port: 99999 is not in 0..65535 | !41 port: 100000 is not in 0..65535 | !48 port: 80-22 is empty; the lower end of a range stands first | !54 port: xyzzy is neither a known name nor a number in 0..65535
add 100 allow tcp from any to any 80- ; !35 port: 80- has no upper end; allowed: N or N-M
add 100 allow tcp from any to any 1-2-3 ; !37 port: '2-3' is not a whole number in 0..65535
add 100 allow tcp from any to any -80 ; !35 -80 is not an option; allowed: see narrows check --list matches
add 100 allow tcp from any to any 80.5 ; !35 port: '80.5' is not a whole number in 0..65535
add 100 allow tcp from any htpp to any ; !28 port: htpp is not a known name; did you mean http?
add 100 allow tcp from any to any htpp ; !35 htpp is neither an option nor a service; did you mean http?
add 100 allow tcp from any 80 90 to any ; !31 to is missing behind the source; allowed: PROTOCOL from ADDRESS [PORTS] to ADDRESS [PORTS] OPTIONS
add 100 allow tcp from any to any 80 90 ; !38 90 is not an option; allowed: see narrows check --list matches
add 100 allow tcp from any to any 80, ; !37 an item of the list is missing beside this comma
add 100 allow tcp from any to any 80,,443 in ; !38 an item of the list is missing beside this comma
add 100 allow dst-port ; !23 port: a number in 0..65535, a range N-M or a list of them is missing
add 100 allow dst-port in ; !24 port: a number in 0..65535, a range N-M or a list of them is missing
add 100 allow dst-port x ; !24 port: x is neither a known name nor a number in 0..65535

# Options
add 100 allow establshed ; !15 establshed is not an option; did you mean established?
add 100 allow estab ; !15 estab: abbreviations are not taken; did you mean established?
add 100 allow Setup ; !15 Setup is not an option; did you mean setup?
add 100 allow setp ; !15 setp is not an option; did you mean setup?
add 100 allow !in ; !15 !in is not an option; did you mean in?
add 100 allow in or out ; !18 or stands only in a block: { A or B }
add 100 allow { in out } ; !20 or, or the end of the block, is missing before this
add 100 allow { in or out ; !15 the block that begins here is not closed; allowed: { A or B }
add 100 allow in } ; !18 no block is open here
add 100 allow in out ) ; !22 no block is open here
add 100 allow ( in or { out } ) ; !23 blocks do not nest
add 100 allow not ; !18 an option is missing here
add 100 allow in not ; !21 an option is missing here
add 100 allow not not in ; !19 not stands once before a condition
add 100 allow tcp from any to any tcpflags ; !43 tcpflags: a flag is missing; allowed: syn fin ack psh rst urg ece cwr, each also with ! before it
add 100 allow tcp from any to any tcpflags in ; !44 tcpflags: a flag is missing; allowed: syn fin ack psh rst urg ece cwr, each also with ! before it
add 100 allow tcp from any to any tcpflags syn,foo,!bar ; !48 tcpflags: no such flag; allowed: syn fin ack psh rst urg ece cwr, each also with ! before it | !52 tcpflags: no such flag; allowed: syn fin ack psh rst urg ece cwr, each also with ! before it
add 100 allow tcp from any to any tcpflags syn,!syn ; !48 tcpflags: syn cannot be both set and clear
add 100 allow tcp from any to any tcpflags syn,,ack ; !48 an item of the list is missing beside this comma
add 100 allow tcp from any to any tcpflags ! ; !44 tcpflags: no such flag; allowed: syn fin ack psh rst urg ece cwr, each also with ! before it
add 100 allow icmp from any to any icmptypes ; !45 icmptypes: a type is missing; allowed: 0..31, names such as echo, ranges, lists
add 100 allow icmp from any to any icmptypes 32 ; !46 icmptypes: 32 is not in 0..31
add 100 allow icmp from any to any icmptypes 5-3 ; !46 icmptypes: 5-3 is empty; the lower end of a range stands first
add 100 allow icmp from any to any icmptypes ping ; !46 icmptypes: ping is neither a known name nor a number in 0..31
add 100 allow iplen ; !20 iplen: a number in 0..65535, a range N-M or a list of them is missing
add 100 allow iplen 65536 ; !21 iplen: 65536 is not in 0..65535
add 100 allow iplen http ; !21 iplen: 'http' is not a whole number in 0..65535
add 100 allow ipttl 256 iplen x in ; !21 ipttl: 256 is not in 0..255 | !31 iplen: 'x' is not a whole number in 0..65535
add 100 allow ipttl -1 ; !21 ipttl: -1 is not in 0..255
add 100 allow frag dff ; !20 dff is not an option; allowed: see narrows check --list matches
add 100 allow frag df,xx ; !23 frag: no such flag; allowed: df mf rf offset, each also with ! before it
add 100 allow ipversion 5 ; !25 ipver: 5 is not a version of IP; allowed: 4, 6
add 100 allow ipver ; !20 ipver: a version of IP is missing; allowed: 4, 6
add 100 allow ipver in ; !21 ipver: a version of IP is missing; allowed: 4, 6
add 100 allow proto ; !20 a protocol is missing here: ip, ip4, ip6, a name such as tcp, or a number
add 100 allow proto tpc in ; !21 tpc is not a known protocol; did you mean tcp?
add 100 allow proto in ; !21 a protocol is missing here: ip, ip4, ip6, a name such as tcp, or a number
add 100 allow in to ; !18 to does not belong here; allowed: PROTOCOL from ADDRESS [PORTS] to ADDRESS [PORTS] OPTIONS
add 100 allow in # no comment ; !18 # is not an option; allowed: see narrows check --list matches
add 100 allow in//no comment ; !15 in//no is not an option; allowed: see narrows check --list matches
add 100 allow icmptypes not 8 ; !25 not stands before icmptypes, not behind it
add 100 allow dst-port not 80 in ; !24 not stands before dst-port, not behind it
add 100 allow ipver not 4 ; !21 not stands before ipver, not behind it
add 100 allow frag not ; !23 an option is missing here
add 100 allow flags ; !15 flags is not an option; did you mean frag?
add 100 allow tcp from any to any in log ; !38 log: stands before the protocol: [prob P] ACTION [log] [tag N] BODY
add 100 allow tcp from any to any prob 0.5 setup ; !35 prob: stands before the protocol: [prob P] ACTION [log] [tag N] BODY
add 100 allow iplen 1-,5,-3,x ; !21 iplen: 1- has no upper end; allowed: N or N-M | !26 iplen: -3 is not in 0..65535 | !29 iplen: 'x' is not a whole number in 0..65535

# Several at once, each with its place
add 65536 alow tcp frm 10.0.0.300 80-22 to any establshed in ou icmptypes 99 fooo setup ; !5 rule number: 65536 is not in 0..65534 | !11 alow is not an action; did you mean allow? | !20 from is missing behind the protocol; allowed: PROTOCOL from ADDRESS [PORTS] to ADDRESS [PORTS] OPTIONS | !24 10.0.0.300 is not an address (names of hosts are not resolved: nothing is asked of the network); allowed: any, me, 10.0.0.1, 10.0.0.0/8, 10.0.0.1:255.0.0.255, 2001:db8::/32, lists of one family, table(T) | !35 port: 80-22 is empty; the lower end of a range stands first | !48 establshed is not an option; did you mean established? | !62 ou: abbreviations are not taken; did you mean out? | !75 icmptypes: 99 is not in 0..31
add 100 skipto 7 { tcp or xyz } from 10.0.0.1/40 99999 to 1.2.3 dst-port 80,x,70000 ipttl 999 ipver 7 keep-state :a recv em0 ; !16 skipto: 7 is not above 100, the rule's own number; to go back, use call | !27 xyz is not a known protocol; allowed: ip, ip4, ip6, a name such as tcp, 0..255, { A or B } | !47 prefix length: 40 is not in 0..32 | !50 port: 99999 is not in 0..65535 | !59 1.2.3 is not an address (names of hosts are not resolved: nothing is asked of the network); allowed: any, me, 10.0.0.1, 10.0.0.0/8, 10.0.0.1:255.0.0.255, 2001:db8::/32, lists of one family, table(T) | !77 port: x is neither a known name nor a number in 0..65535 | !79 port: 70000 is not in 0..65535 | !91 ipttl: 999 is not in 0..255 | !101 ipver: 7 is not a version of IP; allowed: 4, 6 | !103 keep-state: known, but not supported by this version
