"""Gradients and losses of training steps, computed by torch and transformers on the small LLaSO checkpoint.

    python3 tools/reference/dump_training.py tests/golden

Reads OUT/models/llaso (dump_audio_language_models.py), trains it as LLaSO does (align: the projector; instruct: projector
and language model; AdamW, cosine with warm-up, clipping at 1.0), and end to end (everything: the encoder too, but for its
positions, which transformers keeps as they are). Writes OUT/train/{align,instruct,everything}.safetensors:
windows.N.mel, windows.frames, ids.N (-1 at audio rows) and answer_begin of each example, gradient.NAME of the first step
before clipping, gradient_norm and losses of ten steps. Names are those of `auris` (projector.0.weight,
language_model.layers.0...). Needs torch, transformers, safetensors."""

import json
import pathlib
import sys

import torch
import torch.nn.functional as F
import transformers
from safetensors.torch import load_file
from transformers.models.whisper.modeling_whisper import WhisperEncoder

from dump_audio_language_models import make_ids, make_mel
from tiny_models import save_golden

STEPS, WARM_UP = 10, 2
BETAS, EPSILON, CLIP = (0.9, 0.999), 1e-8, 1.0


class Llaso(torch.nn.Module):
    def __init__(self, folder):
        super().__init__()
        config = json.loads((folder / "config.json").read_text())
        state = {k: v.float() for k, v in load_file(folder / "model.safetensors").items()}
        sizes = transformers.LlamaConfig(**{k: v for k, v in config.items() if k not in ("model_type", "architectures")})
        sizes._attn_implementation = "eager"
        self.language_model = transformers.LlamaForCausalLM(sizes).float()
        missing = self.language_model.load_state_dict({k: v for k, v in state.items() if "mm_audio" not in k}, strict=False)
        assert missing.missing_keys == ["lm_head.weight"] and not missing.unexpected_keys, missing
        weight, bias = (lambda i: state[f"model.mm_audio_aligner.projector.{i}.weight"],
                        lambda i: state[f"model.mm_audio_aligner.projector.{i}.bias"])
        self.projector = torch.nn.Sequential(torch.nn.Linear(*weight(0).T.shape), torch.nn.GELU(),
                                             torch.nn.Linear(*weight(2).T.shape))
        self.projector.load_state_dict({f"{i}.{p}": f(i) for i in (0, 2) for p, f in (("weight", weight), ("bias", bias))})
        whisper = json.loads((folder / "encoder" / "config.json").read_text())
        audio = transformers.WhisperConfig(**{k: v for k, v in whisper.items() if k not in ("model_type", "architectures")})
        audio._attn_implementation = "eager"
        self.encoder = WhisperEncoder(audio).float().eval()
        self.encoder.load_state_dict({k.removeprefix("model.encoder."): v.float()
                                      for k, v in load_file(folder / "encoder" / "model.safetensors").items()})
        self.encoder.requires_grad_(False)

    def loss_sum(self, mel, ids, answer_begin):
        """Cross-entropy of the answer's tokens, summed."""
        sound = self.projector(self.encoder(mel.T[None]).last_hidden_state[0])
        rows = self.language_model.get_input_embeddings()(torch.tensor([max(i, 0) for i in ids]))
        heard = torch.tensor([i < 0 for i in ids])
        rows = torch.zeros_like(rows).index_put((heard,), sound) + rows * ~heard[:, None]
        logits = self.language_model(inputs_embeds=rows[None], use_cache=False).logits[0]
        return F.cross_entropy(logits[answer_begin - 1:-1], torch.tensor(ids[answer_begin:]), reduction="sum")


def auris_name(name):
    return name.replace("language_model.model.", "language_model.")


def dump(out, stage, rate):
    model = Llaso(out / "models" / "llaso")
    generator = torch.Generator().manual_seed(91)
    frames = 2 * model.encoder.config.max_source_positions
    examples = []
    for answer in (3, 7):
        ids = make_ids(generator, [frames // 2], 160)
        ids += torch.randint(0, 160, (answer,), generator=generator).tolist()
        examples.append((make_mel(generator, frames, frames), ids, len(ids) - answer))
    trained = dict(model.projector.named_parameters(prefix="projector"))
    if stage != "align":
        trained |= dict(model.language_model.named_parameters(prefix="language_model"))
    if stage == "everything":
        trained |= {name: parameter for name, parameter in model.encoder.named_parameters(prefix="encoder")
                    if "embed_positions" not in name}
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name in trained)
    optimizer = torch.optim.AdamW(trained.values(), lr=rate, betas=BETAS, eps=EPSILON, weight_decay=0.0)
    schedule = transformers.get_cosine_schedule_with_warmup(optimizer, WARM_UP, STEPS)
    losses, norms, golden = [], [], {}
    for step in range(STEPS):
        tokens = sum(len(ids) - begin for _, ids, begin in examples)
        loss = sum(model.loss_sum(*example) for example in examples) / tokens
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            golden = {f"gradient.{auris_name(n)}": p.grad.clone() for n, p in trained.items()}
        norms.append(torch.nn.utils.clip_grad_norm_(trained.values(), CLIP).item())
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    for n, (mel, ids, begin) in enumerate(examples):
        golden |= {f"windows.{n}.mel": mel, f"ids.{n}": torch.tensor(ids)}
    golden |= {"answer_begin": torch.tensor([begin for _, _, begin in examples]), "losses": torch.tensor(losses),
               "gradient_norms": torch.tensor(norms)}
    (out / "train").mkdir(exist_ok=True)
    save_golden(out / "train" / f"{stage}.safetensors", golden)
    print(stage, [round(loss, 4) for loss in losses])


def main():
    out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/golden")
    dump(out, "align", 1e-2)
    dump(out, "instruct", 3e-3)
    dump(out, "everything", 3e-3)


if __name__ == "__main__":
    main()
