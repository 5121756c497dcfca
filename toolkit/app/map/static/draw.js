// Points and lines that users draw, with Geoman; by keyboard Enter puts one in the middle of the map. They
// go to the page's own server after each change, and are kept nowhere else.

import { fill, make } from "./panel.js";

const SHAPE = { point: "Marker", line: "Line" }, LINE = { color: "#0b5cad", weight: 5 };

const icon = (L) => L.divIcon({ className: "tk-pin", iconSize: [26, 26], iconAnchor: [13, 13] });
const places = (layer) => [layer.getLatLngs?.() ?? layer.getLatLng()].flat(2).map((at) => [at.lng, at.lat]);

function made(m, L, shape) {
  const at = shape.map(([lon, lat]) => [lat, lon]);
  return m.data.draw.kind === "point" ? L.marker(at[0], { icon: icon(L), draggable: true }) : L.polyline(at, LINE);
}

function tell(m) {
  const { key, words, most } = m.data.draw;
  m.drawn.forEach((layer, k) => {
    const node = layer.getElement?.();
    if (!node || m.data.draw.kind !== "point") return;
    node.textContent = String(k + 1); node.setAttribute("aria-label", fill(words.mark, { n: k + 1 }));
  });
  m.drawUi.number.textContent = fill(words.number, { n: m.drawn.length, most });
  const none = m.drawn.length === 0;
  for (const one of [m.drawUi.remove, m.drawUi.undo, m.drawUi.clear]) one.disabled = none;
  if (none && m.map.pm.globalRemovalModeEnabled()) m.map.pm.disableGlobalRemovalMode();
  return { key, shapes: m.drawn.map(places) };
}
const send = (m) => m.send("drawn", tell(m));

function keep(m, layer) {
  if (m.drawn.length >= m.data.draw.most) { layer.remove(); return; }
  m.drawn.push(layer);
  layer.on("dragend pm:dragend pm:edit", () => send(m));
  layer.on("pm:remove", () => take(m, layer));
  layer.getElement?.()?.addEventListener("keydown", (event) => {
    if (event.key !== "Delete" && event.key !== "Backspace") return;
    event.preventDefault(); layer.remove(); take(m, layer); m.ui.box.focus();
  });
}
function take(m, layer) { // it was removed
  if (!m.drawn.includes(layer)) return;
  m.drawn = m.drawn.filter((one) => one !== layer);
  send(m);
}

// Lets users draw what the page asks for, or stops; the last key shows whose shapes these are.
export function drawing(m, L) {
  const given = m.data.draw, { map } = m;
  if (!given) { stop(m); return; }
  if (m.drawKey !== given.key) {
    stop(m);
    m.drawKey = given.key; m.drawn = []; m.byKey = null;
    map.pm.setGlobalOptions({ snappable: false, markerStyle: { icon: icon(L), draggable: true }, pathOptions: LINE, templineStyle: LINE, hintlineStyle: { ...LINE, dashArray: [5, 5] }, tooltips: false, continueDrawing: given.kind === "point" });
    for (const shape of given.shapes) keep(m, made(m, L, shape).addTo(map));
    m.onCreate = ({ layer }) => { keep(m, layer); send(m); if (given.kind === "line") press(m); };
    map.on("pm:create", m.onCreate);
    m.onMode = () => press(m);
    map.on("pm:globaldrawmodetoggled pm:globalremovalmodetoggled", m.onMode);
  }
  toolbar(m, L);
}

function stop(m) {
  if (!m.drawKey) return;
  m.map.pm.disableDraw(); m.map.pm.disableGlobalRemovalMode();
  m.map.off("pm:create", m.onCreate); m.map.off("pm:globaldrawmodetoggled pm:globalremovalmodetoggled", m.onMode);
  for (const layer of m.drawn) layer.remove();
  m.byKey?.remove();
  m.drawKey = m.byKey = m.drawUi = null; m.drawn = [];
  m.ui.draw.replaceChildren(); m.ui.draw.hidden = true;
}

function toolbar(m, L) {
  const { words, kind } = m.data.draw, box = m.ui.draw, { map } = m;
  const button = (text, then) => { const one = make("button", box, { type: "button", text }); one.addEventListener("click", then); return one; };
  box.replaceChildren(); box.hidden = false;
  m.drawUi = {
    add: button(words.add, () => (map.pm.globalDrawModeEnabled() ? map.pm.disableDraw() : (map.pm.disableGlobalRemovalMode(), map.pm.enableDraw(SHAPE[kind])))),
    finish: button(words.finish, () => finish(m)),
    remove: button(words.remove, () => { map.pm.disableDraw(); map.pm.toggleGlobalRemovalMode(); }),
    undo: button(words.undo, () => { const last = m.drawn.at(-1); last?.remove(); if (last) take(m, last); }),
    clear: button(words.clear, () => { for (const one of m.drawn) one.remove(); m.drawn = []; send(m); }),
    number: make("span", box, { role: "status" }),
  };
  make("p", box, { text: words.how });
  m.addHere = () => { // by keyboard
    const at = map.getCenter();
    if (kind === "point") { if (m.drawn.length < m.data.draw.most) { keep(m, made(m, L, [[at.lng, at.lat]]).addTo(map)); send(m); } return; }
    m.byKey ??= L.polyline([], LINE).addTo(map);
    m.byKey.addLatLng(at); press(m);
  };
  press(m); tell(m);
}

function finish(m) {
  const line = m.byKey;
  m.byKey = null;
  if (line && line.getLatLngs().length > 1) { keep(m, line); send(m); } else line?.remove();
  press(m);
}

function press(m) {
  if (!m.drawUi) return;
  m.drawUi.add.setAttribute("aria-pressed", String(m.map.pm.globalDrawModeEnabled()));
  m.drawUi.remove.setAttribute("aria-pressed", String(m.map.pm.globalRemovalModeEnabled()));
  m.drawUi.finish.hidden = !m.byKey;
}

// Places that the page itself names, such as an invented address.
export function pins(m, L) {
  for (const one of m.pins ?? []) one.remove();
  m.pins = (m.data.pins ?? []).map(({ at: [lon, lat], text }) => {
    const pin = L.marker([lat, lon], { icon: L.divIcon({ className: m.data.focus ? "tk-place tk-letter" : "tk-place", iconSize: [28, 28], iconAnchor: [14, 14] }), interactive: false, keyboard: false, pmIgnore: true }).addTo(m.map);
    pin.getElement().textContent = text;
    return pin;
  });
  const key = JSON.stringify(m.data.pins ?? []);
  if (m.data.focus && m.pins.length && m.pinsKey !== key) m.map.setView(m.pins.at(-1).getLatLng(), Math.max(m.map.getZoom(), 15.5), { animate: false });
  m.pinsKey = key;
}

// Ways that the page itself shows: the user's own, and thinner and all alike any others.
const OWN = { color: "#1a1a1a", weight: 4 }, OTHER = { color: "#1a1a1a", weight: 2, dashArray: [7, 6] };

export function ways(m, L) {
  for (const one of m.ways ?? []) one.remove();
  const given = m.data.ways ?? [];
  const turned = (way) => way.map((line) => line.map(([lon, lat]) => [lat, lon]));
  m.ways = given.map((way, k) => L.polyline(turned(way), { ...(k ? OTHER : OWN), interactive: false, pmIgnore: true }).addTo(m.map));
  const key = JSON.stringify(given);
  // What was drawn on the map is in view already.
  if (m.ways.length && !m.data.draw && m.waysKey !== key) m.map.fitBounds(L.featureGroup(m.ways).getBounds().pad(0.15), { animate: false });
  m.waysKey = key;
}
