# INPUT ; CANONICAL. Each line is a script of its own, so a rule without a number gets 100. What is printed prints itself.

# Actions, synonyms, numbers
add 100 allow ip from any to any ; add 100 allow ip from any to any
add 100 pass ip from any to any ; add 100 allow ip from any to any
add 100 accept ip from any to any ; add 100 allow ip from any to any
add 100 permit ip from any to any ; add 100 allow ip from any to any
add 100 deny ip from any to any ; add 100 deny ip from any to any
add 100 drop ip from any to any ; add 100 deny ip from any to any
add 100 count ip from any to any ; add 100 count ip from any to any
add 100 skipto 200 ip from any to any ; add 100 skipto 200 ip from any to any
add 100 skipto 101 in ; add 100 skipto 101 ip from any to any in
add 100 skipto 65535 in ; add 100 skipto 65535 ip from any to any in
add skipto 101 in ; add 100 skipto 101 ip from any to any in
add 100 pipe 1 ip from any to any ; add 100 pipe 1 ip from any to any
add 100 pipe 65535 out ; add 100 pipe 65535 ip from any to any out
add 100 pipe 0x10 out ; add 100 pipe 16 ip from any to any out
add allow ip from any to any ; add 100 allow ip from any to any
add 0 allow ip from any to any ; add 100 allow ip from any to any
add 1 allow ip from any to any ; add 1 allow ip from any to any
add 65534 allow ip from any to any ; add 65534 allow ip from any to any
   add	 100   allow  ip	from any to    any   ; add 100 allow ip from any to any

# Comments
add 100 // hello ; add 100 count ip from any to any // hello
add // hello ; add 100 count ip from any to any // hello
add 100 //hello ; add 100 count ip from any to any // hello
add 100 allow tcp from any to any 80 // the web ; add 100 allow tcp from any to any dst-port 80 // the web
add 100 allow in //   two  blanks stay, outer ones go ; add 100 allow ip from any to any in // two  blanks stay, outer ones go
add 100 allow in // a // b ; add 100 allow ip from any to any in // a // b
add 100 allow in // # no end, { no block, "no quote ; add 100 allow ip from any to any in // # no end, { no block, "no quote
add 100 allow in // größer ; add 100 allow ip from any to any in // größer
add 100 allow in // ; add 100 allow ip from any to any in
add 100 // ; add 100 count ip from any to any

# Protocols
add 100 allow all from any to any ; add 100 allow ip from any to any
add 100 allow ip4 from any to any ; add 100 allow ip4 from any to any
add 100 allow ipv4 from any to any ; add 100 allow ip4 from any to any
add 100 allow ip6 from any to any ; add 100 allow ip6 from any to any
add 100 allow ipv6 from any to any ; add 100 allow ip6 from any to any
add 100 allow 6 from any to any ; add 100 allow tcp from any to any
add 100 allow 0x11 from any to any ; add 100 allow udp from any to any
add 100 allow 0 from any to any ; add 100 allow hopopt from any to any
add 100 allow 41 from any to any ; add 100 allow 41 from any to any
add 100 allow 255 from any to any ; add 100 allow 255 from any to any
add 100 allow icmp6 from any to any ; add 100 allow ipv6-icmp from any to any
add 100 allow ipv6-icmp from any to any ; add 100 allow ipv6-icmp from any to any
add 100 allow udplite from any to any ; add 100 allow udplite from any to any
add 100 allow 132 from any to any 80 ; add 100 allow sctp from any to any dst-port 80
add 100 allow not tcp from any to any ; add 100 allow not tcp from any to any
add 100 allow { tcp or udp } from any to any ; add 100 allow { tcp or udp } from any to any
add 100 allow {tcp or udp} from any to any ; add 100 allow { tcp or udp } from any to any
add 100 allow ( tcp or udp ) from any to any ; add 100 allow { tcp or udp } from any to any
add 100 allow (tcp or udp) from any to any ; add 100 allow { tcp or udp } from any to any
add 100 allow {tcp or udp ) from any to any ; add 100 allow { tcp or udp } from any to any
add 100 allow { tcp } from any to any ; add 100 allow tcp from any to any
add 100 allow { not tcp or 17 } from any to any ; add 100 allow { not tcp or udp } from any to any
add 100 allow { ip or tcp } from any to any ; add 100 allow { ip or tcp } from any to any
add 100 allow { ip4 or ip6 or icmp } from any to any ; add 100 allow { ip4 or ip6 or icmp } from any to any

