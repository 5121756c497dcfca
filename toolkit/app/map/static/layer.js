// The canvas: streets by class, what lies below them, cameras and names.

import { inside, metrePx, within } from "./geometry.js";
import { Raster } from "./raster.js";

const PADDING = 0.25, PADDING_MANY = 0.1; // of the view, drawn around it, so that a drag shows no empty edge
const MANY = 10000; // streets in view from which they are drawn into memory
const NAMES_FROM = 14.5, PLACES_FROM = 15, RINGS_FROM = 16, HOLLOW_FROM = 14; // zoom
const LEAST_RING_PX = 5;
const MOST_NAMES = 300;
const FOG = "#e4e4e7", PAPER = "#ffffff", INK = "#1a1a1a", MARK = "#0b5cad", EDGE = "#555555";
// Quiet layers: a pack need not have them. Colour, the zoom from which they are drawn, and edge of areas.
// Water is lighter than the fog, from which it must differ in print, too.
const AREAS = [["parks", "#e9f0e4", 0], ["water", "#e3f0fa", 0, "#8fa9bd"], ["buildings", "#e9e9e9", 14]];
// Colour, width, zoom, and ticks across: streets without data are dashed, so railways are not.
const LINES = [["waterways", "#bccfdd", 1.6, 0], ["railways", "#adb0b5", 1, 11, { width: 5, dash: [2, 12] }]];
const QUARTERS = [{ from: 9, to: 14.5, px: 15 }, { from: 10.5, to: 17, px: 13 }, { from: 11.5, to: 17.5, px: 12 }, { from: 13, to: 19, px: 12 }]; // by rank
const LANDMARKS_FROM = [14.5, 15.5], AREA_NAME_PX = 55, AREA_NAMES_FROM = 13; // an area with a name is this wide
const QUIET = "#5c5c5c", NAME_COLORS = { quarter: QUIET, landmark: "#4a4a4a", park: "#4d6640", water: "#3f6480", waterway: "#3f6480" };
const WIDEST_PX = 220; // longer names are found by the search only
export const SURE = [ // colour by how sure
  { color: "#1f3a5f", width: 3 }, { color: "#b58900", width: 3.4, wide: true }, { color: "#7a7a7a", width: 1.4, dash: [5, 4] },
];

// Room for names in a view: a grid of the boxes that are taken.
function room(v) {
  const taken = new Map(), CELL = 64;
  return (cx, cy, hw, hh) => {
    const b = [cx - hw, cy - hh, cx + hw, cy + hh], cells = [];
    if (b[0] < 0 || b[1] < 0 || b[2] > v.w || b[3] > v.h) return false;
    for (let yy = (b[1] / CELL) | 0; yy <= ((b[3] / CELL) | 0); yy++) for (let xx = (b[0] / CELL) | 0; xx <= ((b[2] / CELL) | 0); xx++) {
      const key = yy * 4096 + xx;
      if (taken.get(key)?.some((t) => t[0] < b[2] && t[2] > b[0] && t[1] < b[3] && t[3] > b[1])) return false;
      cells.push(key);
    }
    for (const key of cells) taken.has(key) ? taken.get(key).push(b) : taken.set(key, [b]);
    return true;
  };
}

