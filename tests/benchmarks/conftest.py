"""The benchmarks are scripts beside each other, which pytest does not put on the path by itself."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
