"""Where the tests find captures: $NARROWS_CAPTURES, else ../shared/conformance/pcap beside the checkout, else the few
that come with it. The last is said aloud, since then most of them are not tested."""
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = ROOT.parent / "shared/conformance/pcap"
OWN = ROOT / "tests/data/captures"


def folder():
    given = os.environ.get("NARROWS_CAPTURES")
    if given:
        return Path(given)
    if SHARED.is_dir():
        return SHARED
    print(f"SKIPPED: ../shared/conformance/pcap is not there: only the captures of {OWN.relative_to(ROOT)}", file=sys.stderr)
    return OWN
