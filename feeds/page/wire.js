/** The line that says which medals were won: one at a time, at most one in five seconds. */

import { el } from "./dom.js";
import { count, disciplineName, medalWords } from "./words.js";

const EVERY = 5000; // ms
const SETTLING = 2000; // ms in which the other medals of an event, and the names, may come
const NAMES = 1000; // ms between two looks whether the names are there
const PATIENCE = 4; // looks
const KEPT = 3; // lines
const MOST = 3; // events named in one line

export class Wire {
  /** @param {{place: Element, label: Function}} page `label(code, day)` names a medallist or an event */
  constructor({ place, label }) {
    this.#place = place;
    this.#label = label;
  }

  #place;
  #label;
  #known = null; // medals that were there already
  #waiting = new Map();
  #last = 0;
  #timer = 0;
  #patience = PATIENCE;

  /** Forget what is known: another epoch. */
  reset() {
    this.#known = null;
    this.#waiting.clear();
  }

  /** Take the medals of the day as they stand; what is new is told. */
  take(rows) {
    const keys = new Map(rows.map((row) => [`${row.event}/${row.participant}/${row.medal}`, row]));
    if (this.#known === null) {
      this.#known = new Set(keys.keys());
      return;
    }
    for (const [key, row] of keys) {
      if (this.#known.has(key)) continue;
      this.#known.add(key);
      this.#waiting.set(key, row);
    }
    if (this.#waiting.size && !this.#timer) {
      this.#timer = setTimeout(() => this.#tell(), Math.max(SETTLING, this.#last + EVERY - Date.now()));
    }
  }

  #tell() {
    this.#timer = 0;
    if (this.#patience > 0 && !this.#named()) {
      this.#patience -= 1;
      this.#timer = setTimeout(() => this.#tell(), NAMES);
      return;
    }
    this.#patience = PATIENCE;
    this.#last = Date.now();
    const rows = [...this.#waiting.values()];
    this.#waiting.clear();
    const line = el("p", {}, this.#sentence(rows));
    this.#place.prepend(line);
    while (this.#place.children.length > KEPT) this.#place.lastChild.remove();
  }

  /** Say whether the names of all that waits are known. */
  #named() {
    return [...this.#waiting.values()].every(({ participant, event, day }) =>
      [participant, event].every((code) => this.#label(code, day) !== code));
  }

  #sentence(rows) {
    const events = [...new Set(rows.map((row) => row.event))];
    if (events.length > 1) {
      const named = events.slice(0, MOST).map((event) => this.#event(event, rows));
      const rest = events.length > MOST ? [`${count(events.length - MOST, "more event")}`] : [];
      return `${count(rows.length, "medal")}: ${[...named, ...rest].join("; ")}`;
    }
    const medals = rows.map((row) => `${medalWords(row.medal)} ${this.#label(row.participant, row.day)} (${row.organisation ?? "?"})`);
    return `${this.#event(events[0], rows)}: ${medals.join(", ")}`;
  }

  #event(event, rows) {
    const day = rows.find((row) => row.event === event)?.day;
    const name = this.#label(event, day);
    const discipline = disciplineName(event.slice(0, 3));
    return name === event ? discipline : `${discipline}, ${name}`;
  }
}
