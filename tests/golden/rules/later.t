# INPUT ; !COLUMN ERROR: words of the language that this version refuses by name, each line once.
add 100 allow tcp from any to any in keep-state setup ; !38 keep-state: known, but not supported by this version
add 100 allow tcp from any to any in keep-state :web setup ; !38 keep-state: known, but not supported by this version
add 100 allow tcp from any to any in record-state :web setup ; !38 record-state: known, but not supported by this version
add 100 allow tcp from any to any in limit src-addr 4 setup ; !38 limit: known, but not supported by this version
add 100 allow tcp from any to any in limit src-addr dst-port 4 :x setup ; !38 limit: known, but not supported by this version
add 100 allow tcp from any to any in set-limit dst-addr 1 setup ; !38 set-limit: known, but not supported by this version
add 100 allow tcp from any to any in mark 1/1 setup ; !38 mark: known, but not supported by this version
add 100 allow tcp from any to any in verrevpath setup ; !38 verrevpath: known, but not supported by this version
add 100 allow tcp from any to any in versrcreach setup ; !38 versrcreach: known, but not supported by this version
add 100 allow tcp from any to any in antispoof setup ; !38 antispoof: known, but not supported by this version
add 100 allow tcp from any to any in uid root setup ; !38 uid: known, but not supported by this version
add 100 allow tcp from any to any in gid 0 setup ; !38 gid: known, but not supported by this version
add 100 allow tcp from any to any in jail 1 setup ; !38 jail: known, but not supported by this version
add 100 allow tcp from any to any in sockarg setup ; !38 sockarg: known, but not supported by this version
add 100 allow tcp from any to any in diverted setup ; !38 diverted: known, but not supported by this version
add 100 allow tcp from any to any in diverted-loopback setup ; !38 diverted-loopback: known, but not supported by this version
add 100 allow tcp from any to any in diverted-output setup ; !38 diverted-output: known, but not supported by this version
add 100 allow tcp from any to any in defer-action setup ; !38 defer-action: known, but not supported by this version
add 100 allow tcp from any to any in defer-immediate-action setup ; !38 defer-immediate-action: known, but not supported by this version
add 100 allow tcp from any to any in hook INPUT setup ; !38 hook: known, but not supported by this version
add 100 allow tcp from any to any in match rate 10/s setup ; !44 match: plug-ins are known, but not supported by this version; allowed is match filter 'EXPR'
add 100 allow tcp from any to any in ipsec setup ; !38 ipsec: known, but not supported: there is no IPsec below us; the nearest is proto esp
add 100 allow not keep-state ; !19 keep-state: known, but not supported by this version
add 100 allow tcp from any to any recv em0 keep-state limit src-addr 2 ; !44 keep-state: known, but not supported by this version | !55 limit: known, but not supported by this version

# Actions
add 100 reass ip from any to any ; !9 reass: known, but not supported by this version
add 100 divert 5 ip from any to any ; !9 divert: known, but not supported by this version
add 100 tee 5 ip from any to any ; !9 tee: known, but not supported by this version
add 100 setfib 1 ip from any to any ; !9 setfib: known, but not supported by this version
add 100 fwd 10.0.0.1,80 ip from any to any ; !9 fwd: known, but not supported by this version
add 100 forward 10.0.0.1 ip from any to any ; !9 forward: known, but not supported by this version
add 100 nat 1 ip from any to any ; !9 nat: known, but not supported by this version
add 100 nat global ip from any to any ; !9 nat: known, but not supported by this version
add 100 setmark 1/2 ip from any to any ; !9 setmark: known, but not supported by this version
add 100 nptv6 x ip from any to any ; !9 nptv6: known, but not supported by this version
add 100 target x ip from any to any ; !9 target: known, but not supported by this version
add 100 netgraph 1 ip from any to any ; !9 netgraph: known, but not supported: there is no netgraph outside FreeBSD; the nearest is divert
add 100 ngtee 1 ip from any to any ; !9 ngtee: known, but not supported: there is no netgraph outside FreeBSD; the nearest is tee
add 100 eaction x ip from any to any ; !9 eaction: known, but not supported: modules of FreeBSD's kernel cannot be loaded; the nearest is target
add 100 nat64lsn x ip from any to any ; !9 nat64lsn: known, but not supported: protocols are not translated here; the nearest is nat
add 100 nat64stl x ip from any to any ; !9 nat64stl: known, but not supported: protocols are not translated here; the nearest is nat
add 100 nat64clat x ip from any to any ; !9 nat64clat: known, but not supported: protocols are not translated here; the nearest is nat
add 100 check-state ; !9 check-state: known, but not supported by this version
add 100 check-state :web ; !9 check-state: known, but not supported by this version
add 100 check-state :any ip from any to any in ; !9 check-state: known, but not supported by this version

# What stands around the action
add 100 allow altq q in ; !15 altq: known, but not supported: there is no ALTQ outside FreeBSD; the nearest is queue

# Commands
nat 1 config ip 10.0.0.1 ; !1 nat: known, but not supported by this version
enable one_pass ; !1 enable: known, but not supported by this version
disable firewall ; !1 disable: known, but not supported by this version
sysctl one_pass=0 ; !1 sysctl: known, but not supported by this version
