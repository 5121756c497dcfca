// What is around the canvas: questions, search, legend, card and table. Texts are set as text only.

import { metrePx, squareTo, within } from "./geometry.js";
import { SURE } from "./layer.js";

const NEAR_M = 50, LIGHTS_M = 30, PLACES_M = 100; // distances at which things are named on a card
const MOST_FOUND = 8, MOST_PLACES = 4, ROWS = 100;
export const STEP_ORDER = [6, 0, 4, 1, 2, 5, 3]; // classes from the least likely on
export const NOT_KNOWN = 255; // chance in per cent of a street without an answer

export function make(tag, parent, options = {}) {
  const { text, ...attributes } = options, node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  parent?.append(node);
  return node;
}
// What Unicode never has: a vowel or medial before its consonant, a stacking sign without a second consonant. Letters of
// Zawgyi for stacked consonants are those of Mon, Karen and Shan in Unicode.
const ZAWGYI = /(?<![\u1000-\u1021\u103b-\u103f])\u1031|(?:^|\s)[\u103b-\u103e]|\u1039(?![\u1000-\u1021])|[\u1060-\u1064\u1066-\u106d\u1070-\u1074\u1076-\u1081\u1090-\u1097]/;
let digits = "0123456789"; // those of the page; only figures follow them, not names
export const useDigits = (ten) => { digits = [...(ten ?? "0123456789")]; };
const figure = (value) => /^[\d.,]+$/.test(value) ? String(value).replace(/\d/g, (one) => digits[one]) : value;
export const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (whole, name) => figure(values[name] ?? whole));
const button = (parent, text, then, more = {}) => { const made = make("button", parent, { type: "button", text, ...more }); made.addEventListener("click", then); return made; };

function percent(words, value) {
  return value < 1 ? fill(words.under, { value: 1 }) : value > 99 ? fill(words.over, { value: 99 }) : fill(words.percent, { value });
}
export function chance(words, low, mid, high) {
  const [a, b, c] = [low, mid, high].map((value) => percent(words, value));
  if (a === c) return a;
  const range = fill(words.range, { low: a, high: c });
  return mid === null ? range : fill(words.middle, { range, mid: b });
}
export function length(words, dm) {
  return dm < 9950 ? fill(words.m, { value: Math.max(1, Math.round(dm / 10)) }) : fill(words.km, { value: (dm / 10000).toFixed(1) });
}
export const chances = (m, i, percent = m.percent) => { const n = m.g.streets.n, at = 3 * n * m.tier + i; return [percent[at], percent[at + n], percent[at + 2 * n]]; };

// What was chosen, in pieces: by its name a whole street, by a tap one piece. At questions where a street counts as a
// whole, all pieces of each whole street.
export function pieces(m) {
  const { streets, names } = m.g, { street = -1, name } = m.tapped ?? {}, along = m.data.tiers[m.tier].along;
  if (street < 0 && name === undefined) return [];
  const all = [...Array(streets.n).keys()], found = street >= 0 ? [street] : all.filter((i) => sameName(names, streets.name[i], name));
  if (!along) return found;
  const wholes = new Set(found.map((i) => streets.whole[i]));
  return all.filter((i) => wholes.has(streets.whole[i]));
}
const sameName = (names, a, b) => a === b || (names[a][0] !== "" && names[a][0] === names[b][0]); // translated or not
// Lowest and highest chance over pieces, and the most exposed of them; pieces without an answer are apart.
export function ends(m, list, percent = m.percent) {
  const n = m.g.streets.n, found = { low: 101, high: -1, most: -1, unknown: 0 };
  let best = [-1, -1, -1];
  for (const i of list) {
    const [low, mid, high] = chances(m, i, percent);
    if (low === NOT_KNOWN) { found.unknown += m.g.streets.length[i]; continue; }
    found.low = Math.min(found.low, low); found.high = Math.max(found.high, high);
    const worth = [mid, STEP_ORDER.indexOf(m.classes[n * m.tier + i]), high], k = worth.findIndex((one, j) => one !== best[j]);
    if (k >= 0 && worth[k] > best[k]) { best = worth; found.most = i; }
  }
  return found;
}

