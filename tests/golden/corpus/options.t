# Every match: with what it takes, and without. Options alone print behind `ip from any to any`.

# Where and which way
add 100 count in ; add 100 count ip from any to any in
add 100 count out ; add 100 count ip from any to any out
add 100 count not in ; add 100 count ip from any to any out
add 100 count layer2 ; add 100 count ip from any to any layer2
add 100 count not layer2 ; add 100 count ip from any to any not layer2
add 100 count recv eth0 ; add 100 count ip from any to any recv eth0
add 100 count xmit em1 ; add 100 count ip from any to any xmit em1
add 100 count via eth* ; add 100 count ip from any to any via eth*
add 100 count not via eth0 ; add 100 count ip from any to any not via eth0
add 100 count { recv eth0 or recv eth1 } ; add 100 count ip from any to any { recv eth0 or recv eth1 }
add 100 count out recv eth0 xmit eth1 ; add 100 count ip from any to any out recv eth0 xmit eth1

# TCP
add 100 count setup ; add 100 count ip from any to any setup
add 100 count established ; add 100 count ip from any to any established
add 100 count tcpflags syn ; add 100 count ip from any to any tcpflags syn
add 100 count tcpflags cwr,ece,urg,rst,psh,ack,fin,syn ; add 100 count ip from any to any tcpflags syn,fin,ack,psh,rst,urg,ece,cwr
add 100 count tcpoptions mss ; add 100 count ip from any to any tcpoptions mss
add 100 count tcpoptions maxseg,timestamp ; add 100 count ip from any to any tcpoptions mss,ts
add 100 count tcpoptions cc,ts,!sack,window,mss ; add 100 count ip from any to any tcpoptions mss,window,!sack,ts,cc
add 100 count tcpseq 0 ; add 100 count ip from any to any tcpseq 0
add 100 count tcpseq 4294967295 ; add 100 count ip from any to any tcpseq 4294967295
add 100 count tcpack 0x10 ; add 100 count ip from any to any tcpack 16
add 100 count tcpwin 0 ; add 100 count ip from any to any tcpwin 0
add 100 count tcpwin 1-1000,65535 ; add 100 count ip from any to any tcpwin 1-1000,65535
add 100 count tcpdatalen 0 ; add 100 count ip from any to any tcpdatalen 0
add 100 count tcpdatalen 1-65535 ; add 100 count ip from any to any tcpdatalen 1-65535
add 100 count tcpmss 1460 ; add 100 count ip from any to any tcpmss 1460
add 100 count tcpmss 536-1459, 9000 ; add 100 count ip from any to any tcpmss 536-1459,9000

# IP
add 100 count frag ; add 100 count ip from any to any frag
add 100 count frag offset,df,!mf ; add 100 count ip from any to any frag df,!mf,offset
add 100 count iplen 40 ; add 100 count ip from any to any iplen 40
add 100 count iplen 0-100,1500 ; add 100 count ip from any to any iplen 0-100,1500
add 100 count ipid 0 ; add 100 count ip from any to any ipid 0
add 100 count ipid 1-10,65535 ; add 100 count ip from any to any ipid 1-10,65535
add 100 count ipttl 1 ; add 100 count ip from any to any ipttl 1
add 100 count ipttl 64,128-255 ; add 100 count ip from any to any ipttl 64,128-255
add 100 count ipversion 6 ; add 100 count ip from any to any ipver 6
add 100 count ipver 4 ; add 100 count ip from any to any ipver 4
add 100 count iptos lowdelay ; add 100 count ip from any to any iptos lowdelay
add 100 count iptos !mincost,reliability,throughput ; add 100 count ip from any to any iptos throughput,reliability,!mincost
add 100 count iptos ecntransport,congestion ; add 100 count ip from any to any iptos congestion,ecntransport
add 100 count ipprecedence 0 ; add 100 count ip from any to any ipprecedence 0
add 100 count ipprecedence 7 ; add 100 count ip from any to any ipprecedence 7
add 100 count dscp ef ; add 100 count ip from any to any dscp ef
add 100 count dscp 63,cs7,af43,cs0 ; add 100 count ip from any to any dscp be,af43,cs7,63
add 100 count dscp af11,af12,af13,af21,cs1,1 ; add 100 count ip from any to any dscp 1,cs1,af11,af12,af13,af21
add 100 count ipoptions rr ; add 100 count ip from any to any ipoptions rr
add 100 count ipoptions ts,!lsrr,ssrr ; add 100 count ip from any to any ipoptions ssrr,!lsrr,ts

