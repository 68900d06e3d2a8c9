# How long a packet waits for the air, in ms: at once, behind one other, behind several, after collisions. The last 0.2 %
# are given up after seven retries.
name wifi-busy
loss-level 0.998
prob delay
0     0.034
0.35  0.17
0.6   0.6
0.85  1.8
0.95  4.5
0.99  12
1     40
