# INPUT ; CANONICAL, or !COLUMN ERROR, or ?COLUMN WARNING | CANONICAL: the matches on fields, frames and interfaces.

# As measured on ipfw: synonyms, order, what vanishes, what is hex
add 100 allow ip from any to any recv any ; add 100 allow ip from any to any
add 100 allow ip from any to any in via any setup ; add 100 allow ip from any to any in setup
add 100 allow recv any ; add 100 allow ip from any to any
add 100 allow ip from any to any mac-type 2048 ; add 100 allow ip from any to any mac-type 0x0800
add 100 allow ip from any to any dscp 46,cs1,0 ; add 100 allow ip from any to any dscp be,cs1,ef
add 100 allow ip from 1.2.3.0/24{128,35-55,89} to any ; add 100 allow ip from 1.2.3.0/24{35-55,89,128} to any
add 100 allow ip from any to any bridged ; add 100 allow ip from any to any layer2
add 100 allow ip from any to any mac any any ; add 100 allow ip from any to any MAC any any

# Addresses of this instance
add 100 allow ip from me to any ; add 100 allow ip from me to any
add 100 allow ip from any to not me6 ; add 100 allow ip from any to not me6
add 100 allow ip from { me or 10.0.0.1 } to me6 22 ; ?49 ports match tcp, udp, udplite and sctp alone; the protocol can say which | add 100 allow ip from { me or 10.0.0.1 } to me6 dst-port 22
add 100 allow src-ip me dst-ip me6 ; add 100 allow ip from any to any src-ip me dst-ip6 me6
add 100 allow src-ip6 me dst-ip6 me6 ; add 100 allow ip from any to any src-ip6 me6 dst-ip6 me6
add 100 allow ip4 from me6 to any ; ?24 the rule never matches: no packet is this and all that stands before it | add 100 allow ip4 from me6 to any
add 100 allow ip from 10.0.0.1,me to any ; !32 me stands alone, never in a list
add 100 allow ip from any to 10.0.0.1,any ; !39 any stands alone, never in a list
add 100 allow ip from me6,::1 to any ; !23 me6 stands alone, never in a list
add 100 allow tcp from www.example.com to any ; !24 www.example.com is not an address (names of hosts are not resolved: nothing is asked of the network); allowed: any, me, 10.0.0.1, 10.0.0.0/8, 10.0.0.1:255.0.0.255, 2001:db8::/32, lists of one family, table(T)

# Interfaces
add 100 allow recv eth0 ; add 100 allow ip from any to any recv eth0
add 100 allow out xmit eth* ; add 100 allow ip from any to any out xmit eth*
add 100 allow via vlan100.7 ; add 100 allow ip from any to any via vlan100.7
add 100 allow via * ; add 100 allow ip from any to any via *
add 100 allow xmit any ; add 100 allow ip from any to any xmit any
add 100 allow not recv any ; add 100 allow ip from any to any not recv any
add 100 allow { recv any or in } ; add 100 allow ip from any to any { recv any or in }
add 100 allow { out or via any } in ; add 100 allow ip from any to any { out or via any } in
add 100 allow { recv any } in ; add 100 allow ip from any to any in
add 100 allow in not recv eth0 ; add 100 allow ip from any to any in not recv eth0
add 100 allow recv \Device\NPF_{77-AB} ; add 100 allow ip from any to any recv \Device\NPF_{77-AB}
add 100 allow in xmit eth0 ; ?18 the rule never matches: no packet is this and all that stands before it | add 100 allow ip from any to any in xmit eth0
add 100 allow not xmit eth0 ; ?19 not xmit is also true for packets that come in | add 100 allow ip from any to any not xmit eth0
add 100 allow out not xmit eth0 ; add 100 allow ip from any to any out not xmit eth0
add 100 allow recv ; !19 recv: an interface is missing; allowed: a name such as eth0, eth*, any, table(T)
add 100 allow recv in ; !20 recv: an interface is missing; allowed: a name such as eth0, eth*, any, table(T)
add 100 allow recv not eth0 ; !20 not stands before recv, not behind it
add 100 allow recv eth0,eth1 ; !20 recv: eth0,eth1: no list here; { recv A or recv B } is one; allowed: a name such as eth0, eth*, any, table(T)
add 100 allow recv e*0 ; !20 recv: e*0: of patterns there is only the star, at the end; allowed: a name such as eth0, eth*, any, table(T)
add 100 allow recv eth[01] ; !20 recv: eth[01]: of patterns there is only the star, at the end; allowed: a name such as eth0, eth*, any, table(T)
add 100 allow via 10.0.0.1 ; !19 via: 10.0.0.1: the address of an interface: known, but not supported by this version; allowed: a name such as eth0, eth*, any, table(T)
add 100 allow via fe80::1 ; !19 via: fe80::1: the address of an interface: known, but not supported by this version; allowed: a name such as eth0, eth*, any, table(T)

