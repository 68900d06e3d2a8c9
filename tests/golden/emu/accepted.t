# What is accepted, and its canonical form.
pipe 1 config ; pipe 1 config
pipe 65535 config ; pipe 65535 config
pipe 0x10 config ; pipe 16 config
  pipe   1	config   bw 1Mbit/s   ; pipe 1 config bw 1Mbit/s
pipe 1 replace ; pipe 1 replace
pipe 1 config bw 10Mbit/s delay 20ms ; pipe 1 config bw 10Mbit/s delay 20ms
pipe 1 config delay 20ms bw 10Mbit/s ; pipe 1 config bw 10Mbit/s delay 20ms
pipe 1 config bw 1 ; pipe 1 config bw 1bit/s
pipe 1 config bw 1000000000000 ; pipe 1 config bw 1Tbit/s
pipe 1 config bw 1Tbit/s ; pipe 1 config bw 1Tbit/s
pipe 1 config bw 1000000 ; pipe 1 config bw 1Mbit/s
pipe 1 config bw 1000Kbit/s ; pipe 1 config bw 1Mbit/s
pipe 1 config bw 1.5Mbit/s ; pipe 1 config bw 1.5Mbit/s
pipe 1 config bw 0.001Kbit/s ; pipe 1 config bw 1bit/s
pipe 1 config bw 200KByte/s ; pipe 1 config bw 1.6Mbit/s
pipe 1 config bw 200KB/s ; pipe 1 config bw 1.6Mbit/s
pipe 1 config bw 64Kbit ; pipe 1 config bw 64Kbit/s
pipe 1 config bw 9600bps ; pipe 1 config bw 9.6Kbit/s
pipe 1 config bw 1234567bit/s ; pipe 1 config bw 1234567bit/s
pipe 1 config bw 0 ; pipe 1 config bw 0
pipe 1 config bandwidth 1Mbit/s ; pipe 1 config bw 1Mbit/s
pipe 1 config delay 20 ; pipe 1 config delay 20ms
pipe 1 config delay 0 ; pipe 1 config delay 0
pipe 1 config delay 0ms ; pipe 1 config delay 0
pipe 1 config delay 1.5 ; pipe 1 config delay 1.5ms
pipe 1 config delay 1.5ms ; pipe 1 config delay 1.5ms
pipe 1 config delay 250us ; pipe 1 config delay 250us
pipe 1 config delay 1ns ; pipe 1 config delay 1ns
pipe 1 config delay 3600s ; pipe 1 config delay 3600s
pipe 1 config delay 4611686018427387904ns ; pipe 1 config delay 4611686018.427387904s
pipe 1 config plr 0 ; pipe 1 config plr 0
pipe 1 config plr 0.01 ; pipe 1 config plr 0.01
pipe 1 config plr 1% ; pipe 1 config plr 0.01
pipe 1 config plr 1 ; pipe 1 config plr 1
pipe 1 config plr 1e-9 ; pipe 1 config plr 0.000000001
pipe 1 config plr 0.333333333333 ; pipe 1 config plr 0.333333333333
pipe 1 config loss random 0.05 ; pipe 1 config plr 0.05
pipe 1 config loss random 5% ; pipe 1 config plr 0.05
pipe 1 config queue 1 ; pipe 1 config queue 1
pipe 1 config queue 50 ; pipe 1 config queue 50
pipe 1 config queue 1048576 ; pipe 1 config queue 1048576
pipe 1 config queue 64KB ; pipe 1 config queue 64KB
pipe 1 config queue 64KBytes ; pipe 1 config queue 64KB
pipe 1 config queue 65536B ; pipe 1 config queue 64KB
pipe 1 config queue 65536bytes ; pipe 1 config queue 64KB
pipe 1 config queue 2MB ; pipe 1 config queue 2MB
pipe 1 config queue 1GB ; pipe 1 config queue 1GB
pipe 1 config queue 1B ; pipe 1 config queue 1B
pipe 1 config queue 50ms ; pipe 1 config queue 50ms
pipe 1 config queue 0.5s ; pipe 1 config queue 500ms
pipe 1 config queue 1ns ; pipe 1 config queue 1ns
pipe 1 config queue auto ; pipe 1 config queue auto
pipe 1 config overhead 0 ; pipe 1 config overhead 0
pipe 1 config overhead 38 ; pipe 1 config overhead 38
pipe 1 config overhead 65535 ; pipe 1 config overhead 65535
pipe 1 config droptail ; pipe 1 config droptail
pipe 1 config noerror ; pipe 1 config noerror
pipe 1 config buckets 64 ; ?15 buckets: ignored, tables grow as they need | pipe 1 config
pipe 1 config buckets 64 bw 1Mbit/s ; ?15 buckets: ignored, tables grow as they need | pipe 1 config bw 1Mbit/s
pipe 7 replace noerror droptail overhead 14 queue auto loss random 0.5 delay 1s bw 1.544Mbit/s ; pipe 7 replace bw 1544Kbit/s delay 1s plr 0.5 queue auto overhead 14 droptail noerror
pipe 1 config burst 10KB ; pipe 1 config burst 10KB
pipe 1 config burst 20000 ; pipe 1 config burst 20000B
pipe 1 config burst 0 ; pipe 1 config burst 0
pipe 1 config burst 281474976710655B delay 1 ; pipe 1 config delay 1ms burst 281474976710655B
# Masks.
pipe 1 config mask all ; pipe 1 config mask all
pipe 1 config mask none ; pipe 1 config mask none
pipe 1 config flow_mask all ; pipe 1 config mask all
pipe 1 config sched_mask dst-ip /32 ; pipe 1 config mask dst-ip /32
pipe 1 config mask dst-ip 0xffffffff ; pipe 1 config mask dst-ip /32
pipe 1 config mask dst-ip /0 ; pipe 1 config mask none
pipe 1 config mask src-ip 0.0.0.255 ; pipe 1 config mask src-ip 0xff
pipe 1 config mask src-ip6 /64 dst-ip6 0xffff ; pipe 1 config mask src-ip6 /64 dst-ip6 ::ffff
pipe 1 config mask src-ip6 ffff:ffff:: ; pipe 1 config mask src-ip6 /32
pipe 1 config mask dst-ip6 0xffffffffffffffffffffffffffffffff ; pipe 1 config mask dst-ip6 /128
pipe 1 config mask flow-id 0xfffff proto 255 ; pipe 1 config mask proto 0xff flow-id 0xfffff
pipe 1 config mask dst-port 0xffff src-port 65535 proto /8 ; pipe 1 config mask proto 0xff src-port 0xffff dst-port 0xffff
pipe 1 config mask proto 0xff src-ip /32 dst-ip /32 src-port /16 dst-port /16 src-ip6 /128 dst-ip6 /128 flow-id /20 ; pipe 1 config mask all
pipe 1 config mask queue ; pipe 1 config mask queue
pipe 1 config mask queue bw 1Mbit/s ; pipe 1 config bw 1Mbit/s mask queue
pipe 1 config mask dst-ip /24 queue 20 ; pipe 1 config queue 20 mask dst-ip /24
pipe 1 config mask queue queue auto ; pipe 1 config queue auto mask queue
pipe 1 config mask all delay 5 flows 100000 expire 10s ; pipe 1 config delay 5ms mask all flows 100000 expire 10s
pipe 1 config expire 1500ms flows 1 ; pipe 1 config flows 1 expire 1.5s
# What configures nothing.
pipe delete 1 ; pipe delete 1
pipe 1 delete ; pipe delete 1
pipe delete 1,3-5 7 ; pipe delete 1,3-5,7
pipe 1-3,9 delete ; pipe delete 1-3,9
pipe flush ; pipe flush
pipe list ; pipe list
pipe list --json ; pipe list --json
pipe 1 list ; pipe list 1
pipe show ; pipe show
pipe show 1 2 ; pipe show 1,2
pipe 1-5 show --compat ; pipe show 1-5 --compat
pipe show --json 7-7 ; pipe show 7 --json
# Queues and schedulers.
queue 1 config ; queue 1 config
queue 1 config pipe 1 weight 5 ; queue 1 config pipe 1 weight 5
queue 1 config sched 7 ; queue 1 config sched 7
queue 7 replace queue 20 pri 3 plr 1% maxlen 1500 weight 65536 sched 65535 ; queue 7 replace sched 65535 weight 65536 pri 3 lmax 1500 plr 0.01 queue 20
queue 1 config weight 1 pri 0 lmax 65575 ; queue 1 config weight 1 pri 0 lmax 65575
queue 1 config priority 63 ; queue 1 config pri 63
queue 1 config pipe 1 mask dst-ip /32 flows 10 expire 1s ; queue 1 config pipe 1 mask dst-ip /32 flows 10 expire 1s
queue 1 config flow_mask all sched 1 droptail noerror ; queue 1 config sched 1 droptail noerror mask all
queue delete 1 ; queue delete 1
queue 3-5 show --json ; queue show 3-5 --json
queue flush ; queue flush
sched 1 config ; sched 1 config
sched 1 config type fifo ; sched 1 config type fifo
sched 1 config bw 1Mbit/s type WF2Q+ delay 5 ; sched 1 config type wf2q+ bw 1Mbit/s delay 5ms
sched 1 config type DRR ; sched 1 config type rr
sched 1 config type prio sched_mask src-ip /24 burst 3000 overhead 4 ; sched 1 config type prio burst 3000B overhead 4 mask src-ip /24
sched 1 config pipe 1 type qfq ; sched 1 config pipe 1 type qfq
sched 7 replace type FIFO mask dst-ip /32 pipe 2 cut ; sched 7 replace pipe 2 type fifo cut mask dst-ip /32
sched list 1,2 ; sched list 1,2
