# Every action: with what it takes, and without.

add 100 allow ip from any to any ; add 100 allow ip from any to any
add 100 accept ip from any to any ; add 100 allow ip from any to any
add 100 permit ip from any to any ; add 100 allow ip from any to any
add 100 deny ip from any to any ; add 100 deny ip from any to any
add 100 drop ip from any to any ; add 100 deny ip from any to any
add 100 count ip from any to any ; add 100 count ip from any to any
add 100 skipto 200 ip from any to any ; add 100 skipto 200 ip from any to any
add 100 call 50 ip from any to any ; add 100 call 50 ip from any to any
add 100 call 100 ip from any to any ; add 100 call 100 ip from any to any
add 100 call 65535 ip from any to any ; add 100 call 65535 ip from any to any
add 100 return ip from any to any ; add 100 return ip from any to any
add 100 return tcp from any to any 25 ; add 100 return tcp from any to any dst-port 25
add 100 pipe 1 ip from any to any ; add 100 pipe 1 ip from any to any
add 100 pipe 65535 ip from any to any ; add 100 pipe 65535 ip from any to any

# Answers
add 100 reject ip from any to any ; add 100 reject ip from any to any
add 100 unreach net ip from any to any ; add 100 unreach net ip from any to any
add 100 unreach 0 ip from any to any ; add 100 unreach net ip from any to any
add 100 unreach 1 ip from any to any ; add 100 reject ip from any to any
add 100 unreach protocol ip from any to any ; add 100 unreach protocol ip from any to any
add 100 unreach 3 ip from any to any ; add 100 unreach port ip from any to any
add 100 unreach needfrag ip from any to any ; add 100 unreach needfrag ip from any to any
add 100 unreach 5 ip from any to any ; add 100 unreach srcfail ip from any to any
add 100 unreach 6 ip from any to any ; add 100 unreach net-unknown ip from any to any
add 100 unreach 7 ip from any to any ; add 100 unreach host-unknown ip from any to any
add 100 unreach isolated ip from any to any ; add 100 unreach isolated ip from any to any
add 100 unreach 9 ip from any to any ; add 100 unreach net-prohib ip from any to any
add 100 unreach 10 ip from any to any ; add 100 unreach host-prohib ip from any to any
add 100 unreach tosnet ip from any to any ; add 100 unreach tosnet ip from any to any
add 100 unreach 12 ip from any to any ; add 100 unreach toshost ip from any to any
add 100 unreach host-precedence ip from any to any ; add 100 unreach host-precedence ip from any to any
add 100 unreach 15 ip from any to any ; add 100 unreach precedence-cutoff ip from any to any
add 100 unreach 200 ip from any to any ; add 100 unreach 200 ip from any to any
add 100 unreach6 no-route ip6 from any to any ; add 100 unreach6 no-route ip6 from any to any
add 100 unreach6 1 ip6 from any to any ; add 100 unreach6 admin-prohib ip6 from any to any
add 100 unreach6 address ip6 from any to any ; add 100 unreach6 address ip6 from any to any
add 100 unreach6 4 ip6 from any to any ; add 100 unreach6 port ip6 from any to any
add 100 unreach6 77 ip6 from any to any ; add 100 unreach6 77 ip6 from any to any
add 100 reset tcp from any to any ; add 100 reset tcp from any to any
add 100 reset6 tcp from any to any ; add 100 reset6 tcp from any to any
add 100 abort sctp from any to any ; add 100 abort sctp from any to any
add 100 abort6 sctp from any to any ; add 100 abort6 sctp from any to any

# What changes a packet
add 100 setdscp ef ip from any to any ; add 100 setdscp ef ip from any to any
add 100 setdscp 46 ip from any to any ; add 100 setdscp ef ip from any to any
add 100 setdscp 0 ip from any to any ; add 100 setdscp be ip from any to any
add 100 setdscp 63 ip from any to any ; add 100 setdscp 63 ip from any to any
add 100 setdscp 0x0a ip from any to any ; add 100 setdscp af11 ip from any to any
add 100 tcp-setmss 1300 tcp from any to any ; add 100 tcp-setmss 1300 tcp from any to any
add 100 tcp-setmss 65535 ip from any to any ; add 100 tcp-setmss 65535 ip from any to any

# Parameters, each once, in any order
add 100 allow log ip from any to any ; add 100 allow log ip from any to any
add 100 allow log logamount 10 ip from any to any ; add 100 allow log logamount 10 ip from any to any
add 100 count tag 65534 ip from any to any ; add 100 count tag 65534 ip from any to any
add 100 count untag 1 ip from any to any ; add 100 count untag 1 ip from any to any
add 100 pipe 3 tag 7 ip from any to any ; add 100 pipe 3 tag 7 ip from any to any
add 100 deny tag 7 log ip from any to any ; add 100 deny log tag 7 ip from any to any
add 100 call 5 log ip from any to any ; add 100 call 5 log ip from any to any
add 100 setdscp ef log tag 3 ip from any to any ; add 100 setdscp ef log tag 3 ip from any to any

# prob stands before the action
add 100 prob 0.5 deny ip from any to any ; add 100 prob 0.500000 deny ip from any to any
add 100 set 3 prob 0.25 pipe 1 ip from any to any ; add 100 set 3 prob 0.250000 pipe 1 ip from any to any

# Negative
add 100 ^permitt ip from any to any ; !
add 100 ^Allow ip from any to any ; !
add 100 ^all ip from any to any ; !
add 100 ^cou ip from any to any ; ! count
add 100 ^den ip from any to any ; ! deny
add 100 skipto ^0 ip from any to any ; !
add 100 skipto ^65536 ip from any to any ; ! 65535
add 100 skipto ^next ip from any to any ; !
add 100 call ^0 ip from any to any ; !
add 100 call ^65536 ip from any to any ; ! 65535
add 100 call ^ip from any to any ; !
add 100 return ^x from any to any ; !
add 100 pipe ^0 ip from any to any ; !
add 100 pipe ^65536 ip from any to any ; ! 65535
add 100 unreach ^256 ip from any to any ; ! 255
add 100 unreach ^hosts ip from any to any ; ! host
add 100 unreach ^ip from any to any ; !
add 100 unreach6 ^256 ip from any to any ; ! 255
add 100 unreach6 ^host ip from any to any ; !
add 100 setdscp ^64 ip from any to any ; ! 63
add 100 setdscp ^af44 ip from any to any ; !
add 100 setdscp ^cs8 ip from any to any ; !
add 100 tcp-setmss ^65536 tcp from any to any ; ! 65535
add 100 tcp-setmss ^x tcp from any to any ; !
add 100 count tag ^65535 ip from any to any ; ! 65534
add 100 count untag ^0 ip from any to any ; ! 65534
add 100 count untag ^x ip from any to any ; !
add 100 allow log ^log ip from any to any ; !
add 100 count tag 5 ^tag 6 ip from any to any ; !
add 100 allow log logamount ^x ip from any to any ; !
add 100 allow ^logamount 5 ip from any to any ; !
add 100 prob ^x allow ip from any to any ; !
add 100 prob ^-0.5 allow ip from any to any ; !
add 100 prob 0.5 ^prob 0.5 allow ip from any to any ; !
add 100 allow ; !
add 100 set 5 ; !
add ; !
