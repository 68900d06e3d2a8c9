"""What the model speaks, by groups; a tool that refuses the example of a group is not asked about that group."""
import os
import subprocess
import tempfile

RULE = 'add 1 count ip from any to any '

EXAMPLES = {
    'tos': [RULE + 'iptos lowdelay', RULE + 'ipprecedence 5', RULE + 'dscp ef,3'],
    'ipid': [RULE + 'ipid 1-3'],
    'ipoptions': [RULE + 'ipoptions rr,!ts'],
    'tcpfields': [RULE + 'tcpseq 1', RULE + 'tcpack 1', RULE + 'tcpwin 1-2', RULE + 'tcpdatalen 0'],
    'tcpoptions': [RULE + 'tcpoptions mss,!sack', RULE + 'tcpmss 1460'],
    'ip6': [RULE + 'icmp6types 1', RULE + 'ext6hdr frag', RULE + 'flow-id 1', RULE + 'src-ip6 ::1'],
    'mac': [RULE + 'MAC any 02:00:00:00:00:00/40', RULE + 'mac-type 0x800', RULE + 'layer2'],
    'vlan': [RULE + 'vlan 5.7', RULE + 'vlan-pcp 3'],
    'malformed': [RULE + 'malformed'],
    'iface': [RULE + 'recv eth0', RULE + 'via e*', RULE + 'xmit any'],
    'me': ['add 1 count ip from me to me6'],
    'tags': ['add 1 count tag 5 ip from any to any tagged 4', 'add 1 count untag 5 in'],
    'log': ['add 1 count log logamount 5 ip from any to any'],
    'prob': ['add 1 prob 0.5 count ip from any to any'],
    'call': ['add 1 call 5 in', 'add 1 return in'],
    'sets': ['add 1 set 5 count in', 'set disable 5 enable 6'],
    'rewrite': ['add 1 setdscp ef in', 'add 1 tcp-setmss 500 in'],
    'answers': ['add 1 reject in', 'add 1 unreach port in', 'add 1 reset tcp from any to any'],
    'mask': ['pipe 1 config mask src-ip 0xffffff00 dst-port 0xffff', 'pipe 1 config mask all'],
    'burst': ['pipe 1 config bw 1Mbit/s burst 10KB'],
    'at': ['pipe 1 config bw 1Mbit/s', 'at 10ms pipe 1 config bw 2Mbit/s'],
    'commands': ['add 5 count in', 'zero', 'add 6 count in', 'delete 6'],
    'onepass': ['disable one_pass'],
    'loss': ['pipe 1 config loss gemodel 0.1 0.2 after'],
    'duplicate': ['pipe 1 config duplicate 0.1 corr 0.1'],
    'corrupt': ['pipe 1 config corrupt 0.1 bits 3'],
    'overheads': ['pipe 1 config overhead 8 atm'],
    'jitter': ['pipe 1 config jitter 1ms pareto reorder'],
    'reorder': ['pipe 1 config reorder 0.1 by 1ms'],
    'codel': ['pipe 1 config codel interval 3ms'],
    'red': ['pipe 1 config red 0.002/5/15/0.1', 'pipe 2 config gred 1/1KB/3KB/0.5 ecn dctcp'],
    'courses': ['pipe 1 config trace none profile none schedule none seed 5'],
    'pie': ['pipe 1 config pie target 5ms'],
    'fq': ['sched 1 config type fq_codel flows 4 limit 5', 'sched 2 config type fq_pie ts'],
    'scheds': ['sched 1 config type wf2q+', 'queue 1 config sched 1 weight 2', 'add queue 1 ip from any to any'],
}
OPTIONS = {'iface-option': '--iface', 'layer2': '--layer2', 'me-option': '--me'}


def spoken(tool):
    """The groups this tool knows."""
    known = {name for name, lines in EXAMPLES.items() if accepts(tool, lines)}
    text = subprocess.run([tool, 'help', 'pcap'], stdout=subprocess.PIPE, text=True, check=False).stdout
    known |= {name for name, option in OPTIONS.items() if option + ' ' in text}
    if merges(tool):
        known.add('merge')
    return known


def accepts(tool, lines):
    args = [a for line in lines for a in ('-e', line)]
    return not subprocess.run([tool, 'check'] + args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              check=False).returncode


def merges(tool):
    with tempfile.NamedTemporaryFile(suffix='.pcap') as f:
        f.write(bytes.fromhex('d4c3b2a10200040000000000000000000000040001000000'))
        f.flush()
        return not subprocess.run([tool, 'pcap', f.name, f.name], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, check=False).returncode


ALL = set(EXAMPLES) | set(OPTIONS) | {'merge'}


def wanted(tool):
    """(groups to ask about, groups this tool does not know). NARROWS_FEATURES names the first, comma between."""
    given = os.environ.get('NARROWS_FEATURES')
    known = set(given.split(',')) & ALL if given is not None else spoken(tool)
    return known, ALL - known