# IPv4 addresses
add 100 allow ip from 10.0.0.1 to 10.0.0.2 ; add 100 allow ip from 10.0.0.1 to 10.0.0.2
add 100 allow ip from 127.0.0.1/8 to any ; add 100 allow ip from 127.0.0.0/8 to any
add 100 allow ip from 10.0.0.1/32 to any ; add 100 allow ip from 10.0.0.1 to any
add 100 allow ip from 10.255.255.255/1 to any ; add 100 allow ip from 0.0.0.0/1 to any
add 100 allow ip from 10.1.2.3:255.255.0.0 to any ; add 100 allow ip from 10.1.0.0/16 to any
add 100 allow ip from 10.1.2.3:255.255.255.255 to any ; add 100 allow ip from 10.1.2.3 to any
add 100 allow ip from 10.1.2.3:255.0.255.0 to any ; add 100 allow ip from 10.0.2.0:255.0.255.0 to any
add 100 allow ip from 10.1.2.3:0.0.0.255 to any ; add 100 allow ip from 0.0.0.3:0.0.0.255 to any
add 100 allow ip from 10.0.0.1,10.0.0.2/31,192.168.1.1/16 to any ; add 100 allow ip from 10.0.0.1,10.0.0.2/31,192.168.0.0/16 to any
add 100 allow ip from 10.0.0.1, 10.0.0.9, 10.0.0.2 to any ; add 100 allow ip from 10.0.0.1,10.0.0.9,10.0.0.2 to any
add 100 allow ip from not 10.0.0.0/8 to not 10.0.0.1 ; add 100 allow ip from not 10.0.0.0/8 to not 10.0.0.1
add 100 allow ip from { 10.0.0.1 or 10.0.0.2 } to any ; add 100 allow ip from { 10.0.0.1 or 10.0.0.2 } to any
add 100 allow ip from {10.0.0.1 or not 10.0.0.2/8} to any ; add 100 allow ip from { 10.0.0.1 or not 10.0.0.0/8 } to any
add 100 allow ip from { 10.0.0.1,10.0.0.2 or 2001:db8::1 } to any ; add 100 allow ip from { 10.0.0.1,10.0.0.2 or 2001:db8::1 } to any
add 100 allow ip from { any } to { any or 10.0.0.1 } ; add 100 allow ip from any to { any or 10.0.0.1 }
add 100 allow ip from 1.2.3.0/24{128,35-55,89} to any ; add 100 allow ip from 1.2.3.0/24{35-55,89,128} to any
add 100 allow ip from 1.2.3.4{128,35-55,89} to any ; add 100 allow ip from 1.2.3.0/24{35-55,89,128} to any
add 100 allow ip from 1.2.3.0/24{1, 5-9} to any ; add 100 allow ip from 1.2.3.0/24{1,5-9} to any
add 100 allow ip from 1.2.3.0/24{1,2,5,6,7} to any ; add 100 allow ip from 1.2.3.0/24{1,2,5-7} to any
add 100 allow ip from 1.2.3.0/24{0-255} to any ; add 100 allow ip from 1.2.3.0/24{0-255} to any
add 100 allow ip from 1.2.3.130/25{130,255} to any ; add 100 allow ip from 1.2.3.128/25{130,255} to any
add 100 allow ip from 1.2.3.4/32{4} to any ; add 100 allow ip from 1.2.3.4/32{4} to any
add 100 allow ip from 10.0.0.1,1.2.3.0/24{5,4},1.2.4.0/24{0} to any ; add 100 allow ip from 10.0.0.1,1.2.3.0/24{4,5},1.2.4.0/24{0} to any
add 100 allow ip from {1.2.3.0/24{1,2} or 1.2.4.0/24{7}} to any ; add 100 allow ip from { 1.2.3.0/24{1,2} or 1.2.4.0/24{7} } to any

