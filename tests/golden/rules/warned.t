# INPUT ; ?COLUMN WARNING | CANONICAL: accepted, with a word about what it may not do.

# Rules that never match
add 100 allow ip6 from 10.0.0.1 to any ; ?24 the rule never matches: no packet is this and all that stands before it | add 100 allow ip6 from 10.0.0.1 to any
add 100 allow ip4 from any to ::1 ; ?31 the rule never matches: no packet is this and all that stands before it | add 100 allow ip4 from any to ::1
add 100 allow ip from 10.0.0.1 to ::1 ; ?35 the rule never matches: no packet is this and all that stands before it | add 100 allow ip from 10.0.0.1 to ::1
add 100 allow icmp from any to any 80 ; ?36 the rule never matches: no packet is this and all that stands before it | add 100 allow icmp from any to any dst-port 80
add 100 allow icmp from any 80 to any ; ?29 the rule never matches: no packet is this and all that stands before it | add 100 allow icmp from any 80 to any
add 100 allow gre from any to any dst-port 80 in ; ?35 the rule never matches: no packet is this and all that stands before it | add 100 allow gre from any to any dst-port 80 in
add 100 allow udp from any to any setup ; ?35 the rule never matches: no packet is this and all that stands before it | add 100 allow udp from any to any setup
add 100 allow udp from any to any icmptypes 8 ; ?35 the rule never matches: no packet is this and all that stands before it | add 100 allow udp from any to any icmptypes 8
add 100 allow in out ; ?18 the rule never matches: no packet is this and all that stands before it | add 100 allow ip from any to any in out
add 100 allow in not in ; ?22 the rule never matches: no packet is this and all that stands before it | add 100 allow ip from any to any in out
add 100 allow not ip from any to any ; ?19 the rule never matches: no packet is this and all that stands before it | add 100 allow not ip from any to any
add 100 allow ip from not any to any ; ?27 the rule never matches: no packet is this and all that stands before it | add 100 allow ip from not any to any
add 100 allow ipver 4 ipver 6 ; ?23 the rule never matches: no packet is this and all that stands before it | add 100 allow ip from any to any ipver 4 ipver 6
add 100 allow ip6 from any to any frag df ; ?35 the rule never matches: no packet is this and all that stands before it | add 100 allow ip6 from any to any frag df
add 100 allow tcp from any to any { proto udp or proto icmp } ; ?37 the rule never matches: no packet is this and all that stands before it | add 100 allow tcp from any to any { proto udp or proto icmp }

# Ports that mean four protocols
add 100 allow ip from any to any 80 ; ?34 ports match tcp, udp, udplite and sctp alone; the protocol can say which | add 100 allow ip from any to any dst-port 80
add 100 allow ip from any 80 to any ; ?27 ports match tcp, udp, udplite and sctp alone; the protocol can say which | add 100 allow ip from any 80 to any
add 100 allow dst-port 80 ; ?15 ports match tcp, udp, udplite and sctp alone; the protocol can say which | add 100 allow ip from any to any dst-port 80
add 100 allow { dst-port 80 or in } ; ?17 ports match tcp, udp, udplite and sctp alone; the protocol can say which | add 100 allow ip from any to any { dst-port 80 or in }

# What says more than it seems
add 100 allow ip from any to any not 80 ; ?38 not dst-port is also true for packets of protocols that have none | add 100 allow ip from any to any not dst-port 80
add 100 allow not established ; ?19 not established is also true for packets of protocols that have none | add 100 allow ip from any to any not established
add 100 allow not icmptypes 8 ; ?19 not icmptypes is also true for packets of protocols that have none | add 100 allow ip from any to any not icmptypes 8
add 100 deny ip from 0.0.0.0/0 to any ; ?22 0.0.0.0/0 is every IPv4 address, and no IPv6 one; any is both | add 100 deny ip from 0.0.0.0/0 to any
add 100 deny ip from any to ::/0 ; ?29 ::/0 is every IPv6 address, and no IPv4 one; any is both | add 100 deny ip from any to ::/0
add 100 deny ip from 10.0.0.1:0.0.0.0 to any ; ?22 10.0.0.1:0.0.0.0 is every IPv4 address, and no IPv6 one; any is both | add 100 deny ip from 0.0.0.0/0 to any
