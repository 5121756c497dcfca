"""The page on one camera without the rest of the app."""

from __future__ import annotations

import streamlit as st

from toolkit.app import markup
from toolkit.app.screens import camera
from toolkit.base import egress

egress.require_guard()
st.set_page_config(layout="wide")
markup.show_style("en")
camera.show("en")