function lineSample(parent, step) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("width", 34); svg.setAttribute("height", 10); svg.setAttribute("aria-hidden", "true");
  const add = (color, width) => {
    const line = document.createElementNS(svg.namespaceURI, "line");
    for (const [k, v] of Object.entries({ x1: 0, y1: 5, x2: 34, y2: 5, stroke: color, "stroke-width": width })) line.setAttribute(k, v);
    if (step.dash) line.setAttribute("stroke-dasharray", step.dash.join(" "));
    svg.append(line);
  };
  add(step.color, step.width + 0.6);
  if (step.wide) add("#ffffff", step.width * 0.35);
  parent.append(svg);
}

export function build(host) {
  host.replaceChildren();
  host.removeAttribute("role");
  const body = make("div", host, { class: "tk-body" });
  const left = make("div", body, { class: "tk-left" }), ui = { bar: make("div", left, { class: "tk-bar" }) };
  ui.find = make("div", ui.bar, { class: "tk-find" });
  ui.questions = make("div", ui.bar, { class: "tk-questions", role: "group" });
  ui.draw = make("div", left, { class: "tk-draw", role: "group" }); ui.draw.hidden = true;
  ui.guesses = make("div", left, { class: "tk-flip", role: "group" }); ui.guesses.hidden = true;
  ui.stage = make("div", left, { class: "tk-stage" });
  ui.box = make("div", ui.stage, { class: "tk-canvas", role: "application", tabindex: "0" });
  ui.tip = make("div", ui.stage, { class: "tk-tip", "aria-hidden": "true" }); ui.tip.hidden = true;
  ui.fingers = make("div", ui.stage, { class: "tk-fingers", "aria-hidden": "true" }); ui.fingers.hidden = true;
  ui.side = make("div", body, { class: "tk-side" });
  const top = make("div", ui.side, { class: "tk-panel" }), rest = make("div", ui.side, { class: "tk-rest" });
  ui.banner = make("p", top, { class: "tk-banner" });
  ui.panel = make("section", top);
  ui.changed = make("p", rest, { class: "tk-changed", role: "status" });
  ui.card = make("section", rest, { class: "tk-card", "aria-live": "polite" }); ui.card.hidden = true;
  ui.legend = make("section", rest, { class: "tk-legend" });
  ui.layers = make("details", rest, { class: "tk-layers" });
  ui.about = make("details", rest, { class: "tk-about" });
  const foot = make("div", left, { class: "tk-foot" });
  ui.foot = make("div", foot, { class: "tk-foot" });
  ui.table = make("details", foot, { class: "tk-table" });
  return ui;
}

export function panel(box, data, t) { // the answer; shown also where the map cannot be drawn
  const { panel: given, tiers } = data, found = given?.tiers[tiers[t].id];
  box.replaceChildren();
  if (!found) return;
  make("p", box, { class: "tk-answer", text: found.answer });
  if (found.icons) make("img", box, { class: "tk-icons", src: found.icons, alt: "" });
  for (const [kind, lines] of [["caption", [found.caption]], ["condition", found.conditions], ["rests", [found.rests_on]], ["limit", [found.not_counted]]])
    for (const text of lines) if (text) make("p", box, { class: `tk-${kind}`, text });
}

export function about(m) {
  const { ui, data } = m;
  ui.about.hidden = !data.panel; ui.about.replaceChildren();
  if (!data.panel) return;
  make("summary", ui.about, { text: data.panel.about });
  for (const text of data.panel.lines) make("p", ui.about, { text });
}

export function questions(m) {
  const { ui, data } = m;
  ui.questions.setAttribute("aria-label", data.words.questions);
  ui.questions.replaceChildren();
  data.tiers.forEach((tier, t) => button(ui.questions, tier.name, () => m.choose(t)));
}
export const press = (m) => [...m.ui.questions.children].forEach((one, t) => one.setAttribute("aria-pressed", String(t === m.tier)));

