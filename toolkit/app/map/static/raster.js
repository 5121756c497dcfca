// Lines drawn into memory. A canvas without a graphics card needs ten times as long for the many
// short lines of a whole city.

const OPAQUE = 0.996; // coverage of a pixel from which nothing below it is seen

export class Raster {
  constructor(width, height) {
    this.image = new ImageData(Math.max(1, width), Math.max(1, height));
    this.pixels = new Uint32Array(this.image.data.buffer); // alpha, blue, green, red: little-endian
  }
  pen(color, width, dash = []) {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
    Object.assign(this, { r, g, b, solid: ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0, width, dash, turn: dash.reduce((a, c) => a + c, 0) });
  }
  start(x, y) { this.x = x; this.y = y; this.gone = 0; }
  to(x, y) {
    const from = [this.x, this.y], long = Math.hypot(x - from[0], y - from[1]);
    if (!this.turn) this.line(from[0], from[1], x, y);
    else for (let at = 0; at < long;) { // the parts of the dashes that lie on this line
      let k = 0, left = (this.gone + at) % this.turn;
      while (left >= this.dash[k]) left -= this.dash[k++];
      const end = Math.min(long, at + Math.max(1e-3, this.dash[k] - left)), point = (t) => [from[0] + ((x - from[0]) * t) / long, from[1] + ((y - from[1]) * t) / long];
      if (k % 2 === 0) this.line(...point(at), ...point(end));
      at = end;
    }
    this.x = x; this.y = y; this.gone += long;
  }
  line(x0, y0, x1, y1) { // each column (row, of a steep line) is covered from one edge to the other
    const { width: w, height: h } = this.image, steep = Math.abs(y1 - y0) > Math.abs(x1 - x0);
    let [u0, v0, u1, v1] = steep ? [y0, x0, y1, x1] : [x0, y0, x1, y1];
    if (u0 > u1) [u0, v0, u1, v1] = [u1, v1, u0, v0];
    const most = steep ? h : w, across = steep ? w : h, slope = u1 > u0 ? (v1 - v0) / (u1 - u0) : 0;
    const half = (this.width / 2) * Math.sqrt(1 + slope * slope), du = steep ? w : 1, dv = steep ? 1 : w;
    for (let i = Math.max(0, Math.floor(u0)), last = Math.min(most - 1, Math.ceil(u1) - 1); i <= last; i++) {
      const a = Math.max(i, u0), b = Math.min(i + 1, u1), middle = v0 + slope * ((a + b) / 2 - u0);
      const low = middle - half, high = middle + half;
      for (let j = Math.max(0, Math.floor(low)), end = Math.min(across - 1, Math.ceil(high) - 1); j <= end; j++)
        this.cover(i * du + j * dv, (b - a) * (Math.min(high, j + 1) - Math.max(low, j)));
    }
  }
  cover(at, share) {
    const below = this.pixels[at], under = (below >>> 24) / 255;
    if (share > OPAQUE || below === this.solid) { this.pixels[at] = this.solid; return; }
    const alpha = share + under * (1 - share), old = (under * (1 - share)) / alpha, add = share / alpha;
    const mix = (channel, shift) => Math.round(channel * add + ((below >>> shift) & 255) * old) << shift;
    this.pixels[at] = ((Math.round(alpha * 255) << 24) | mix(this.b, 16) | mix(this.g, 8) | mix(this.r, 0)) >>> 0;
  }
  onto(context) {
    const made = document.createElement("canvas");
    made.width = this.image.width; made.height = this.image.height;
    made.getContext("2d", { willReadFrequently: true }).putImageData(this.image, 0, 0);
    context.save(); context.setTransform(1, 0, 0, 1, 0, 0); context.drawImage(made, 0, 0); context.restore();
  }
}
