name wifi
bw 11Mbit/s
loss-level 0.99
delay prob
0 0
1.5 0.6
20 1
