"""What a capture holds, for random rules to ask about: addresses, ports and other values that some packet has."""
import ipaddress

import packet
import randcap

FIELDS = ('hosts4', 'hosts6', 'ports', 'lengths', 'ttls', 'ids', 'seqs', 'acks', 'windows', 'datas', 'mss', 'tos',
          'labels', 'macs', 'ethertypes', 'vlans', 'icmp', 'icmp6', 'ifaces', 'protos', 'times')
MOST = 400      # packets of a capture that are looked at


class Palette:
    """Lists of values; a rule that asks for one of them is likely to match something."""

    def __init__(self, captures=()):
        values = {f: {} for f in FIELDS}
        first = None
        for cap in captures:
            step = max(1, len(cap.records) // MOST)
            for r in cap.records[::step]:
                if first is None:
                    first = r.time or 0
                if r.time is not None and r.time > first:
                    values['times'][r.time - first] = True
                self.look(values, r)
        for field, seen in values.items():
            setattr(self, field, list(seen) or DEFAULTS[field])

    @staticmethod
    def look(values, r):
        v = packet.see(r, True)
        found = dict(ports=(v.sport, v.dport), lengths=(v.ip_length,), ttls=(v.ttl,), ids=(v.ipid,), seqs=(v.seq,),
                     acks=(v.ack,), windows=(v.window,), datas=(v.tcp_data,), tos=(v.tos,), labels=(v.flow_label,),
                     macs=v.macs or (), ethertypes=v.ethertypes, vlans=[tag[2] for tag in v.vlans],
                     icmp=(v.icmp_type,), icmp6=(v.icmp6_type,), protos=(v.proto,), ifaces=(r.name,))
        found['mss'] = [int.from_bytes(b, 'big') for k, b in (v.tcp_options or {}).items() if k == 2 and len(b) == 2]
        if v.family:
            found[f'hosts{v.family}'] = v.src, v.dst
        for field, there in found.items():
            values[field].update((x, True) for x in there if x is not None)

    def address4(self, dice):
        return ipaddress.IPv4Address(dice.choice(self.hosts4))

    def address6(self, dice):
        return ipaddress.IPv6Address(dice.choice(self.hosts6))


DEFAULTS = dict(hosts4=randcap.HOSTS4, hosts6=randcap.HOSTS6, ports=randcap.PORTS, lengths=[40, 60, 1500], ttls=[64],
                ids=[0, 1], seqs=[1], acks=[1], windows=[1000], datas=[0, 1460], mss=[1460], tos=[0], labels=[0],
                macs=[0x020000000001], ethertypes=[0x800, 0x86DD], vlans=[5], icmp=[0, 8], icmp6=[128, 135],
                ifaces=['eth0'], protos=[6, 17], times=[10**6, 10**7])
