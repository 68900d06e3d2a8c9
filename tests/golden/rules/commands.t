# INPUT ; CANONICAL or !COLUMN ERROR: commands on rules that are there, and on sets of rules.

# Numbers and ranges of them.
delete 100 ; delete 100
delete 100 200 300 ; delete 100 200 300
delete 100-200 ; delete 100-200
delete 100 200-300 65534 ; delete 100 200-300 65534
delete 1-65535 ; delete 1-65535
delete 7-7 ; delete 7
delete 65535 ; !8 delete: 65535 is the default rule, which stays
delete 65535-65535 ; !8 delete: 65535 is the default rule, which stays
delete 0 ; !8 rule number: 0 is not in 1..65535
delete 0-5 ; !8 rule number: 0 is not in 1..65535
delete 65536 ; !8 rule number: 65536 is not in 1..65535
delete 200-100 ; !8 rule number: 200-100 is empty; the lower end of a range stands first
delete 100- ; !8 rule number: 100- has no upper end; allowed: N or N-M
delete -100 ; !8 delete: rule numbers are missing; allowed: delete 100 200-300, delete set 5, flush
delete 100,200 ; !8 rule number: '100,200' is not a whole number in 1..65535
delete 100, 200 ; !8 rule number: '100,' is not a whole number in 1..65535
delete 0x64 ; delete 100
delete web ; !8 delete: rule numbers are missing; allowed: delete 100 200-300, delete set 5, flush
delete ; !7 delete: rule numbers are missing; allowed: delete 100 200-300, delete set 5, flush
delete all ; !8 delete: rule numbers are missing; allowed: delete 100 200-300, delete set 5, flush
delete 100 in ; !12 in does not belong here
delete 100 // gone ; !15 a comment behind // belongs to a rule
delete 100 set 3 ; !12 set does not belong here
delete set 3 ; delete set 3
delete set 0 ; delete set 0
delete set 31 ; delete set 31
delete set 32 ; !12 set: 32 is not in 0..31
delete set ; !11 set: a number in 0..31 is missing
delete set 3 4 ; !14 4 does not belong here
delete set x ; !12 set: a number in 0..31 is missing
set 3 delete 100 ; set 3 delete 100
set 3 delete 100-200 300 ; set 3 delete 100-200 300
set 3 delete ; !13 delete: rule numbers are missing; allowed: delete 100 200-300, delete set 5, flush
set 3 delete set 4 ; !14 set: said already
delete rule 100 ; !8 delete: rule numbers are missing; allowed: delete 100 200-300, delete set 5, flush
delete { 100 or 200 } ; !8 delete: rule numbers are missing; allowed: delete 100 200-300, delete set 5, flush
# Counters.
zero ; zero
zero 100 ; zero 100
zero 100 200-300 ; zero 100 200-300
zero 65535 ; zero 65535
zero 0 ; !6 rule number: 0 is not in 1..65535
zero 65536 ; !6 rule number: 65536 is not in 1..65535
zero x ; !6 x does not belong here
set 5 zero ; set 5 zero
set 5 zero 100 ; set 5 zero 100
resetlog ; resetlog
resetlog 100 ; resetlog 100
resetlog 1-10 ; resetlog 1-10
set 5 resetlog ; set 5 resetlog
resetlog set 5 ; !10 set does not belong here
zero set 5 ; !6 set does not belong here
zero // all ; !9 a comment behind // belongs to a rule
# Lists.
list ; list
list 100 ; list 100
list 100 200-300 ; list 100 200-300
list 65535 ; list 65535
list 12345 ; list 12345
list 100-200 x ; !14 x does not belong here
print ; list
print 100 ; list 100
show ; show
show 100 200 ; show 100 200
set 31 list ; set 31 list
set 31 show ; set 31 show
set 3 print 100 ; set 3 list 100
list set 3 ; !6 set does not belong here
show set ; !6 set does not belong here
# Flush.
flush ; flush
set 3 flush ; set 3 flush
set 31 flush ; set 31 flush
flush 100 ; !7 100 does not belong here
flush set 3 ; !7 set does not belong here
flush // all ; !10 a comment behind // belongs to a rule
# Sets.
set show ; set show
set 3 show ; set 3 show
set disable 3 ; set disable 3
set disable 3 4 ; set disable 3 4
set disable 4 3 4 ; set disable 3 4
set enable 3 ; set enable 3
set enable 3 disable 4 5 ; set disable 4 5 enable 3
set disable 3 enable 4 ; set disable 3 enable 4
set disable 3 enable 4 disable 5 enable 6 0 ; set disable 3 5 enable 0 4 6
set disable 0 ; set disable 0
set disable 30 ; set disable 30
set disable 31 ; !13 set disable: 31 is the default rule's and stays; allowed: 0..30
set enable 31 ; set enable 31
set disable 3 enable 3 ; !22 set: 3 cannot be both disabled and enabled
set enable 3 disable 3 ; !22 set: 3 cannot be both disabled and enabled
set disable ; !12 set: a number in 0..31 is missing
set disable x ; !13 set: a number in 0..31 is missing
set disable 3 4 32 ; !17 set: 32 is not in 0..31
set disable 3 enable ; !21 set: a number in 0..31 is missing
set disable 3 x ; !15 x does not belong here
set swap 1 2 ; set swap 1 2
set swap 2 1 ; set swap 2 1
set swap 1 1 ; set swap 1 1
set swap 1 31 ; set swap 1 31
set swap 1 ; !11 set: a number in 0..31 is missing
set swap ; !9 set: a number in 0..31 is missing
set swap 1 2 3 ; !14 3 does not belong here
set swap 1 to 2 ; !12 set: a number in 0..31 is missing
set move 1 to 2 ; set move 1 to 2
set move 31 to 2 ; set move 31 to 2
set move 1 to 31 ; set move 1 to 31
set move 1 to 1 ; set move 1 to 1
set move 1 2 ; !12 to is missing here; allowed: set move [rule] N to SET
set move 1 to ; !14 set: a number in 0..31 is missing
set move 1 to 32 ; !15 set: 32 is not in 0..31
set move to 2 ; !10 set: a number in 0..31 is missing
set move ; !9 set: a number in 0..31 is missing
set move rule 100 to 2 ; set move rule 100 to 2
set move rule 65534 to 31 ; set move rule 65534 to 31
set move rule 65535 to 2 ; !15 set move rule: 65535 is the default rule, which stays in set 31
set move rule 0 to 2 ; !15 rule number: 0 is not in 1..65535
set move rule 100-200 to 2 ; !15 rule number: '100-200' is not a whole number in 1..65535
set move rule to 2 ; !15 set move rule: a rule number is missing
set move rule 100 ; !18 to is missing here; allowed: set move [rule] N to SET
set move rule x to 2 ; !15 set move rule: a rule number is missing
set move rule 100 to 2 3 ; !24 3 does not belong here
set ; !4 set: allowed here: disable, enable, swap, move, show, or a number and a command
set 3 ; !6 a command is missing here: set N add, delete, zero, resetlog, list, show, table or flush
set 32 ; !5 set: 32 is not in 0..31
set 32 list ; !5 set: 32 is not in 0..31
set 3 100 ; !7 a command is missing here: set N add, delete, zero, resetlog, list, show, table or flush
set 3 set 4 list ; !7 a command is missing here: set N add, delete, zero, resetlog, list, show, table or flush
set 3 enable 4 ; !7 a command is missing here: set N add, delete, zero, resetlog, list, show, table or flush
set toggle 3 ; !5 set: allowed here: disable, enable, swap, move, show, or a number and a command
set web ; !5 set: allowed here: disable, enable, swap, move, show, or a number and a command
set 3 lst ; !7 a command is missing here: set N add, delete, zero, resetlog, list, show, table or flush
set -1 list ; !5 set: allowed here: disable, enable, swap, move, show, or a number and a command
set 3 // nothing ; !6 a command is missing here: set N add, delete, zero, resetlog, list, show, table or flush
# add may stand behind a set too.
set 3 add 100 allow in ; add 100 set 3 allow ip from any to any in
set 0 add allow in ; add 100 allow ip from any to any in
set 3 add 100 set 4 allow in ; !15 set: said already
set 3 add 100 // text ; add 100 set 3 count ip from any to any // text
# No abbreviation, no other case.
del 100 ; !1 del: abbreviations are not taken; did you mean delete?
zer ; !1 zer: abbreviations are not taken; did you mean zero?
sho ; !1 sho: abbreviations are not taken; did you mean show?
lis ; !1 lis: abbreviations are not taken; did you mean list?
flus ; !1 flus: abbreviations are not taken; did you mean flush?
Delete 100 ; !1 Delete is not a command; did you mean delete?
deletes 100 ; !1 deletes is not a command; did you mean delete?