export function legend(m) {
  const { ui, data, g } = m, tier = data.tiers[m.tier], words = data.words;
  ui.banner.textContent = data.banner; ui.banner.hidden = !data.banner;
  ui.legend.replaceChildren();
  m.ringed = Boolean(m.layer?.ringed());
  make("h3", ui.legend, { text: m.shown.sure ? words.layer.sure : tier.legend });
  const dm = new Float64Array(data.steps.length + SURE.length), cls = m.layer?.cls ?? [];
  for (let i = 0; i < cls.length; i++) dm[cls[i]] += g.streets.length[i];
  const list = make("ul", ui.legend);
  const steps = m.shown.sure ? SURE.map((step, k) => ({ ...step, text: words.sure_steps[k] })) : data.steps;
  const order = m.shown.sure ? [0, 1, 2] : [3, 2, 1, 0, 5, 4, 6];
  for (const c of order) {
    const row = make("li", list); lineSample(row, steps[c]);
    const text = make("span", row, { text: steps[c].text });
    make("small", text, { text: ` ${dm[c] ? length(words, dm[c]) : words.none_here}` });
  }
  const entry = (look, text) => { const row = make("li", list); make("i", row, { class: look, "aria-hidden": "true" }); make("span", row, { text }); };
  if (g.cameras?.length && m.shown.cameras) {
    entry("tk-dot", words.camera);
    for (const known of m.ringed ? [true, false] : []) // how far they work is drawn when zoomed in
      if (g.cameras.some((one) => (one.direction_deg !== undefined) === known)) entry(known ? "tk-known" : "tk-guess", known ? words.solid : words.dashed);
  }
  if (g.sets["areas.boundary"]?.n) entry("tk-fog", words.fog);
  // A map in its palest steps must not be taken for the answer.
  if (!m.shown.sure) {
    const figure = data.panel ? tier.trips : tier.figure; // the panel has the sentence already
    if (figure) make("p", ui.legend, { class: "tk-figure", text: figure });
    if (!dm[3] && !dm[5]) make("p", ui.legend, { text: words.empty });
  }
}

export function layers(m) {
  const { ui, data, g } = m, words = data.words;
  ui.layers.replaceChildren(make("summary", null, { text: words.layers }));
  const there = { sure: true, cameras: g.cameras?.length, zones: true, names: true, ground: g.labels, brands: g.cameras?.some((one) => one.brand) };
  for (const [name, text] of Object.entries(words.layer)) {
    if (!there[name]) continue;
    const label = make("label", ui.layers), box = make("input", label, { type: "checkbox", autocomplete: "off" });
    box.checked = Boolean(m.shown[name]);
    box.addEventListener("change", () => m.toggle(name, box.checked));
    make("span", label, { text });
  }
  make("p", ui.layers, { class: "tk-zones", role: "status" });
}

function around(m, list, name, metres) { // numbers of the points of a set near pieces of street
  const { streets, sets } = m.g, set = sets[`points.${name}`], found = new Set();
  if (!set?.n) return [];
  for (const s of list) {
    const r = metres * metrePx(streets.Y[streets.off[s]]), b = 4 * s;
    for (const p of within(set, streets.box[b] - r, streets.box[b + 1] - r, streets.box[b + 2] + r, streets.box[b + 3] + r))
      if (squareTo(streets, s, set.X[p], set.Y[p]) <= r * r) found.add(p);
  }
  return [...found];
}

function card(m, title, lines) {
  const { card: box } = m.ui;
  box.replaceChildren(); box.hidden = false;
  const head = make("div", box, { class: "tk-head" });
  make("h3", head, { text: title });
  button(head, "×", () => m.tap(null), { "aria-label": m.data.words.close });
  for (const text of lines) if (text) make("p", box, { text });
}