# IPv6 addresses
add 100 allow ip from 2001:db8::1 to any ; add 100 allow ip from 2001:db8::1 to any
add 100 allow ip from 2001:DB8:0:0:0:0:0:1 to any ; add 100 allow ip from 2001:db8::1 to any
add 100 allow ip from 2001:db8::1/32 to any ; add 100 allow ip from 2001:db8::/32 to any
add 100 allow ip from 2001:db8::1/128 to any ; add 100 allow ip from 2001:db8::1 to any
add 100 allow ip from 2001:db8:ffff::/33 to any ; add 100 allow ip from 2001:db8:8000::/33 to any
add 100 allow ip from fe80::1/ffc0:: to any ; add 100 allow ip from fe80::/10 to any
add 100 allow ip from 2001:db8::77/ffff::ff to any ; add 100 allow ip from 2001::77/ffff::ff to any
add 100 allow ip from 2001:db8:1:2:3:4:5:6/ffff::ffff:0:0:0 to any ; add 100 allow ip from 2001::3:0:0:0/ffff::ffff:0:0:0 to any
add 100 allow ip from ::1,fe80::/10 to any ; add 100 allow ip from ::1,fe80::/10 to any
add 100 allow ip from :: to any ; add 100 allow ip from :: to any
add 100 allow ip from ::ffff:10.0.0.1 to any ; add 100 allow ip from ::ffff:10.0.0.1 to any
add 100 allow ip from 64:ff9b::10.0.0.1/96 to any ; add 100 allow ip from 64:ff9b::/96 to any
add 100 allow ip6 from any to not ::1 ; add 100 allow ip6 from any to not ::1

# Ports
add 100 allow tcp from any to any 80 ; add 100 allow tcp from any to any dst-port 80
add 100 allow tcp from any 80 to any ; add 100 allow tcp from any 80 to any
add 100 allow tcp from any 1024-65535 to any 22 ; add 100 allow tcp from any 1024-65535 to any dst-port 22
add 100 allow tcp from any not 1024-65535 to any not 22 ; add 100 allow tcp from any not 1024-65535 to any not dst-port 22
add 100 allow tcp from any to any 80,443,8000-8080 ; add 100 allow tcp from any to any dst-port 80,443,8000-8080
add 100 allow tcp from any to any 80, 443, 22 in ; add 100 allow tcp from any to any dst-port 80,443,22 in
add 100 allow tcp from any to any http,https ; add 100 allow tcp from any to any dst-port 80,443
add 100 allow tcp from any to any ssh-smtp ; add 100 allow tcp from any to any dst-port 22-25
add 100 allow tcp from any to any ftp-data ; add 100 allow tcp from any to any dst-port 20
add 100 allow tcp from any to any ftp\-data ; add 100 allow tcp from any to any dst-port 20
add 100 allow tcp from any to any ftp\-data-ftp ; add 100 allow tcp from any to any dst-port 20-21
add 100 allow tcp from any to any ftp-data-22 ; add 100 allow tcp from any to any dst-port 20-22
add 100 allow tcp from any to any 20-ftp ; add 100 allow tcp from any to any dst-port 20-21
add 100 allow tcp from any to any 80-80 ; add 100 allow tcp from any to any dst-port 80
add 100 allow tcp from any to any 0,65535 ; add 100 allow tcp from any to any dst-port 0,65535
add 100 allow tcp from any to any 0x50 ; add 100 allow tcp from any to any dst-port 80
add 100 allow udp from any domain to any ; add 100 allow udp from any 53 to any
add 100 allow tcp from any to any src-port 80 dst-port 81 ; add 100 allow tcp from any to any src-port 80 dst-port 81
add 100 allow tcp from any to any { src-port 80 or dst-port 80 } ; add 100 allow tcp from any to any { src-port 80 or dst-port 80 }
add 100 allow tcp from any to any 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32 ; add 100 allow tcp from any to any dst-port 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32