# Frames
add 100 allow MAC 2:0:5E:0:53:1 any ; add 100 allow ip from any to any MAC 02:00:5e:00:53:01 any
add 100 allow MAC any 02:00:5e:00:53:01/24 ; add 100 allow ip from any to any MAC any 02:00:5e:00:00:00/24
add 100 allow MAC ff:ff:ff:ff:ff:ff/33 02:00:00:00:00:00/0 ; add 100 allow ip from any to any MAC ff:ff:ff:ff:80:00/33 any
add 100 allow MAC 02:00:00:00:00:01/48 any ; add 100 allow ip from any to any MAC 02:00:00:00:00:01 any
add 100 allow MAC 1:2:3:4:5:6&ff:0:0:0:0:ff any ; add 100 allow ip from any to any MAC 01:00:00:00:00:06&ff:00:00:00:00:ff any
add 100 allow MAC 1:2:3:4:5:6&ff:ff:0:0:0:0 any ; add 100 allow ip from any to any MAC 01:02:00:00:00:00/16 any
add 100 allow layer2 not MAC any 1:2:3:4:5:6 ; add 100 allow ip from any to any layer2 not MAC any 01:02:03:04:05:06
add 100 allow not MAC any any ; ?19 not MAC is also true for packets judged without their link header | add 100 allow ip from any to any not MAC any any
add 100 allow not layer2 ; add 100 allow ip from any to any not layer2
add 100 allow src-mac 1:2:3:4:5:6,02:00:00:00:00:00/8, any ; add 100 allow ip from any to any src-mac 01:02:03:04:05:06,02:00:00:00:00:00/8,any
add 100 allow { dst-mac ff:ff:ff:ff:ff:ff or src-mac any } ; add 100 allow ip from any to any { dst-mac ff:ff:ff:ff:ff:ff or src-mac any }
add 100 allow mac-type arp,ipv6,0x8100-0x8200, ip ; add 100 allow ip from any to any mac-type 0x0806,0x86dd,0x8100-0x8200,0x0800
add 100 allow mac-type vlan vlan 5 ; add 100 allow ip from any to any mac-type 0x8100 vlan 5
add 100 allow mac-type arp, vlan in ; add 100 allow ip from any to any mac-type 0x0806,0x8100 in
add 100 allow MAC ; !18 MAC: the destination is missing; allowed: any, 02:00:5e:00:53:01, with /0..48 or &MASK behind it
add 100 allow MAC any ; !22 MAC: the source is missing; allowed: any, 02:00:5e:00:53:01, with /0..48 or &MASK behind it
add 100 allow MAC any in ; !23 MAC: the source is missing; allowed: any, 02:00:5e:00:53:01, with /0..48 or &MASK behind it
add 100 allow MAC 1:2:3:4:5 x/8 ; !19 MAC: 1:2:3:4:5 is not a MAC address; allowed: any, 02:00:5e:00:53:01, with /0..48 or &MASK behind it | !29 MAC: x/8 is not a MAC address; allowed: any, 02:00:5e:00:53:01, with /0..48 or &MASK behind it
add 100 allow MAC 1:2:3:4:5:6/49 any ; !31 prefix length: 49 is not in 0..48
add 100 allow MAC 1:2:3:4:5:6/ any ; !19 MAC: 1:2:3:4:5:6/ is not a MAC address; allowed: any, 02:00:5e:00:53:01, with /0..48 or &MASK behind it
add 100 allow MAC any 1:2:3:4:5:6&ff ; !35 MAC: ff is not a MAC address; allowed: any, 02:00:5e:00:53:01, with /0..48 or &MASK behind it
add 100 allow src-mac ; !22 src-mac: an address is missing; allowed: any, 02:00:5e:00:53:01, with /0..48 or &MASK behind it, lists
add 100 allow dst-mac 1:2:3:4:5:6,,any ; !35 an item of the list is missing beside this comma
add 100 allow mac-type 0800 ; !24 mac-type: a number that begins with 0 could be meant as hex; allowed: 0x0800, or 2048
add 100 allow mac-type 0x800,0806 ; !24 mac-type: a number that begins with 0 could be meant as hex; allowed: 0x0800, or 2048
add 100 allow mac-type 0x10000 ; !24 mac-type: 0x10000 is not in 0..65535
add 100 allow mac-type ; !23 mac-type: a number in 0..65535, a range N-M or a list of them is missing

