"""CoDel, line by line from RFC 8289 5: what leaves a queue for the link passes, is marked or dropped."""
from math import isqrt

from capture import Record


class Codel:
    def __init__(self, conf):
        self.conf = conf
        self.first_above = self.drop_next = self.count = self.last_count = self.largest = 0
        self.dropping = False

    def law(self, t):
        """t + floor(interval / sqrt(count))"""
        return t + isqrt(self.conf.interval ** 2 // self.count)

    def came(self, item):
        self.largest = max(self.largest, item.size)

    def look(self, item, member, now):
        """Is it time to drop this one, which has left the queue? (dodequeue)"""
        if item is None:
            self.first_above = 0
            return False
        if now - item.start < self.conf.target or sum(i.size for i in member.waiting) <= self.largest:
            self.first_above = 0
            return False
        if not self.first_above:
            self.first_above = now + self.conf.interval
            return False
        return now >= self.first_above

    def pull(self, member, now):
        """(the packet that goes to the link or None, those that are dropped before it)"""
        gone = []

        def head():
            item = member.waiting.pop(0) if member.waiting else None
            return item, self.look(item, member, now)
        item, ok = head()
        if self.dropping:
            if not ok:
                self.dropping = False
            while self.dropping and now >= self.drop_next:
                self.count += 1
                if self.marks(item):
                    self.drop_next = self.law(self.drop_next)
                    return item, gone
                gone.append(item)
                item, ok = head()
                if ok:
                    self.drop_next = self.law(self.drop_next)
                else:
                    self.dropping = False
        elif ok:
            if not self.marks(item):
                gone.append(item)
                item, ok = head()
            self.dropping = True
            delta = self.count - self.last_count
            self.count = delta if delta > 1 and now - self.drop_next < 16 * self.conf.interval else 1
            self.drop_next = self.law(now)
            self.last_count = self.count
        return item, gone

    def marks(self, item):
        """Marked, where it may be."""
        p = item.packet
        if not self.conf.ecn or p.view.family is None or not item.ect:
            return False
        p.record = congested(p.record, p.view)
        p.see_again()
        return True


def congested(record, v):
    data, at = bytearray(record.data), v.at
    if v.family == 4:
        old = data[at] << 8 | data[at + 1]
        data[at + 1] |= 3
        # RFC 1624 3, eqn. 3
        total = (~(data[at + 10] << 8 | data[at + 11]) & 0xFFFF) + (~old & 0xFFFF) + (data[at] << 8 | data[at + 1])
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        data[at + 10:at + 12] = (~total & 0xFFFF).to_bytes(2, 'big')
    else:
        data[at + 1] |= 0x30
    return Record(record.time, bytes(data), record.wire, record.link, record.order, record.comments, record.iface,
                  record.name)
