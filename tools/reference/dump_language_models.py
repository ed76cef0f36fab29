"""Small random checkpoints of every member of the llama family, in the published layouts, with what transformers
computes from them.

    python3 tools/reference/dump_language_models.py tests/golden/models

Writes OUT/NAME/{config.json, model.safetensors, golden.safetensors} and, for families that people use as GGUF,
OUT/NAME/model.gguf; and OUT/rope_frequencies.json. Needs torch, transformers, safetensors, gguf (see tiny_models.py)."""

import json
import pathlib
import sys

import torch
import transformers
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

from tiny_models import randomize, run_language_model, save_checkpoint, save_gguf, save_golden, untied

SIZES = {"vocab_size": 192, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2,
         "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 4096, "rms_norm_eps": 1e-5}
LLAMA3_SCALING = {"factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                  "original_max_position_embeddings": 64, "rope_type": "llama3"}

# name -> (config.json as published, architecture in GGUF or None)
FAMILIES = {
    "llama3.2": ({**SIZES, "model_type": "llama", "architectures": ["LlamaForCausalLM"], "rope_theta": 500000.0,
                  "rope_scaling": LLAMA3_SCALING, "tie_word_embeddings": True, "hidden_act": "silu"}, "llama"),
    "smollm2": ({**SIZES, "model_type": "llama", "architectures": ["LlamaForCausalLM"], "rope_theta": 100000,
                 "hidden_size": 24, "num_attention_heads": 3, "num_key_value_heads": 1, "rope_scaling": None,
                 "tie_word_embeddings": True, "hidden_act": "silu"}, "llama"),
    "qwen2.5": ({**SIZES, "model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "rope_theta": 1000000.0,
                 "tie_word_embeddings": False, "hidden_act": "silu", "use_sliding_window": False,
                 "sliding_window": 32768, "max_window_layers": 2, "rms_norm_eps": 1e-6}, "qwen2"),
    "qwen3": ({**SIZES, "model_type": "qwen3", "architectures": ["Qwen3ForCausalLM"], "rope_theta": 1000000,
               "head_dim": 16, "tie_word_embeddings": True, "hidden_act": "silu", "attention_bias": False,
               "use_sliding_window": False, "sliding_window": None, "max_window_layers": 2, "rms_norm_eps": 1e-6,
               "rope_scaling": None}, "qwen3"),
    "gemma3": ({**SIZES, "model_type": "gemma3_text", "architectures": ["Gemma3ForCausalLM"], "head_dim": 16,
                "num_hidden_layers": 6, "intermediate_size": 40, "hidden_size": 24, "num_attention_heads": 2,
                "num_key_value_heads": 1, "query_pre_attn_scalar": 16, "rope_theta": 1000000.0,
                "rope_local_base_freq": 10000.0, "rope_scaling": {"factor": 8.0, "rope_type": "linear"},
                "sliding_window": 7, "sliding_window_pattern": 6, "hidden_activation": "gelu_pytorch_tanh",
                "rms_norm_eps": 1e-6}, "gemma3"),
    "mistral": ({**SIZES, "model_type": "mistral", "architectures": ["MistralForCausalLM"], "rope_theta": 10000.0,
                 "sliding_window": 5, "tie_word_embeddings": False, "hidden_act": "silu"}, None),
}


def make_model(config, seed):
    config_class = transformers.CONFIG_MAPPING[config["model_type"]]
    hf_config = config_class(**json.loads(json.dumps(config)))
    hf_config._attn_implementation = "eager"
    model = getattr(transformers, config["architectures"][0])(hf_config)
    return randomize(model, seed, norm_base=0.0 if config["model_type"].startswith("gemma3") else 1.0)


def rope_divisors(config):
    """What llama.cpp's converter stores for Llama 3: plain frequencies over stretched ones."""
    head_dim = config["hidden_size"] // config["num_attention_heads"]
    plain = config["rope_theta"] ** -(torch.arange(0, head_dim, 2, dtype=torch.float32) / head_dim)
    stretched, _ = ROPE_INIT_FUNCTIONS["llama3"](transformers.LlamaConfig(**config), "cpu")
    return (plain / stretched).numpy()


def dump_family(out, name, config, arch, seed):
    model = make_model(config, seed)
    state = untied(model)
    save_checkpoint(out / name, config, state)
    generator = torch.Generator().manual_seed(1000 + seed)
    golden = {}
    for sequence, length in (("a", 40), ("b", 9), ("c", 1)):
        ids = torch.randint(0, config["vocab_size"], (length,), generator=generator).tolist()
        golden |= run_language_model(model, ids, sequence)
    save_golden(out / name / "golden.safetensors", golden)
    if arch is not None:
        divisors = rope_divisors(config) if config.get("rope_scaling") and arch == "llama" else None
        save_gguf(out / name / "model.gguf", arch, config, state, divisors)


def dump_rope(path):
    cases = []
    base = {"hidden_size": 256, "num_attention_heads": 4, "max_position_embeddings": 131072}
    scalings = [{"rope_type": "linear", "factor": 8.0},
                {**LLAMA3_SCALING, "original_max_position_embeddings": 8192},
                {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32768}]
    for theta in (10000.0, 500000.0, 1000000.0):
        for scaling in scalings:
            config = transformers.LlamaConfig(**base, rope_theta=theta, rope_scaling=dict(scaling))
            frequencies, magnitude = ROPE_INIT_FUNCTIONS[scaling["rope_type"]](config, "cpu")
            cases.append({"config": {**base, "model_type": "llama", "rope_theta": theta, "rope_scaling": scaling},
                          "inverse_frequencies": frequencies.double().tolist(), "magnitude": magnitude})
    path.write_text(json.dumps(cases) + "\n")


def main():
    out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/golden/models")
    for seed, (name, (config, arch)) in enumerate(FAMILIES.items()):
        dump_family(out, name, config, arch, seed)
    dump_rope(out / "rope_frequencies.json")


if __name__ == "__main__":
    main()
