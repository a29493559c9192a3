"""Write down which signs the fonts that come with typst have: what they lack cannot stand in a PDF/A.

Run it after typst was renewed: .venv/bin/python -m tools.paper_signs
"""

import json
import re
import unicodedata
from itertools import groupby
from pathlib import Path

import typst

from app.services.paper import FONTS, SIGNS

_LACKING = re.compile(r'the text `"(?:\\u\{([0-9a-f]+)\}|(.))"`')
_LEFT_OUT = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_SOURCE = f'#set text(font: {FONTS}, lang: "nl")\n#for one in json(bytes(sys.inputs.signs)) [#par(one)]'


def lacking(signs: list[str]) -> set[str]:
    """Those of some signs that cannot stand in a PDF/A."""
    try:
        typst.compile(
            _SOURCE.encode(),
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"signs": json.dumps(signs)},
            pdf_standards=["a-2a"],
        )
    except typst.TypstError as error:
        found = {chr(int(code, 16)) if code else sign for code, sign in _LACKING.findall(error.diagnostic)}
        if found & set(signs):
            return found
        half = len(signs) // 2
        return lacking(signs[:half]) | lacking(signs[half:]) if half else set(signs)
    return set()


def main() -> None:
    """Try every sign there is."""
    every = [chr(code) for code in range(32, 0x20000) if unicodedata.category(chr(code)) not in _LEFT_OUT]
    there: list[str] = []
    for start in range(0, len(every), 512):
        some = every[start : start + 512]
        while gone := lacking(some):
            some = [sign for sign in some if sign not in gone]
            if not some:
                break
        there += some
    codes = [ord(sign) for sign in there]
    runs = [[code for _, code in run] for _, run in groupby(enumerate(codes), lambda pair: pair[1] - pair[0])]
    target = Path(__file__).parents[1] / "app" / "services" / SIGNS
    target.write_text(json.dumps([[run[0], run[-1]] for run in runs]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