# ICMP, IPv6
add 100 count icmptypes 8 ; add 100 count ip from any to any icmptypes 8
add 100 count icmptypes 11,3,0 ; add 100 count ip from any to any icmptypes 0,3,11
add 100 count icmp6types 128 ; add 100 count ip from any to any icmp6types 128
add 100 count icmp6types 136,135,201 ; add 100 count ip from any to any icmp6types 135,136,201
add 100 count ext6hdr frag ; add 100 count ip from any to any ext6hdr frag
add 100 count ext6hdr hopopt ; add 100 count ip from any to any ext6hdr hopopt
add 100 count ext6hdr route ; add 100 count ip from any to any ext6hdr route
add 100 count ext6hdr rthdr0 ; add 100 count ip from any to any ext6hdr rthdr0
add 100 count ext6hdr dstopt ; add 100 count ip from any to any ext6hdr dstopt
add 100 count ext6hdr ah ; add 100 count ip from any to any ext6hdr ah
add 100 count ext6hdr esp ; add 100 count ip from any to any ext6hdr esp
add 100 count flow-id 1 ; add 100 count ip from any to any flow-id 1
add 100 count flow-id 0,1048575 ; add 100 count ip from any to any flow-id 0,1048575
add 100 count src-ip6 2001:db8::1 ; add 100 count ip from any to any src-ip6 2001:db8::1
add 100 count dst-ip6 2001:db8::/32 ; add 100 count ip from any to any dst-ip6 2001:db8::/32

# As options, what else stands in the body
add 100 count src-ip 10.0.0.1 ; add 100 count ip from any to any src-ip 10.0.0.1
add 100 count dst-ip 10.0.0.1/8 ; add 100 count ip from any to any dst-ip 10.0.0.0/8
add 100 count dst-ip me ; add 100 count ip from any to any dst-ip me
add 100 count src-port 1-1023 ; add 100 count ip from any to any src-port 1-1023
add 100 count dst-port http,https ; add 100 count ip from any to any dst-port 80,443
add 100 count proto tcp ; add 100 count ip from any to any proto tcp
add 100 count proto 17 ; add 100 count ip from any to any proto udp

# The frame: MAC addresses, destination first
add 100 count MAC any 02:00:00:00:00:01 ; add 100 count ip from any to any MAC any 02:00:00:00:00:01
add 100 count mac 02:00:00:00:00:01 any ; add 100 count ip from any to any MAC 02:00:00:00:00:01 any
add 100 count MAC 00:11:22:33:44:55/24 any ; add 100 count ip from any to any MAC 00:11:22:00:00:00/24 any
add 100 count MAC 00:11:22:33:44:55/33 any ; add 100 count ip from any to any MAC 00:11:22:33:00:00/33 any
add 100 count MAC any 00:11:22:33:44:55/48 ; add 100 count ip from any to any MAC any 00:11:22:33:44:55
add 100 count MAC any 00:11:22:33:44:55&ff:00:ff:00:00:ff ; add 100 count ip from any to any MAC any 00:00:22:00:00:55&ff:00:ff:00:00:ff
add 100 count MAC any AA:BB:CC:DD:EE:FF ; add 100 count ip from any to any MAC any aa:bb:cc:dd:ee:ff
add 100 count mac-type 0x800 ; add 100 count ip from any to any mac-type 0x0800
add 100 count mac-type 2048,0x86dd ; add 100 count ip from any to any mac-type 0x0800,0x86dd
add 100 count mac-type 0x0600-0xffff ; add 100 count ip from any to any mac-type 0x0600-0xffff
add 100 count vlan 5 ; add 100 count ip from any to any vlan 5
add 100 count vlan 5-7 ; add 100 count ip from any to any vlan 5-7
add 100 count vlan 5.7 ; add 100 count ip from any to any vlan 5.7
add 100 count vlan-pcp 3 ; add 100 count ip from any to any vlan-pcp 3
add 100 count malformed ; add 100 count ip from any to any malformed
add 100 deny ip from any to any malformed ; add 100 deny ip from any to any malformed

