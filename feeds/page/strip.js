/** The strip at the top: what kind of Games this is, how the link is, and as of when the results are. */

import { clockOf, dateOf, instantOf, spell } from "./clock.js";
import { mark, set, text } from "./dom.js";
import { LINK_WORDS } from "./link.js";
import { modeWords } from "./words.js";

const byId = (id) => document.getElementById(id);

/** Show the mode; it stays on show whatever happens to the link. */
export function showMode(mode) {
  const [words, sentence] = modeWords(mode);
  const strip = byId("strip");
  set(strip, "data-mode", mode);
  text(byId("mode").querySelector("strong"), words);
  text(byId("mode").querySelector("span"), sentence);
  text(byId("kicker").firstChild, mode === "live" ? "Live results" : mode === "replay" ? "Replayed results" : `${words} results`);
}

/** Show the link's state. */
export function showLink(kind) {
  const [shape, words, sentence] = LINK_WORDS[kind];
  set(byId("strip"), "data-link", kind);
  const place = byId("link").querySelector(".shape");
  if (place.dataset.name !== shape) {
    const holder = document.createElement("span");
    mark(holder, shape, "");
    const drawing = holder.querySelector("svg");
    drawing.dataset.name = shape;
    place.replaceWith(drawing);
  }
  text(byId("link-words"), words);
  set(byId("link"), "title", sentence);
}

/** Show when the next attempt is, in seconds. */
export function showRetry(kind, retryAt) {
  const seconds = Math.ceil((retryAt - Date.now()) / 1000);
  const waits = retryAt && seconds > 0 && (kind === "lost" || kind === "trouble");
  text(byId("link-retry"), waits ? `next attempt in ${seconds} s` : "");
}

/** Show the log time of the newest cut, and how long ago it came where the link is down. */
export function showAsOf({ cut, time }, zone, stale) {
  if (!time) return;
  const node = byId("asof").querySelector("time");
  const [date, clock, ago] = node.children;
  text(date, `${dateOf(time, zone)} `);
  text(clock, clockOf(time, zone));
  text(ago, stale > 0 ? `, ${spell(stale)} ago` : "");
  set(node, "datetime", instantOf(time));
  set(byId("asof"), "title", `Cut ${cut}, in the time of the Games`);
}
