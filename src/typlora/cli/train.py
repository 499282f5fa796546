"""``typlora train``: fine-tune a base model on versioned data."""

import argparse
import sys
from pathlib import Path

SUMMARY = "fine-tune a base model on versioned data"
OUTPUTS = Path("outputs")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from typlora.train.flags import add_config_flags

    parser.add_argument(
        "--data", type=Path, nargs="+", required=True, metavar="FILE", help="JSONL training data"
    )
    parser.add_argument(
        "--out", type=Path, metavar="RUN", help="folder of the new run (default: the next number in outputs/)"
    )
    parser.add_argument("--profile", metavar="NAME", help="configs/NAME.toml")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="a TOML file of your own, over the profile"
    )
    parser.add_argument(
        "--eval-data", type=Path, metavar="FILE",
        help="rows that must not be trained on and that are scored on (default: eval.jsonl beside the data)",
    )  # fmt: skip
    parser.add_argument("--no-eval-data", action="store_true", help="use no such file even if there is one")
    parser.add_argument(
        "--dry-run", action="store_true", help="print configuration and memory plan; load and write nothing"
    )
    parser.add_argument(
        "--device-memory", type=float, metavar="GB", help="with --dry-run: plan for a GPU of that size"
    )
    start = parser.add_argument_group("where to start from (default: the base model)")
    start.add_argument("--continue-from", metavar="RUN", help="a run (folder, name or 001) to train further")
    start.add_argument(
        "--resume-from-checkpoint", type=Path, metavar="CHECKPOINT",
        help="go on with that run; with other data it is continued as a new run",
    )  # fmt: skip
    start.add_argument(
        "--peft-model-path", type=Path, metavar="ADAPTER", help="an adapter folder to train further"
    )
    start.add_argument(
        "--continue-training", action="store_true", help="with --peft-model-path: what it does anyway"
    )
    add_config_flags(parser)


def run(args: argparse.Namespace) -> int:
    from typlora.errors import ConfigError
    from typlora.model.numbering import find_run, next_run
    from typlora.model.profiles import effective
    from typlora.train.flags import config_flags
    from typlora.train.session import Request, start

    given = [args.continue_from, args.resume_from_checkpoint, args.peft_model_path]
    if sum(value is not None for value in given) > 1:
        raise ConfigError("give one of --continue-from, --resume-from-checkpoint and --peft-model-path")
    if args.continue_training and all(value is None for value in given):
        raise ConfigError(
            "--continue-training needs --peft-model-path, --continue-from or --resume-from-checkpoint"
        )
    if args.device_memory is not None and not (args.dry_run and args.device_memory > 0):
        raise ConfigError("--device-memory wants a number of GB and --dry-run")
    source = args.peft_model_path
    if args.continue_from is not None:
        source = find_run(args.continue_from, args.out.parent if args.out else OUTPUTS)
    flags = config_flags(args)
    out = args.out
    if out is None:
        model = effective(args.profile, args.config, flags).config.model_id
        out = next_run(OUTPUTS, model)
    request = Request(
        tuple(args.data),
        out,
        args.profile,
        args.config,
        flags,
        source,
        args.resume_from_checkpoint,
        None if args.no_eval_data else args.eval_data or _held_out(args.data),
        args.dry_run,
        args.device_memory,
    )
    return start(request, sys.stderr)


def _held_out(data: list[Path]) -> Path | None:
    """``eval.jsonl`` beside the first data file, where there is one."""
    beside = data[0].parent / "eval.jsonl"
    return beside if beside.is_file() else None
