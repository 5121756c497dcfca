// Lines drawn into memory. A canvas without a graphics card needs ten times as long for the many
// short lines of a whole city.

const OPAQUE = 0.996; // coverage of a pixel from which nothing below it is seen

export class Raster {
  constructor(width, height) {
    this.image = new ImageData(Math.max(1, width), Math.max(1, height));
    this.pixels = new Int32Array(this.image.data.buffer); // alpha, blue, green, red: little-endian
  }
  pen(color, width, dash = []) {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16)), rgb = (b << 16) | (g << 8) | r;
    Object.assign(this, { r, g, b, rgb, solid: (255 << 24) | rgb, half: width / 2, dash, turn: dash.reduce((a, c) => a + c, 0) });
  }
  path(points, from, to) { // pairs of x and y
    if (this.turn) { this.dashed(points, from, to); return; }
    for (let j = from + 2; j < to; j += 2) this.line(points[j - 2], points[j - 1], points[j], points[j + 1]);
  }
  dashed(points, from, to) {
    let gone = 0;
    for (let j = from + 2; j < to; j += 2) {
      const x0 = points[j - 2], y0 = points[j - 1], dx = points[j] - x0, dy = points[j + 1] - y0, long = Math.hypot(dx, dy);
      for (let at = 0; at < long;) { // the parts of the dashes that lie on this line
        let k = 0, left = (gone + at) % this.turn;
        while (left >= this.dash[k]) left -= this.dash[k++];
        const end = Math.min(long, at + Math.max(1e-3, this.dash[k] - left)), a = at / long, b = end / long;
        if (k % 2 === 0) this.line(x0 + dx * a, y0 + dy * a, x0 + dx * b, y0 + dy * b);
        at = end;
      }
      gone += long;
    }
  }
  line(x0, y0, x1, y1) { // each column (row, of a steep line) is covered from one edge to the other
    const w = this.image.width, h = this.image.height, steep = Math.abs(y1 - y0) > Math.abs(x1 - x0);
    let u0 = steep ? y0 : x0, v0 = steep ? x0 : y0, u1 = steep ? y1 : x1, v1 = steep ? x1 : y1;
    if (u0 > u1) { let t = u0; u0 = u1; u1 = t; t = v0; v0 = v1; v1 = t; }
    const most = steep ? h : w, across = steep ? w : h, slope = u1 > u0 ? (v1 - v0) / (u1 - u0) : 0;
    const half = this.half * Math.sqrt(1 + slope * slope), du = steep ? w : 1, dv = steep ? 1 : w;
    for (let i = Math.max(0, Math.floor(u0)), last = Math.min(most - 1, Math.ceil(u1) - 1); i <= last; i++) {
      const a = i > u0 ? i : u0, b = i + 1 < u1 ? i + 1 : u1, middle = v0 + slope * ((a + b) / 2 - u0), low = middle - half, high = middle + half;
      for (let j = Math.max(0, Math.floor(low)), end = Math.min(across - 1, Math.ceil(high) - 1); j <= end; j++)
        this.cover(i * du + j * dv, (b - a) * ((high < j + 1 ? high : j + 1) - (low > j ? low : j)));
    }
  }
  cover(at, share) {
    const below = this.pixels[at], under = below >>> 24;
    if (share > OPAQUE) this.pixels[at] = this.solid;
    else if (under === 0) this.pixels[at] = ((share * 255 + 0.5) << 24) | this.rgb;
    else if (below !== this.solid) {
      const alpha = share * 255 + under * (1 - share), add = (share * 255) / alpha;
      const r = below & 255, g = (below >>> 8) & 255, b = (below >>> 16) & 255;
      this.pixels[at] = ((alpha + 0.5) << 24) | ((b + (this.b - b) * add + 0.5) << 16) | ((g + (this.g - g) * add + 0.5) << 8) | (r + (this.r - r) * add + 0.5);
    }
  }
  onto(context) {
    const made = document.createElement("canvas");
    made.width = this.image.width; made.height = this.image.height;
    made.getContext("2d", { willReadFrequently: true }).putImageData(this.image, 0, 0);
    context.save(); context.setTransform(1, 0, 0, 1, 0, 0); context.drawImage(made, 0, 0); context.restore();
  }
}
