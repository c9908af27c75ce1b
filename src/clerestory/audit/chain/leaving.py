"""What leaves is what was logged, and the receipt is its recipient's: counted from the acts alone.

A hand-over repeats what its seal or its refusal binds, and a receipt what the hand-over binds. So
whoever reads the log alone sees where something else left, or somebody else signed for it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from clerestory.acts.statement import Signed
from clerestory.audit.chain.discrepancy import Wrong

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_BOUND = {
    "seal": ("package", "recipient", "sender"),
    "refuse": ("letter", "index"),
    "hand_over": ("sent",),
    "take_receipt": ("receipt", "receipt_key"),
}
"""What each of these acts binds by its digest."""


@dataclass(slots=True)
class Leaving:
    """The answer that stands in one matter, and its hand-over."""

    answer: Signed | None = None
    handed: Signed | None = None

    def take(self, signed: Signed, left: set[bytes]) -> Iterator[Wrong]:
        """Count one more act of the matter; yield each thing that is wrong with it.

        Args:
            signed: The act.
            left: The digests of all packages that left the office so far; what leaves is added.
        """
        told = signed.statement
        for name in _BOUND.get(told.act, ()):
            if not _DIGEST.fullmatch(told.facts.get(name, "")):
                yield Wrong(f"{told.act} binds a digest: {name}", code="chain-leaving-unbound")
        if told.act in ("seal", "refuse"):
            self.answer = signed
        elif told.act == "hand_over":
            yield from self._handed_over(signed, left)
            self.handed = signed
        elif told.act == "take_receipt":
            yield from self._receipt(signed)
        elif told.act == "take_back":
            if self.answer is None or told.facts.get("answered") != self.answer.digest:
                yield Wrong("what is taken back is the answer that stands", code="chain-left-other")
            self.answer = None

    def _handed_over(self, signed: Signed, left: set[bytes]) -> Iterator[Wrong]:
        facts = signed.statement.facts
        if self.answer is None:
            return  # told of already, as of what was never sealed
        answer = self.answer.statement
        wanted = {"answered": self.answer.digest}
        if answer.act == "seal":
            wanted |= {"recipient": answer.facts.get("recipient", ""), "beside": ""}
        else:
            wanted |= {
                "sent": answer.facts.get("letter", ""), "beside": answer.facts.get("index", ""),
                "recipient": "",
            }  # fmt: skip
        yield from _differing(facts, wanted, "what leaves is what was logged", "chain-left-other")
        sent = facts.get("sent", "")
        if answer.act == "seal" and _DIGEST.fullmatch(sent):
            # Each is encrypted anew: one that leaves twice is another answer's.
            if bytes.fromhex(sent) in left:
                yield Wrong("a package leaves once, in one matter", code="chain-left-twice")
            left.add(bytes.fromhex(sent))

    def _receipt(self, signed: Signed) -> Iterator[Wrong]:
        facts = signed.statement.facts
        if self.handed is None:
            yield Wrong("a receipt is of what was handed over", code="chain-receipt-other")
            return
        handed = self.handed.statement.facts
        wanted = {"handed_over": self.handed.digest, "sent": handed.get("sent", "")}
        yield from _differing(
            facts, wanted, "a receipt is of what was handed over", "chain-receipt-other"
        )
        if not handed.get("receipt_key") or facts.get("receipt_key") != handed["receipt_key"]:
            yield Wrong(
                "a receipt is signed with the key that was bound at the hand-over",
                code="chain-receipt-key",
            )


def _differing(
    facts: Mapping[str, str], wanted: Mapping[str, str], rule: str, code: str
) -> Iterator[Wrong]:
    differs = sorted(name for name, text in wanted.items() if facts.get(name) != text)
    if differs:
        yield Wrong(f"{rule}: {', '.join(differs)}", code=code)
