"""`python -m dnstrace` is the command."""

import sys

from dnstrace.cli import main

sys.exit(main())
