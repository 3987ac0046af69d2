"""Fine-tune the stance cross-encoder: `python -m api.stance.train --help`.

Needs torch and transformers only. The optimiser is AdamW with a linear warm-up and, with `--minutes`, a linear decay that
ends when the time is over, so that a run fits the machine it has. Dropout is off: on a CPU drawing the masks costs as much
as the arithmetic, and the runs are shorter than one pass over some parts of the mix.
"""

import argparse
import json
import random
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from api.stance.data import LABELS, Pair, mixed, read_pairs, read_phase, split_contrast
from api.stance.documents import read_documents
from api.stance.measure import macro_f1

WARMUP_STEPS = 100
POOL_BATCHES = 50
LENGTH_STEP = 16
"""Few distinct shapes: the CPU kernels are compiled once for each."""
SAVE_EVERY_SECONDS = 900
LABEL_SMOOTHING = 0.05
SELECT_PAIRS = 400


def parse_arguments() -> argparse.Namespace:
    """Command-line arguments, as `--help` shows them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train, dev and contrast_health .jsonl.gz")
    parser.add_argument("--more", type=Path, nargs="*", default=[], help="further pair files; the stem is the data set's name")
    parser.add_argument("--documents", type=Path, nargs="*", default=[], help="files of written documents with their claims")
    parser.add_argument("--init", type=Path, required=True, help="folder of an encoder or of an earlier run (safetensors)")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints, outside the repository")
    parser.add_argument("--phase", choices=("general", "health", "health_again", "documents"), default="general")
    parser.add_argument("--layers", type=int, help="keep only the first N transformer layers")
    parser.add_argument("--freeze", type=int, default=0, help="do not train the first N layers; word embeddings never are")
    parser.add_argument("--lr", type=float, default=5e-5)
    parser.add_argument("--batch-tokens", type=int, default=2048)
    parser.add_argument("--minutes", type=float, help="decay the rate to zero over this long, then stop")
    parser.add_argument("--exclude-noncommercial", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def load_model(init: Path, layers: int | None, freeze: int) -> tuple[Any, Any]:
    """Tokeniser and three-way classifier, cut to `layers`, with the lower part frozen."""
    tokenizer = AutoTokenizer.from_pretrained(init)
    labels = dict(enumerate(LABELS))
    model = AutoModelForSequenceClassification.from_pretrained(
        init, num_labels=3, id2label=labels, label2id={v: k for k, v in labels.items()},
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, use_safetensors=True,
    )  # fmt: skip
    encoder = model.base_model.encoder
    if layers:
        encoder.layer = encoder.layer[:layers]
        model.config.num_hidden_layers = layers
    model.base_model.embeddings.requires_grad_(False)
    for layer in encoder.layer[:freeze]:
        layer.requires_grad_(False)
    return tokenizer, model


def read_training_pairs(args: argparse.Namespace) -> tuple[list[Pair], list[Pair], int]:
    """(training pairs after the mix, pairs to select on, longest pair in tokens)."""
    phase, noncommercial = read_phase(args.phase)
    contrast = read_pairs(args.data / "contrast_health.jsonl.gz", "contrast")
    train_contrast, held_out = split_contrast(contrast)
    pairs = read_pairs(args.data / "train.jsonl.gz") + train_contrast
    for path in args.more:
        more_train, more_held_out = split_contrast(read_pairs(path, path.name.split(".")[0]))
        pairs += more_train
        held_out += more_held_out
    for path in args.documents:
        more_train, more_held_out = read_documents(path)
        pairs += more_train
        held_out += more_held_out
    if args.exclude_noncommercial:
        pairs = [pair for pair in pairs if pair.dataset not in noncommercial]
    dev = random.Random(0).sample(read_pairs(args.data / "dev.jsonl.gz"), SELECT_PAIRS)
    held_out = random.Random(0).sample(held_out, min(SELECT_PAIRS, len(held_out)))
    return mixed(pairs, phase, args.seed), dev + held_out, phase.max_tokens


def batches(
    pairs: Sequence[Pair], tokenizer: Any, max_tokens: int, batch_tokens: int, rng: random.Random
) -> Iterator[tuple[Any, list[int]]]:
    """Batches of about `batch_tokens` tokens, alike in length, drawn from shuffled pools; ends after one pass."""
    pool_size = POOL_BATCHES * batch_tokens // 64
    for start in range(0, len(pairs), pool_size):
        pool = pairs[start : start + pool_size]
        rows = tokenizer([p.premise for p in pool], [p.hypothesis for p in pool], truncation=True, max_length=max_tokens)["input_ids"]
        buckets: dict[int, list[int]] = {}
        for i, row in enumerate(rows):
            buckets.setdefault(-(-len(row) // LENGTH_STEP) * LENGTH_STEP, []).append(i)
        groups = [
            bucket[at : at + batch_tokens // length]
            for length, bucket in sorted(buckets.items())
            for at in range(0, len(bucket), batch_tokens // length)
        ]
        rng.shuffle(groups)
        for group in groups:
            batch = tokenizer.pad({"input_ids": [rows[i] for i in group]}, pad_to_multiple_of=LENGTH_STEP, return_tensors="pt")
            yield batch, [LABELS.index(pool[i].label) for i in group]


@torch.inference_mode()
def select(model: Any, tokenizer: Any, pairs: Sequence[Pair], max_tokens: int) -> dict[str, float]:
    """Macro-F1 by data set and over all, on the pairs kept for selection."""
    model.eval()
    gold: dict[str, list[int]] = {}
    called: dict[str, list[int]] = {}
    ordered = sorted(pairs, key=lambda p: len(p.premise) + len(p.hypothesis))
    for start in range(0, len(ordered), 32):
        part = ordered[start : start + 32]
        batch = tokenizer(
            [p.premise for p in part],
            [p.hypothesis for p in part],
            truncation=True,
            max_length=max_tokens,
            padding=True,
            return_tensors="pt",
        )
        with torch.autocast("cpu", dtype=torch.bfloat16):
            answer = model(**batch).logits.argmax(-1).tolist()
        for pair, label in zip(part, answer, strict=True):
            for name in (pair.dataset, "all"):
                gold.setdefault(name, []).append(LABELS.index(pair.label))
                called.setdefault(name, []).append(label)
    model.train()
    return {name: round(macro_f1(gold[name], called[name]), 4) for name in sorted(gold)}


def save(model: Any, tokenizer: Any, folder: Path, record: dict[str, Any]) -> None:
    """Write the checkpoint and its record; an earlier one stays whole until the new one is."""
    aside = folder.with_suffix(".new")
    model.save_pretrained(aside)
    tokenizer.save_pretrained(aside)
    (aside / "training.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
    old = folder.with_suffix(".old")
    if folder.exists():
        folder.replace(old)
    aside.replace(folder)
    if old.exists():
        for file in old.iterdir():
            file.unlink()
        old.rmdir()


def train(args: argparse.Namespace) -> None:
    """Train until the time is over, the pairs are spent, or SIGTERM asks to stop; save what there is."""
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    tokenizer, model = load_model(args.init, args.layers, args.freeze)
    pairs, dev, max_tokens = read_training_pairs(args)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=args.lr, weight_decay=0.01, fused=True)
    loss_of = torch.nn.CrossEntropyLoss(label_smoothing=LABEL_SMOOTHING)
    stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stop.append(number))
    record: dict[str, Any] = {"arguments": {k: str(v) for k, v in vars(args).items()}, "pairs_in_mix": len(pairs), "curve": []}
    began = saved = time.monotonic()
    seen, step, running = 0, 0, 1.1
    print(f"{len(pairs)} pairs in the mix, {len(dev)} to select on", flush=True)
    model.train()
    for batch, labels in batches(pairs, tokenizer, max_tokens, args.batch_tokens, rng):
        elapsed = time.monotonic() - began
        progress = max(seen / len(pairs), elapsed / (args.minutes * 60)) if args.minutes else 0.0
        if stop or progress >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = args.lr * min(1.0, (step + 1) / WARMUP_STEPS) * (1 - progress)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(**batch).logits
        loss = loss_of(logits.float(), torch.tensor(labels))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        step, seen = step + 1, seen + len(labels)
        running = 0.98 * running + 0.02 * loss.item()
        if step % 25 == 0:
            print(f"step {step} pairs {seen} loss {running:.4f} {seen / elapsed:.1f} pairs/s", flush=True)
        if time.monotonic() - saved > SAVE_EVERY_SECONDS:
            record["curve"].append(
                {
                    "pairs": seen,
                    "minutes": round(elapsed / 60, 1),
                    "loss": round(running, 4),
                    "macro_f1": select(model, tokenizer, dev, max_tokens),
                }
            )
            print(json.dumps(record["curve"][-1]), flush=True)
            save(model, tokenizer, args.out / "last", record)
            saved = time.monotonic()
    record["curve"].append({"pairs": seen, "loss": round(running, 4), "macro_f1": select(model, tokenizer, dev, max_tokens)})
    print(json.dumps(record["curve"][-1]), flush=True)
    save(model, tokenizer, args.out / "last", record)


if __name__ == "__main__":
    train(parse_arguments())
