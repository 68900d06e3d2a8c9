# What was measured on a running ipfw, first.

# Canonical print
add 100 pass ip from any to any ; add 100 allow ip from any to any
add 101 allow all from any to any ; add 101 allow ip from any to any
add 102 allow tcp from any to any 80 ; add 102 allow tcp from any to any dst-port 80
add 103 allow tcp from any to any 80,443 ; add 103 allow tcp from any to any dst-port 80,443
add 104 allow tcp from any 80 to any ; add 104 allow tcp from any 80 to any
add 105 allow tcp from any to any tcpflags ack,!fin,syn ; add 105 allow tcp from any to any tcpflags syn,!fin,ack
add 106 allow tcp from any to any tcpflags !urg,rst,psh ; add 106 allow tcp from any to any tcpflags psh,rst,!urg
add 107 allow ip from 127.0.0.1/8 to any ; add 107 allow ip from 127.0.0.0/8 to any
add 108 allow ip from 1.2.3.0/24{128,35-55,89} to any ; add 108 allow ip from 1.2.3.0/24{35-55,89,128} to any
add 109 allow ip from any to any dscp 46,0 ; add 109 allow ip from any to any dscp be,ef
add 110 unreach 13 ip from any to any ; add 110 unreach filter-prohib ip from any to any
add 111 unreach host ip from any to any ; add 111 reject ip from any to any
add 112 allow ip from any to any ipversion 4 ; add 112 allow ip from any to any ipver 4
add 113 prob 0.05 allow ip from any to any ; add 113 prob 0.050000 allow ip from any to any
add 114 allow in ; add 114 allow ip from any to any in
add 115 allow ip from any to any layer2 mac-type 2048 ; add 115 allow ip from any to any layer2 mac-type 0x0800
add 116 allow tcp from 10.0.0.0/8 to any 80,443 in recv eth0 ; add 116 allow tcp from 10.0.0.0/8 to any dst-port 80,443 in recv eth0
add 118 allow ip from any to any in recv any ; add 118 allow ip from any to any in
add 119 allow ip from any to any via any ; add 119 allow ip from any to any
add 117 // hello ; add 117 count ip from any to any // hello

# The order of the head: number, set, prob, action, log, tag, body
add 120 set 5 prob 0.5 count log tag 7 tcp from any to any ; add 120 set 5 prob 0.500000 count log tag 7 tcp from any to any
add 121 set 5 count tag 7 log ip from any to any ; add 121 set 5 count log tag 7 ip from any to any
add 122 count tag 7 log logamount 9 ip from any to any ; add 122 count log logamount 9 tag 7 ip from any to any

# prob keeps more digits where six would lose any
add 130 prob 0.0000001 allow ip from any to any ; add 130 prob 0.0000001 allow ip from any to any
add 131 prob 0.333333333 allow ip from any to any ; add 131 prob 0.333333333 allow ip from any to any
add 132 prob 0.123456 allow ip from any to any ; add 132 prob 0.123456 allow ip from any to any
add 133 prob 0.1234567 allow ip from any to any ; add 133 prob 0.1234567 allow ip from any to any

# What ipfw misreads, here exact
pipe 1 config bw 1Gbit/s ; pipe 1 config bw 1Gbit/s
pipe 1 config bw 1.5Mbit/s ; pipe 1 config bw 1.5Mbit/s
pipe 1 config bw 5Gbit/s ; pipe 1 config bw 5Gbit/s
pipe 1 config delay 1.5ms ; pipe 1 config delay 1.5ms
pipe 1 config delay 2s ; pipe 1 config delay 2s
pipe 1 config queue 101 ; pipe 1 config queue 101
pipe 1 config queue 1000B ; pipe 1 config queue 1000B
pipe 1 config plr 1e-9 ; pipe 1 config plr 0.000000001

# and here refused
pipe 1 config queue ^0 ; ! 0
pipe 1 config bw 1Mbit/s plr ^2 ; ! 0..1
pipe 1 config bw ^-1 ; !
pipe 1 config plr ^-1 ; !
add ^65535 allow ip from any to any ; !
add ^65536 allow ip from any to any ; !
add 100 set ^32 allow ip from any to any ; ! 31
add 100 prob ^1.5 allow ip from any to any ; ! 0..1
add 100 count tag ^0 ip from any to any ; ! 65534
add 100 ^log allow ip from any to any ; !
add 200 skipto ^100 ip from any to any ; ! call
add 200 skipto ^200 ip from any to any ; ! call

# Accepted, though never true
add 140 allow icmp from any to any 80 ; add 140 allow icmp from any to any dst-port 80
add 141 allow ip from any to any 80 ; add 141 allow ip from any to any dst-port 80
add 142 allow ip6 from 10.0.0.1 to any ; add 142 allow ip6 from 10.0.0.1 to any
add 143 allow ip from any to any icmptypes 3-5 ; add 143 allow ip from any to any icmptypes 3,4,5
add 144 allow tcp from any to any 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33 ; add 144 allow tcp from any to any dst-port 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33
