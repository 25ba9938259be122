#!/usr/bin/env python3
"""Recomputes every encoding and id of vectors.json from the format pages alone.

A second implementation: it shares no line with the product. Hashing is the program b3sum (apt-get install b3sum).
usage: verify_vectors.py [vectors.json]; exit code 0 when everything agrees, 1 when something differs, 2 when it cannot run.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

ENTRY = "w0rktree v1 entry"
PAGE = "w0rktree v1 directory page"
DIRECTORY = "w0rktree v1 directory"
SNAPSHOT = "w0rktree v1 snapshot"
WITHHELD = "w0rktree v1 withheld field"
LOG_CHAIN = "w0rktree v1 log chain"
PLAIN = None

PLAIN_SLOTS = 1024
PAGE_MIN, PAGE_MAX = 64, 1024


# --- hashing: many inputs with one run of b3sum ---------------------------------------------------------------------
def blake3(inputs, context):
    """Hashes each input, with a derive-key context or plainly."""
    if not inputs:
        return []
    with tempfile.TemporaryDirectory(prefix="wt-vectors-") as folder:
        names = [f"{i:06}" for i in range(len(inputs))]
        for name, data in zip(names, inputs):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        mode = [] if context is PLAIN else ["--derive-key", context]
        result = subprocess.run(["b3sum", "--no-names", *mode, *names], cwd=folder, capture_output=True, check=True)
    return [bytes.fromhex(line) for line in result.stdout.decode("ascii").split()]


def blake3_one(data, context):
    return blake3([data], context)[0]


# --- primitives of README.md ----------------------------------------------------------------------------------------
def varint(number):
    assert 0 <= number < 1 << 64
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def signed(number):
    return varint((number << 1 ^ number >> 63) & (1 << 64) - 1)


def block(data):
    return varint(len(data)) + data


def fields(values):
    """values: list of (tag, bytes)"""
    return varint(len(values)) + b"".join(varint(tag) + block(value) for tag, value in sorted(values))


# --- directory.md ---------------------------------------------------------------------------------------------------
def entry_bytes(kind, name, size, content, extra=()):
    return bytes([kind]) + block(name) + varint(size) + content + fields(list(extra))


def plain_or_page(letter, entries, sealed):
    """entries: list of (name, stored, digest)"""
    stored = [stored for _, stored, _ in sorted(entries, key=lambda e: e[0])]
    return letter + b"\x01" + varint(len(stored)) + b"".join(stored) + varint(len(sealed)) + b"".join(sorted(sealed))


def directory(entries, sealed):
    """Gives id, stored form, and for a paged directory (id, stored form) of each page."""
    slots = sorted([(digest, (name, stored, digest)) for name, stored, digest in entries] + [(d, None) for d in sealed], key=lambda s: s[0])
    digests = [digest for digest, _ in slots]
    assert len(set(digests)) == len(digests) and len({e[0] for e in entries}) == len(entries)
    if len(slots) <= PLAIN_SLOTS:
        return blake3_one(b"\x00" + b"".join(digests), DIRECTORY), plain_or_page(b"D", entries, sealed), []

    pages, page = [], []
    for slot in slots:
        page.append(slot)
        if len(page) >= PAGE_MIN and slot[0][-1] == 0 or len(page) == PAGE_MAX:
            pages.append(page)
            page = []
    if page:
        pages.append(page)
    ids = blake3([b"".join(digest for digest, _ in page) for page in pages], PAGE)
    listed = b"".join(page_id + len(page).to_bytes(4, "big") for page_id, page in zip(ids, pages))
    stored = b"L\x01" + varint(len(pages)) + b"".join(page_id + varint(len(page)) for page_id, page in zip(ids, pages))
    page_forms = [plain_or_page(b"P", [e for _, e in page if e], [d for d, e in page if e is None]) for page in pages]
    return blake3_one(b"\x01" + listed, DIRECTORY), stored, list(zip(ids, page_forms))


# --- snapshot.md ----------------------------------------------------------------------------------------------------
def text_digest(text):
    if "text" not in text:
        return bytes.fromhex(text["digest"])
    return blake3_one(bytes.fromhex(text["salt_hex"]) + block(text["text"].encode()), WITHHELD)


def text_stored(text, digest):
    if "text" not in text:
        return b"\x00" + digest
    return b"\x01" + bytes.fromhex(text["salt_hex"]) + block(text["text"].encode())


def conflicts_bytes(conflicts):
    def version(v):
        return b"\x00" if v is None else bytes([v["kind"]]) + varint(v["size"]) + bytes.fromhex(v["hash"])

    def order(conflict):  # '/' sorts before every other byte
        return [0 if byte == 0x2F else byte + 1 for byte in conflict["path"].encode()], conflict["kind"]

    return varint(len(conflicts)) + b"".join(
        bytes([c["kind"]]) + block(c["path"].encode()) + version(c["base"]) + version(c["ours"]) + version(c["theirs"])
        for c in sorted(conflicts, key=order))


def snapshot(vector):
    """Gives id and stored form."""
    head = b"S\x01" + bytes([vector["kind"]]) + bytes.fromhex(vector["tree"]) + bytes.fromhex(vector["root"])
    head += varint(len(vector["parents"])) + b"".join(bytes.fromhex(p) for p in vector["parents"])
    head += signed(vector["time_ms"]) + signed(vector["zone_minutes"])
    texts = [vector["author"], vector["recorder"], vector["message"]]
    digests = [text_digest(text) for text in texts]
    values = [(f["tag"], bytes.fromhex(f["value_hex"])) for f in vector["fields"] if f["tag"] != 1]
    if vector["conflicts"]:
        values.append((1, conflicts_bytes(vector["conflicts"])))
    tail = fields(values)
    stored = head + b"".join(text_stored(t, d) for t, d in zip(texts, digests)) + tail
    return blake3_one(head + b"".join(digests) + tail, SNAPSHOT), stored, digests


# --- the check ------------------------------------------------------------------------------------------------------
class Check:
    def __init__(self):
        self.agreed, self.differed = 0, 0

    def same(self, what, expected, actual):
        if expected == actual.hex():
            self.agreed += 1
        else:
            self.differed += 1
            print(f"DIFFERS {what}\n  vectors.json: {expected[:160]}\n  recomputed:   {actual.hex()[:160]}")


def check_contents(check, vectors):
    inputs = [bytes(i % 251 for i in range(vector["length"])) for vector in vectors]
    for vector, actual in zip(vectors, blake3(inputs, PLAIN)):
        check.same(f"content of {vector['length']} bytes", vector["id"], actual)


def check_entries(check, vectors):
    """Gives the entries by digest, as directory() takes them."""
    stored = [entry_bytes(v["kind"], bytes.fromhex(v["name_hex"]), v["size"], bytes.fromhex(v["hash"]),
                          [(f["tag"], bytes.fromhex(f["value_hex"])) for f in v["fields"]]) for v in vectors]
    digests = blake3(stored, ENTRY)
    for vector, form, digest in zip(vectors, stored, digests):
        name = bytes.fromhex(vector["name_hex"])
        check.same(f"entry {name!r}, stored", vector["stored"], form)
        check.same(f"entry {name!r}, digest", vector["digest"], digest)
    return {d.hex(): (bytes.fromhex(v["name_hex"]), s, d) for v, s, d in zip(vectors, stored, digests)}


def check_directory(check, vector, known):
    entries = [known[digest] for digest in vector["entries"]]
    actual, stored, _ = directory(entries, [bytes.fromhex(d) for d in vector["sealed"]])
    check.same(f"directory {vector['name']!r}, id", vector["id"], actual)
    check.same(f"directory {vector['name']!r}, stored", vector["stored"], stored)
    return actual


def check_paged(check, vector):
    names = [f"file-{i:05}".encode() for i in range(3000)]
    stored = [entry_bytes(1, name, len(name), content) for name, content in zip(names, blake3(names, PLAIN))]
    actual, form, pages = directory(list(zip(names, stored, blake3(stored, ENTRY))), [])
    check.same("paged directory, id", vector["id"], actual)
    check.same("paged directory, stored", vector["stored"], form)
    check.same("paged directory, number of pages", f"{len(vector['pages']):04x}", len(pages).to_bytes(2, "big"))
    for i, (expected, (page_id, page_form)) in enumerate(zip(vector["pages"], pages)):
        check.same(f"page {i}, id", expected["id"], page_id)
        check.same(f"page {i}, hash of the stored form", expected["stored_blake3"], blake3_one(page_form, PLAIN))


def check_edit_beside_sealed(check, vector, known):
    """hello.txt becomes 'bye\\n' in a directory of which prices.csv is only known by its digest."""
    before, after = vector["before"], vector["after"]
    bye = b"bye\n"
    stored = entry_bytes(1, b"hello.txt", len(bye), blake3_one(bye, PLAIN))
    digest = blake3_one(stored, ENTRY)
    known = known | {digest.hex(): (b"hello.txt", stored, digest)}
    check_directory(check, before, known)
    check_directory(check, after, known)
    full = [known[d] for d in after["entries"]] + [known[d] for d in after["sealed"]]
    actual, _, _ = directory(full, [])
    check.same("the same edit by a reader who sees all", vector["same_id_in_full"], actual)


def check_snapshots(check, vectors):
    for vector in vectors:
        name = f"snapshot {vector['name']!r}"
        actual, stored, digests = snapshot(vector)
        for part, digest in zip(("author", "recorder", "message"), digests):
            check.same(f"{name}, digest of its {part}", vector[part]["digest"], digest)
        for field in vector["fields"]:
            if field["tag"] == 1:
                check.same(f"{name}, conflicts", field["value_hex"], conflicts_bytes(vector["conflicts"]))
        check.same(f"{name}, stored", vector["stored"], stored)
        check.same(f"{name}, id", vector["id"], actual)


# --- pack.md --------------------------------------------------------------------------------------------------------
def crc32c(data):
    state = 0xFFFFFFFF
    for byte in data:
        state ^= byte
        for _ in range(8):
            state = state >> 1 ^ (0x82F63B78 if state & 1 else 0)
    return state ^ 0xFFFFFFFF


def read_varint(data, at):
    number = shift = 0
    while True:
        number |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return number, at


def expand(data, base):
    """Expands a frame that lacks its first four bytes, with the program zstd; None where that is not installed."""
    if shutil.which("zstd") is None:
        return None
    with tempfile.TemporaryDirectory(prefix="wt-vectors-") as folder:
        frame, prefix = os.path.join(folder, "frame"), os.path.join(folder, "prefix")
        with open(frame, "wb") as file:
            file.write(b"\x28\xb5\x2f\xfd" + data)
        with open(prefix, "wb") as file:
            file.write(base or b"")
        patch = [] if base is None else [f"--patch-from={prefix}"]
        return subprocess.run(["zstd", "-q", "-d", "-c", *patch, frame], capture_output=True, check=True).stdout


def check_packs(check, vectors):
    for vector in vectors:
        pack, contents, entries = bytes.fromhex(vector["pack"]), {}, []
        check.same("pack, magic and version", b"wtpack\r\n\x02\x00".hex(), pack[:10])
        check.same("pack, name", vector["id"], blake3_one(pack[:-32], PLAIN))
        at = 32 + 32 * int.from_bytes(pack[12:16], "little")
        for expected in vector["objects"]:
            start, kind, codec, base = at, pack[at + 4] & 7, pack[at + 4] >> 3, None
            checksum, at = pack[at:at + 4], at + 5
            if codec == 2:
                distance, at = read_varint(pack, at + 1)
                base = contents[start - distance]
            size, at = read_varint(pack, at)
            length, at = read_varint(pack, at)
            data, at = pack[at:at + length], at + length
            content = expected["content"].encode()
            contents[start] = content
            check.same("pack entry, checksum", crc32c(pack[start + 4:at]).to_bytes(4, "little").hex(), checksum)
            check.same("pack entry, codec", f"{expected['codec']:02x}", bytes([codec]))
            check.same("pack entry, length", f"{len(content):08x}", size.to_bytes(4, "big"))
            expanded = data if codec == 0 else expand(data, base)
            if expanded is not None:
                check.same("pack entry, content", content.hex(), expanded)
            check.same("pack entry, id", expected["id"], blake3_one(content, PLAIN))
            entries.append((blake3_one(content, PLAIN), start | kind << 40 | at - start << 43))
        check.same("pack, number of entries", len(entries).to_bytes(8, "little").hex(), pack[at:-32])
        entries.sort()
        index = b"wtpidx\r\n\x01\x00" + bytes(6) + len(entries).to_bytes(8, "little") + pack[-32:] + bytes(8)
        index += b"".join(sum(entry[0][0] <= first for entry in entries).to_bytes(4, "little") for first in range(256))
        index += b"".join(entry[0] for entry in entries) + b"".join(entry[1].to_bytes(8, "little") for entry in entries)
        check.same("pack, index", vector["index_blake3"], blake3_one(index + blake3_one(index, PLAIN), PLAIN))


# --- history-index.md -----------------------------------------------------------------------------------------------
def path_filter(paths):
    keys = set()
    for path in paths:
        parts = path.encode().split(b"/")
        keys.update(b"/".join(parts[:depth]) for depth in range(1, len(parts) + 1))
    if not keys:
        return b""
    if len(keys) > 512:
        return b"\xff"
    bits = bytearray(max(2, -(-10 * len(keys) // 8)))
    for key in keys:
        digest = blake3_one(key, PLAIN)
        first, step = int.from_bytes(digest[:4], "big"), int.from_bytes(digest[4:8], "big")
        for probe in range(7):
            bit = (first + probe * step) % 2**32 % (8 * len(bits))
            bits[bit // 8] |= 1 << bit % 8
    return bytes(bits)


def check_history_index(check, vector):
    def little(number, size=4):
        return (number % 256**size).to_bytes(size, "little")

    rows, further, filters, places, generations, lacking = b"", b"", b"", [], [], 0
    numbers = {snapshot["id"]: number for number, snapshot in enumerate(vector["snapshots"])}
    for snapshot in vector["snapshots"]:
        parents = [numbers[parent] for parent in snapshot["parents"]]
        places.append(max([snapshot["seconds"]] + [places[parent] + 1 for parent in parents]))
        generations.append(1 + max([generations[parent] for parent in parents], default=0))
        second = 2**32 - 1 if len(parents) < 2 else parents[1] if len(parents) == 2 else 2**31 | len(further) // 4
        if len(parents) > 2:
            further += b"".join(little(parent) for parent in parents[1:-1]) + little(2**31 | parents[-1])
        known = snapshot["changed"] is not None
        lacking += not known
        filters += path_filter(snapshot["changed"]) if known else b""
        rows += bytes.fromhex(snapshot["id"] + snapshot["root"]) + little(snapshot["seconds"], 8) + little(places[-1], 8)
        rows += little(generations[-1]) + little(parents[0] if parents else 2**32 - 1) + little(second)
        rows += bytes([known, snapshot["classes"], 0, 0]) + little(len(filters))
    head = b"wthist1\n" + little(len(numbers)) + little(len(further) // 4) + little(len(filters)) + little(lacking) + bytes(8)
    index = head + rows + b"".join(little(numbers[name]) for name in sorted(numbers)) + further + filters
    check.same("history index", vector["index"], index + blake3_one(index, PLAIN))


# --- audit.md -------------------------------------------------------------------------------------------------------
AUDIT_TEXTS = ("actor", "token", "address", "request", "action", "permission", "resource", "outcome", "because", "details")


def check_audit(check, vector):
    previous = bytes(32)
    for number, record in enumerate(vector["records"], 1):
        name = f"audit record {number}"
        check.same(f"{name}, number", f"{record['number']:08x}", number.to_bytes(4, "big"))
        check.same(f"{name}, previous", record["previous"], previous)
        encoded = b"A\x01" + bytes.fromhex(vector["tenant"]) + varint(number) + previous + signed(record["unix_ms"])
        encoded += bytes([record["kind"], record["actor_kind"]]) + b"".join(block(record[text].encode()) for text in AUDIT_TEXTS)
        encoded += varint(record["count"])
        check.same(f"{name}, encoded", record["encoded"], encoded)
        previous = blake3_one(encoded, LOG_CHAIN)
        check.same(f"{name}, hash", record["hash"], previous)


# --- reflog.md ------------------------------------------------------------------------------------------------------
def reflog_entry(entry, previous):
    def little(number, size):
        return (number & (1 << 8 * size) - 1).to_bytes(size, "little")

    operation, details = entry["operation"].encode(), entry["details"].encode()
    out = b"\x01" + little(entry["sequence"], 8) + little(entry["time_ms"], 8) + little(entry["zone_minutes"], 2) + previous
    out += little(len(operation), 1) + operation + little(len(details), 4) + details + little(len(entry["changes"]), 2)
    for change in entry["changes"]:
        name, sides = change["name"].encode(), [change["before"], change["after"]]
        out += little(len(name), 2) + name + little(sum(1 << i for i, side in enumerate(sides) if side), 1)
        out += b"".join(bytes.fromhex(side) for side in sides if side)
    return out + blake3_one(out, LOG_CHAIN)


def reflog_file(vector):
    """Gives the file and the hash of each entry."""
    previous = bytes.fromhex(vector["pruned"]["last_hash"])
    body, hashes = b"", []
    for entry in vector["entries"]:
        stored = reflog_entry(entry, previous)
        length = len(stored).to_bytes(4, "little")
        body += length + stored + length
        previous = stored[-32:]
        hashes.append(previous)
    header = bytearray(80)
    header[0:12] = b"wtreflog\x01\x00\x50\x00"
    header[16:24] = vector["pruned"]["entries"].to_bytes(8, "little")
    header[24:56] = bytes.fromhex(vector["pruned"]["last_hash"])
    header[12:16] = crc32c(bytes(header)).to_bytes(4, "little")
    return bytes(header) + body, hashes


def check_reflogs(check, vectors):
    for vector in vectors:
        stored, hashes = reflog_file(vector)
        for entry, actual in zip(vector["entries"], hashes):
            check.same(f"reflog {vector['name']!r}, entry {entry['sequence']}", entry["hash"], actual)
        check.same(f"reflog {vector['name']!r}, file", vector["file"], stored)


def main():
    if shutil.which("b3sum") is None:
        print("verify_vectors.py: b3sum is not installed (apt-get install b3sum)", file=sys.stderr)
        return 2
    path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "vectors.json")
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)
    check = Check()
    check_contents(check, vectors["contents"])
    known = check_entries(check, vectors["entries"])
    for vector in vectors["directories"]:
        if "rule" in vector:
            check_paged(check, vector)
        else:
            check_directory(check, vector, known)
    check_edit_beside_sealed(check, vectors["edit_beside_sealed"], known)
    check_snapshots(check, vectors["snapshots"])
    check_packs(check, vectors["packs"])
    check_history_index(check, vectors["history_index"])
    check_audit(check, vectors["audit"])
    check_reflogs(check, vectors["reflogs"])
    print(f"{check.agreed} values agree, {check.differed} differ")
    return 1 if check.differed or check.agreed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
