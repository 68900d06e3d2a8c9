delay prob
1 0
