"""Seeds for the fuzz target `responses` (auris/data/responses/fuzz_responses.cpp), by the documented layout:

  python3 tools/reference/make_fuzz_seeds_responses.py     (from the repository's root)
"""

import struct
from pathlib import Path

import json

FOLDER = Path("tests/fuzz/corpus/responses")


def record(tokens, top, id_bytes):
    ids = {2: "H", 4: "I"}[id_bytes]
    count = len(tokens) * top
    return (struct.pack("<IHH", len(tokens), top, id_bytes) + struct.pack(f"<{len(tokens)}I", *tokens)
            + struct.pack(f"<{len(tokens)}f", *[-0.5] * len(tokens))
            + struct.pack(f"<{count}{ids}", *[i % 50 for i in range(count)])
            + struct.pack(f"<{count}e", *[-1.0 - i for i in range(count)]))


def logits(records, vocab=50):
    body, index, at = b"", b"", 32
    for data in records:
        index += struct.pack("<QII", at, len(data), struct.unpack_from("<I", data)[0])
        body += data
        at += len(data)
    return b"AURISLG1" + struct.pack("<QQII", len(records), at, vocab, 0) + body + index


def lines(records):
    out = [{"settings": {"prompt": "{text}", "model": "m"}}]
    for i, data in enumerate(records):
        out.append({"clip": chr(97 + i), "text": "t", "answer": "yes", "finish": "end_of_turn", "bytes": len(data)})
    out.append({"clip": "z", "rejected": "no_text", "detail": "d"})
    return "".join(json.dumps(line) + "\n" for line in out).encode()


def seed(name, text, data):
    (FOLDER / name).write_bytes(struct.pack("<H", len(text)) + text + data)


FOLDER.mkdir(parents=True, exist_ok=True)
RECORDS = [record([1, 2, 3], 4, 2), record([7], 2, 4)]
seed("whole", lines(RECORDS), logits(RECORDS))
seed("cut", lines(RECORDS), logits(RECORDS)[:-5])
seed("no_lines", b"", logits(RECORDS))
seed("fewer", lines(RECORDS[:1]), logits(RECORDS))
seed("narrow", lines(RECORDS), logits(RECORDS, vocab=3))
seed("record", b"", RECORDS[0])
seed("wide_record", b"", RECORDS[1])
