"""`python -m dengta_till` is `dengta-till`."""

import sys

from dengta_till.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
