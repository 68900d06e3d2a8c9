# Where a packet comes from and goes to: all forms of addresses, ports, or-blocks.

add 100 allow ip from 10.0.0.1 to 192.0.2.1 ; add 100 allow ip from 10.0.0.1 to 192.0.2.1
add 100 allow ip from 10.0.0.1/32 to any ; add 100 allow ip from 10.0.0.1 to any
add 100 allow ip from 10.1.2.3/16 to any ; add 100 allow ip from 10.1.0.0/16 to any
add 100 allow ip from 10.1.2.3:255.255.0.0 to any ; add 100 allow ip from 10.1.0.0/16 to any
add 100 allow ip from 10.1.2.3:255.0.255.0 to any ; add 100 allow ip from 10.0.2.0:255.0.255.0 to any
add 100 allow ip from 10.0.0.1, 10.0.0.2 to any ; add 100 allow ip from 10.0.0.1,10.0.0.2 to any
add 100 allow ip from 10.0.0.1,10.0.0.2/31,192.168.1.1/16 to any ; add 100 allow ip from 10.0.0.1,10.0.0.2/31,192.168.0.0/16 to any
add 100 allow ip from 1.2.3.4{128,35-55,89} to any ; add 100 allow ip from 1.2.3.0/24{35-55,89,128} to any
add 100 allow ip from 1.2.3.0/24{5,5-9,1} to any ; add 100 allow ip from 1.2.3.0/24{1,5-9} to any
add 100 allow ip from 1.2.3.0/24{1,2,3} to any ; add 100 allow ip from 1.2.3.0/24{1-3} to any
add 100 allow ip from 1.2.3.128/25{128,255} to any ; add 100 allow ip from 1.2.3.128/25{128,255} to any
add 100 allow ip from 10.9.9.9,1.2.3.0/24{1-3} to any ; add 100 allow ip from 10.9.9.9,1.2.3.0/24{1-3} to any
add 100 allow ip from not 10.0.0.0/8 to any ; add 100 allow ip from not 10.0.0.0/8 to any
add 100 allow ip from me to any ; add 100 allow ip from me to any
add 100 allow ip from not me to me ; add 100 allow ip from not me to me
add 100 allow ip6 from any to me6 ; add 100 allow ip6 from any to me6
add 100 allow ip from { me or 10.0.0.1 } to any ; add 100 allow ip from { me or 10.0.0.1 } to any
add 100 allow ip from { 10.0.0.1 or not 10.0.0.0/24 } to any ; add 100 allow ip from { 10.0.0.1 or not 10.0.0.0/24 } to any
add 100 allow ip from {10.0.0.1 or 2001:db8::1} to any ; add 100 allow ip from { 10.0.0.1 or 2001:db8::1 } to any

# IPv6
add 100 allow ip6 from 2001:db8::1/64 to any ; add 100 allow ip6 from 2001:db8::/64 to any
add 100 allow ip6 from 2001:0db8:0:0:0:0:0:1 to any ; add 100 allow ip6 from 2001:db8::1 to any
add 100 allow ip6 from ::1/128 to any ; add 100 allow ip6 from ::1 to any
add 100 allow ip6 from 2001:db8::1,2001:db8::2 to any ; add 100 allow ip6 from 2001:db8::1,2001:db8::2 to any
add 100 allow ip6 from 2001:db8::1/ffff:ffff:: to any ; add 100 allow ip6 from 2001:db8::/32 to any
add 100 allow ip6 from any to not fe80::/10 ; add 100 allow ip6 from any to not fe80::/10

# Protocols
add 100 allow tcp from any to any ; add 100 allow tcp from any to any
add 100 allow 6 from any to any ; add 100 allow tcp from any to any
add 100 allow 17 from any to any ; add 100 allow udp from any to any
add 100 allow 0x11 from any to any ; add 100 allow udp from any to any
add 100 allow 253 from any to any ; add 100 allow 253 from any to any
add 100 allow not tcp from any to any ; add 100 allow not tcp from any to any
add 100 allow { tcp or udp } from any to any ; add 100 allow { tcp or udp } from any to any
add 100 allow (tcp or udp) from any to any ; add 100 allow { tcp or udp } from any to any
add 100 allow ipv4 from any to any ; add 100 allow ip4 from any to any
add 100 allow ipv6 from any to any ; add 100 allow ip6 from any to any

# Ports
add 100 allow udp from any 53 to any ; add 100 allow udp from any 53 to any
add 100 allow udp from any to any 1024-2047 ; add 100 allow udp from any to any dst-port 1024-2047
add 100 allow tcp from any to any 80, 443 ; add 100 allow tcp from any to any dst-port 80,443
add 100 allow tcp from any to any 80,8000-8080,443 ; add 100 allow tcp from any to any dst-port 80,8000-8080,443
add 100 allow tcp from any to any not 80 ; add 100 allow tcp from any to any not dst-port 80
add 100 allow tcp from any not 80 to any ; add 100 allow tcp from any not 80 to any
add 100 allow tcp from any to any http ; add 100 allow tcp from any to any dst-port 80
add 100 allow tcp from any to any src-port 80 dst-port 1-1023 ; add 100 allow tcp from any to any src-port 80 dst-port 1-1023
add 100 allow sctp from any 5 to any 6 ; add 100 allow sctp from any 5 to any dst-port 6

# Negative
add 100 allow ip from ^10.0.0.300 to any ; !
add 100 allow ip from 10.0.0.1/^33 to any ; ! 32
add 100 allow ip6 from ::1/^129 to any ; ! 128
add 100 allow ip from 10.0.0.1:^255 to any ; !
add 100 allow ip from 10.0.0.1,^any to any ; !
add 100 allow ip from 10.0.0.1,^2001:db8::1 to any ; !
add 100 allow ip from 1.2.3.0/24{^256} to any ; ! 255
add 100 allow ip from 1.2.3.0/24{^9-5} to any ; !
add 100 allow ip from 1.2.3.0/^23{1} to any ; ! 24
add 100 allow ^tpc from any to any ; ! tcp
add 100 allow ^256 from any to any ; ! 255
add 100 allow tcp ^form any to any ; !
add 100 allow tcp from any ^too any ; !
add 100 allow tcp from any to any ^80-70 ; !
add 100 allow tcp from any to any ^65536 ; ! 65535
add 100 allow tcp from any to any 80,^65536 ; ! 65535
add 100 allow tcp from any to any dst-port ^x ; !
add 100 allow { tcp or ^} from any to any ; !
add 100 allow { tcp or { udp } } from any to any ; !
add 100 allow ip from { 10.0.0.1 to any ; !
add 100 allow tcp from any to ; !
