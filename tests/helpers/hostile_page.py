"""A page that shows hostile texts in every element the app uses, made harmless by the toolkit."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import streamlit as st
from hostile_texts import AT, TEXTS
from invented import layers_of
from made import claim_of, other_claim, report_on

from toolkit.base import egress, escape
from toolkit.output.report import hand_out

egress.require_guard()
for number, text in enumerate(TEXTS):
    shown = escape.markdown(text)
    st.markdown(shown)
    st.caption(shown)
    st.info(shown)
    st.error(shown)
    st.button(shown, key=f"button{number}", help=shown)
    st.checkbox(shown, key=f"box{number}")
    st.selectbox(shown, [escape.plain(text)], key=f"select{number}")
    st.number_input(shown, key=f"number{number}")
    st.metric(shown, shown)
    st.table(pd.DataFrame({shown: [shown]}))
    with st.expander(shown, expanded=True):
        st.write(shown)
    st.html(f"<p><b title={escape.attribute(text)}>{escape.html(text)}</b></p>")
st.subheader("end of texts")
hostile = AT.join(TEXTS)
sheet = hand_out.interactive(
    report_on(layers_of(text=hostile), name=hostile),
    claims=(claim_of(says=hostile, note=hostile), other_claim()),
    valid_until=dt.date(2024, 9, 8),
    tier="seen",
    advice=hostile,
    lang="my",
)
st.iframe(sheet, height=900)
