// The map component. The module outlives the mounts of a page: geometry and views are kept here.

import { decode, metrePx, nearest } from "./geometry.js";
import { drawing, pins, ways } from "./draw.js";
import { guesses } from "./guesses.js";
import { makeLayer, SURE } from "./layer.js";
import { about, build, fill, NOT_KNOWN, layers, legend, make, panel, pieces, press, questions, search, showCard, STEP_ORDER, table, useDigits } from "./panel.js";

const PAPER_PX = [680, 610]; // place of the map on A4 across with margins of 10 mm (1047 x 718), next to legend and answer
const HERE = new URL(".", import.meta.url).href;
const packs = new Map(), views = new Map(), mounted = new Map();
const TAP_PX = 14, HOVER_PX = 8, ENTER_PX = 60, CAMERA_PX = 9, CLOSEST = 17, QUARTER = 14.5;
const STREAMLIT_KEYS = /^[rc]$/i; // shortcuts of Streamlit, which would run the page again
const ZONES = { likely: 0.32, possible: 0.18, not_excluded: 0.06, unknown: 0 }; // opacity by exposure class
// For tests and benchmarks: what was drawn, and when.
const log = (globalThis.toolkitMap ??= { streets: 0, drawn: 0, recoloured: 0, maps: mounted });

class Missing extends Error {}
async function fetched(url, name) {
  const answer = await fetch(url).catch(() => null);
  if (!answer?.ok) throw new Missing(name);
  return answer;
}
const css = (name) => fetched(HERE + name, name).then((answer) => answer.text()).then((text) => new CSSStyleSheet().replace(text));
let parts;
const load = () => (parts ??= (async () => {
  const styles = await Promise.all([css("leaflet.css"), css("map.css")]);
  await import(HERE + "leaflet.js").catch(() => { throw new Missing("leaflet.js"); });
  return { L: globalThis.L, styles, Layer: makeLayer(globalThis.L) };
})().catch((error) => { parts = null; throw error; }));
let drawn; // what draws is loaded for the pages that need it alone
const loadGeoman = () => (drawn ??= (async () => {
  const style = await css("leaflet-geoman.css");
  await import(HERE + "leaflet-geoman.min.js").catch(() => { throw new Missing("leaflet-geoman.min.js"); });
  return style;
})().catch((error) => { drawn = null; throw error; }));
function geometry(url) {
  if (!packs.has(url)) packs.set(url, fetched(url, "geometry").then((answer) => answer.arrayBuffer()).then(decode).catch((error) => { packs.delete(url); throw error; }));
  return packs.get(url);
}
function take(m, found) { // class of each street at each tier, and its chance; without figures nothing is known
  const n = m.g.streets.n * m.data.tiers.length;
  m.figures = m.data.figures;
  m.classes = found ? new Uint8Array(found, 0, n) : new Uint8Array(n);
  m.percent = found ? new Uint8Array(found, n) : new Uint8Array(3 * n).fill(NOT_KNOWN);
}

export function map(component) {
  const host = component.parentElement.querySelector(".tk-map");
  if (!host) return;
  let m = mounted.get(host);
  if (!m) mounted.set(host, (m = { host, shown: { names: true, cameras: true, ground: true }, tapped: null, found: -1 }));
  m.send = component.setStateValue;
  // One change after the other; the last one counts.
  m.wanted = component.data;
  m.turn = (m.turn ?? Promise.resolve()).then(() => m.gone ? null : apply(m, m.wanted)).catch((error) => fail(m, error));
  return () => {
    m.gone = true; keepView(m); m.watch?.disconnect(); removeEventListener("beforeprint", m.paper); mounted.delete(host);
    if (m.map) { m.map._animatingZoom = false; m.map.remove(); } // Leaflet would end a zoom on a map that is gone
  };
}

