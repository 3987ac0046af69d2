"""The figures by which stance is judged: macro-F1, precision and recall of one label, calibration error."""

from collections.abc import Sequence


def precision_recall(gold: Sequence[int], called: Sequence[int], label: int) -> tuple[float, float]:
    """Precision and recall of `label`, each in 0..1; 0 where nothing was called or there is nothing to find."""
    hit = sum(g == c == label for g, c in zip(gold, called, strict=True))
    n_called, n_gold = sum(c == label for c in called), sum(g == label for g in gold)
    return hit / n_called if n_called else 0.0, hit / n_gold if n_gold else 0.0


def macro_f1(gold: Sequence[int], called: Sequence[int]) -> float:
    """Unweighted mean of the F1 of each label that occurs in `gold`, in 0..1 (two-way sets are not judged on a third)."""
    scores = []
    for label in sorted(set(gold)):
        precision, recall = precision_recall(gold, called, label)
        scores.append(2 * precision * recall / (precision + recall) if precision + recall else 0.0)
    return sum(scores) / len(scores) if scores else 0.0


def calibration_error(confidence: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error over equal-width bins (Guo et al. 2017, eq. 3), in 0..1."""
    total = 0.0
    for b in range(bins):
        inside = [i for i, c in enumerate(confidence) if b / bins < c <= (b + 1) / bins]
        if inside:
            gap = sum(confidence[i] for i in inside) - sum(right[i] for i in inside)
            total += abs(gap) / len(confidence)
    return total
