# What ipfw misreads in silence: supported exactly, or refused.
pipe 1 config bw 1Gbit/s ; pipe 1 config bw 1Gbit/s
pipe 1 config bw 1.5Mbit/s ; pipe 1 config bw 1.5Mbit/s
pipe 1 config bw 5Gbit/s ; pipe 1 config bw 5Gbit/s
pipe 1 config delay 1.5ms ; pipe 1 config delay 1.5ms
pipe 1 config delay 2s ; pipe 1 config delay 2s
pipe 1 config delay 20000 ; pipe 1 config delay 20s
pipe 1 config queue 101 ; pipe 1 config queue 101
pipe 1 config queue 0 ; !21 queue: 0 is not in 1..1048576
pipe 1 config queue 1000B ; pipe 1 config queue 1000B
pipe 1 config weight 101 ; !15 weight: an option of queues
pipe 1 config weight 0 ; !15 weight: an option of queues
queue 1 config pipe 1 weight 101 ; queue 1 config pipe 1 weight 101
queue 1 config pipe 1 weight 0 ; !30 weight: 0 is not in 1..65536
pipe 1 config plr 2 ; !19 plr: 2 is not in 0..1
pipe 1 config plr 1e-9 ; pipe 1 config plr 0.000000001
pipe 1 config bw -1 ; !18 bw: -1 is not in 0..1Tbit/s
pipe 1 config plr -1 ; !19 plr: -1 is not in 0..1
pipe 1 config mask dst-ip /24 ; pipe 1 config mask dst-ip /24
pipe 1 config mask dst-ip 255.255.255.0 ; pipe 1 config mask dst-ip /24
pipe 1 config mask dst-ip 0x000000ff ; pipe 1 config mask dst-ip 0xff
pipe 1 config mask dst-ip 24 ; !27 dst-ip: '24' is not a mask, as /24, 0xffffff00 or 255.255.255.0
pipe 1 config mask dst-port /8 ; pipe 1 config mask dst-port 0xff00
pipe 1 config buckets 1000000 ; ?15 buckets: ignored, tables grow as they need | pipe 1 config
pipe 1 config bw 4294967297bit/s ; pipe 1 config bw 4294967297bit/s
pipe 1 config bw 1Mbit/s plr 2 ; !30 plr: 2 is not in 0..1