# What sticks to the packet
add 100 count tagged 5 ; add 100 count ip from any to any tagged 5
add 100 count tagged 1-10,65534 ; add 100 count ip from any to any tagged 1-10,65534
add 100 count not tagged 5 ; add 100 count ip from any to any not tagged 5

# Or-blocks
add 100 count { in or out } ; add 100 count ip from any to any { in or out }
add 100 count {setup or not established} ; add 100 count ip from any to any { setup or not established }
add 100 count ( ipttl 1 or iplen 40 or frag ) ; add 100 count ip from any to any { ipttl 1 or iplen 40 or frag }
add 100 count { dscp ef or iptos lowdelay } in ; add 100 count ip from any to any { dscp ef or iptos lowdelay } in
add 100 count { not tagged 5 or recv eth0 } ; add 100 count ip from any to any { not tagged 5 or recv eth0 }

# Negative
add 100 count ^inn ; !
add 100 count ip from any to any ^setups ; ! setup
add 100 count ip from any to any ^Layer2 ; !
add 100 count tcpflags ^sin ; !
add 100 count tcpflags syn,^x ; !
add 100 count tcpflags syn,^!syn ; !
add 100 count tcpflags ; !
add 100 count tcpoptions ^nop ; !
add 100 count tcpoptions mss,^x ; !
add 100 count tcpoptions ; !
add 100 count tcpseq ^4294967296 ; !
add 100 count tcpseq ^-1 ; !
add 100 count tcpseq ^1-2 ; !
add 100 count tcpack ^x ; !
add 100 count tcpack ; !
add 100 count tcpwin ^65536 ; ! 65535
add 100 count tcpwin ^9-5 ; !
add 100 count tcpwin ; !
add 100 count tcpdatalen ^x ; !
add 100 count tcpdatalen ^65536 ; ! 65535
add 100 count tcpmss ^65536 ; ! 65535
add 100 count tcpmss 1,^x ; !
add 100 count ipid ^65536 ; ! 65535
add 100 count ipid ^x ; !
add 100 count ipid ; !
add 100 count iplen ^65536 ; ! 65535
add 100 count ipttl ^256 ; ! 255
add 100 count ipver ^5 ; !
add 100 count iptos ^lowdelays ; !
add 100 count iptos lowdelay,^8 ; !
add 100 count iptos ; !
add 100 count ipprecedence ^8 ; ! 7
add 100 count ipprecedence ^x ; !
add 100 count ipprecedence ; !
add 100 count dscp ^64 ; ! 63
add 100 count dscp ^af14 ; !
add 100 count dscp ef,^cs8 ; !
add 100 count dscp ; !
add 100 count ipoptions ^nop ; !
add 100 count ipoptions ; !
add 100 count icmptypes ^256 ; !
add 100 count icmptypes ^x ; !
add 100 count icmp6types ^256 ; !
add 100 count icmp6types ; !
add 100 count ext6hdr ^fragment ; !
add 100 count ext6hdr ; !
add 100 count flow-id ^1048576 ; ! 1048575
add 100 count flow-id ^x ; !
add 100 count flow-id ; !
add 100 count src-ip6 ^10.0.0.1 ; !
add 100 count dst-ip6 ^x ; !
add 100 count MAC any ; !
add 100 count MAC any ^02:00:00:00:00 ; !
add 100 count MAC any ^02:00:00:00:00:0g ; !
add 100 count MAC 02:00:00:00:00:01/^49 any ; ! 48
add 100 count mac ; !
add 100 count mac-type ^65536 ; !
add 100 count mac-type ^x ; !
add 100 count vlan ^4096 ; ! 4095
add 100 count vlan ^x ; !
add 100 count vlan ; !
add 100 count vlan-pcp ^8 ; ! 7
add 100 count vlan-pcp ; !
add 100 count tagged ^0 ; !
add 100 count tagged ^65535 ; ! 65534
add 100 count tagged ^x ; !
add 100 count tagged ; !
add 100 count recv ; !
add 100 count via ; !
add 100 count xmit ; !
add 100 count { in or ^} ; !
add 100 count { in ; !
add 100 count { in ^out } ; ! or
add 100 count not ; !
add 100 count in ^} ; !