# Options
add 100 allow in ; add 100 allow ip from any to any in
add 100 allow out ; add 100 allow ip from any to any out
add 100 allow not in ; add 100 allow ip from any to any out
add 100 allow not out ; add 100 allow ip from any to any in
add 100 allow { in or out } ; add 100 allow ip from any to any { in or out }
add 100 allow {in or out} ; add 100 allow ip from any to any { in or out }
add 100 allow tcp from any to any setup ; add 100 allow tcp from any to any setup
add 100 allow tcp from any to any established in ; add 100 allow tcp from any to any established in
add 100 allow tcp from any to any not established ; add 100 allow tcp from any to any not established
add 100 allow tcp from any to any { setup or not established or in } ; add 100 allow tcp from any to any { setup or not established or in }
add 100 allow tcp from any to any tcpflags urg,rst,psh,ack,fin,syn ; add 100 allow tcp from any to any tcpflags syn,fin,ack,psh,rst,urg
add 100 allow tcp from any to any tcpflags !ack,fin,!syn ; add 100 allow tcp from any to any tcpflags !syn,fin,!ack
add 100 allow tcp from any to any tcpflags syn,!ack ; add 100 allow tcp from any to any setup
add 100 allow tcp from any to any not tcpflags !ack,syn ; add 100 allow tcp from any to any not setup
add 100 allow tcp from any to any tcpflags cwr,!ece ; add 100 allow tcp from any to any tcpflags !ece,cwr
add 100 allow tcp from any to any tcpflags syn, ack in ; add 100 allow tcp from any to any tcpflags syn,ack in
add 100 allow tcp from any to any tcpflags syn,syn ; add 100 allow tcp from any to any tcpflags syn
add 100 allow icmp from any to any icmptypes 8 ; add 100 allow icmp from any to any icmptypes 8
add 100 allow icmp from any to any icmptypes 11,3,0 ; add 100 allow icmp from any to any icmptypes 0,3,11
add 100 allow icmp from any to any icmptypes 3-5,5,4 ; add 100 allow icmp from any to any icmptypes 3,4,5
add 100 allow icmp from any to any icmptypes echo,echo-reply,unreach ; add 100 allow icmp from any to any icmptypes 0,3,8
add 100 allow icmp from any to any icmptypes echo-reply-source-quench ; add 100 allow icmp from any to any icmptypes 0,1,2,3,4
add 100 allow icmp from any to any icmptypes 31 ; add 100 allow icmp from any to any icmptypes 31
add 100 allow iplen 0-100,1500 ; add 100 allow ip from any to any iplen 0-100,1500
add 100 allow not iplen 1500-65535 ; add 100 allow ip from any to any not iplen 1500-65535
add 100 allow ipttl 1,255 ; add 100 allow ip from any to any ipttl 1,255
add 100 allow frag ; add 100 allow ip from any to any frag
add 100 allow frag in ; add 100 allow ip from any to any frag in
add 100 allow not frag ; add 100 allow ip from any to any not frag
add 100 allow frag mf,df ; add 100 allow ip from any to any frag df,mf
add 100 allow frag offset,!rf,mf,df ; add 100 allow ip from any to any frag df,mf,!rf,offset
add 100 allow ipversion 4 ; add 100 allow ip from any to any ipver 4
add 100 allow ipver 6 ; add 100 allow ip from any to any ipver 6
add 100 allow { ipver 4 or ipversion 6 } ; add 100 allow ip from any to any { ipver 4 or ipver 6 }
add 100 allow proto tcp ; add 100 allow ip from any to any proto tcp
add 100 allow proto 6 dst-port 80 ; add 100 allow ip from any to any proto tcp dst-port 80
add 100 allow tcp from any to any { proto tcp or proto udp } ; add 100 allow tcp from any to any { proto tcp or proto udp }
add 100 allow { proto tcp or proto ip6 } ; add 100 allow ip from any to any { proto tcp or proto ip6 }
add 100 allow src-ip 10.0.0.1/8 ; add 100 allow ip from any to any src-ip 10.0.0.0/8
add 100 allow dst-ip 10.0.0.1,10.0.0.2 ; add 100 allow ip from any to any dst-ip 10.0.0.1,10.0.0.2
add 100 allow src-ip6 2001:db8::1/64 ; add 100 allow ip from any to any src-ip6 2001:db8::/64
add 100 allow dst-ip6 ::1 ; add 100 allow ip from any to any dst-ip6 ::1
add 100 allow src-ip ::1 ; add 100 allow ip from any to any src-ip6 ::1
add 100 allow src-ip any dst-ip6 any ; add 100 allow ip from any to any src-ip any dst-ip any
add 100 allow { src-ip 10.0.0.1 or dst-ip 10.0.0.1 } ; add 100 allow ip from any to any { src-ip 10.0.0.1 or dst-ip 10.0.0.1 }
add 100 allow tcp from 10.0.0.0/8 1024-65535 to { 192.0.2.1 or 192.0.2.2 } 80,443 in setup iplen 40-60 // all at once ; add 100 allow tcp from 10.0.0.0/8 1024-65535 to { 192.0.2.1 or 192.0.2.2 } dst-port 80,443 in setup iplen 40-60 // all at once
