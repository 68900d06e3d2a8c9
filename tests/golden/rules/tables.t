# INPUT ; CANONICAL, or errors and warnings: commands on tables, and rules that ask them.

# Commands
table web create ; table web create
table web create type addr ; table web create type addr
table 1 create type iface limit 5 locked missing or-flush ; table 1 create type iface limit 5 locked missing or-flush
table t create type number valtype legacy ; table t create type number
table t create type flow ; table t create type flow
table t create type flow:src-ip,dst-port ; table t create type flow:src-ip,dst-port
table t create type flow:dst-port,src-ip ; table t create type flow:src-ip,dst-port
table t create type flow:src-ip,proto,src-port,dst-ip,dst-port ; table t create type flow
table t create type mac valtype mark,ipv4,ipv6 ; table t create type mac valtype mark,ipv4,ipv6
table t create type addr valtype skipto,pipe,fib,nat,dscp,tag,divert,netgraph,limit,ipv4,ipv6,mark ; table t create type addr valtype skipto,pipe,fib,nat,dscp,tag,divert,netgraph,limit,ipv4,ipv6,mark
table t create algo addr:radix ; table t create algo addr:radix
table t create type addr algo addr:hash masks=/24,/64 ; table t create type addr algo addr:hash masks=/24,/64
table t create type addr algo addr:hash ; table t create type addr algo addr:hash masks=/32,/128
table t create type number algo number:array limit 0 ; table t create type number algo number:array limit 0
set 3 table t create ; set 3 table t create
table a.b-c_9 destroy ; table a.b-c_9 destroy
table t modify limit 100 ; table t modify limit 100
table t swap u ; table t swap u
table t lock ; table t lock
table t unlock ; table t unlock
table t flush ; table t flush
table all flush ; table all flush
table all destroy ; table all destroy
table t add 10.0.0.1 ; table t add 10.0.0.1
table t add 10.1.2.3/8 ; table t add 10.0.0.0/8
table t add 10.1.2.3/8 5 2001:DB8::1/32 10.0.0.1 ; table t add 10.0.0.0/8 5 2001:db8::/32 10.0.0.1
table t atomic add 10.0.0.1 5 10.0.0.2 6 ; table t atomic add 10.0.0.1 5 10.0.0.2 6
table t add 80 443 8080 ; table t add 80 443 8080
table t add eth0 5 ; table t add eth0 5
table t add 10.0.0.1,tcp,4000,192.0.2.1,80 7 ; table t add 10.0.0.1,tcp,4000,192.0.2.1,80 7
table t add 02:00:5E:00:53:01/24 7 ; table t add 02:00:5e:00:00:00/24 7
-q table t add 10.0.0.1 5 ; -q table t add 10.0.0.1 5
table t delete 10.0.0.1 10.0.0.0/8 ; table t delete 10.0.0.1 10.0.0.0/8
table t lookup 10.0.0.1 ; table t lookup 10.0.0.1
table t list ; table t list
table t list -i ; table t list -i
-i table all list ; table all list -i
table all info ; table all info
table t detail ; table t detail

