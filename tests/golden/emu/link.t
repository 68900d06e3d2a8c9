# How a link serves, and what is written of it. Files stand in files/.
pipe 1 config trace files/lte.up ; pipe 1 config trace files/lte.up
pipe 1 config trace files/lte.up once ; pipe 1 config trace files/lte.up once
pipe 1 config trace files/lte.up mtu 1500 ; pipe 1 config trace files/lte.up mtu 1500
pipe 1 config trace files/lte.up mtu 1504 ; pipe 1 config trace files/lte.up
pipe 1 config trace files/lte.up mtu 1540 once delay 20ms ; pipe 1 config delay 20ms trace files/lte.up once mtu 1540
pipe 1 config trace none ; pipe 1 config trace none
pipe 1 config trace files/lte.up mtu 0 ; !38 mtu: 0 is not in 1..1048576
pipe 1 config trace files/lte.up mtu ; !37 mtu: the bytes of a chance are missing, 1..1048576
pipe 1 config trace ; !20 trace: its value is missing; a file, or none
pipe 1 config trace delay 20ms ; !21 trace: its value is missing before this word; a file, or none
pipe 1 config trace files/falling.trace ; !1 trace: 4 is less than 5 before it; numbers may not fall
pipe 1 config trace files/empty.trace ; !1 trace: there is no number in it; a line is a chance to send, ms since the start
pipe 1 config trace files/absent ; !21 trace: files/absent: No such file or directory
pipe 1 config trace files/lte.up trace files/lte.up ; !34 trace: given twice; once is allowed
pipe 1 config profile files/wifi.profile ; pipe 1 config bw 11Mbit/s profile files/wifi.profile
pipe 1 config profile files/wifi.profile bw 1Mbit/s ; pipe 1 config bw 1Mbit/s profile files/wifi.profile
pipe 1 config bw 1Mbit/s profile files/wifi.profile ; pipe 1 config bw 1Mbit/s profile files/wifi.profile
pipe 1 config profile none ; pipe 1 config profile none
pipe 1 config profile files/short.profile ; !4 profile: at least two points are needed
pipe 1 config schedule files/leo.schedule ; pipe 1 config schedule files/leo.schedule
pipe 1 config schedule files/leo.schedule once ; pipe 1 config schedule files/leo.schedule once
pipe 1 config schedule files/drive.csv ; pipe 1 config schedule files/drive.csv
pipe 1 config schedule none ; pipe 1 config schedule none
pipe 1 config schedule files/bad.schedule ; !14 schedule: 'colour' is no key; keys are bw, delay, loss, queue, jitter, and ramp
pipe 1 config paused ; pipe 1 config paused
pipe 1 config paused on ; pipe 1 config paused
pipe 1 config paused off ; pipe 1 config paused off
pipe 1 config paused maybe ; !22 maybe: unknown option; narrows check --list pipe-options tells all
pipe 1 config cut ; pipe 1 config cut
pipe 1 config cut off paused off ; pipe 1 config paused off cut off
pipe 1 config seed 5 ; pipe 1 config seed 5
pipe 1 config seed 0xffffffffffffffff ; pipe 1 config seed 18446744073709551615
pipe 1 config seed none ; pipe 1 config seed none
pipe 1 config seed 18446744073709551616 ; !20 seed: 18446744073709551616 is not in 0..18446744073709551615
pipe 1 config seed ; !19 seed: its value is missing; a number, 0..18446744073709551615, or none
pipe 1 config error ; pipe 1 config error
pipe 1 config noerror ; pipe 1 config noerror
pipe 1 config error noerror ; !21 noerror: means the same as error, which was given already
pipe 1 config pcap out.pcap ; pipe 1 config pcap out.pcap
pipe 1 config pcap none ; pipe 1 config pcap none
pipe 1 config pcap - ; !20 pcap: this is no name of a file
pipe 1 config log mm up.log ; pipe 1 config log mm up.log
pipe 1 config log events e.log mm up.log ; pipe 1 config log mm up.log events e.log
pipe 1 config log none ; pipe 1 config log none
pipe 1 config log ; !18 log: its kind is missing: mm FILE, events FILE, or none
pipe 1 config log mm ; !21 mm: its value is missing; a file to be written, or none
