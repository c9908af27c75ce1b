"""How many slips in the packs each guard stops; see ``tests/mutants`` for how to run it."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from mutants.judging import Judge, Judged, table  # noqa: E402
from mutants.kinds import Slips, sample  # noqa: E402


def main() -> None:
    """Judge slips that are not in the file yet, and print the table."""
    options = _options()
    judge = Judge(options.packs, options.casebook, only_promises=options.only == "promises")
    whole = max(judge.stacks, key=lambda stack: len(stack.packs))
    slips = Slips(whole, judge.written, judge.rows, options.seed).all()
    slips = [slip for slip in slips if not options.kind or slip.kind == options.kind]
    if options.sample:
        slips = sample(slips, options.sample, options.seed)
    out = Path(options.out)
    lines = out.read_text("utf-8").splitlines() if out.exists() else []
    done = {one["slip"]: Judged(**one) for one in map(json.loads, lines)}
    with out.open("a", encoding="utf-8") as file:
        for number, slip in enumerate(slips, 1):
            if slip.name not in done:
                done[slip.name] = judge.judge(slip)
                file.write(json.dumps(asdict(done[slip.name])) + "\n")
                file.flush()
            print(f"\r{number} of {len(slips)}", end="", file=sys.stderr)
    print(file=sys.stderr)
    judged = [done[slip.name] for slip in slips]
    for one in judged if options.show else ():
        if one.does == "widens release" and not getattr(one, options.show):
            print(f"missed by {options.show}: {one.slip}")
    for line in table(judged):
        print(line)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, help="a line a slip; what stands there is kept")
    parser.add_argument("--packs", type=Path, default=ROOT / "packs")
    parser.add_argument("--casebook", type=Path, default=ROOT / "casebook")
    parser.add_argument("--sample", type=int, default=0, help="so many of each kind; 0: all")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--kind", default="")
    parser.add_argument("--only", choices=["promises"])
    parser.add_argument("--show", choices=["promises", "comparison", "answers", "check"])
    return parser.parse_args()


if __name__ == "__main__":
    main()
