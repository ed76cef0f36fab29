"""A plain training loop, as one writes it with torch and transformers, for the model and the data of bench/train/recipe.toml:
features of windows of 30 s, the frozen encoder in every step, batches filled up to their longest example, f32.

    transformers_loop.py SHARDS STEPS THREADS

Prints one JSON object a line: clips, seconds and loss of each step, then the most memory that was held, in bytes. Needs torch,
transformers, gguf, av; models from Auris' cache."""

import io
import json
import pathlib
import resource
import sys
import tarfile
import time
import wave

import numpy
import torch
import torch.nn.functional as F
import transformers

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "reference"))
import dump_smollm2  # noqa: E402
import gguf  # noqa: E402
import whisper_reference  # noqa: E402

BATCH, STACK, INNER, RANK, ALPHA = 8, 8, 2048, 16, 32
RATE, BETAS, CLIP = 1e-3, (0.9, 0.95), 1.0
FRAMES_A_SECOND = 100
LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class Lora(torch.nn.Module):
    def __init__(self, linear):
        super().__init__()
        self.linear = linear
        self.a = torch.nn.Parameter((torch.rand(RANK, linear.in_features) * 2 - 1) / linear.in_features ** 0.5)
        self.b = torch.nn.Parameter(torch.zeros(linear.out_features, RANK))

    def forward(self, x):
        return self.linear(x) + F.linear(F.linear(x, self.a), self.b) * (ALPHA / RANK)


class Projector(torch.nn.Module):
    """RMS norm, linear, SwiGLU, RMS norm, linear, over eight rows at once."""

    def __init__(self, width, out):
        super().__init__()
        self.before, self.middle = torch.nn.RMSNorm(width * STACK, 1e-6), torch.nn.RMSNorm(INNER // 2, 1e-6)
        self.first = torch.nn.Linear(width * STACK, INNER, bias=False)
        self.second = torch.nn.Linear(INNER // 2, out, bias=False)

    def forward(self, rows):
        rows = F.pad(rows, (0, 0, 0, -len(rows) % STACK)).reshape(-1, rows.shape[1] * STACK)
        values, gate = self.first(self.before(rows)).chunk(2, dim=-1)
        return self.second(self.middle(F.silu(gate) * values))


class AudioModel(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = whisper_reference.transformers_model("whisper-base").model.encoder.requires_grad_(False)
        self.encoder.config._attn_implementation = "sdpa"
        reader = gguf.GGUFReader(dump_smollm2.default_model())
        self.tokenizer = dump_smollm2.load_tokenizer(reader)
        self.language = dump_smollm2.load_model(reader).requires_grad_(False).train()
        self.projector = Projector(self.encoder.config.d_model, self.language.config.hidden_size)
        for layer in self.language.model.layers:
            for parent in (layer.self_attn, layer.mlp):
                for name in LAYERS:
                    if hasattr(parent, name):
                        setattr(parent, name, Lora(getattr(parent, name)))
        self.extract = transformers.WhisperFeatureExtractor(feature_size=80)

    def ids(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def hear(self, sounds):
        """Rows of each sound; the padding of its window is computed, then left out."""
        mel = self.extract(sounds, sampling_rate=16000, return_tensors="pt").input_features
        with torch.no_grad():
            rows = self.encoder(mel).last_hidden_state
        for row, sound in zip(rows, sounds):
            frames = -(-len(sound) * FRAMES_A_SECOND // 16000)
            yield self.projector(row[:(frames + 1) // 2])

    def loss(self, examples):
        opening, closing = self.ids("<|im_start|>system\n" + dump_smollm2.SYSTEM + "<|im_end|>\n<|im_start|>user\n"), "<|im_end|>\n<|im_start|>assistant\n"
        embed, rows, labels = self.language.get_input_embeddings(), [], []
        for (_, question, answer), sound in zip(examples, self.hear([sound for sound, _, _ in examples])):
            before, behind = torch.tensor(opening), torch.tensor(self.ids("\n" + question + closing))
            target = torch.tensor(self.ids(answer + "<|im_end|>"))
            rows.append(torch.cat([embed(before), sound, embed(behind), embed(target)]))
            labels.append(torch.cat([torch.full((len(rows[-1]) - len(target),), -100), target]))
        rows = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
        mask = torch.nn.utils.rnn.pad_sequence([torch.ones(len(label)) for label in labels], batch_first=True)
        labels = torch.nn.utils.rnn.pad_sequence(labels, batch_first=True, padding_value=-100)
        return self.language(inputs_embeds=rows, attention_mask=mask, labels=labels, use_cache=False).loss


def examples_of(folder):
    for shard in sorted(pathlib.Path(folder).glob("*.tar")):
        files = {member.name: member for member in tarfile.open(shard)}
        with tarfile.open(shard) as tar:
            for name in sorted(files):
                if not name.endswith(".json"):
                    continue
                item = json.load(tar.extractfile(files[name]))
                with wave.open(io.BytesIO(tar.extractfile(files[name.removesuffix("json") + "wav"]).read())) as sound:
                    samples = numpy.frombuffer(sound.readframes(sound.getnframes()), numpy.int16) / numpy.float32(32768)
                yield samples, item["prompt"].replace("<audio>", "").strip(), item["answer"]


def main():
    folder, steps, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    examples, model = list(examples_of(folder)), AudioModel()
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=RATE, betas=BETAS, weight_decay=0.0)
    for step in range(steps):
        begin = time.monotonic()
        batch = [examples[(step * BATCH + i) % len(examples)] for i in range(BATCH)]
        optimizer.zero_grad()
        loss = model.loss(batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, CLIP)
        optimizer.step()
        print(json.dumps({"clips": BATCH, "seconds": time.monotonic() - begin, "loss": loss.item()}), flush=True)
    print(json.dumps({"memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                      "trained": sum(parameter.numel() for parameter in trained)}))


if __name__ == "__main__":
    main()
