// Ten possible placements to flip through, on a canvas of their own that print leaves out. The sentence
// that they are guesses is painted on the same canvas, so that no picture of a guess lacks it.

import { fill, make } from "./panel.js";

const INK = "#00513f", PAPER = "#ffffff", HALF_PX = 5, HALF_FAR_PX = 3.5, NEAR_FROM = 15, SENTENCE_PX = 14, PAD_PX = 7;
const PANE = "tk-guesses-pane"; // above the streets, below marks

function lines(x, text, wide, lang) { // Burmese has few spaces: break between words
  const parts = globalThis.Intl?.Segmenter ? [...new Intl.Segmenter(lang, { granularity: "word" }).segment(text)].map((one) => one.segment) : text.split(/(?<= )/);
  const found = [""];
  for (const part of parts) {
    const last = found.length - 1;
    if (found[last] && !/^[\p{P}\s]+$/u.test(part) && x.measureText(found[last] + part).width > wide) found.push(part.trimStart());
    else found[last] += part;
  }
  return found;
}

function makeLayer(L) {
  return L.Layer.extend({
    onAdd(map) {
      this._canvas = L.DomUtil.create("canvas", "tk-guesses");
      this._canvas.setAttribute("aria-hidden", "true");
      (map.getPane(PANE) ?? map.createPane(PANE)).append(this._canvas);
      this.redraw();
    },
    onRemove() { this._canvas.remove(); },
    getEvents() { return { move: this.redraw, moveend: this.redraw, zoomend: this.redraw, resize: this.redraw, viewreset: this.redraw, zoomstart: this._away }; },
    _away() { this._canvas.hidden = true; }, // until the zoom ends
    change(options) { Object.assign(this, options); if (this._map) this.redraw(); },
    redraw() {
      const size = this._map.getSize(), dpr = Math.min(2, devicePixelRatio || 1), canvas = this._canvas;
      if (!size.x || !size.y) return;
      canvas.hidden = false;
      L.DomUtil.setPosition(canvas, this._map.containerPointToLayerPoint([0, 0])); // fixed to the view: the sentence is always in it
      canvas.width = Math.round(size.x * dpr); canvas.height = Math.round(size.y * dpr);
      Object.assign(canvas.style, { width: `${size.x}px`, height: `${size.y}px` });
      const x = canvas.getContext("2d");
      x.setTransform(dpr, 0, 0, dpr, 0, 0);
      const { sites, steps } = this, half = this._map.getZoom() < NEAR_FROM ? HALF_FAR_PX : HALF_PX;
      for (const [width, color] of [[half, PAPER], [half * 0.44, INK]]) { // hollow diamonds: nothing else looks like them
        x.lineWidth = width; x.strokeStyle = color; x.beginPath();
        for (let i = 0; i < sites.length; i += 2) {
          const { x: px, y: py } = this._map.latLngToContainerPoint([sites[i + 1] / steps, sites[i] / steps]);
          if (px < -half || py < -half || px > size.x + half || py > size.y + half) continue;
          x.moveTo(px, py - half); x.lineTo(px + half, py); x.lineTo(px, py + half); x.lineTo(px - half, py); x.closePath();
        }
        x.stroke();
      }
      const step = SENTENCE_PX * (this.lang === "my" ? 1.9 : 1.45);
      x.font = `bold ${SENTENCE_PX}px system-ui, "${this.font}", sans-serif`;
      const wide = size.x - 2 * PAD_PX - 50, said = lines(x, this.sentence, wide, this.lang); // beside the zoom buttons
      x.fillStyle = INK; x.fillRect(50, 0, size.x - 50, said.length * step + 2 * PAD_PX);
      x.fillStyle = PAPER; x.textBaseline = "middle"; x.textAlign = "left";
      said.forEach((line, k) => x.fillText(line, 50 + PAD_PX, PAD_PX + (k + 0.5) * step));
    },
  });
}

// Adds the guesses that the page gives, or takes them away.
export async function guesses(m, L, fetched) {
  const given = m.data.guesses, box = m.ui.guesses;
  if (!given) { m.guessed?.remove(); m.guessed = m.guessesUrl = null; box.replaceChildren(); box.hidden = true; return; }
  box.hidden = false;
  if (m.guessesUrl !== given.url) {
    m.guessed?.remove(); m.guessed = null; m.guessesUrl = given.url; m.guess = 0; m.guessesHidden = false;
    try { m.guessesFound = await fetched(given.url, "guesses").then((answer) => answer.json()); }
    catch { m.guessesUrl = null; box.replaceChildren(); make("p", box, { role: "status", text: given.words.failed }); return; }
    if (m.gone || m.data.guesses?.url !== given.url) return;
  }
  const { words, n } = given, found = m.guessesFound;
  const show = () => {
    const values = { k: m.guess + 1, n }, sentence = fill(words.sentence, values);
    const looks = { sites: found.sites[m.guess] ?? [], steps: found.steps, sentence, lang: m.data.lang, font: m.data.font };
    if (m.guessesHidden) { m.guessed?.remove(); m.guessed = null; }
    else if (m.guessed) m.guessed.change(looks);
    else { m.guessed = Object.assign(new (makeLayer(L))(), looks); m.guessed.addTo(m.map); }
    status.textContent = m.guessesHidden ? "" : [sentence, given.lines[m.guess]].filter(Boolean).join(" ");
    back.disabled = on.disabled = m.guessesHidden;
    hide.textContent = m.guessesHidden ? words.show : words.hide;
  };
  box.replaceChildren(); box.setAttribute("aria-label", words.group);
  const turn = (step) => () => { m.guess = (m.guess + step + n) % n; show(); };
  const button = (text, then) => { const made = make("button", box, { type: "button", text }); made.addEventListener("click", then); return made; };
  const back = button(words.previous, turn(-1)), on = button(words.next, turn(1));
  const hide = button(words.hide, () => { m.guessesHidden = !m.guessesHidden; show(); });
  const status = make("p", box, { role: "status" });
  show();
}
