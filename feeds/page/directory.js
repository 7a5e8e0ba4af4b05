/**
 * The names of codes. Rows carry codes only; names are fetched once a view, over HTTP, where every visitor shares the
 * same cached answer, and again (ever more rarely) where a code is still unknown.
 */

const SOON = 8000; // ms until a view is fetched again for a code that was not in it
const AT_ONCE = 1000;
const LATE = 300000;
const DAYS_EVERY = 60000;

const zoneHere = () => -new Date().getTimezoneOffset();

export class Directory {
  /** @param {Function} onChange called when something is known that was not */
  constructor(onChange) {
    this.onChange = onChange;
    this.reset();
  }

  #sources; // address -> {rows, names, at, wait, loading}
  #units;
  #zone;

  /** Forget everything: it belongs to another epoch. */
  reset() {
    this.#sources = new Map();
    this.#units = new Map();
    this.#zone = null;
  }

  /** Return an organisation's name, or its code. */
  organisation(code) {
    return this.#find("/v1/views/organisations", code)?.name || code;
  }

  /** Return {name, organisation} of a person or team, or undefined. */
  person(code, discipline) {
    const people = this.#source(`/v1/views/participants/${discipline}`);
    const teams = this.#source(`/v1/views/teams/${discipline}`);
    const found = people.rows?.[code] ?? teams.rows?.[code];
    if (!found && code) for (const source of [people, teams]) this.#again(source);
    return found;
  }

  /** Return what the schedule says of a unit, or undefined. */
  unit(code) {
    return this.#units.get(code) ?? this.#find(`/v1/views/schedule/${code.slice(0, 3)}`, code);
  }

  /** Take note of rows of a schedule that came otherwise. */
  learn(rows) {
    for (const [code, row] of rows) this.#units.set(code, row);
  }

  /** Return what a code is called in a view, or undefined. */
  label(code, view) {
    const source = this.#source(`/v1/views/${view}?names=true`);
    if (source.names && !source.names[code]) this.#again(source);
    return source.names?.[code];
  }

  /** Return a venue's name, or its code. */
  venue(code) {
    return (code && this.#find("/v1/views/venues", code)?.name) || code || "";
  }

  /** Return the zone of a venue; of most venues, where it is not known. */
  zone(code) {
    const venue = code && this.#find("/v1/views/venues", code);
    return venue ? venue.offset ?? 0 : this.gamesZone;
  }

  /** Return the zone of most venues; of the reader, where none is known. */
  get gamesZone() {
    const { rows } = this.#source("/v1/views/venues");
    if (!rows || Object.keys(rows).length === 0) return zoneHere();
    if (this.#zone?.rows !== rows) this.#zone = { rows, offset: commonest(Object.values(rows).map((row) => row.offset ?? 0)) };
    return this.#zone.offset;
  }

  /** Return the days that have a schedule, in order. */
  get days() {
    const source = this.#source("/v1/views?match=schedule/day/*");
    if (Date.now() - source.at > DAYS_EVERY) this.#load(source);
    return (source.views ?? []).map(({ view }) => String(view).slice("schedule/day/".length)).sort();
  }

  /** Whether it is known which days have a schedule. */
  get hasDays() {
    return this.#source("/v1/views?match=schedule/day/*").views !== undefined;
  }

  /** Take note that a view changed: what is unknown of it is soon asked for again. */
  changed(view) {
    const source = this.#sources.get(`/v1/views/${view}?names=true`);
    if (!source) return;
    source.wait = AT_ONCE;
    clearTimeout(source.timer);
    source.timer = 0;
  }

  #find(address, code) {
    const source = this.#source(address);
    const found = source.rows?.[code];
    if (!found && code) this.#again(source);
    return found;
  }

  #source(address) {
    let source = this.#sources.get(address);
    if (!source) {
      source = { address, at: 0, wait: SOON, timer: 0, loading: false };
      this.#sources.set(address, source);
      this.#load(source);
    }
    return source;
  }

  /** Fetch a view again when its time has come: a code was not in it. */
  #again(source) {
    if (source.loading || source.timer) return;
    source.timer = setTimeout(() => {
      source.timer = 0;
      source.wait = Math.min(LATE, source.wait * 2);
      if (this.#sources.get(source.address) === source) this.#load(source);
    }, Math.max(0, source.at + source.wait - Date.now()));
  }

  async #load(source) {
    if (source.loading) return;
    source.loading = true;
    source.at = Date.now();
    try {
      const body = await read(source.address, source.rows || source.names ? "no-cache" : "default");
      if (this.#sources.get(source.address) !== source) return;
      for (const part of ["rows", "names", "views"]) if (typeof body[part] === "object") source[part] = body[part];
      this.onChange();
    } catch {
      // the link says what is wrong; the names are asked for again
    } finally {
      source.loading = false;
    }
  }
}

/** Return the document at an address; an empty one where the view is not there yet. */
async function read(address, cache) {
  const view = /^\/v1\/views\/([^?]+)/.exec(address)?.[1];
  if (view && (await get(`/v1/views?match=${view}`, cache)).views.length === 0) return {};
  return get(address, cache);
}

async function get(address, cache) {
  const answer = await fetch(address, { cache, headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

function commonest(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0][0];
}
