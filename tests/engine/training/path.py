"""Puts engine/training on the path of the tests beside it."""

import sys
from pathlib import Path

TRAINING = Path(__file__).resolve().parents[3] / "engine" / "training"
sys.path.insert(0, str(TRAINING))
