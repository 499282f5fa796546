"""``python -m typlora``."""

try:
    from typlora.cli.main import main

    status = main()
except KeyboardInterrupt:  # before there was anything to tell, or while it was told
    status = 130
raise SystemExit(status)
