// Geometry of a pack: decoded once, and kept while the page is open.

export const WORLD_PX = 256; // width of the world at zoom 0, as in Leaflet
const EARTH_M = 40075016.686; // circumference at the equator, WGS 84
const PER_CELL = 40; // shapes in a cell of the grid: few enough to look at one by one
const TYPES = { uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, int32: Int32Array };

export function decode(buffer) {
  const size = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
  const sets = {};
  for (const [name, [type, at, n]] of Object.entries(head.arrays)) {
    const [kind, set, field = kind] = name.split(".");
    const key = kind === "streets" ? kind : `${kind}.${set}`;
    (sets[key] ??= {})[kind === "streets" ? set : field] = new TYPES[type](buffer, 4 + size + at, n);
  }
  for (const set of Object.values(sets)) index(set);
  return { ...head, sets, streets: sets.streets };
}

const project = (xy, X, Y) => {
  for (let j = 0; j < X.length; j++) {
    X[j] = WORLD_PX * (xy[2 * j] / 1e6 / 360 + 0.5);
    const s = Math.sin((xy[2 * j + 1] / 1e6) * (Math.PI / 180));
    Y[j] = WORLD_PX * (0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI));
  }
};

// Adds to a set: its number n, where each shape begins, positions at zoom 0, boxes and a grid.
function index(set) {
  const n = set.lens.length, off = new Uint32Array(n + 1);
  for (let i = 0; i < n; i++) off[i + 1] = off[i] + set.lens[i];
  const X = new Float64Array(off[n]), Y = new Float64Array(off[n]), box = new Float64Array(4 * n);
  project(set.xy, X, Y);
  let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
  for (let i = 0; i < n; i++) {
    let a = Infinity, b = Infinity, c = -Infinity, d = -Infinity;
    for (let j = off[i]; j < off[i + 1]; j++) {
      a = Math.min(a, X[j]); c = Math.max(c, X[j]);
      b = Math.min(b, Y[j]); d = Math.max(d, Y[j]);
    }
    box.set([a, b, c, d], 4 * i);
    west = Math.min(west, a); east = Math.max(east, c);
    north = Math.min(north, b); south = Math.max(south, d);
  }
  Object.assign(set, { n, off, X, Y, box, seen: new Uint32Array(n), stamp: 0 });
  set.grid = n ? grid(set, west, north, east, south) : null;
}

// A shape is listed in every cell that its box touches.
function grid({ n, box }, west, north, east, south) {
  const side = Math.max(1, Math.round(Math.sqrt(n / PER_CELL)));
  const wide = (east - west) / side || 1, high = (south - north) / side || 1;
  const at = (v, from, step) => Math.max(0, Math.min(side - 1, Math.floor((v - from) / step)));
  const span = (a, b, c, d) => [at(a, west, wide), at(b, north, high), at(c, west, wide), at(d, north, high)];
  const start = new Uint32Array(side * side + 1);
  const each = (i, take) => {
    const [x0, y0, x1, y1] = span(box[4 * i], box[4 * i + 1], box[4 * i + 2], box[4 * i + 3]);
    for (let y = y0; y <= y1; y++) for (let x = x0; x <= x1; x++) take(y * side + x);
  };
  for (let i = 0; i < n; i++) each(i, (cell) => start[cell + 1]++);
  for (let k = 0; k < side * side; k++) start[k + 1] += start[k];
  const shape = new Uint32Array(start[side * side]), next = start.slice();
  for (let i = 0; i < n; i++) each(i, (cell) => (shape[next[cell]++] = i));
  return { side, span, start, shape };
}

// Numbers of the shapes whose boxes touch a box, each once.
export function within(set, a, b, c, d) {
  const found = [];
  if (!set || !set.n) return found;
  const { side, span, start, shape } = set.grid, { box, seen } = set, stamp = ++set.stamp;
  const [x0, y0, x1, y1] = span(a, b, c, d);
  for (let y = y0; y <= y1; y++) for (let x = x0; x <= x1; x++)
    for (let k = start[y * side + x]; k < start[y * side + x + 1]; k++) {
      const i = shape[k];
      if (seen[i] === stamp) continue;
      seen[i] = stamp;
      if (box[4 * i] <= c && box[4 * i + 2] >= a && box[4 * i + 1] <= d && box[4 * i + 3] >= b) found.push(i);
    }
  return found;
}

// Square of the distance from a place to a line, in pixels of zoom 0.
export function squareTo(set, i, x, y) {
  let best = Infinity;
  for (let j = set.off[i]; j < Math.max(set.off[i + 1] - 1, set.off[i] + 1); j++) {
    const k = Math.min(j + 1, set.off[i + 1] - 1);
    const ax = set.X[j], ay = set.Y[j], dx = set.X[k] - ax, dy = set.Y[k] - ay, l = dx * dx + dy * dy;
    const t = l ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / l)) : 0;
    best = Math.min(best, (ax + t * dx - x) ** 2 + (ay + t * dy - y) ** 2);
  }
  return best;
}

// The shape nearest to a place within a distance, or -1.
export function nearest(set, x, y, r) {
  let best = -1, least = r * r;
  for (const i of within(set, x - r, y - r, x + r, y + r)) {
    const found = squareTo(set, i, x, y);
    if (found < least || (found === least && best < 0)) { least = found; best = i; }
  }
  return best;
}

// Whether a place lies inside areas: an odd number of edges is crossed on the way out.
export function inside(set, x, y) {
  let odd = false;
  for (let i = 0; i < set.n; i++)
    for (let j = set.off[i]; j < set.off[i + 1] - 1; j++) {
      const a = set.Y[j] > y, b = set.Y[j + 1] > y;
      if (a !== b && x < set.X[j] + ((y - set.Y[j]) / (set.Y[j + 1] - set.Y[j])) * (set.X[j + 1] - set.X[j])) odd = !odd;
    }
  return odd;
}

// Length of a metre in pixels of zoom 0, at a height on the map.
export function metrePx(y) {
  const lat = Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / WORLD_PX)));
  return WORLD_PX / (EARTH_M * Math.cos(lat));
}