# Flags: before the command, as ipfw has them, and behind list and show; -f and -q mean nothing here.
-f flush ; flush
-q add 5 allow ip from any to any ; add 5 allow ip from any to any
-f -q delete 5 ; delete 5
-fq set 3 flush ; set 3 flush
list -a ; list -a
-a list ; list -a
-S -a list 5 ; list -a -S 5
-aS list 5 -c ; list -a -c -S 5
show 5 -T 7-9 -q ; show -T 5 7-9
set 3 show -b ; set 3 show -b
-N print ; list -N
list -t -t ; list -t
list -tT ; !8 -t and -T: one of them is allowed
-a -T list -t ; !13 -t and -T: one of them is allowed
-a add 5 allow ip from any to any ; !1 -a: belongs to list and show of rules
-q -S delete 5 ; !4 -S: belongs to list and show of rules
-d list ; !2 -d: known, but not supported by this version: states
list -D ; !7 -D: known, but not supported by this version: states
list -aex ; !8 -e: known, but not supported by this version: states | !9 -x: unknown flag; allowed are a, b, c, i, N, S, t, T, f and q
-s list ; !2 -s: known, but not supported by this version: pipes in order of a counter
list -n ; !7 -n does not belong here: lines of a script are run; narrows check touches nothing
-p cpp list ; !2 -p does not belong here: a preprocessor is chosen on the command line
list -x ; !7 -x: unknown flag; allowed are a, b, c, i, N, S, t, T, f and q
list -5 ; !6 -5 does not belong here
set show -a ; !10 -a does not belong here
zero -a ; !6 -a does not belong here
