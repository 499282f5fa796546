"""Convert one LaTeX file with a fine-tuned model: the original command line, the code of ``typlora convert``.

    python python/inference_llama32_3b.py --input_file sample/sample_small.tex \\
        --output_file trained/001.typ --peft_model_path outputs/llama32-3b-typst-qlora-001

Flags may be spelled with ``_`` or ``-``. The base is the one the adapter was trained on, unless
``--model_id`` names another; nothing is downloaded from a hub that needs an account.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

LLAMA = "meta-llama/Llama-3.2-3B-Instruct"


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status of ``typlora convert``."""
    from typlora.cli.main import dashed
    from typlora.cli.main import main as typlora

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--input-file", required=True, metavar="FILE.tex")
    parser.add_argument("--output-file", required=True, metavar="FILE.typ")
    parser.add_argument("--peft-model-path", required=True, metavar="RUN", help="the adapter: a run folder")
    parser.add_argument(
        "--model-id", metavar="ID|PATH", help=f"base model; default: the adapter's own, else {LLAMA}"
    )
    parser.add_argument("--no-chunking", action="store_true", help="the whole document at once")
    parser.add_argument("--max-length", metavar="N", help="longest answer, in tokens")
    parser.add_argument("--engine", default="model", help="auto asks rules first and is more faithful")
    args = parser.parse_args(dashed(sys.argv[1:] if argv is None else argv))
    model = args.model_id
    if model is None and not (Path(args.peft_model_path) / "run.json").is_file():
        model = LLAMA
    command = ["convert", args.input_file, "-o", args.output_file, "--engine", args.engine]
    command += ["--adapter", args.peft_model_path]
    command += ["--model", model] if model is not None else []
    command += ["--max-length", args.max_length] if args.max_length is not None else []
    command += ["--no-chunking"] if args.no_chunking else []
    return typlora(command)


if __name__ == "__main__":
    sys.exit(main())
