# What is refused: every error of the line, with its column.
pipe ; !5 pipe: its number is missing; 1..65535
pipe config ; !6 pipe: its number is missing before this word; 1..65535
pipe 1 ; !7 pipe: what to do is missing; config, replace, delete, list or show
pipe 0 config ; !6 pipe: 0 is not in 1..65535
pipe 65536 config ; !6 pipe: 65536 is not in 1..65535
pipe 99999999999999999999 config ; !6 pipe: 99999999999999999999 is not in 1..65535
pipe -1 config ; !6 pipe: -1 is not in 1..65535
pipe 1.5 config ; !6 pipe: '1.5' is not a whole number in 1..65535
pipe x ; !6 pipe: 'x' is not a whole number in 1..65535 | !7 pipe: what to do is missing; config, replace, delete, list or show
pipe 1 confg bw 1Mbit/s ; !8 confg: unknown verb; config, replace, delete, list or show
pipe 1 bw 1Mbit/s ; !8 pipe: config or replace is missing before this word
pipe 1 config bandwith 1Mbit/s ; !15 bandwith: unknown option; did you mean bandwidth?
pipe 1 config Bw 1Mbit/s ; !15 Bw: unknown option; did you mean bw?
pipe 1 config banana ; !15 banana: unknown option; narrows check --list pipe-options tells all
pipe 1 config banana 5 delay 3 apple ; !15 banana: unknown option; narrows check --list pipe-options tells all | !32 apple: unknown option; narrows check --list pipe-options tells all
pipe 1 config bw ; !17 bw: its value is missing; a rate, as 10Mbit/s; 0 is no limit
pipe 1 config bw delay 20ms ; !18 bw: its value is missing before this word; a rate, as 10Mbit/s; 0 is no limit
pipe 1 config bw x ; !18 bw: 'x' is not a rate, as 10Mbit/s
pipe 1 config bw 1.5 ; !18 bw: 1.5 would be rounded; it must be a whole number of bit/s
pipe 1 config bw 0.5bit/s ; !18 bw: 0.5bit/s would be rounded; it must be a whole number of bit/s
pipe 1 config bw 2Tbit/s ; !18 bw: 2Tbit/s is not in 0..1Tbit/s
pipe 1 config bw 1Mb ; !19 bw: 'Mb' is no unit here; allowed are bit/s and Byte/s (B/s), each after K, M, G, T or nothing
pipe 1 config bw 1Mbps ; pipe 1 config bw 1Mbit/s
pipe 1 config bw 20ms ; !20 bw: 'ms' is no unit here; allowed are bit/s and Byte/s (B/s), each after K, M, G, T or nothing
pipe 1 config bw eth0 ; !18 bw: 'eth0' is not a rate, as 10Mbit/s
pipe 1 config delay ; !20 delay: its value is missing; a time, as 20ms; a bare number is ms
pipe 1 config delay 4611686018427387905ns ; !21 delay: 4611686018427387905ns is not in 0..4611686018427387904ns (2^62)
pipe 1 config delay 0.1ns ; !21 delay: 0.1ns would be rounded; it must be a whole number of ns
pipe 1 config delay 20m ; !23 delay: 'm' is no unit here; allowed are s, ms, us and ns
pipe 1 config delay 10Mbit/s ; !23 delay: 'Mbit/s' is no unit here; allowed are s, ms, us and ns
pipe 1 config delay -5 ; !21 delay: -5 is not in 0..4611686018427387904ns (2^62)
pipe 1 config plr ; !18 plr: its value is missing; a probability, 0..1 or 0%..100%
pipe 1 config plr 1.01 ; !19 plr: 1.01 is not in 0..1
pipe 1 config plr 101% ; !19 plr: 101% is not in 0%..100%
pipe 1 config plr half ; !19 plr: 'half' is not a probability, as 0.01 or 1%
pipe 1 config loss ; !19 loss: its value is missing; random P, gemodel p, state p13 or pattern FILE
pipe 1 config loss 0.1 ; !20 loss: unknown model; random P, gemodel p, state p13 or pattern FILE
pipe 1 config loss random ; !26 loss: its value is missing; a probability, 0..1 or 0%..100%
pipe 1 config loss random x ; !27 loss: 'x' is not a probability, as 0.01 or 1%
pipe 1 config loss random delay 5 ; !27 loss: its value is missing before this word; a probability, 0..1 or 0%..100%
pipe 1 config queue ; !20 queue: its value is missing; packets (50), bytes (64KB), a time at bw (50ms), or auto
pipe 1 config queue full ; !21 queue: 'full' is not a limit; packets (50), bytes (64KB), a time at bw (50ms), or auto
pipe 1 config queue 0 ; !21 queue: 0 is not in 1..1048576
pipe 1 config queue 0B ; !21 queue: 0 is not allowed: nothing would pass
pipe 1 config queue 0ms ; !21 queue: 0 is not allowed: nothing would pass
pipe 1 config queue 1048577 ; !21 queue: 1048577 is not in 1..1048576
pipe 1 config queue 1.5 ; !21 queue: '1.5' is not a whole number in 1..1048576
pipe 1 config queue 1.5B ; !21 queue: 1.5B would be rounded; it must be a whole number of bytes
pipe 1 config queue 10K ; !21 queue: packets or bytes? A plain number is packets, one with B or KB is bytes
pipe 1 config queue 2GB ; !21 queue: 2GB is not in 1B..1GB
pipe 1 config queue 99999999TB ; !21 queue: 99999999TB is not in 0..1048576TB
pipe 1 config queue -1 ; !21 queue: -1 is not in 1..1048576
pipe 1 config queue 50slots ; !21 queue: '50slots' is not a limit; packets (50), bytes (64KB), a time at bw (50ms), or auto
pipe 1 config queue KB ; !21 queue: 'KB' is not a limit; packets (50), bytes (64KB), a time at bw (50ms), or auto
pipe 1 config queue 0.1ns ; !21 queue: 0.1ns would be rounded; it must be a whole number of ns
pipe 1 config overhead ; !23 overhead: its value is missing; bytes a packet, 0..65535, ethernet, or atm
pipe 1 config overhead -1 ; !24 overhead: -1 is not in 0..65535
pipe 1 config overhead 65536 ; !24 overhead: 65536 is not in 0..65535
pipe 1 config overhead 14B ; !24 overhead: '14B' is not a whole number in 0..65535
pipe 1 config buckets ; !22 buckets: its value is missing; a number
pipe 1 config buckets 0 ; !23 buckets: 0 is not in 1..4294967295
pipe 1 config bw 1Mbit/s bw 2Mbit/s ; !26 bw: given twice; once is allowed
pipe 1 config plr 0.1 loss random 0.1 ; !23 loss: means the same as plr, which was given already
pipe 1 config loss random 0.1 plr 0.1 ; !31 plr: means the same as loss, which was given already
pipe 1 config droptail droptail ; !24 droptail: given twice; once is allowed
pipe 1 config buckets 1 buckets 2 ; ?15 buckets: ignored, tables grow as they need | !25 buckets: given twice; once is allowed | ?25 buckets: ignored, tables grow as they need
pipe 0 config bw -1 delay x plr 2 queue 0 banana ; !6 pipe: 0 is not in 1..65535 | !18 bw: -1 is not in 0..1Tbit/s | !27 delay: 'x' is not a time, as 20ms | !33 plr: 2 is not in 0..1 | !41 queue: 0 is not in 1..1048576
pipe 0 confg bw -1 ; !6 pipe: 0 is not in 1..65535 | !8 confg: unknown verb; config, replace, delete, list or show | !17 bw: -1 is not in 0..1Tbit/s
pipe 1 config bw 1Mbit/s bw ; !26 bw: given twice; once is allowed | !28 bw: its value is missing; a rate, as 10Mbit/s; 0 is no limit
pipe 1 config burst 281474976710656B ; !21 burst: 281474976710656B is not in 0..281474976710655 bytes (2^48-1)
pipe 1 config burst ; !20 burst: its value is missing; bytes that an idle link may save, as 64KB; 0 is none
pipe 1 config burst 20ms ; !23 burst: 'ms' is no unit here; allowed are B (Bytes), KB, MB, GB and TB
pipe 1 config mask ; !19 mask: what it keeps is missing; all, none, queue, or proto, src-ip, dst-ip, src-port, dst-port, src-ip6, dst-ip6, flow-id, each with its mask
pipe 1 config mask delay 5 ; !20 mask: what it keeps is missing; all, none, queue, or proto, src-ip, dst-ip, src-port, dst-port, src-ip6, dst-ip6, flow-id, each with its mask
pipe 1 config mask dst-ip ; !26 dst-ip: its mask is missing; as 0x..., /bits, or an address
pipe 1 config mask dst-ip src-ip /24 ; !27 dst-ip: its mask is missing before this word; as 0x..., /bits, or an address
pipe 1 config mask dst-ip /33 ; !28 dst-ip: 33 is not in 0..32
pipe 1 config mask dst-ip 0x1ffffffff ; !27 dst-ip: 0x1ffffffff is not in 0..4294967295
pipe 1 config mask dst-ip ffff:: ; !27 dst-ip: 'ffff::' is not a mask, as /24, 0xffffff00 or 255.255.255.0
pipe 1 config mask dst-ip6 255.0.0.0 ; !28 dst-ip6: '255.0.0.0' is not a mask, as /64, 0xffff or ffff::
pipe 1 config mask dst-ip6 0xfffffffffffffffffffffffffffffffff ; !28 dst-ip6: a mask has at most 32 hexadecimal digits
pipe 1 config mask dst-ip6 0xfg ; !28 dst-ip6: '0xfg' is not a mask, as /64, 0xffff or ffff::
pipe 1 config mask dst-port 0x10000 ; !29 dst-port: 0x10000 is not in 0..65535
pipe 1 config mask proto 256 ; !26 proto: 256 is not in 0..255
pipe 1 config mask flow-id 0x100000 ; !28 flow-id: 0x100000 is not in 0..1048575
pipe 1 config mask dst-ip /24 dst-ip /24 ; !31 dst-ip: given twice; once is allowed
pipe 1 config mask all flow_mask all ; !24 flow_mask: means the same as mask, which was given already
pipe 1 config mask all dst-ip /24 ; !24 dst-ip: all, none and queue stand alone
pipe 1 config flows 0 ; !21 flows: 0 is not in 1..16777216
pipe 1 config expire 0s ; !22 expire: 0 is not allowed: no flow would be kept
pipe 1 config expire 60 ; !22 expire: 60 needs a unit; allowed are s, ms, us and ns
pipe delete ; !12 delete: which is missing; 1..65535, as 1,3-5
pipe delete 0 ; !13 pipe: 0 is not in 1..65535
pipe delete 1,,2 ; !13 pipe: a number is missing beside a comma; as 1,3-5
pipe delete 1, ; !13 pipe: a number is missing beside a comma; as 1,3-5
pipe show 5-1 ; !11 pipe: a range goes up, as 1-5
pipe show 5- ; !11 pipe: a range is two numbers, as 1-5
pipe show 1-65536 ; !13 pipe: 65536 is not in 1..65535
pipe show x ; !11 x: names of pipes are known, but not supported by this version; 1..65535
pipe show --yaml ; !11 pipe: '--yaml' is not a whole number in 1..65535
pipe show --json --compat ; !18 --compat: one form is allowed
pipe list --compat ; !11 --compat: only of show
pipe delete 1 --json ; !15 --json: only of list and show
pipe flush 1 ; !12 1: nothing may follow here
pipe 1 flush ; !8 flush: removes all and takes no number; delete removes some
pipe 1-2 config bw 1Mbit/s ; !6 pipe: one at a time is configured; 1..65535
pipe 1 delete 2 ; !15 2: nothing may follow here
pipe 1 show bw ; !13 bw: nothing may follow here
# Queues and schedulers.
queue ; !6 queue: its number is missing; 1..65535
queue 0 config ; !7 queue: 0 is not in 1..65535
sched 2 ; !8 sched: what to do is missing; config, replace, delete, list or show
sched 65536 config ; !7 sched: 65536 is not in 1..65535
queue gold config ; !7 gold: names of queues are known, but not supported by this version; 1..65535
queue 1 config pipe ; !20 pipe: its value is missing; a number in 1..65535
queue 1 config pipe 0 ; !21 pipe: 0 is not in 1..65535
queue 1 config sched weight 3 ; !22 sched: its value is missing before this word; a number in 1..65535
queue 1 config pipe 1 sched 1 ; !23 sched: means the same as pipe, which was given already
queue 1 config weight 0 ; !23 weight: 0 is not in 1..65536
queue 1 config weight 65537 ; !23 weight: 65537 is not in 1..65536
queue 1 config pri 64 ; !20 pri: 64 is not in 0..63
queue 1 config pri 1 priority 2 ; !22 priority: means the same as pri, which was given already
queue 1 config lmax 0 ; !21 lmax: 0 is not in 1..65575
queue 1 config lmax 65576 ; !21 lmax: 65576 is not in 1..65575
queue 1 config bw 1Mbit/s ; !16 bw: an option of pipes and scheds
queue 1 config sched_mask all ; !16 sched_mask: an option of pipes and scheds
pipe 1 config weight 5 ; !15 weight: an option of queues
pipe 1 config type wf2q+ ; !15 type: an option of scheds
pipe 1 config type fifo bw 1Mbit/s ; !15 type: an option of scheds
pipe 1 config lmax 1500 ; !15 lmax: an option of queues
pipe 1 config sched 3 ; !15 sched: an option of queues
pipe 1 config pipe 3 ; !15 pipe: an option of queues and scheds
sched 1 config sched 3 ; !16 sched: an option of queues
sched 1 config pipe 0 ; !21 pipe: 0 is not in 1..65535
sched 1 config pipe 1 pipe 2 ; !23 pipe: given twice; once is allowed
sched 1 config pipe 1 bw 1Mbit/s ; !23 bw: not beside pipe 1, whose link the sched has; it is said there
sched 1 config type qfq bandwidth 1Mbit/s pipe 7 ; !25 bandwidth: not beside pipe 7, whose link the sched has; it is said there
sched 1 replace delay 1ms pipe 7 ; !17 delay: not beside pipe 7, whose link the sched has; it is said there
sched 1 config queue 5 ; !16 queue: an option of pipes and queues
sched 1 config plr 0.1 ; !16 plr: an option of pipes and queues
sched 1 config flow_mask all ; !16 flow_mask: an option of pipes and queues
sched 1 config type ; !20 type: its value is missing; a kind of scheduler, as qfq
sched 1 config fifo ; !16 fifo: a kind of scheduler; it stands behind type
sched 1 config type fifo quantum 5 ; !26 quantum: no option by itself; it belongs to another word
sched 1 config type fifo type rr ; !26 type: given twice; once is allowed
