# INPUT ; CANONICAL, or !COLUMN ERROR: actions that answer, and those that change the packet.

# ICMP: names of codes, numbers without a name
add 100 reject ip from any to any ; add 100 reject ip from any to any
add 100 unreach host ip from any to any ; add 100 reject ip from any to any
add 100 unreach 1 ip from any to any ; add 100 reject ip from any to any
add 100 unreach 0x1 ip from any to any ; add 100 reject ip from any to any
add 100 unreach 0 ip from any to any ; add 100 unreach net ip from any to any
add 100 unreach net ip from any to any ; add 100 unreach net ip from any to any
add 100 unreach protocol ip from any to any ; add 100 unreach protocol ip from any to any
add 100 unreach 2 ip from any to any ; add 100 unreach protocol ip from any to any
add 100 unreach 3 udp from any to any ; add 100 unreach port udp from any to any
add 100 unreach needfrag ip from any to any ; add 100 unreach needfrag ip from any to any
add 100 unreach srcfail ip from any to any ; add 100 unreach srcfail ip from any to any
add 100 unreach net-unknown ip from any to any ; add 100 unreach net-unknown ip from any to any
add 100 unreach host-unknown ip from any to any ; add 100 unreach host-unknown ip from any to any
add 100 unreach isolated ip from any to any ; add 100 unreach isolated ip from any to any
add 100 unreach 9 ip from any to any ; add 100 unreach net-prohib ip from any to any
add 100 unreach 10 ip from any to any ; add 100 unreach host-prohib ip from any to any
add 100 unreach tosnet ip from any to any ; add 100 unreach tosnet ip from any to any
add 100 unreach toshost ip from any to any ; add 100 unreach toshost ip from any to any
add 100 unreach 13 ip from any to any ; add 100 unreach filter-prohib ip from any to any
add 100 unreach 14 ip from any to any ; add 100 unreach host-precedence ip from any to any
add 100 unreach 15 ip from any to any ; add 100 unreach precedence-cutoff ip from any to any
add 100 unreach 16 ip from any to any ; add 100 unreach 16 ip from any to any
add 100 unreach 255 in ; add 100 unreach 255 ip from any to any in
add 100 unreach6 no-route ip6 from any to any ; add 100 unreach6 no-route ip6 from any to any
add 100 unreach6 1 ip6 from any to any ; add 100 unreach6 admin-prohib ip6 from any to any
add 100 unreach6 2 ip6 from any to any ; add 100 unreach6 2 ip6 from any to any
add 100 unreach6 3 ip6 from any to any ; add 100 unreach6 address ip6 from any to any
add 100 unreach6 port udp from any to any ; add 100 unreach6 port udp from any to any
add 100 unreach log icmp from any to any ; !17 log is not a code; allowed: 0..255, or a name such as precedence-cutoff
add 100 unreach host log udp from any to any 161 // no SNMP ; add 100 reject log udp from any to any dst-port 161 // no SNMP
add 100 unreach 256 ip from any to any ; !17 unreach: 256 is not in 0..255
add 100 unreach -1 ip from any to any ; !17 -1 is not a code; allowed: 0..255, or a name such as precedence-cutoff
add 100 unreach 1.5 ip from any to any ; !17 unreach: '1.5' is not a whole number in 0..255
add 100 unreach ip from any to any ; !17 a code is missing here; allowed: 0..255, or a name such as precedence-cutoff
add 100 unreach in ; !17 a code is missing here; allowed: 0..255, or a name such as precedence-cutoff
add 100 unreach prot ip from any to any ; !17 prot is not a code; did you mean port?
add 100 unreach hots ip from any to any ; !17 hots is not a code; did you mean host?
add 100 unreach no-route ip from any to any ; !17 no-route is not a code; allowed: 0..255, or a name such as precedence-cutoff
add 100 unreach6 host ip from any to any ; !18 host is not a code; allowed: 0..255, or a name such as port
add 100 unreach6 filter-prohib ip from any to any ; !18 filter-prohib is not a code; allowed: 0..255, or a name such as port
add 100 unreach6 256 in ; !18 unreach6: 256 is not in 0..255
add 100 unreach6 ip6 from any to any ; !18 a code is missing here; allowed: 0..255, or a name such as port

# RST, ABORT
add 100 reset tcp from any to any ; add 100 reset tcp from any to any
add 100 reset ip from any to any ; add 100 reset ip from any to any
add 100 reset6 tcp from any to any 25 ; add 100 reset6 tcp from any to any dst-port 25
add 100 abort sctp from any to any ; add 100 abort sctp from any to any
add 100 abort6 in // all ; add 100 abort6 ip from any to any in // all
add 100 reset 5 ip from any to any ; !17 from is missing behind the protocol; allowed: PROTOCOL from ADDRESS [PORTS] to ADDRESS [PORTS] OPTIONS

# The DS field: 0 prints as be
add 100 setdscp ef udp from any to any ; add 100 setdscp ef udp from any to any
add 100 setdscp 46 udp from any to any ; add 100 setdscp ef udp from any to any
add 100 setdscp 0 in ; add 100 setdscp be ip from any to any in
add 100 setdscp be in ; add 100 setdscp be ip from any to any in
add 100 setdscp cs0 in ; add 100 setdscp be ip from any to any in
add 100 setdscp cs7 in ; add 100 setdscp cs7 ip from any to any in
add 100 setdscp af11 in ; add 100 setdscp af11 ip from any to any in
add 100 setdscp 38 in ; add 100 setdscp af43 ip from any to any in
add 100 setdscp 63 in ; add 100 setdscp 63 ip from any to any in
add 100 setdscp 0x2e in ; add 100 setdscp ef ip from any to any in
add 100 setdscp 64 in ; !17 setdscp: 64 is not in 0..63
add 100 setdscp af44 in ; !17 setdscp: af44 is not a DS field; allowed: 0..63, be, ef, cs0..cs7, af11..af43
add 100 setdscp EF in ; !17 setdscp: EF is not a DS field; allowed: 0..63, be, ef, cs0..cs7, af11..af43
add 100 setdscp ip from any to any ; !17 setdscp: a value is missing here; allowed: 0..63, be, ef, cs0..cs7, af11..af43
add 100 setdscp in ; !17 setdscp: a value is missing here; allowed: 0..63, be, ef, cs0..cs7, af11..af43

# The MSS option
add 100 tcp-setmss 1400 tcp from any to any setup ; add 100 tcp-setmss 1400 tcp from any to any setup
add 100 tcp-setmss 1 tcp from any to any ; add 100 tcp-setmss 1 tcp from any to any
add 100 tcp-setmss 65535 tcp from any to any ; add 100 tcp-setmss 65535 tcp from any to any
add 100 tcp-setmss 0 tcp from any to any ; !20 tcp-setmss: 0 is not in 1..65535
add 100 tcp-setmss 65536 tcp from any to any ; !20 tcp-setmss: 65536 is not in 1..65535
add 100 tcp-setmss tcp from any to any ; !20 tcp-setmss: a number in 1..65535 is missing
add 100 tcp-setmss setup ; !20 tcp-setmss: a number in 1..65535 is missing
add 100 tcp-setmss mtu tcp from any to any ; !20 tcp-setmss: 'mtu' is not a whole number in 1..65535
