/**
 * One subscription as a client holds it: images and cuts in, views out. No I/O.
 *
 * A view is a Map of rows by key; a changed row is a new object, so that `===` says whether a row is as it was.
 */

/** What the server sent does not go with what is held: a new image is needed. */
export class Broken extends Error {}

/** @typedef {{seq: number, rows: Map<string, Object>, rev: Map<string, number>}} View */

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Return the first and the last of a number or a pair of numbers. */
function span(value, what) {
  const [first, last] = Array.isArray(value) ? value : [value, value];
  if (!Number.isInteger(first) || !Number.isInteger(last) || last < first) throw new Broken(`${what}: ${value}`);
  return [first, last];
}

export class Subscription {
  /** @param {string[]} patterns the views asked for */
  constructor(patterns) {
    this.patterns = patterns;
    this.id = 0; // on the current connection
    /** @type {Map<string, View>} */
    this.views = new Map();
    this.cut = 0;
    this.time = 0; // log time of the newest cut, microseconds
    this.resume = "";
    this.complete = false; // whether cuts may be applied
    this.shown = false; // whether there ever was a whole image
    this.staged = null; // parts of an image that is on its way
  }

  /**
   * Take a message; return the names of the views that changed, or null where nothing can be shown yet.
   * Throws Broken.
   */
  take(message) {
    switch (message.op) {
      case "image": return this.#image(message);
      case "cut": return this.#cut(message);
      case "reset": this.forget(); return null;
      case "resumed": this.complete = this.shown; this.#need(this.shown, "resumed from nothing"); return null;
      default: return null; // a word of a later version
    }
  }

  /** Let the server begin anew; what is held stays on show until its image is here. */
  forget() {
    this.complete = false;
    this.resume = "";
    this.staged = null;
  }

  /** Take whole views from elsewhere than the feed; the feed begins anew afterwards. */
  adopt(views, cut, time) {
    this.forget();
    for (const [name, rows] of views) this.views.set(name, { seq: 0, rows, rev: new Map() });
    this.#note(cut, time);
    this.shown = true;
    return new Set(views.keys());
  }

  #need(holds, what) {
    if (!holds) throw new Broken(what);
  }

  #note(cut, time) {
    this.cut = cut;
    if (Number.isFinite(time)) this.time = time;
  }

  #image({ part, more, views, cut, time, resume }) {
    this.#need(isObject(views) && Number.isInteger(cut), "an image without views");
    if (part === 1) this.staged = { part: 0, views: new Map() };
    this.#need(this.staged !== null && part === this.staged.part + 1, `part ${part} of an image`);
    this.staged.part = part;
    for (const [name, body] of Object.entries(views)) this.#stage(name, body);
    if (more) return null;
    const changed = new Set([...this.views.keys(), ...this.staged.views.keys()]);
    this.views = this.staged.views;
    this.staged = null;
    this.complete = this.shown = true;
    this.resume = typeof resume === "string" ? resume : "";
    this.#note(cut, time);
    return changed;
  }

  #stage(name, body) {
    this.#need(isObject(body) && isObject(body.rows) && Number.isInteger(body.seq), `the image of ${name}`);
    const held = this.staged.views.get(name) ?? { seq: body.seq, rows: new Map(), rev: new Map() };
    held.seq = body.seq;
    for (const [key, row] of Object.entries(body.rows)) if (isObject(row)) held.rows.set(key, row);
    for (const [key, revision] of Object.entries(body.rev ?? {})) held.rev.set(key, revision);
    this.staged.views.set(name, held);
  }

  #cut({ cut, time, views, resume }) {
    if (!this.complete) return null; // it belongs to what has been reset
    const [first, last] = span(cut, "cut");
    this.#need(first > this.cut && isObject(views), `cut ${first} after ${this.cut}`);
    const steps = Object.entries(views).map(([name, body]) => this.#step(name, body));
    for (const step of steps) this.#apply(step);
    this.resume = typeof resume === "string" ? resume : "";
    this.#note(last, time);
    return new Set(steps.map((step) => step.name));
  }

  /** Check what a cut says of a view before any of the cut is applied. */
  #step(name, body) {
    this.#need(isObject(body), name);
    const [first, last] = span(body.seq, name);
    this.#need(first === (this.views.get(name)?.seq ?? 0) + 1, `${name}: sequence ${first}`);
    const up = Object.entries(body.up ?? {});
    this.#need(up.every(([, fields]) => isObject(fields)), name);
    return { name, last, up, rev: Object.entries(body.rev ?? {}), gone: body.del ?? [] };
  }

  #apply({ name, last, up, rev, gone }) {
    const held = this.views.get(name) ?? { seq: 0, rows: new Map(), rev: new Map() };
    this.views.set(name, held);
    held.seq = last;
    for (const key of gone) {
      held.rows.delete(key);
      held.rev.delete(key);
    }
    for (const [key, fields] of up) {
      const row = { ...held.rows.get(key), ...fields };
      for (const field in fields) if (fields[field] === null) delete row[field];
      held.rows.set(key, row);
    }
    for (const [key, revision] of rev) held.rev.set(key, revision);
  }
}