// Called before an estimate: the old city must not stay under the name of the new one.
let announced = null;
const left = (m, data) => m.gone || m.wanted !== data || (announced !== null && announced !== data.city);
export function announce({ data }) {
  announced = data.city;
  for (const m of mounted.values()) if (m.data && m.data.city !== data.city) clear(m);
}
function clear(m) {
  keepView(m);
  m.zones?.remove(); m.layer?.remove(); m.guessed?.remove();
  for (const one of [...(m.drawn ?? []), ...(m.pins ?? []), ...(m.ways ?? [])]) one.remove();
  Object.assign(m, { guessed: null, guessesUrl: null, drawKey: null, drawn: [], pins: [], ways: [] });
  for (const name of ["guesses", "draw"]) if (m.ui) { m.ui[name].replaceChildren(); m.ui[name].hidden = true; }
  Object.assign(m, { layer: null, zones: null, tapped: null, found: -1, url: null, answer: null, figures: null, listed: null, old: null });
  for (const name of ["card", "legend", "table", "panel", "about"]) m.ui?.[name].replaceChildren();
  if (m.ui) { m.ui.card.hidden = true; m.ui.banner.textContent = ""; m.ui.changed.textContent = m.data.words.drawing; }
}
function fail(m, error) {
  const words = m.wanted.words, what = error instanceof Missing ? error.message : `${error?.name}`;
  keepView(m); m.map?.remove();
  Object.assign(m, { map: null, layer: null, ui: null, url: null, answer: null, figures: null, listed: null });
  m.host.replaceChildren();
  make("p", m.host, { class: "tk-failed", role: "alert", text: fill(words.failed, { what }) });
  if (m.wanted.banner) make("p", m.host, { class: "tk-banner", text: m.wanted.banner });
  panel(make("section", m.host, { class: "tk-panel" }), m.wanted, m.wanted.tiers.findIndex((tier) => tier.id === m.wanted.tier));
}
const keepView = (m) => { if (m.map && m.layer) views.set(m.url, [m.map.getCenter(), m.map.getZoom()]); };

async function apply(m, data) {
  const { L, styles, Layer } = await load();
  const root = m.host.getRootNode();
  const all = data.draw ? [...styles, await loadGeoman()] : styles;
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...all.filter((style) => !root.adoptedStyleSheets.includes(style))];
  if (m.url !== data.geometry && m.layer) clear(m);
  const figures = !data.figures || data.figures === m.figures ? null : fetched(data.figures, "figures").then((answer) => answer.arrayBuffer());
  figures?.catch(() => {}); // told below, if it is still wanted
  const g = await geometry(data.geometry), found = figures && await figures;
  if (left(m, data)) return;
  const first = !m.map, moved = m.url !== data.geometry, answered = m.answer !== data.answer, other = m.data?.lang !== data.lang || m.data?.digits !== data.digits || m.data?.pending !== data.pending;
  const old = { data: m.data, tier: m.tier, percent: m.percent };
  Object.assign(m, { data, g, url: data.geometry, answer: data.answer });
  useDigits(data.digits);
  if (first) start(m, L);
  if (data.draw) m.map.pm ??= new L.PM.Map(m.map); // a map from before Geoman came
  m.host.classList.toggle("tk-hidden", Boolean(data.hidden && !data.pending));
  m.host.classList.toggle("tk-pending", Boolean(data.pending)); // streets alone, until the figures come
  m.ui.questions.inert = Boolean(data.pending);
  m.host.classList.toggle("tk-alone", Boolean(data.alone));
  if (found || !data.figures) take(m, found);
  if (first || moved || old.data?.tier !== data.tier) m.tier = data.tiers.findIndex((tier) => tier.id === data.tier);
  // What the street that was tapped had before; not after another question.
  m.before = answered && !moved && old.percent ? old.percent : null;
  m.host.lang = data.lang;
  if (other || moved) { words(m); questions(m); search(m); layers(m); about(m); await font(m); }
  if (left(m, data)) return;
  if (moved) { // after the rows above the map, which take of its height
    m.layer = new Layer(g, { held: true, drawn: (what) => { log[m.data.pending ? "streets" : "drawn"]++; log.last = what; } });
    m.map.invalidateSize({ pan: false });
    m.layer.addTo(m.map);
    seeCity(m);
  }
  say(m, moved ? null : old);
  paint(m);
  if (data.draw || m.drawKey) drawing(m, L);
  ways(m, L); pins(m, L);
  await guesses(m, L, fetched);
}

