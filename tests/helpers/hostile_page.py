"""A page that shows hostile texts in every element the app uses, made harmless by the toolkit."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from hostile_texts import AT, TEXTS
from invented import assessment_of, layers_of
from streamlit_folium import st_folium

from toolkit.base import egress, escape
from toolkit.output import map_page

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
drawn = map_page.exposure_map(assessment_of(layers_of(text=hostile), name=hostile), "seen", "my")
st_folium(drawn, key="map", returned_objects=[], height=500, use_container_width=True)
