"""``python -m bench [name ...]``: the measurements of these names, or all."""

from __future__ import annotations

import sys

from bench.runner import main

main(*sys.argv[1:])