# VLAN tags
add 100 allow vlan 100 ; add 100 allow ip from any to any vlan 100
add 100 allow vlan 100.7 ; add 100 allow ip from any to any vlan 100.7
add 100 allow vlan 1-9.7,200,0x10.0-4095.3.4 ; add 100 allow ip from any to any vlan 1-9.7,200,16.0-4095.3.4
add 100 allow vlan-pcp 5-7,0 ; add 100 allow ip from any to any vlan-pcp 5-7,0
add 100 allow vlan 4096 ; !20 vlan: 4096 is not in 0..4095
add 100 allow vlan 1.2.3.4.5 ; !20 vlan: 1.2.3.4.5 is more than 4 tags
add 100 allow vlan 9-1 ; !20 vlan: 9-1 is empty; the lower end of a range stands first
add 100 allow vlan ; !19 vlan: an ID in 0..4095 is missing; allowed: 5, 5-9, 5.100 (the outer tag first), lists
add 100 allow vlan 5. ; !22 vlan: '' is not a whole number in 0..4095
add 100 allow vlan-pcp 8 ; !24 vlan-pcp: 8 is not in 0..7

# The IPv4 header
add 100 allow ipid 0,1000-0xffff ; add 100 allow ip from any to any ipid 0,1000-65535
add 100 allow iptos !throughput,lowdelay ; add 100 allow ip from any to any iptos lowdelay,!throughput
add 100 allow iptos ecntransport,congestion,mincost,reliability,throughput,lowdelay ; add 100 allow ip from any to any iptos lowdelay,throughput,reliability,mincost,congestion,ecntransport
add 100 allow iptos !congestion ; add 100 allow ip from any to any iptos !congestion
add 100 allow ipprecedence 7 ; add 100 allow ip from any to any ipprecedence 7
add 100 allow ipoptions ts,!rr,lsrr,!ssrr ; add 100 allow ip from any to any ipoptions !ssrr,lsrr,!rr,ts
add 100 allow dscp af11,af12,af13,af21,af22,af23,af31,af32,af33,af41,af42,af43 ; add 100 allow ip from any to any dscp af11,af12,af13,af21,af22,af23,af31,af32,af33,af41,af42,af43
add 100 allow dscp cs0,cs1,cs2,cs3,cs4,cs5,cs6,cs7 ; add 100 allow ip from any to any dscp be,cs1,cs2,cs3,cs4,cs5,cs6,cs7
add 100 allow dscp 63,1,0x2e, 10-12 ; add 100 allow ip from any to any dscp 1,af11,11,af12,ef,63
add 100 allow ip6 from any to any ipid 1 ; ?35 the rule never matches: no packet is this and all that stands before it | add 100 allow ip6 from any to any ipid 1
add 100 allow not ipoptions ssrr ; ?19 not ipoptions is also true for packets of IPv6 | add 100 allow ip from any to any not ipoptions ssrr
add 100 allow ip4 from any to any not ipoptions ssrr ; add 100 allow ip4 from any to any not ipoptions ssrr
add 100 allow not dscp ef ; add 100 allow ip from any to any not dscp ef
add 100 allow iptos congestion,!mincost ; !21 iptos: nothing is all of this: congestion is both ECN bits, mincost and ecntransport one of them
add 100 allow iptos ; !20 iptos: a flag is missing; allowed: lowdelay throughput reliability mincost congestion ecntransport, each also with ! before it
add 100 allow ipprecedence 8 ; !28 ipprecedence: 8 is not in 0..7
add 100 allow ipprecedence ; !27 ipprecedence: a number in 0..7 is missing
add 100 allow dscp 64 ; !20 dscp: 64 is not in 0..63
add 100 allow dscp eff ; !20 dscp: eff is neither a known name nor a number in 0..63
add 100 allow dscp ; !19 dscp: a codepoint is missing; allowed: 0..63, be, cs0..cs7, af11..af43, ef, ranges, lists
add 100 allow ipoptions rr,nop ; !28 ipoptions: no such flag; allowed: ssrr lsrr rr ts, each also with ! before it
add 100 allow ipid 65536 ; !20 ipid: 65536 is not in 0..65535

