/**
 * Which unit is shown while nobody has chosen one: the one under way that changed last, without restlessness.
 */

import { UNDER_WAY } from "./words.js";

const DWELL = 20000; // ms that a unit is shown at least
const STAY = 120000; // ms after which another one that has changed since may have the place
const QUIET = 40000; // ms without a change, after which another one may have the place
const LINGER = 15000; // ms that a result stays on show after its unit is over
const EVERY = 4000; // ms between two looks at what changed
const MOST = 40; // units that are looked at

/**
 * Return the unit to show: the one that is shown, or a better one.
 *
 * @param {string} shown
 * @param {{underWay: {unit: string, status: string, started?: number}[], cuts: Map<string, number>, now: number,
 *   since: number, changedAt: number, overAt: number}} state `since`, `changedAt` and `overAt` are of the unit shown
 */
export function choose(shown, { underWay, cuts, now, since, changedAt, overAt }) {
  const rank = ({ unit, status, started }) => [status === "RUNNING" ? 1 : 0, cuts.get(unit) ?? 0, started ?? 0];
  const best = [...underWay].sort((a, b) => compare(rank(b), rank(a)) || (a.unit < b.unit ? -1 : 1))[0]?.unit ?? "";
  if (!shown || !best) return shown || best;
  if (!underWay.some(({ unit }) => unit === shown)) return now - overAt > LINGER ? best : shown;
  if (now - since < DWELL) return shown;
  return now - changedAt < QUIET && now - since < STAY ? shown : best;
}

function compare(a, b) {
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return a[index] - b[index];
  return 0;
}

/** Return the unit of a day to show where none is under way: the one that ended last, or the one that begins first. */
export function fallback(rows) {
  const units = [...rows.values()].filter((row) => !UNDER_WAY.has(row.status));
  const begin = (row) => row.started ?? row.start ?? 0;
  const over = units.filter((row) => row.status === "FINISHED").sort((a, b) => begin(b) - begin(a));
  const next = units.filter((row) => row.status === "SCHEDULED").sort((a, b) => begin(a) - begin(b));
  return (over[0] ?? next[0])?.unit ?? "";
}

/** Follows what is under way, and tells whenever another unit is to be shown. */
export class Follow {
  /** @param {{underWay: Function, onChange: Function}} hooks */
  constructor({ underWay, onChange }) {
    this.unit = "";
    this.#underWay = underWay;
    this.#onChange = onChange;
    setInterval(() => this.#look(), EVERY);
  }

  #underWay;
  #onChange;
  #cuts = new Map();
  #since = 0;
  #changedAt = 0;
  #overAt = 0;
  #asking = false;

  /** Take note that the unit on show changed. */
  touch() {
    this.#changedAt = Date.now();
  }

  /** Show a unit for now, whatever is under way. */
  put(unit) {
    if (unit === this.unit) return;
    this.unit = unit;
    this.#since = this.#changedAt = Date.now();
    this.#overAt = 0;
    this.#onChange();
  }

  /** Decide with what is known. */
  decide() {
    const underWay = this.#underWay();
    const over = !underWay.some(({ unit }) => unit === this.unit);
    this.#overAt = over ? this.#overAt || Date.now() : 0;
    const state = { since: this.#since, changedAt: this.#changedAt, overAt: this.#overAt };
    this.put(choose(this.unit, { underWay, cuts: this.#cuts, now: Date.now(), ...state }));
  }

  async #look() {
    const units = this.#underWay();
    if (units.length > 1 && !document.hidden && !this.#asking) {
      this.#asking = true;
      const newest = [...units].sort((a, b) => (b.started ?? 0) - (a.started ?? 0)).slice(0, MOST);
      const query = newest.map(({ unit }) => `match=result/${unit}`).join("&");
      try {
        const answer = await fetch(`/v1/views?${query}`);
        const { views } = await answer.json();
        this.#cuts = new Map(views.map(({ view, cut }) => [view.slice("result/".length), cut]));
      } catch {
        // without an answer what was known holds
      } finally {
        this.#asking = false;
      }
    }
    this.decide();
  }
}
