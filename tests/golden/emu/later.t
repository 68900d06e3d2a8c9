# Words of the language that are refused by name.
pipe dsl config bw 1Mbit/s ; !6 dsl: names of pipes are known, but not supported by this version; 1..65535
pipe 1 config profile wifi.txt ; !15 profile: known, but not supported by this version
pipe 1 config error ; !15 error: known, but not supported by this version
pipe 1 config fq_codel ; !15 fq_codel: a kind of scheduler; it stands behind type
pipe 1 config dualpi2 ; !15 dualpi2: known, but not supported by this version
pipe 1 config trace lte.up once mtu 1504 ; !15 trace: known, but not supported by this version
pipe 1 config schedule leo.csv ; !15 schedule: known, but not supported by this version
pipe 1 config seed 5 ; !15 seed: known, but not supported by this version
pipe 1 config pcap out.pcap ; !15 pcap: known, but not supported by this version
pipe 1 config paused ; !15 paused: known, but not supported by this version
pipe 1 config cut ; !15 cut: known, but not supported by this version
