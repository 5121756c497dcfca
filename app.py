"""Start the app: ``python app.py``, or ``streamlit run app.py`` in this folder."""

from __future__ import annotations

import sys

from streamlit.starlette import App

from toolkit.app import serve
from toolkit.base import egress
from toolkit.base.errors import ToolkitError

if __name__ == "__main__":
    try:
        serve.start(open_browser=True)
    except ToolkitError as error:
        sys.exit(str(error))
else:
    try:
        egress.refuse_unsafe_settings(only_set=False)
    except ToolkitError as error:
        sys.exit(str(error))
    serve.guard()
    app = App(
        serve.MAIN,
        middleware=serve.middleware(),
        routes=serve.routes(),
        lifespan=serve.announcing(open_browser=False),
    )
