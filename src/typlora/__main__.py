from typlora.cli.main import main

raise SystemExit(main())
