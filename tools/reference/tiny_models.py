"""What the dump scripts of the models share: deterministic small weights, published file layouts, GGUF with llama.cpp's
permutation. Needs torch, transformers, safetensors, gguf and numpy."""

import json
import pathlib

import gguf
import numpy as np
import torch
from safetensors.torch import save_file


def randomize(model, seed, norm_base=1.0):
    """Weights large enough that every part of the network matters, rounded to bf16 so that the files can hold bf16
    while the reference computes in f32 with the very same numbers."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator)
            if "norm" in name or ".ln_" in name:
                value = norm_base + 0.2 * noise if name.endswith("weight") else 0.2 * noise
            elif name.endswith("bias"):
                value = 0.3 * noise
            elif "embed_tokens" in name:
                value = noise * (1.0 if norm_base else parameter.shape[1] ** -0.5)
            elif "embed_positions" in name:
                value = 0.3 * noise
            else:
                value = noise * float(np.prod(parameter.shape[1:])) ** -0.5
            parameter.copy_(value.to(torch.bfloat16).float())
    return model.float().eval()


def save_checkpoint(folder, config, tensors):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    save_file({k: v.to(torch.bfloat16).contiguous() for k, v in tensors.items()}, folder / "model.safetensors")


def untied(model):
    """The state dict without the output matrix where it is the embedding table."""
    state = dict(model.state_dict())
    if model.config.get_text_config().tie_word_embeddings:
        state.pop("lm_head.weight", None)
    return state


def save_golden(path, tensors):
    out = {}
    for name, value in tensors.items():
        value = torch.as_tensor(np.asarray(value)) if not torch.is_tensor(value) else value.detach()
        out[name] = value.to(torch.int32 if not value.is_floating_point() else torch.float32).contiguous().clone()
    save_file(out, path)


def run_language_model(model, ids, prefix):
    """Embeddings, every layer, final norm and logits of one sequence."""
    seen = {}
    base = model.model
    hooks = [base.embed_tokens.register_forward_hook(lambda m, i, o: seen.__setitem__("embeddings", o[0]))]
    for index, layer in enumerate(base.layers):
        hooks.append(layer.register_forward_hook(
            lambda m, i, o, n=index: seen.__setitem__(f"layers.{n}", (o[0] if isinstance(o, tuple) else o)[0])))
    hooks.append(base.norm.register_forward_hook(lambda m, i, o: seen.__setitem__("norm", o[0])))
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0]
    for hook in hooks:
        hook.remove()
    out = {f"{prefix}.{name}": value for name, value in seen.items()}
    out[f"{prefix}.ids"] = torch.tensor(ids, dtype=torch.int32)
    out[f"{prefix}.logits"] = logits
    return out


def permute(weight, heads):
    """llama.cpp's order of the rows of q and k for arch llama: interleaved pairs instead of halves."""
    return weight.reshape(heads, 2, weight.shape[0] // heads // 2, *weight.shape[1:]).swapaxes(1, 2).reshape(weight.shape)


GGUF_MODULES = {
    "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down", "post_attention_layernorm": "ffn_norm",
}
GGUF_GEMMA3 = {"post_attention_layernorm": "post_attention_norm", "pre_feedforward_layernorm": "ffn_norm",
               "post_feedforward_layernorm": "post_ffw_norm"}


def gguf_name(name, arch):
    name = name.removeprefix("model.")
    if name == "embed_tokens.weight":
        return "token_embd.weight"
    if name == "norm.weight":
        return "output_norm.weight"
    if name == "lm_head.weight":
        return "output.weight"
    _, index, rest = name.split(".", 2)
    module, suffix = rest.rsplit(".", 1)
    modules = GGUF_MODULES | (GGUF_GEMMA3 if arch == "gemma3" else {})
    return f"blk.{index}.{modules[module]}.{suffix}"


def save_gguf(path, arch, config, state, rope_divisors=None):
    """As llama.cpp's converter writes it: bf16 matrices, f32 vectors, q and k permuted for arch llama, Gemma's norms
    plus one, Llama 3's rope scaling as divisors."""
    writer = gguf.GGUFWriter(str(path), arch)
    heads, kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
    head_dim = config.get("head_dim") or config["hidden_size"] // heads
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_vocab_size(config["vocab_size"])
    writer.add_key_length(head_dim)
    writer.add_value_length(head_dim)
    if arch == "gemma3":
        writer.add_sliding_window(config["sliding_window"])
        if "rope_scaling" in config:
            writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
            writer.add_rope_scaling_factor(config["rope_scaling"]["factor"])
    for name, tensor in state.items():
        value = tensor.float().numpy()
        if arch == "llama" and (".q_proj." in name or ".k_proj." in name):
            value = permute(value, heads if ".q_proj." in name else kv_heads)
        if arch == "gemma3" and name.endswith("norm.weight"):
            value = value + 1.0
        target = gguf_name(name, arch)
        if value.ndim == 1:
            writer.add_tensor(target, np.ascontiguousarray(value, dtype=np.float32))
        else:
            raw = gguf.quants.quantize(np.ascontiguousarray(value), gguf.GGMLQuantizationType.BF16)
            writer.add_tensor(target, raw, raw_dtype=gguf.GGMLQuantizationType.BF16)
    if rope_divisors is not None:
        writer.add_tensor("rope_freqs.weight", np.asarray(rope_divisors, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
