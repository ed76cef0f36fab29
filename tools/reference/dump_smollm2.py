"""What transformers computes from the real SmolLM2-135M-Instruct GGUF file, dequantized to f32: logits of one prompt
and the greedy continuation of 20 chat prompts.

    python3 tools/reference/dump_smollm2.py tests/golden/models/smollm2-135m-instruct [MODEL.gguf]

MODEL defaults to the file in the model cache ($AURIS_CACHE or ~/.cache/auris). Needs torch, transformers, gguf,
safetensors. The prompts are tokenized with the vocabulary of the file itself."""

import json
import os
import pathlib
import sys

import gguf
import torch
import transformers
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

from tiny_models import save_golden

SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
QUESTIONS = [
    "What is the capital of France?", "Write a short poem about the sea.", "Explain photosynthesis in two sentences.",
    "List three uses of copper.", "Translate 'good morning' into Spanish.", "Who wrote Pride and Prejudice?",
    "What is 12 times 7?", "Give me a recipe for pancakes.", "Why is the sky blue?", "Name the planets.",
    "Summarise the story of Cinderella.", "How do I tie a tie?", "What does HTTP stand for?", "Tell me a joke.",
    "What is machine learning?", "Write a haiku about autumn.", "Convert 10 miles to kilometres.",
    "Is a tomato a fruit?", "What should I pack for a hike?", "Caf\u00e9 or tea? Answer in one word.",
]
NEW_TOKENS = 48


def default_model():
    cache = os.environ.get("AURIS_CACHE") or pathlib.Path.home() / ".cache" / "auris"
    return pathlib.Path(cache) / "models" / "smollm2-135m-instruct" / "SmolLM2-135M-Instruct.Q4_1.gguf"


def field(reader, key):
    return reader.fields[key].contents()


def unpermute(weight, heads):
    return weight.reshape(heads, weight.shape[0] // heads // 2, 2, -1).swapaxes(1, 2).reshape(weight.shape)


def load_model(reader):
    heads, kv_heads = field(reader, "llama.attention.head_count"), field(reader, "llama.attention.head_count_kv")
    tensors = {t.name: gguf.quants.dequantize(t.data, t.tensor_type) for t in reader.tensors}
    config = transformers.LlamaConfig(
        vocab_size=tensors["token_embd.weight"].shape[0], hidden_size=field(reader, "llama.embedding_length"),
        intermediate_size=field(reader, "llama.feed_forward_length"), num_attention_heads=heads,
        num_hidden_layers=field(reader, "llama.block_count"), num_key_value_heads=kv_heads,
        max_position_embeddings=field(reader, "llama.context_length"), rope_theta=field(reader, "llama.rope.freq_base"),
        rms_norm_eps=field(reader, "llama.attention.layer_norm_rms_epsilon"), tie_word_embeddings=True)
    names = {"attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm", "attn_q": "self_attn.q_proj",
             "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj",
             "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj"}
    state = {"model.embed_tokens.weight": tensors["token_embd.weight"], "model.norm.weight": tensors["output_norm.weight"]}
    for name, value in tensors.items():
        if not name.startswith("blk."):
            continue
        _, index, module, suffix = name.split(".")
        if module in ("attn_q", "attn_k"):
            value = unpermute(value, heads if module == "attn_q" else kv_heads)
        state[f"model.layers.{index}.{names[module]}.{suffix}"] = value
    model = transformers.LlamaForCausalLM(config)
    missing, unexpected = model.load_state_dict({k: torch.from_numpy(v.copy()) for k, v in state.items()}, strict=False)
    assert not unexpected and set(missing) <= {"lm_head.weight"}, (missing, unexpected)
    model.tie_weights()
    return model.float().eval()


def load_tokenizer(reader):
    """The byte-level BPE of the file; SmolLM splits digits, then cuts as GPT-2 does."""
    vocab = {token: index for index, token in enumerate(field(reader, "tokenizer.ggml.tokens"))}
    merges = [tuple(merge.split(" ")) for merge in field(reader, "tokenizer.ggml.merges")]
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
    tokenizer.decoder = decoders.ByteLevel()
    types = field(reader, "tokenizer.ggml.token_type")
    tokenizer.add_special_tokens([token for token, index in vocab.items() if types[index] == 3])
    return tokenizer


def main():
    out = pathlib.Path(sys.argv[1])
    reader = gguf.GGUFReader(sys.argv[2] if len(sys.argv) > 2 else default_model())
    model, tokenizer = load_model(reader), load_tokenizer(reader)
    eos = field(reader, "tokenizer.ggml.eos_token_id")
    cases = []
    for question in QUESTIONS:
        prompt = (f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\n{question}<|im_end|>\n"
                  "<|im_start|>assistant\n")
        cases.append({"question": question, "prompt": prompt,
                      "prompt_ids": tokenizer.encode(prompt, add_special_tokens=False).ids})
    longest = max(len(case["prompt_ids"]) for case in cases)
    padding = [longest - len(case["prompt_ids"]) for case in cases]
    with torch.no_grad():  # all prompts at once, padded on the left
        result = model.generate(
            torch.tensor([[eos] * n + case["prompt_ids"] for n, case in zip(padding, cases)]),
            attention_mask=torch.tensor([[0] * n + [1] * (longest - n) for n in padding]), max_new_tokens=NEW_TOKENS,
            do_sample=False, eos_token_id=eos, pad_token_id=eos, return_dict_in_generate=True, output_logits=True)
    best = torch.stack(result.logits, dim=1).topk(2).values  # [case, step, 2]
    for index, case in enumerate(cases):
        answer = result.sequences[index, longest:].tolist()
        if eos in answer:
            answer = answer[:answer.index(eos) + 1]
        margins = best[index, :len(answer), 0] - best[index, :len(answer), 1]
        case |= {"answer_ids": answer, "answer": tokenizer.decode(answer), "smallest_margin": float(margins.min())}
    out.mkdir(parents=True, exist_ok=True)
    (out / "greedy.json").write_text(json.dumps({"system": SYSTEM, "eos": eos, "cases": cases}, indent=1) + "\n")
    with torch.no_grad():
        result = model(torch.tensor([cases[0]["prompt_ids"]]), output_hidden_states=True)
    golden = {"a.ids": torch.tensor(cases[0]["prompt_ids"]), "a.embeddings": result.hidden_states[0][0],
              "a.logits": result.logits[0, -1:]}
    for layer in range(0, len(model.model.layers) - 1):  # the last row only: the file stays small
        golden[f"a.layers.{layer}"] = result.hidden_states[layer + 1][0, -1:]
    golden["a.embeddings"] = golden["a.embeddings"][-1:]
    golden["a.norm"] = result.hidden_states[-1][0, -1:]
    save_golden(out / "golden.safetensors", golden)
    print("smallest margin", min(case["smallest_margin"] for case in cases))


if __name__ == "__main__":
    main()