# The IPv6 header and ICMPv6
add 100 allow ext6hdr frag ; add 100 allow ip from any to any ext6hdr frag
add 100 allow ext6hdr esp,ah, frag,dstopt,rthdr2,rthdr0,route,hopopt ; add 100 allow ip from any to any ext6hdr frag,hopopt,route,rthdr0,rthdr2,dstopt,ah,esp
add 100 allow ext6hdr route, frag ; add 100 allow ip from any to any ext6hdr frag,route
add 100 allow ext6hdr frag frag ; add 100 allow ip from any to any ext6hdr frag frag
add 100 allow flow-id 0,0xfffff,74565 ; add 100 allow ip from any to any flow-id 0,1048575,74565
add 100 allow icmp6 from any to any icmp6types 133-136,echo-request ; add 100 allow ipv6-icmp from any to any icmp6types 128,133,134,135,136
add 100 allow icmp6types 201,1 ; add 100 allow ip from any to any icmp6types 1,201
add 100 allow ip4 from any to any flow-id 1 ; ?35 the rule never matches: no packet is this and all that stands before it | add 100 allow ip4 from any to any flow-id 1
add 100 allow icmp from any to any icmp6types 1 ; ?36 the rule never matches: no packet is this and all that stands before it | add 100 allow icmp from any to any icmp6types 1
add 100 allow ip6 from any to any icmptypes 8 ; ?35 the rule never matches: no packet is this and all that stands before it | add 100 allow ip6 from any to any icmptypes 8
add 100 allow not ext6hdr esp ; ?19 not ext6hdr is also true for packets of IPv4 | add 100 allow ip from any to any not ext6hdr esp
add 100 allow ext6hdr ; !22 ext6hdr: a header is missing; allowed: frag hopopt route rthdr0 rthdr2 dstopt ah esp
add 100 allow ext6hdr in ; !23 ext6hdr: a header is missing; allowed: frag hopopt route rthdr0 rthdr2 dstopt ah esp
add 100 allow ext6hdr route,x ; !29 ext6hdr: x is no such header; allowed: frag hopopt route rthdr0 rthdr2 dstopt ah esp
add 100 allow flow-id 1048576 ; !23 flow-id: 1048576 is not in 0..1048575
add 100 allow flow-id ; !22 flow-id: a label in 0..1048575 or a list is missing
add 100 allow icmp6types 202 ; !26 icmp6types: 202 is not in 0..201
add 100 allow icmp6types ; !25 icmp6types: a type is missing; allowed: 0..201, names such as echo-request, ranges, lists

