# Numbers, sets, comments.

# No number: the last one plus 100, the last itself where that passes 65534
add allow in ; add 100 allow ip from any to any in
add allow out ; add 200 allow ip from any to any out
add 0 deny in ; add 300 deny ip from any to any in
add 65500 count in ; add 65500 count ip from any to any in
add count out ; add 65500 count ip from any to any out
add 7 count in ; add 7 count ip from any to any in
add count in ; add 65500 count ip from any to any in

add 1 allow in ; add 1 allow ip from any to any in
add allow in ; add 101 allow ip from any to any in

add 65434 allow in ; add 65434 allow ip from any to any in
add allow in ; add 65534 allow ip from any to any in
add allow out ; add 65534 allow ip from any to any out

add set 5 allow in ; add 100 set 5 allow ip from any to any in
add 200 set 0 allow in ; add 200 allow ip from any to any in
add 300 set 31 allow in ; add 300 set 31 allow ip from any to any in
add 65534 set 1 allow in ; add 65534 set 1 allow ip from any to any in

# Blanks and comments
	add   100	allow ip   from any to any   ; add 100 allow ip from any to any
add 100 allow in // the   inner blanks stay ; add 100 allow ip from any to any in // the   inner blanks stay
add 100 count in // a // b ; add 100 count ip from any to any in // a // b
add 100 //hello ; add 100 count ip from any to any // hello
add 100 set 4 // hello ; add 100 set 4 count ip from any to any // hello

# Negative
add ^log 100 allow in ; ! ACTION
add ^70000 allow in ; !
add ^-5 allow in ; !
add ^1x allow in ; !
add 100 set ^x allow in ; !
add 100 set ^-1 allow in ; !
add 100 set 1 ^set 2 allow in ; !
^ad 100 allow in ; ! add
^foo ; !
