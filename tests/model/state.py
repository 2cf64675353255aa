# SPDX-License-Identifier: Apache-2.0
"""The model's state: tables of plain records, with a way back to any earlier moment.

A record is a dict of the fields that specs/ name; a key is the text of its bytes, as the history
shows it. Nothing is copied but what changes.
"""
import copy


class State:
    def __init__(self, tables):
        self.tables = tables
        self.journal = []  # (table, key, record before or None)
        self.said = []  # events of this block: (type, {field: number})

    def get(self, table, key):
        """The record to look at, or None."""
        return self.tables.setdefault(table, {}).get(key)

    def before(self, table, key):
        """The record as it was when the block began."""
        for other_table, other_key, record in self.journal:
            if (other_table, other_key) == (table, key):
                return record
        return self.get(table, key)

    def edit(self, table, key):
        """The record to change; it must be there."""
        record = self.tables[table][key]
        self.journal.append((table, key, copy.deepcopy(record)))
        return record

    def put(self, table, key, record):
        rows = self.tables.setdefault(table, {})
        self.journal.append((table, key, rows.get(key)))
        rows[key] = record

    def drop(self, table, key):
        self.journal.append((table, key, self.tables[table].pop(key)))

    def keys(self, table, prefix="0x"):
        return sorted(k for k in self.tables.setdefault(table, {}) if k.startswith(prefix))

    def say(self, event, **numbers):
        self.said.append((event, numbers))

    def mark(self):
        return len(self.journal), len(self.said)

    def back_to(self, mark):
        del self.said[mark[1]:]
        while len(self.journal) > mark[0]:
            table, key, before = self.journal.pop()
            if before is None:
                self.tables[table].pop(key, None)
            else:
                self.tables[table][key] = before

    def take_touched(self):
        """The places written since the last call; from here there is no way back."""
        touched = {(table, key) for table, key, _ in self.journal}
        self.journal.clear()
        return touched

    def take_said(self):
        said, self.said = self.said, []
        return said


def name_key(name):
    return "0x%02x%s" % (len(name), name.encode().hex())


def epoch_key(epoch):
    return "0x%08x" % epoch


def pair_key(first, epoch):
    """An id and an epoch."""
    return "%s%08x" % (first, epoch)


def dated_key(epoch, object_id):
    return epoch_key(epoch) + object_id[2:]


def object_key(object_id, name):
    """An id and a text behind its length."""
    return "%s%02x%s" % (object_id, len(name), name.hex())


def owner_key(account, object_id):
    return account + object_id[2:]
