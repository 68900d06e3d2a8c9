# Pipes: every option, every unit.

pipe 1 config bw 64Kbit/s ; pipe 1 config bw 64Kbit/s
pipe 2 config bw 200KByte/s ; pipe 2 config bw 1.6Mbit/s
pipe 3 config bw 9600 ; pipe 3 config bw 9.6Kbit/s
pipe 4 config bw 12500B/s ; pipe 4 config bw 100Kbit/s
pipe 5 config bw 1000Gbit/s ; pipe 5 config bw 1Tbit/s
pipe 6 config delay 20 ; pipe 6 config delay 20ms
pipe 7 config delay 250us ; pipe 7 config delay 250us
pipe 8 config queue 50 ; pipe 8 config queue 50
pipe 9 config queue 64KBytes ; pipe 9 config queue 64KB
pipe 10 config queue 50ms ; pipe 10 config queue 50ms
pipe 11 config queue auto ; pipe 11 config queue auto
pipe 12 config plr 0.5 ; pipe 12 config plr 0.5
pipe 13 config plr 10% ; pipe 13 config plr 0.1
pipe 14 config loss random 0.25 ; pipe 14 config plr 0.25
pipe 15 config overhead 38 ; pipe 15 config overhead 38
pipe 16 config droptail noerror ; pipe 16 config droptail noerror
pipe 17 replace bw 1Mbit/s ; pipe 17 replace bw 1Mbit/s
pipe 18 config delay 1ms bw 1Mbit/s ; pipe 18 config bw 1Mbit/s delay 1ms

# burst: bytes, K = 1024
pipe 20 config burst 10KB ; pipe 20 config burst 10KB
pipe 21 config burst 10240 ; pipe 21 config burst 10KB
pipe 22 config burst 1500B ; pipe 22 config burst 1500B
pipe 23 config burst 0 ; pipe 23 config burst 0
pipe 24 config burst 1MB ; pipe 24 config burst 1MB

# mask
pipe 30 config mask all ; pipe 30 config mask all
pipe 31 config mask src-ip 0xffffff00 ; pipe 31 config mask src-ip /24
pipe 32 config mask dst-ip 0xffffffff ; pipe 32 config mask dst-ip /32
pipe 33 config mask src-port 0xffff dst-port 0xff00 ; pipe 33 config mask src-port 0xffff dst-port 0xff00
pipe 34 config mask proto 0xff ; pipe 34 config mask proto 0xff
pipe 35 config mask src-ip /24 ; pipe 35 config mask src-ip /24
pipe 36 config mask dst-ip 255.255.255.0 ; pipe 36 config mask dst-ip /24
pipe 37 config bw 1Mbit/s mask src-ip 0xffffffff queue 10 ; pipe 37 config bw 1Mbit/s queue 10 mask src-ip /32

# Negative
pipe ^0 config bw 1Mbit/s ; !
pipe ^65536 config bw 1Mbit/s ; ! 65535
pipe 1 ^konfig bw 1Mbit/s ; !
pipe 1 config ^bandwith 1Mbit/s ; !
pipe 1 config bw 1^ms ; !
pipe 1 config bw ^fast ; !
pipe 1 config bw ^1.5bit/s ; !
pipe 1 config bw ; !
pipe 1 config bw 1Mbit/s ^bw 2Mbit/s ; !
pipe 1 config delay ^0.1ns ; !
pipe 1 config delay ^x ; !
pipe 1 config delay 20^KB ; !
pipe 1 config queue ^x ; !
pipe 1 config queue 50^Mbit/s ; !
pipe 1 config plr ^1.1 ; ! 0..1
pipe 1 config plr ^101% ; !
pipe 1 config loss random ^2 ; !
pipe 1 config overhead ^x ; !
pipe 1 config burst ^-1 ; !
pipe 1 config burst ^x ; !
pipe 1 config burst 1^ms ; !
pipe 1 config burst ; !
pipe 1 config mask ^foo 0xff ; !
pipe 1 config mask src-ip ^0x1ffffffff ; !
pipe 1 config mask src-ip /^33 ; ! 32
pipe 1 config mask dst-port ^0x10000 ; !
pipe 1 config mask proto ^0x100 ; !
pipe 1 config mask src-ip 0xff ^src-ip 0xff00 ; !
pipe 1 config mask src-ip ; !
pipe 1 config mask ; !
