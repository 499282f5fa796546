"""The original project's training command; the same as ``typlora train --profile llama32-3b``.

    python python/train_llama32_3b_qlora_fixed.py --data jsonl/train_001.jsonl \\
        --out outputs/llama32-3b-typst-qlora-001 --epochs 10 --batch_size 2 --grad_accum 8
"""

import sys

from typlora.cli.main import main

if __name__ == "__main__":
    flags = sys.argv[1:]
    named = any(flag.split("=")[0] == "--profile" for flag in flags)
    sys.exit(main(["train", *([] if named else ["--profile", "llama32-3b"]), *flags]))
