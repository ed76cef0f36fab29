#!/usr/bin/env python3
"""Writes tests/golden/train/events.tfevents: scalars as tensorboardX writes them, and events.json, what is in it.

    python3 tools/reference/dump_event_file.py     (from the repository's root)

Needs tensorboardX (2.6).
"""

import json
import pathlib

from tensorboardX.proto.event_pb2 import Event
from tensorboardX.proto.summary_pb2 import Summary
from tensorboardX.record_writer import RecordWriter

FOLDER = pathlib.Path("tests/golden/train")
BEGIN_S = 1_700_000_000.25
EVENTS = [
    {"step": 0, "time_s": 1_700_000_001.5, "scalars": {"loss": 10.75, "token_accuracy": 0.0}},
    {"step": 1, "time_s": 1_700_000_002.0, "scalars": {"loss": 3.4028234e38, "gradient_norm": 1e-30, "learning_rate/projector": -0.001}},
    {"step": 127, "time_s": 1_700_000_003.0, "scalars": {}},
    {"step": 128, "time_s": 1_700_000_004.0, "scalars": {"evaluation/loss/Größe": 1.0}},
    {"step": 5_000_000_000, "time_s": 1_700_000_005.0, "scalars": {"name " * 40: 2.5}},
]


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / "events.tfevents"
    path.unlink(missing_ok=True)
    writer = RecordWriter(str(path))
    writer.write(Event(wall_time=BEGIN_S, step=0, file_version="brain.Event:2").SerializeToString())
    for event in EVENTS:
        values = [Summary.Value(tag=tag, simple_value=value) for tag, value in sorted(event["scalars"].items())]
        writer.write(Event(wall_time=event["time_s"], step=event["step"], summary=Summary(value=values)).SerializeToString())
    writer.flush()
    writer.close()
    (FOLDER / "events.json").write_text(json.dumps({"begin_s": BEGIN_S, "events": EVENTS}, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main()