# What is wrong with them
table ; !6 table: a name is missing, or all
table t ; !8 table: what is to be done? allowed: create, destroy, modify, swap, [atomic] add, delete, lookup, lock, unlock, list, info, detail, flush
table t/u create ; !7 table: t/u is not a name; allowed: 1..63 of A-Z a-z 0-9 _ . -
table abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij1234 create ; !7 table: abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefg... is not a name; allowed: 1..63 of A-Z a-z 0-9 _ . -
table create ; !13 table: what is to be done? allowed: create, destroy, modify, swap, [atomic] add, delete, lookup, lock, unlock, list, info, detail, flush
table t creat ; !9 table: creat is not a command; did you mean create?
table t xyzzy ; !9 table: xyzzy is not a command; allowed: create, destroy, modify, swap, [atomic] add, delete, lookup, lock, unlock, list, info, detail, flush
table t atomic delete 10.0.0.1 ; !16 table: atomic stands before add alone
table all add 10.0.0.1 ; !7 table: add is done to one table by its name, not to all
table t create type ; !20 type: a value is missing; allowed: addr, iface, number, flow, flow:src-ip,proto,src-port,dst-ip,dst-port (or some of these), mac
table t create type adr ; !21 type: adr is not a type of tables; allowed: addr, iface, number, flow, flow:src-ip,proto,src-port,dst-ip,dst-port (or some of these), mac
table t create type flow:src ; !21 type: flow:src is not a type of tables; allowed: addr, iface, number, flow, flow:src-ip,proto,src-port,dst-ip,dst-port (or some of these), mac
table t create type flow:src-ip,src-ip ; !21 type: flow:src-ip,src-ip is not a type of tables; allowed: addr, iface, number, flow, flow:src-ip,proto,src-port,dst-ip,dst-port (or some of these), mac
table t create type addr:radix ; !21 type: addr:radix is not a type of tables; allowed: addr, iface, number, flow, flow:src-ip,proto,src-port,dst-ip,dst-port (or some of these), mac
table t create valtype ; !23 valtype: a value is missing; allowed: legacy, or a list of skipto pipe fib nat dscp tag divert netgraph limit ipv4 mark ipv6
table t create valtype skip ; !24 valtype: skip is not a kind of value; allowed: legacy, or a list of skipto pipe fib nat dscp tag divert netgraph limit ipv4 mark ipv6
table t create valtype pipe,pipe ; !29 valtype: pipe stands there twice
table t create valtype legacy,pipe ; !24 valtype: legacy is not a kind of value; allowed: legacy, or a list of skipto pipe fib nat dscp tag divert netgraph limit ipv4 mark ipv6
table t create algo ; !20 algo: a value is missing; allowed: addr:radix
table t create algo iface:array ; !21 algo: iface:array is none of type addr; allowed: addr:radix, addr:hash masks=/V4,/V6
table t create algo addr:hash masks=24 ; !37 masks: allowed: masks=/24,/64, for IPv4 and IPv6
table t create algo addr:hash masks=/33,/129 ; !38 masks: 33 is not in 0..32 | !42 masks: 129 is not in 0..128
table t create limit ; !21 limit: a number of entries is missing; 0 is no limit
table t create limit 4294967296 ; !22 limit: 4294967296 is not in 0..4294967294
table t create limit 99999999999999999999 ; !22 limit: 99999999999999999999 is not in 0..4294967294
table t create locked locked ; !23 locked: said already
table t create algo addr:radix type iface ; !32 table create: type does not belong here; allowed, each once: type T, valtype V, algo A (behind type), limit N, locked, missing, or-flush
table t create 5 ; !16 table create: 5 does not belong here; allowed, each once: type T, valtype V, algo A (behind type), limit N, locked, missing, or-flush
table t modify ; !15 table modify: allowed: limit N
table t swap ; !13 table swap: the name of the other table is missing
table t swap all ; !14 table: all stands for every table, and names none
table t add ; !12 table add: a key is missing
table t delete ; !15 table delete: a key is missing
table t lookup 10.0.0.1 10.0.0.2 ; !25 10.0.0.2 does not belong here
table t list 5 ; !14 5 does not belong here
table t list -a ; !14 -a: belongs to list and show of rules
-a table t list ; !1 -a: belongs to list and show of rules
-i table t add 10.0.0.1 ; !1 -i: belongs to list and show of rules
table t lock now ; !14 now does not belong here
table t add 10.0.0.1 // why ; !25 a comment behind // belongs to a rule

