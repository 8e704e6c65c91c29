"""What it costs to go on from a shifted prefix: when a prompt's window slides, the cells of text
that stays could be kept (their keys turned back by the distance) instead of being computed anew,
although deeper layers' cells still know the text that has left.

Measured without a cache, by a mask: in one pass the text that stays attends to what has left, and
what comes after it does not. On held-out files, at some line's inner token of the new text: how
often the rest of the line is what the model finds likeliest at each token, with the window computed
anew, with shifted cells, and with nothing having left. Needs PyTorch and the training corpus.

Usage: python3 shifted_prefix.py MODEL.gguf [--held-out FOLDER] [--rows N] [--left N] [--kept N]
"""
import argparse
import random
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "engine/training"))
import export  # noqa: E402
import model as model_of  # noqa: E402
from fetch import default_work_folder  # noqa: E402
from held_out_loss import held_out_rows  # noqa: E402

FRONT = 16  # tokens at the start of each prompt that never leave
NEW = 96    # tokens behind the window
PLACES = 6  # of a row


def states(model, ids, positions, seen):
    """[tokens][width] with a position for each token and seen [tokens][tokens] instead of the
    causal mask."""
    def attend(q, k, v):
        scores = torch.matmul(q * q.shape[-1] ** -0.5, k.transpose(-1, -2))
        return torch.matmul(scores.masked_fill(~seen, float("-inf")).softmax(-1), v)

    causal, model_of.attend = model_of.attend, attend
    table, model.table = model.table, model.table[:, positions]
    hidden = model(ids[None])[0]
    model_of.attend, model.table = causal, table
    return hidden


def first_choices(model, ids, left, kept):
    """What the model finds likeliest behind each token of the new text: anew, shifted, whole."""
    stays = FRONT + left
    window = torch.cat([ids[:FRONT], ids[stays:]])
    count = len(window)
    anew = states(model, window, torch.arange(count), torch.ones(count, count).tril().bool())
    whole = states(model, ids, torch.arange(len(ids)), torch.ones(len(ids), len(ids)).tril().bool())
    # The front a second time, where the window has it now: next to the text that stays.
    both = torch.cat([ids[:stays], ids[:FRONT], ids[stays:]])
    positions = torch.cat([torch.arange(stays), left + torch.arange(FRONT),
                           torch.arange(stays, len(ids))])
    seen = torch.ones(len(both), len(both)).tril().bool()
    again, text, new = stays, stays + FRONT, stays + FRONT + kept
    seen[again:text, :again] = False      # as at the start
    seen[text:new, again:text] = False    # computed before the window slid
    seen[new:, :again] = False            # has left
    shifted = states(model, both, positions, seen)
    output = model.output.detach().t()
    return [(hidden[-NEW - 1:].float() @ output).argmax(-1) for hidden in (anew, shifted, whole)]


def places(vocabulary, new, generator):
    """Begin and end of the rest of some lines, as indices into `new`: from an inner token on."""
    texts = [vocabulary.decode([int(token)]) for token in new]
    ends = [i for i, text in enumerate(texts) if b"\n" in text]
    found = []
    for first, end in zip([-1, *ends], ends):
        if end - first >= 3:
            found.append((generator.randrange(first + 1, end - 1), end))
    generator.shuffle(found)
    return found[:PLACES]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--held-out", type=Path, default=default_work_folder() / "heldout")
    parser.add_argument("--rows", type=int, default=24, help="of each language")
    parser.add_argument("--left", type=int, default=256, help="tokens that leave the window")
    parser.add_argument("--kept", type=int, default=600, help="tokens that stay")
    arguments = parser.parse_args()
    model, vocabulary = export.load(arguments.model)
    model.eval()
    model.table = model_of.rope_table(model.config, 4096)
    length = FRONT + arguments.left + arguments.kept + NEW
    rows = held_out_rows(arguments.held_out, vocabulary, length - 1, arguments.rows)
    generator = random.Random(1)
    for kind in rows:
        right, total, differ = [0, 0, 0], 0, 0
        for row in torch.from_numpy(kind.ids):
            with torch.no_grad():
                choices = first_choices(model, row, arguments.left, arguments.kept)
            new = row[-NEW:]
            for begin, end in places(vocabulary, new, generator):
                # choices[i] is behind the token before new[i].
                exact = [bool((choice[begin:end] == new[begin:end]).all()) for choice in choices]
                right = [sum(pair) for pair in zip(right, exact)]
                differ += exact[0] != exact[1]
                total += 1
        shares = ", ".join(f"{name} {100 * count / total:.1f} %"
                           for name, count in zip(("anew", "shifted", "nothing left"), right))
        print(f"{kind.language}: rest of line, {total} places: {shares}; "
              f"anew and shifted differ at {differ}", flush=True)


main()