function start(m, L) {
  const ui = (m.ui = build(m.host)), coarse = matchMedia("(pointer: coarse)").matches;
  const map = (m.map = L.map(ui.box, {
    zoomSnap: 0.25, wheelPxPerZoomLevel: 160, attributionControl: false, zoomControl: false, fadeAnimation: false,
    maxZoom: 19, dragging: !coarse, scrollWheelZoom: false, bounceAtZoomLimits: false,
  }));
  m.map.setView([0, 0], 1);
  m.control = L.control.zoom().addTo(map);
  const Scale = L.Control.Scale.extend({ // in the digits of the page
    _updateScale(line, text, ratio) { L.Control.Scale.prototype._updateScale.call(this, line, text.replace(/\d+/, (value) => fill("{value}", { value })), ratio); },
  });
  m.scale = new Scale({ imperial: false, position: "bottomright" }).addTo(map);
  map.on("zoomend", () => { if (m.layer && !m.layer.held && m.ringed !== m.layer.ringed()) legend(m); }); // it explains what is drawn
  // The wheel scrolls the page until the map has the focus.
  ui.box.addEventListener("focusin", () => map.scrollWheelZoom.enable());
  ui.box.addEventListener("focusout", () => map.scrollWheelZoom.disable());
  m.host.addEventListener("keydown", (event) => { if (STREAMLIT_KEYS.test(event.key) && !event.ctrlKey && !event.metaKey) event.stopPropagation(); });
  const at = (latlng, px) => {
    const k = 2 ** map.getZoom(), p = map.project(latlng, 0), cameras = m.g.sets["points.cameras"];
    const camera = m.shown.cameras && px < ENTER_PX ? nearest(cameras, p.x, p.y, CAMERA_PX / k) : -1;
    if (camera >= 0) return { camera };
    const street = nearest(m.g.streets, p.x, p.y, px / k);
    return street >= 0 ? { street } : m.layer.outside(p.x, p.y) ? { outside: true } : null;
  };
  m.tap = (what) => { m.tapped = what; m.found = what?.label ?? -1; m.before = null; showCard(m); m.layer?.change({ chosen: pieces(m), found: m.found }); };
  map.on("click", (event) => m.layer && !m.data.draw && !m.data.hidden && m.tap(at(event.latlng, TAP_PX)));
  ui.box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === ui.box && m.layer) { if (m.data.draw) m.addHere(); else if (!m.data.hidden) m.tap(at(map.getCenter(), ENTER_PX)); }
    if (event.key === "Escape") m.tap(null);
  });
  // Hovering stays in the browser.
  let frame = 0;
  map.on("mousemove", (event) => { cancelAnimationFrame(frame); frame = requestAnimationFrame(() => hover(m, event, at)); });
  map.on("mouseout", () => { cancelAnimationFrame(frame); ui.tip.hidden = true; });
  if (coarse) { // one finger scrolls the page
    let timer;
    ui.box.addEventListener("touchmove", (event) => {
      ui.fingers.hidden = event.touches.length > 1;
      clearTimeout(timer); timer = setTimeout(() => { ui.fingers.hidden = true; }, 1200);
    }, { passive: true });
  }
  m.choose = (t) => {
    const old = { data: m.data, tier: m.tier };
    m.tier = t; m.before = null; say(m, old); paint(m);
    m.send("tier", m.data.tiers[t].id);
  };
  m.toggle = (name, on) => { m.shown[name] = on; paint(m); };
  m.go = (one) => go(m, L, one);
  m.watch = new ResizeObserver(() => { if (m.map && m.ui.box.clientWidth) resized(m); });
  m.watch.observe(ui.box);
  m.paper = () => fitPaper(ui.stage);
  addEventListener("beforeprint", m.paper);
}

function fitPaper(stage) { // the canvas stays as it is, drawn smaller or larger; sizes in map.css
  const { clientWidth: w, clientHeight: h, style } = stage;
  if (!w || matchMedia("print").matches) return;
  for (const [name, value] of [["w", `${w}px`], ["h", `${h}px`], ["zoom", Math.min(PAPER_PX[0] / w, PAPER_PX[1] / h)]])
    style.setProperty(`--tk-paper-${name}`, value);
}

function resized(m) { // the middle stays: rows above the map grow and shrink with the language
  const at = m.map.getCenter(), zoom = m.map.getZoom(), { clientWidth: w, clientHeight: h } = m.ui.box;
  if (!m.fitting && m.map.getSize().equals([w, h])) return;
  m.map.invalidateSize({ pan: false });
  if (m.fitting) seeCity(m); else m.map.setView(at, zoom, { reset: true });
}

function seeCity(m, again = false) {
  const [west, south, east, north] = m.g.bounds, kept = again ? null : views.get(m.url);
  m.fitting = !m.ui.box.clientWidth; // not laid out yet
  if (kept) m.map.setView(...kept, { animate: false });
  else m.map.fitBounds([[south, west], [north, east]], { animate: false, padding: [6, 6] });
}

function hover(m, event, at) {
  if (m.gone || !m.layer) return;
  const what = at(event.latlng, HOVER_PX), { tip } = m.ui, words = m.data.words;
  tip.hidden = !what || what.outside === true;
  if (tip.hidden) return;
  tip.textContent = what.camera !== undefined ? words.kinds[m.g.cameras[what.camera].kind] ?? words.kinds.unknown : m.layer.name(what.street) || words.no_name;
  const left = event.containerPoint.x > m.ui.box.clientWidth / 2;
  tip.style.transform = `translate(${event.containerPoint.x + (left ? -12 : 12)}px,${event.containerPoint.y + 14}px)${left ? " translateX(-100%)" : ""}`;
}

