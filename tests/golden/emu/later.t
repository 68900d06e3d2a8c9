# Words of the language that are refused by name.
pipe dsl config bw 1Mbit/s ; !6 dsl: names of pipes are known, but not supported by this version; 1..65535
pipe 1 config fq_codel ; !15 fq_codel: a kind of scheduler; it stands behind type
pipe 1 config dualpi2 ; !15 dualpi2: known, but not supported by this version