export function makeLayer(L) {
  return L.Layer.extend({
    initialize(geometry, options) {
      Object.assign(this, { g: geometry, cls: new Uint8Array(geometry.streets.n), steps: [], lang: "en", chosen: [], found: -1, shown: { names: true, cameras: true, ground: true } }, options);
    },
    onAdd() {
      this._canvas = this._newCanvas();
      this.getPane().appendChild(this._canvas);
      this.redraw();
    },
    onRemove() { this._job = null; this._canvas.remove(); },
    getEvents() { return { moveend: this.redraw, zoomanim: this._zoom }; }, // a reset and a new size end with a move
    _newCanvas() {
      const made = L.DomUtil.create("canvas", "leaflet-zoom-animated tk-streets");
      made.setAttribute("aria-hidden", "true");
      return made;
    },
    _zoom(event) { // the old picture is scaled while Leaflet zooms
      if (!this._bounds) return;
      const scale = this._map.getZoomScale(event.zoom, this._drawnZoom);
      L.DomUtil.setTransform(this._canvas, this._map._latLngBoundsToNewLayerBounds(this._bounds, event.zoom, event.center).min, scale);
    },
    change(options) { Object.assign(this, options); if (this._map) this.redraw(); },
    name(i) { return this.called(this.g.names[this.g.streets.name[i]]); },
    called([own, english, burmese]) { return (this.lang === "my" ? burmese || own || english : english || own || burmese) || ""; },
    redraw() {
      const map = this._map, size = map.getSize(), dpr = Math.min(2, devicePixelRatio || 1);
      if (this.held || !size.x || !size.y) return;
      const z = map.getZoom(), k = 2 ** z, corner = map.getPixelBounds().min;
      const inView = within(this.g.streets, corner.x / k, corner.y / k, (corner.x + size.x) / k, (corner.y + size.y) / k).length;
      const pad = size.multiplyBy(inView > MANY ? PADDING_MANY : PADDING).round();
      const min = map.containerPointToLayerPoint(pad.multiplyBy(-1)), o = map.getPixelOrigin().add(min);
      const v = { z, k, ox: o.x, oy: o.y, w: size.x + 2 * pad.x, h: size.y + 2 * pad.y };
      v.box = [v.ox / k, v.oy / k, (v.ox + v.w) / k, (v.oy + v.h) / k];
      const seen = within(this.g.streets, ...v.box), canvas = this._canvas, began = performance.now();
      if (canvas.width !== Math.round(v.w * dpr) || canvas.height !== Math.round(v.h * dpr)) {
        canvas.width = Math.round(v.w * dpr); canvas.height = Math.round(v.h * dpr);
        Object.assign(canvas.style, { width: `${v.w}px`, height: `${v.h}px` });
      }
      this._drawnZoom = z;
      this._bounds = L.latLngBounds(map.layerPointToLatLng(min), map.layerPointToLatLng(min.add([v.w, v.h])));
      L.DomUtil.setTransform(canvas, min, 1);
      const x = canvas.getContext("2d");
      x.setTransform(dpr, 0, 0, dpr, 0, 0);
      this._draw(x, v, seen, dpr);
      this.drawn?.({ ms: performance.now() - began, streets: seen.length, zoom: z });
    },
    _draw(x, v, seen, dpr) {
      x.clearRect(0, 0, v.w, v.h);
      x.lineJoin = "round"; x.lineCap = v.z >= 15 ? "round" : "butt";
      this._ground(x, v);
      this._background(x, v);
      this._edge(x, v);
      if (seen.length > MANY) this._rastered(x, v, seen, dpr); else this._stroked(x, v, seen);
      this._mark(x, v);
      if (this.shown.cameras) this._cameras(x, v);
      this._names(x, v, seen);
    },
    _path(x, v, set, i) { // points nearer than a pixel are left out
      const a = set.off[i], e = set.off[i + 1] - 1;
      let px = set.X[a] * v.k - v.ox, py = set.Y[a] * v.k - v.oy;
      x.moveTo(px, py);
      for (let j = a + 1; j < e; j++) {
        const qx = set.X[j] * v.k - v.ox, qy = set.Y[j] * v.k - v.oy;
        if (Math.abs(qx - px) + Math.abs(qy - py) < 1) continue;
        x.lineTo(qx, qy); px = qx; py = qy;
      }
      x.lineTo(set.X[e] * v.k - v.ox, set.Y[e] * v.k - v.oy);
    },
    _ground(x, v) { // fog everywhere, paper inside the boundary
      const area = this.g.sets["areas.boundary"];
      x.fillStyle = area?.n ? FOG : PAPER;
      x.fillRect(0, 0, v.w, v.h);
      if (!area?.n) return;
      x.beginPath();
      for (let i = 0; i < area.n; i++) { this._path(x, v, area, i); x.closePath(); }
      x.fillStyle = PAPER; x.fill();
    },
    _edge(x, v) {
      const area = this.g.sets["areas.boundary"];
      if (!area?.n) return;
      x.beginPath();
      for (let i = 0; i < area.n; i++) { this._path(x, v, area, i); x.closePath(); }
      x.strokeStyle = EDGE; x.lineWidth = 1; x.setLineDash([6, 4]); x.stroke(); x.setLineDash([]);
    },
    _background(x, v) {
      const shown = (name) => name === "buildings" || this.shown.ground;
      for (const [name, color, from, edge] of AREAS) {
        const set = this.g.sets[`areas.${name}`];
        if (!set?.n || v.z < from || !shown(name)) continue;
        x.fillStyle = color; x.beginPath();
        for (const i of within(set, ...v.box)) { this._path(x, v, set, i); x.closePath(); }
        x.fill();
        if (edge) { x.strokeStyle = edge; x.lineWidth = 0.8; x.stroke(); }
      }
      for (const [name, color, width, from, ticks] of LINES) {
        const set = this.g.sets[`lines.${name}`];
        if (!set?.n || v.z < from || !shown(name)) continue;
        x.strokeStyle = color; x.lineWidth = width; x.beginPath();
        for (const i of within(set, ...v.box)) this._path(x, v, set, i);
        x.stroke();
        if (ticks && v.z >= 13) { x.lineCap = "butt"; x.lineWidth = ticks.width; x.setLineDash(ticks.dash); x.stroke(); x.setLineDash([]); }
      }
      x.lineCap = v.z >= 15 ? "round" : "butt";
    },
    _pens(v, seen) { // the least likely first, so that the most likely lie on top
      const by = this.steps.map(() => []), scale = v.z < 12 ? 0.35 : v.z < 14 ? 0.6 : v.z < 16 ? 0.9 : 1.4;
      for (const i of seen) by[this.cls[i]]?.push(i);
      return (this.order ?? [...by.keys()]).flatMap((c) => {
        const step = this.steps[c], width = Math.max(1, step.width * scale), dash = step.dash && v.z >= 14 ? step.dash : [];
        const pen = { color: step.color, width, dash, streets: by[c] };
        return step.wide && v.z >= HOLLOW_FROM ? [pen, { ...pen, color: PAPER, width: width * 0.35 }] : [pen];
      });
    },
    _stroked(x, v, seen) {
      for (const { color, width, dash, streets } of this._pens(v, seen)) {
        x.strokeStyle = color; x.lineWidth = width; x.setLineDash(dash);
        x.beginPath();
        for (const i of streets) this._path(x, v, this.g.streets, i);
        x.stroke();
      }
      x.setLineDash([]);
    },
    _rastered(x, v, seen, dpr) {
      const raster = new Raster(Math.round(v.w * dpr), Math.round(v.h * dpr)), { points, off } = this._projected(v, seen, dpr);
      for (const { color, width, dash, streets } of this._pens(v, seen)) {
        raster.pen(color, width * dpr, dash.map((one) => one * dpr));
        for (const i of streets) raster.path(points, off[i], off[i + 1]);
      }
      raster.onto(x);
    },
    _projected(v, seen, dpr) { // kept while the view stays: another question changes colours only
      const view = [v.k, v.ox, v.oy, v.w, v.h, dpr].join();
      if (this._lines?.view === view) return this._lines;
      const { streets } = this.g, points = new Float32Array(2 * streets.X.length), off = new Uint32Array(streets.n + 1);
      let at = 0, next = 0; // streets out of view have no points
      const path = { moveTo: (a, b) => { points[at++] = a * dpr; points[at++] = b * dpr; } };
      path.lineTo = path.moveTo;
      for (const i of Uint32Array.from(seen).sort()) {
        while (next <= i) off[next++] = at;
        this._path(path, v, streets, i);
      }
      while (next <= streets.n) off[next++] = at;
      return (this._lines = { view, points, off });
    },
    _mark(x, v) { // the street that was chosen, in all pieces that the card speaks of
      if (!this.chosen.length) return;
      x.strokeStyle = MARK; x.globalAlpha = 0.4; x.lineWidth = 12; x.beginPath();
      for (const i of this.chosen) this._path(x, v, this.g.streets, i);
      x.stroke(); x.globalAlpha = 1;
    },
    ringed() { // whether how far cameras work is drawn in this view
      const map = this._map, z = map?.getZoom() ?? 0;
      return z >= RINGS_FROM && (this.reach_m ?? 0) * metrePx(map.project(map.getCenter(), 0).y) * 2 ** z > LEAST_RING_PX;
    },
    _cameras(x, v) {
      const set = this.g.sets["points.cameras"];
      for (const i of within(set, ...v.box)) {
        const px = set.X[i] * v.k - v.ox, py = set.Y[i] * v.k - v.oy, camera = this.g.cameras[i];
        const reach = (this.reach_m ?? 0) * metrePx(set.Y[i]) * v.k;
        if (v.z >= RINGS_FROM && reach > LEAST_RING_PX) {
          const known = camera.direction_deg !== undefined, half = ((camera.width_deg ?? 60) * Math.PI) / 360;
          const to = ((camera.direction_deg ?? 0) * Math.PI) / 180 - Math.PI / 2;
          x.strokeStyle = MARK; x.lineWidth = 1; x.globalAlpha = 0.6; x.beginPath();
          // Only what is mapped is drawn as a line; a guess is dashed.
          x.setLineDash(known || camera.kind === "panning" ? [] : [4, 5]);
          if (known) { x.moveTo(px, py); x.arc(px, py, reach, to - half, to + half); x.closePath(); }
          else x.arc(px, py, reach, 0, 2 * Math.PI);
          x.stroke(); x.setLineDash([]); x.globalAlpha = 1;
        }
        x.beginPath(); x.arc(px, py, v.z >= 16 ? 4 : v.z >= 14.5 ? 3 : 2, 0, 2 * Math.PI);
        x.fillStyle = MARK; x.fill(); x.strokeStyle = PAPER; x.lineWidth = 1; x.stroke();
        if (this.shown.brands && camera.brand) this._text(x, camera.brand, px, py - 10);
      }
    },
    _text(x, text, px, py, { size = 11, color = INK, caps = false } = {}) {
      x.font = this._font(size); x.textAlign = "center"; x.textBaseline = "middle";
      x.fontVariantCaps = caps ? "small-caps" : "normal";
      x.lineWidth = 3; x.strokeStyle = PAPER; x.fillStyle = color;
      x.strokeText(text, px, py); x.fillText(text, px, py);
      x.fontVariantCaps = "normal";
    },
    _font(size) { return `${size}px system-ui, "${this.font}", sans-serif`; },
    _names(x, v, seen) { // what comes first takes the room; no two names overlap
      const free = room(v), all = this.shown.names, labels = all || this.found >= 0 ? this._labels(x, v) : [];
      const put = ({ i, px, py, text, size, wide, dot }) => {
        const { kind } = this.g.labels[i], found = i === this.found;
        if (!free(px, py, wide / 2 + 3, size * 0.8 + 2) && !found) return;
        const at = dot ? py - size : py;
        if (found) { x.beginPath(); x.arc(px, py, 7, 0, 2 * Math.PI); x.lineWidth = 2.5; x.strokeStyle = MARK; x.stroke(); }
        if (dot) { x.beginPath(); x.arc(px, py, 2, 0, 2 * Math.PI); x.fillStyle = NAME_COLORS[kind]; x.fill(); }
        this._text(x, text, px, found ? py - 9 - size / 2 : at, { size, color: found ? INK : NAME_COLORS[kind], caps: kind === "quarter" });
      };
      for (const one of labels) if (one.i === this.found || one.first) put(one);
      if (all && v.z >= NAMES_FROM) this._streetNames(x, v, seen, free);
      for (const one of labels) if (one.i !== this.found && !one.first) put(one);
      if (all && v.z >= PLACES_FROM) this._placeNames(x, v, free);
    },
    _labels(x, v) { // names of quarters, landmarks, water and parks that belong to this zoom
      const set = this.g.sets["points.labels"], listed = [];
      for (const i of within(set, ...v.box).sort((p, q) => p - q)) {
        const { kind, rank, m, names } = this.g.labels[i], text = this.called(names), found = i === this.found;
        const quarter = QUARTERS[Math.min(rank, QUARTERS.length - 1)], size = kind === "quarter" ? quarter.px : 11;
        const fits = kind === "quarter" ? v.z >= quarter.from && v.z <= quarter.to
          : kind === "landmark" ? v.z >= LANDMARKS_FROM[Math.min(rank, LANDMARKS_FROM.length - 1)]
          : kind !== "waterway" && v.z >= AREA_NAMES_FROM && m * metrePx(set.Y[i]) * v.k >= AREA_NAME_PX;
        if (!found && (!this.shown.names || !fits)) continue;
        x.font = this._font(size);
        const wide = x.measureText(text).width;
        if (!found && wide > WIDEST_PX) continue;
        listed.push({ i, text, size, wide, px: set.X[i] * v.k - v.ox, py: set.Y[i] * v.k - v.oy, dot: kind === "landmark", first: kind === "quarter" });
        if (listed.length >= MOST_NAMES) break;
      }
      return listed;
    },
    _streetNames(x, v, seen, free) { // along the longest straight run of each name
      const s = this.g.streets, best = new Map();
      for (const i of seen) {
        if (!this.name(i)) continue;
        const a = s.off[i], e = s.off[i + 1] - 1;
        const x0 = s.X[a] * v.k - v.ox, y0 = s.Y[a] * v.k - v.oy, x1 = s.X[e] * v.k - v.ox, y1 = s.Y[e] * v.k - v.oy;
        const long = Math.hypot(x1 - x0, y1 - y0), score = long - 10 * s.rank[i], found = best.get(s.name[i]);
        if (!found || score > found.score) best.set(s.name[i], { score, i, long, x: (x0 + x1) / 2, y: (y0 + y1) / 2, turn: Math.atan2(y1 - y0, x1 - x0) });
      }
      x.font = this._font(11);
      for (const one of [...best.values()].sort((p, q) => q.score - p.score).slice(0, MOST_NAMES)) {
        const text = this.name(one.i), wide = x.measureText(text).width;
        if (wide > one.long * 1.6 + 20) continue;
        const turn = one.turn > Math.PI / 2 ? one.turn - Math.PI : one.turn < -Math.PI / 2 ? one.turn + Math.PI : one.turn;
        const c = Math.abs(Math.cos(turn)), si = Math.abs(Math.sin(turn));
        if (!free(one.x, one.y, (c * wide + si * 14) / 2 + 2, (si * wide + c * 14) / 2 + 2)) continue;
        x.save(); x.translate(one.x, one.y); x.rotate(turn); this._text(x, text, 0, 0); x.restore();
      }
    },
    _placeNames(x, v, free) {
      const set = this.g.sets["points.places"];
      x.font = this._font(11);
      for (const i of within(set, ...v.box)) {
        const px = set.X[i] * v.k - v.ox, py = set.Y[i] * v.k - v.oy, text = this.g.places[i].name;
        if (!text || !free(px, py - 9, x.measureText(text).width / 2 + 2, 14)) continue;
        x.fillStyle = EDGE; x.fillRect(px - 2, py - 2, 4, 4); this._text(x, text, px, py - 11);
      }
    },
    outside(x, y) { const area = this.g.sets["areas.boundary"]; return Boolean(area?.n) && !inside(area, x, y); },
  });
}