function go(m, L, one) {
  const { streets, sets } = m.g, unproject = (x, y) => m.map.unproject([x, y], 0);
  if (one.place !== undefined) {
    const set = sets["points.places"];
    m.map.setView(unproject(set.X[one.place], set.Y[one.place]), CLOSEST, { animate: false });
    return;
  }
  if (one.label !== undefined) {
    const set = sets["points.labels"], { kind, m: metres } = m.g.labels[one.label];
    const widest = Math.log2(m.ui.box.clientWidth / 2 / Math.max(metres * metrePx(set.Y[one.label]), 1e-9));
    m.map.setView(unproject(set.X[one.label], set.Y[one.label]), kind === "quarter" ? QUARTER : Math.min(CLOSEST, Math.max(QUARTER, widest)), { animate: false });
    m.tap({ label: one.label });
    return;
  }
  m.tap({ name: one.name });
  let a = Infinity, b = Infinity, c = -Infinity, d = -Infinity;
  for (const i of pieces(m)) {
    a = Math.min(a, streets.box[4 * i]); b = Math.min(b, streets.box[4 * i + 1]);
    c = Math.max(c, streets.box[4 * i + 2]); d = Math.max(d, streets.box[4 * i + 3]);
  }
  m.map.fitBounds(L.latLngBounds(unproject(a, d), unproject(c, b)), { maxZoom: CLOSEST, animate: false });
}

function words(m) {
  const { ui, data } = m, text = data.words;
  ui.box.setAttribute("aria-label", text.map);
  ui.fingers.textContent = text.fingers;
  m.scale._update();
  m.control._zoomInButton.title = text.zoom_in; m.control._zoomInButton.setAttribute("aria-label", text.zoom_in);
  m.control._zoomOutButton.title = text.zoom_out; m.control._zoomOutButton.setAttribute("aria-label", text.zoom_out);
  ui.foot.replaceChildren();
  const whole = make("button", ui.foot, { type: "button", text: text.whole_city });
  whole.addEventListener("click", () => seeCity(m, true));
  for (const line of data.foot) if (line) make("p", ui.foot, { text: line });
}

async function font(m) { // before the first name is drawn in it
  const needed = m.data.lang === "my" || [m.g.names, (m.g.labels ?? []).map((one) => one.names)].some((every) => every.some((names) => /[\u1000-\u109f]/.test(names.join(""))));
  m.fontFailed = needed && !(await document.fonts.load(`11px "${m.data.font}"`, "မ").then((found) => found.length, () => 0));
}

function look(m) { // what the canvas needs
  const n = m.g.streets.n, tier = m.data.tiers[m.tier], at = 3 * n * m.tier;
  const shown = m.classes.subarray(n * m.tier, n * (m.tier + 1));
  const rest = { lang: m.data.lang, font: m.data.font, reach_m: tier.reach_m, shown: m.shown };
  if (!m.shown.sure) return { ...rest, cls: shown, steps: m.data.steps, order: STEP_ORDER };
  const cls = shown.map((c, i) => (c === m.data.steps.length - 1 ? 2 : m.percent[at + 2 * n + i] - m.percent[at + i] >= 50 ? 1 : 0));
  return { ...rest, cls, steps: SURE, order: [2, 1, 0] };
}

function paint(m) {
  m.layer.change({ ...look(m), held: false, chosen: pieces(m), found: m.found });
  log.recoloured++;
  press(m); panel(m.ui.panel, m.data, m.tier); legend(m); showCard(m); table(m); zones(m);
}

function say(m, old) { // one line on what changed
  const { data, ui } = m, words = data.words, tier = data.tiers[m.tier];
  let text = m.fontFailed ? words.font_failed : "";
  if (old?.data && old.data.lang === data.lang && tier.share && !old.data.hidden) {
    const before = old.data.tiers[old.tier];
    if (old.tier !== m.tier) text = fill(words.question_changed, { name: tier.name, old: before.share ?? "–", other: before.name, new: tier.share });
    else if (old.data !== data && old.data.answer !== data.answer) text = fill(before.share === tier.share ? words.same : words.changed, { name: tier.name, old: before.share, new: tier.share });
    else text = ui.changed.textContent;
  }
  ui.changed.textContent = text;
}

async function zones(m) {
  const url = m.data.zones[m.data.tiers[m.tier].id], note = m.ui.layers.querySelector(".tk-zones");
  m.zones?.remove(); m.zones = null;
  if (!m.shown.zones) return;
  try {
    note.textContent = m.data.words.drawing;
    const found = await fetched(url, "zones").then((answer) => answer.json());
    if (m.gone || !m.shown.zones || m.data.zones[m.data.tiers[m.tier].id] !== url) return;
    m.zones?.remove();
    m.zones = globalThis.L.geoJSON(found, { interactive: false, style: (one) => ({ stroke: false, fillColor: "#5b2a86", fillOpacity: ZONES[one.properties.exposure_class] ?? 0 }) }).addTo(m.map);
    note.textContent = "";
  } catch { note.textContent = m.data.words.zones_failed; }
}
