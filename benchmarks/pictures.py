"""How far the formula verifier can be trusted, by pictures: TeX's and Typst's glyphs side by side.

    python benchmarks/pictures.py ROWS.jsonl [--limit 300] [--engine rules|pandoc|tylax|tex2typst]

Prints how verdicts and pictures agree, then every row that the verifier calls equal although the pictures
differ. Needs pdflatex (Debian: texlive-latex-recommended, texlive-fonts-recommended) and pdfminer.six.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path

from typlora.convert.stack import Options
from typlora.errors import TyploraError
from typlora.evaluate.opening import open_converter
from typlora.evaluate.picture import Opinion, compare_pictures
from typlora.evaluate.run import judge
from typlora.evaluate.suites import read_suite
from typlora.verify.compiler import CompilerPool


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", type=Path)
    parser.add_argument("--limit", type=int, default=300)
    parser.add_argument("--engine", default="rules")
    flags = parser.parse_args()
    items = [item for item in read_suite(flags.rows).limited(flags.limit).items if not item.is_block]
    with CompilerPool(1) as pool:
        converter = open_converter(flags.engine, Options(engine="rules"), pool)
        outputs = converter.convert(items)
        rows = judge(items, outputs, pool)
        pairs = [(item.unit.latex, item.display, row.typst) for item, row in zip(items, rows, strict=True)]
        pictures = compare_pictures(pairs, pool)
    verdicts = [row.outcome if row.compiles else "does not compile" for row in rows]
    for (verdict, opinion), count in sorted(
        Counter(zip(verdicts, (p.opinion for p in pictures), strict=True)).items()
    ):
        print(f"{count:6}  verifier: {verdict:<18} pictures: {opinion}")
    checked = [
        (item, row, picture)
        for item, row, picture in zip(items, rows, pictures, strict=True)
        if row.equal and picture.opinion is not Opinion.UNREADABLE
    ]
    same = sum(picture.opinion is Opinion.SAME for _, _, picture in checked)
    share = same / max(1, len(checked))
    print(f"{len(checked)} rows called equal have readable pictures; {share:.2%} look the same")
    for item, row, picture in checked:
        if picture.opinion is not Opinion.SAME:
            print(f"\n{item.id} {picture.opinion}: {picture.detail}")
            print(f"  {item.unit.latex[:300]}\n  {row.typst[:300]}")


if __name__ == "__main__":
    try:
        main()
    except TyploraError as error:
        sys.exit(str(error))
