"""Hands out the notebooks and marks what comes back: `python -m autograder --help`."""

import sys

# jsonschema, which nbformat imports, would compile a grammar of internationalised addresses, and
# every worker would wait more than a second for it. No notebook needs one; jsonschema does without.
sys.modules.setdefault("rfc3987_syntax", None)