export function showCard(m) {
  const { ui, data, tapped, g } = m, words = data.words, tier = data.tiers[m.tier];
  if (!tapped || tapped.label !== undefined) { ui.card.hidden = true; ui.card.replaceChildren(); return; }
  if (tapped.camera !== undefined) return cameraCard(m, g.cameras[tapped.camera]);
  if (tapped.outside) return card(m, words.outside, [words.never]);
  const streets = g.streets, list = pieces(m), byName = tapped.name !== undefined;
  let dm = 0, rank = Infinity;
  for (const i of list) { dm += streets.length[i]; rank = Math.min(rank, streets.rank[i]); }
  const reasons = [words.roads[rank]];
  if (around(m, list, "signals", LIGHTS_M).length) reasons.push(words.lights);
  const kinds = new Set(around(m, list, "places", PLACES_M).map((p) => words.places[g.places[p].kind]).filter(Boolean));
  reasons.push(...[...kinds].slice(0, MOST_PLACES));
  card(m, (byName ? m.layer.called(g.names[tapped.name]) : m.layer.name(tapped.street)) || words.no_name, [
    ...answered(m, list, dm),
    fill(words.near, { metres: NEAR_M, n: around(m, list, "cameras", NEAR_M).length }),
    fill(list.length > 1 || byName ? words.why_along : words.why, { reasons: reasons.reduce((one, other) => fill(words.join, { one, other })) }),
    words.never,
  ]);
}

// What the estimate says of a street: of its place after a tap, of all its pieces after a choice by name.
function answered(m, list, dm) {
  const { words, tiers, steps } = m.data, tier = tiers[m.tier], byName = m.tapped.name !== undefined;
  const now = ends(m, list), n = tier.along ? new Set(list.map((i) => m.g.streets.whole[i])).size : list.length, many = byName && n > 1;
  if (now.most < 0) return [words.no_data];
  const said = (found, percent) => many ? chance(words, found.low, null, found.high) : chance(words, ...chances(m, found.most, percent));
  const before = m.before && ends(m, list, m.before), old = before?.most >= 0 ? said(before, m.before) : "", shown = said(now);
  const pattern = many ? tier.chances : byName && !tier.along ? tier.chance_street : tier.chance;
  const step = fill(words.sentence, { start: steps[m.classes[m.g.streets.n * m.tier + now.most]].text });
  return [
    fill(pattern, { chance: shown, length: length(words, dm), n }),
    old && old !== shown ? fill(words.before, { old }) : "",
    many ? fill(words.most, { chance: chance(words, ...chances(m, now.most)), step }) : step,
    now.unknown ? fill(words.partly, { length: length(words, now.unknown) }) : "",
  ];
}

function cameraCard(m, camera) {
  const words = m.data.words, reach = m.data.tiers.filter((tier) => tier.reach).map((tier) => `${tier.name} ${tier.reach}`);
  card(m, words.kinds[camera.kind] ?? words.kinds.unknown, [
    camera.osm_id ? fill(words.source, { id: camera.osm_id }) : "",
    camera.check_date ? fill(words.checked, { date: camera.check_date }) : words.unchecked,
    camera.direction_deg === undefined && camera.kind !== "panning" ? words.no_direction : "",
    camera.brand ? fill(words.brand, { brand: camera.brand }) : "",
    camera.operator ? fill(words.operator, { operator: camera.operator }) : "",
    reach.length ? fill(words.works, { reach: reach.reduce((one, other) => fill(words.join, { one, other })) }) : "",
  ]);
}

