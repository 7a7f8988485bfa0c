"""``python -m evanesce`` is the command ``evanesce``."""

import sys

from evanesce.cli import main

if __name__ == "__main__":
    sys.exit(main())
