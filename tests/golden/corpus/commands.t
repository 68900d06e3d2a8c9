# Commands on rules and sets, and when they run.

add 100 set 5 count in ; add 100 set 5 count ip from any to any in
set disable 5 ; set disable 5
set enable 5 ; set enable 5
set disable 1 2 3 ; set disable 1 2 3
set disable 1 enable 2 ; set disable 1 enable 2
set swap 1 5 ; set swap 1 5
set move 1 to 2 ; set move 1 to 2
set move rule 100 to 7 ; set move rule 100 to 7
set show ; set show
zero ; zero
zero 100 ; zero 100
resetlog ; resetlog
resetlog 100 ; resetlog 100
list ; list
list 100 ; list 100
show ; show
show 100 ; show 100
delete 100 ; delete 100

add 100 count in ; add 100 count ip from any to any in
add 200 set 9 count in ; add 200 set 9 count ip from any to any in
delete set 9 ; delete set 9
add 300 count in ; add 300 count ip from any to any in
delete 100 300 ; delete 100 300
add 400 count in ; add 400 count ip from any to any in
add 410 count in ; add 410 count ip from any to any in
delete 400-410 ; delete 400-410
flush ; flush
set 3 flush ; set 3 flush
set 4 zero ; set 4 zero
enable one_pass ; enable one_pass
disable one_pass ; disable one_pass

pipe 1 config bw 1Mbit/s ; pipe 1 config bw 1Mbit/s
at 10ms pipe 1 config bw 2Mbit/s ; at 10ms pipe 1 config bw 2Mbit/s
at 1.5s pipe 1 config delay 20 ; at 1.5s pipe 1 config delay 20ms
at 1ns set disable 5 ; at 1ns set disable 5
at 250us disable one_pass ; at 250us disable one_pass
at 2s add 200 allow in ; at 2s add 200 allow ip from any to any in

# Negative
set disable ^31 ; !
set disable ^32 ; ! 31
set enable ^x ; !
set ^disabled 5 ; ! disable
set swap 1 ^32 ; ! 31
set swap 1 ; !
set move 1 ^at 2 ; ! to
set move 1 to ^32 ; ! 31
set move rule ^0 to 1 ; !
set move rule 100 to ^x ; !
set ; !
zero ^x ; !
resetlog ^x ; !
delete ^x ; !
delete ^65535 ; !
delete set ^32 ; ! 31
delete ; !
enable ^two_pass ; !
disable ^firewal ; !
at ^x pipe 1 config bw 1Mbit/s ; !
at ^-1s pipe 1 config bw 1Mbit/s ; !
at 10ms pipe 1 config bw ^x ; !
at 10ms add 100 ^permitt in ; !
at 10ms ^foo ; !
at 10ms ; !
at ; !