# Rules
add 100 allow ip from table(1) to table(t,5) ; add 100 allow ip from table(1) to table(t,5)
add 100 allow ip from table( t , 5 ) to any ; !23 table( has no closing parenthesis | !30 port: t is neither a known name nor a number in 0..65535 | !32 a blank may stand behind a comma, not before it
add 100 allow ip from not table(a) to { table(b) or 10.0.0.0/8 } ; add 100 allow ip from not table(a) to { table(b) or 10.0.0.0/8 }
add 100 allow { src-ip table(a) or in } ; add 100 allow ip from any to any { src-ip table(a) or in }
add 100 allow src-ip6 table(a) dst-ip6 not table(b) ; !40 not stands before dst-ip6, not behind it
add 100 allow recv table(a) xmit table(b,7) out ; add 100 allow ip from any to any recv table(a) xmit table(b,7) out
add 100 allow not via table(a) ; add 100 allow ip from any to any not via table(a)
add 100 allow lookup dst-ip a ; add 100 allow ip from any to any lookup dst-ip a
add 100 allow lookup src-port a,5 ; add 100 allow ip from any to any lookup src-port a,5
add 100 allow lookup dst-port a lookup dscp b lookup src-ip c in ; add 100 allow ip from any to any lookup dst-port a lookup dscp b lookup src-ip c in
add 100 allow layer2 lookup src-mac a lookup dst-mac b,0x10 ; add 100 allow ip from any to any layer2 lookup src-mac a lookup dst-mac b,16
add 100 allow tcp from any to any flow table(f) setup ; add 100 allow tcp from any to any flow table(f) setup
add 100 allow not flow table(f,4294967295) ; add 100 allow ip from any to any not flow table(f,4294967295)
add 100 skipto tablearg ip from table(1) to any ; add 100 skipto tablearg ip from table(1) to any
add 100 call tablearg ip from any to any lookup dst-ip t ; add 100 call tablearg ip from any to any lookup dst-ip t
add 100 pipe tablearg ip from any to table(1) ; add 100 pipe tablearg ip from any to table(1)
add 100 queue tablearg ip from any to table(1) ; add 100 queue tablearg ip from any to table(1)
add 100 setdscp tablearg flow table(f) ; add 100 setdscp tablearg ip from any to any flow table(f)
add 100 count tag tablearg untag 5 tcp from table(1) to any ; add 100 count tag tablearg untag 5 tcp from table(1) to any
add 100 count untag tablearg recv table(i) ; add 100 count untag tablearg ip from any to any recv table(i)
add 100 allow ip from table(1) to any tagged tablearg ; add 100 allow ip from table(1) to any tagged tablearg
add prob 0.5 pipe tablearg log ip from { table(1) or table(2,3) } to not me // one ; add 100 prob 0.500000 pipe tablearg log ip from { table(1) or table(2,3) } to not me // one

# What is wrong with them
add 100 allow ip from table() to any ; !29 the name of a table is missing; allowed: table(NAME), table(NAME,VALUE)
add 100 allow ip from table(a b) to any ; !23 table(a has no closing parenthesis | !31 port: b is neither a known name nor a number in 0..65535 | !32 no block is open here
add 100 allow ip from table(a to any ; !23 table(a has no closing parenthesis
add 100 allow ip from table(a,) to any ; !29 value of a table: 'a,' is not a whole number in 0..4294967295
add 100 allow ip from table(a,x) to any ; !31 value of a table: 'x' is not a whole number in 0..4294967295
add 100 allow ip from table(a,4294967296) to any ; !31 value of a table: 4294967296 is not in 0..4294967295
add 100 allow ip from table(a,99999999999999999999999) to any ; !31 value of a table: 99999999999999999999999 is not in 0..4294967295
add 100 allow ip from table(a/b) to any ; !29 table: a/b is not a name; allowed: 1..63 of A-Z a-z 0-9 _ . -
add 100 allow ip from table(all) to any ; !29 table: all stands for every table, and names none
add 100 allow ip from table(a),table(b) to any ; !23 table(a) stands alone, never in a list; { A or B } takes more than one
add 100 allow ip from 10.0.0.1,table(b) to any ; !32 table(b) stands alone, never in a list; { A or B } takes more than one
add 100 allow lookup ; !21 lookup: a field is missing; allowed: src-ip, dst-ip, src-port, dst-port, dscp, src-mac, dst-mac
add 100 allow lookup dst-ip ; !28 lookup: the name of a table is missing
add 100 allow lookup dst-ipp t ; !22 lookup: dst-ipp is not a field; allowed: src-ip, dst-ip, src-port, dst-port, dscp, src-mac, dst-mac
add 100 allow lookup uid t ; !22 lookup: uid: known, but not supported by this version
add 100 allow lookup dst-ip table(t) ; !29 lookup: the table's name stands alone here: lookup dst-ip NAME[,VALUE]
add 100 allow flow ; !19 table(NAME) or table(NAME,VALUE) is missing
add 100 allow flow t ; !21 table(NAME) or table(NAME,VALUE) is missing
add 100 skipto tablearg ip from any to any ; !16 tablearg: the rule asks no table whose value it could be; allowed with table(T), lookup or flow, not negated
add 100 pipe tablearg ip from not table(1) to any ; !14 tablearg: the rule asks no table whose value it could be; allowed with table(T), lookup or flow, not negated
add 100 queue tablearg ip from any to any not lookup dst-ip t ; !15 tablearg: the rule asks no table whose value it could be; allowed with table(T), lookup or flow, not negated
add 100 setdscp tablearg in ; !17 tablearg: the rule asks no table whose value it could be; allowed with table(T), lookup or flow, not negated
add 100 allow tag tablearg in ; !19 tablearg: the rule asks no table whose value it could be; allowed with table(T), lookup or flow, not negated
add 100 allow in tagged tablearg ; !25 tablearg: the rule asks no table whose value it could be; allowed with table(T), lookup or flow, not negated
add 100 call tablearg in ; !14 tablearg: the rule asks no table whose value it could be; allowed with table(T), lookup or flow, not negated