# The TCP header
add 100 allow tcpseq 4294967295 tcpack 0 ; add 100 allow ip from any to any tcpseq 4294967295 tcpack 0
add 100 allow tcpwin 0,1000-2000 tcpdatalen 0 tcpmss 536,1460 ; add 100 allow ip from any to any tcpwin 0,1000-2000 tcpdatalen 0 tcpmss 536,1460
add 100 allow tcpoptions cc,!ts,sack,window,mss ; add 100 allow ip from any to any tcpoptions mss,window,sack,!ts,cc
add 100 allow tcpoptions maxseg,!timestamp ; add 100 allow ip from any to any tcpoptions mss,!ts
add 100 allow udp from any to any tcpwin 0 ; ?35 the rule never matches: no packet is this and all that stands before it | add 100 allow udp from any to any tcpwin 0
add 100 allow not tcpdatalen 0 ; ?19 not tcpdatalen is also true for packets of protocols that have none | add 100 allow ip from any to any not tcpdatalen 0
add 100 allow tcp from any to any not tcpdatalen 0 ; add 100 allow tcp from any to any not tcpdatalen 0
add 100 allow tcpseq 4294967296 ; !22 tcpseq: 4294967296 is not in 0..4294967295
add 100 allow tcpack ; !21 tcpack: a number in 0..4294967295 is missing
add 100 allow tcpack 1,2 ; !22 tcpack: '1,2' is not a whole number in 0..4294967295
add 100 allow tcpwin 65536 ; !22 tcpwin: 65536 is not in 0..65535
add 100 allow tcpoptions mss,!maxseg ; !30 tcpoptions: maxseg cannot be both set and clear
add 100 allow tcpoptions nop ; !26 tcpoptions: no such flag; allowed: mss maxseg window sack ts timestamp cc, each also with ! before it

# Others
add 100 deny malformed ; add 100 deny ip from any to any malformed
add 100 allow not malformed ; add 100 allow ip from any to any not malformed
add 100 allow fib 65535 ; add 100 allow ip from any to any fib 65535
add 100 allow fib ; !18 fib: a number in 0..65535 is missing
add 100 allow fib 65536 ; !19 fib: 65536 is not in 0..65535

# Expressions of the filter machine: in quotes, or one word.
add 1 count match filter 'tcp.dport == 80' ; add 1 count ip from any to any match filter 'tcp.dport == 80'
add 1 count tcp from any to any match filter "tcp.dport in {80, 443} && !(ip.src == 10.0.0.0/8)" in ; add 1 count tcp from any to any match filter 'tcp.dport in {80, 443} && !(ip.src == 10.0.0.0/8)' in
add 1 count not match filter tcp // x ; add 1 count ip from any to any not match filter 'tcp' // x
add 1 count { match filter 'u8[0] == 1' or in } out ; add 1 count ip from any to any { match filter 'u8[0] == 1' or in } out
add 1 count match filter ; !25 match filter: an expression in quotes is missing, as 'tcp.dport == 80'
add 1 count match filter '' ; !26 match filter: an expression in quotes is missing, as 'tcp.dport == 80'
add 1 count match filter 'tcp in ; !26 match filter: an expression in quotes is missing, as 'tcp.dport == 80'
add 1 count match filter 'tcp.dprt' in ; !27 tcp.dprt: unknown field; did you mean tcp.dport?
add 1 count match filter 'tcp.dport == ' ; !40 a value is missing here
add 1 count match filter 'u8[0-1] == 1' ; !30 an offset past any packet; 0..262136
add 1 count match filter 'tcp[13] & 2 == 0' ; ?35 &: binds less than a comparison, as in C; (a & b) == c needs its parentheses | add 1 count ip from any to any match filter 'tcp[13] & 2 == 0'
add 1 count match ; !18 match: plug-ins are known, but not supported by this version; allowed is match filter 'EXPR'
