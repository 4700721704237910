"""A child that is killed in the middle of a line of its report."""

import sys

if __name__ == "__main__":
    sys.stdout.write('{"recording": 1, "event": "keyframe"}\n{"recording": 1, "ev')