export function search(m) {
  // Without accents, and without the marks between Burmese words that nobody types.
  const { ui, data, g } = m, fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f\u200b-\u200d]/g, "").toLowerCase();
  const kept = ui.find.querySelector("input")?.value ?? "";
  ui.find.replaceChildren();
  const input = make("input", ui.find, { type: "search", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-expanded": "false", "aria-controls": "tk-found", "aria-label": data.words.search, placeholder: data.words.search });
  const list = make("ul", ui.find, { role: "listbox", id: "tk-found", "aria-label": data.words.search }); list.hidden = true;
  input.value = kept;
  const keys = (names) => names.filter(Boolean).map(fold), labels = (g.labels ?? []).map(({ kind, names }, label) => ({ label, kind, keys: keys(names) }));
  m.listed ??= [
    ...labels.filter((one) => one.kind === "quarter"),
    ...g.names.map((names, name) => ({ name, keys: keys(names) })),
    ...labels.filter((one) => one.kind !== "quarter"),
    ...(g.places ?? []).map((place, p) => ({ place: p, keys: place.name ? [fold(place.name)] : [] })),
  ];
  const every = ([own, english, burmese]) => [...new Set(data.lang === "my" ? [burmese, own, english] : [english, own, burmese])].filter(Boolean).join(" · ");
  const text = (one) => one.place !== undefined ? g.places[one.place].name : every(one.label !== undefined ? g.labels[one.label].names : g.names[one.name]);
  let found = [], at = -1;
  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const go = (one) => { close(); input.value = text(one); m.go(one); };
  const mark = (k) => {
    at = k; [...list.children].forEach((row, n) => row.setAttribute("aria-selected", String(n === k)));
    if (k >= 0) input.setAttribute("aria-activedescendant", `tk-found-${k}`);
  };
  input.addEventListener("input", () => {
    const wanted = fold(input.value).trim();
    const fits = [(key) => key === wanted, (key) => key.startsWith(wanted), (key) => key.includes(wanted)];
    const hits = fits.map(() => []);
    for (const one of wanted ? m.listed : []) hits[fits.findIndex((fit) => one.keys.some(fit))]?.push(one);
    found = hits.flat().slice(0, MOST_FOUND);
    list.replaceChildren(); at = -1;
    found.forEach((one, k) => make("li", list, { role: "option", id: `tk-found-${k}`, "aria-selected": "false", text: text(one) }).addEventListener("pointerdown", (event) => { event.preventDefault(); go(one); }));
    if (wanted && !found.length) make("li", list, { text: ZAWGYI.test(input.value) ? data.words.zawgyi : data.words.nothing });
    list.hidden = !wanted; input.setAttribute("aria-expanded", String(Boolean(found.length)));
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); if (found.length) mark((at + (event.key === "ArrowDown" ? 1 : found.length - (at < 0 ? 0 : 1))) % found.length); }
    else if (event.key === "Enter" && found.length) go(found[Math.max(at, 0)]);
    else if (event.key === "Escape") close();
  });
  input.addEventListener("blur", close);
}

export function table(m) { // by name, never by exposure
  const { ui, data, g } = m, words = data.words, open = ui.table.open;
  ui.table.replaceChildren(make("summary", null, { text: words.table }));
  const body = make("div", ui.table, { class: "tk-rows" });
  let page = 0;
  const draw = () => {
    body.replaceChildren();
    const rows = byName(m), first = page * ROWS, shown = rows.slice(first, first + ROWS);
    make("p", body, { text: data.tiers[m.tier].legend });
    const wide = make("div", body, { class: "tk-scroll", tabindex: "0", role: "region", "aria-label": words.table });
    const made = make("table", wide), head = make("tr", make("thead", made)), cells = make("tbody", made);
    for (const text of [words.street, words.length, words.chance]) make("th", head, { scope: "col", text });
    for (const row of shown) {
      const line = make("tr", cells);
      button(make("th", line, { scope: "row" }), row.text || words.no_name, () => { if (row.text) m.go({ name: row.name }); });
      make("td", line, { text: length(words, row.dm) });
      make("td", line, { text: row.high < 0 ? words.sure_steps[2] : chance(words, row.low, null, row.high) });
    }
    const turn = make("div", body, { class: "tk-turn" });
    const back = button(turn, words.previous, () => { page--; draw(); }), on = button(turn, words.next, () => { page++; draw(); });
    back.disabled = page === 0; on.disabled = first + ROWS >= rows.length;
    make("span", turn, { role: "status", text: fill(words.rows, { first: first + 1, last: first + shown.length, n: rows.length }) });
  };
  ui.table.ontoggle = () => { if (ui.table.open) draw(); else body.replaceChildren(); };
  if (open) draw();
}

function byName(m) {
  const { g } = m, rows = new Map(), first = new Map();
  g.names.forEach(([own], k) => { if (own && !first.has(own)) first.set(own, k); });
  for (let i = 0; i < g.streets.n; i++) {
    const own = g.names[g.streets.name[i]][0], name = first.get(own) ?? g.streets.name[i];
    let row = rows.get(name);
    if (!row) rows.set(name, (row = { name, text: m.layer.name(i), dm: 0, list: [] }));
    row.dm += g.streets.length[i]; row.list.push(i);
  }
  for (const row of rows.values()) Object.assign(row, ends(m, row.list));
  const order = new Intl.Collator(m.data.lang, { numeric: true });
  return [...rows.values()].sort((p, q) => !p.text - !q.text || order.compare(p.text, q.text));
}
