"""Writes tests/golden/whisper/layers_MODEL.safetensors: hidden rows of every encoder layer and decoder logits by
transformers in f32, for two real recordings. Requirements: see whisper_reference.py.

    python3 tools/reference/whisper_layers.py

Names: RECORDING.encoder.stem, .encoder.layer_N, .encoder.final with every ROW_STEP-th row; RECORDING.decoder.tokens and
RECORDING.decoder.logits (teacher-forced, every LOGIT_STEP-th column).
"""

import numpy
import torch
from safetensors.numpy import save_file

import whisper_reference as reference

ROW_STEP = 149
LOGIT_STEP = 97
RECORDINGS = {"librivox": reference.LIBRIVOX / "sense_and_sensibility_01_austen_64kb-0880.wav",
              "prompt": reference.SOUNDS / reference.VOICES["en"] / "agent-alreadyon.g722"}
TEXT = " Please enter your agent number followed by the pound key."


def dump(name):
    from tokenizers import Tokenizer
    model = reference.transformers_model(name)
    tokenizer = Tokenizer.from_file(str(reference.model_folder() / name / "tokenizer.json"))
    special = lambda text: tokenizer.token_to_id(text)
    start = [special("<|startoftranscript|>")]
    if model.config.vocab_size >= 51865:
        start += [special("<|en|>"), special("<|transcribe|>")]
    tokens = start + [special("<|notimestamps|>")] + tokenizer.encode(TEXT, add_special_tokens=False).ids
    golden = {}
    for recording, path in RECORDINGS.items():
        mel = torch.from_numpy(reference.window_features(reference.read_audio(path)))[None]
        with torch.no_grad():
            encoder = model.model.encoder
            rows = torch.nn.functional.gelu(encoder.conv2(torch.nn.functional.gelu(encoder.conv1(mel))))
            rows = rows.permute(0, 2, 1) + encoder.embed_positions.weight
            golden[f"{recording}.encoder.stem"] = rows[0, ::ROW_STEP]
            for index, layer in enumerate(encoder.layers):
                rows = layer(rows, None)
                rows = rows[0] if isinstance(rows, tuple) else rows
                golden[f"{recording}.encoder.layer_{index}"] = rows[0, ::ROW_STEP]
            whole = encoder(mel).last_hidden_state
            assert torch.allclose(encoder.layer_norm(rows), whole, atol=1e-5)
            golden[f"{recording}.encoder.final"] = whole[0, ::ROW_STEP]
            hidden = model.model.decoder(input_ids=torch.tensor([tokens]), encoder_hidden_states=whole).last_hidden_state
            golden[f"{recording}.decoder.logits"] = model.proj_out(hidden)[0, :, ::LOGIT_STEP]
        golden[f"{recording}.decoder.tokens"] = torch.tensor(tokens, dtype=torch.int32)
    golden = {key: numpy.ascontiguousarray(value.numpy()) for key, value in golden.items()}
    target = reference.GOLDEN / f"layers_{name}.safetensors"
    save_file(golden, target, metadata={"row_step": str(ROW_STEP), "logit_step": str(LOGIT_STEP)})
    print(f"{target.name}: {len(golden)} tensors, {target.stat().st_size} bytes")


if __name__ == "__main__":
    reference.GOLDEN.mkdir(parents=True, exist_ok=True)
    for name in ("whisper-base", "whisper-tiny.en"):
        dump(name)
