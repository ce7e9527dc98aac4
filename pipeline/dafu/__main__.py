"""``python -m dafu`` is the command ``dafu``."""

from dafu.cli import main

main()
