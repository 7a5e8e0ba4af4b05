/**
 * What the page knows: a few named subscriptions, each replaced without a gap when other views are wanted.
 */

import { Subscription } from "./subscription.js";

const NO_ROWS = new Map();

export class Store {
  /** @param {import("./feed.js").Feed} feed */
  constructor(feed) {
    this.feed = feed;
    this.#held = new Map();
    this.#coming = new Map();
  }

  #held; // by name: the subscription that is shown
  #coming; // by name: the one that will replace it with its first image

  /** Want these views under a name, instead of those that were wanted before. */
  want(name, patterns) {
    const newest = this.#coming.get(name) ?? this.#held.get(name);
    if (newest?.patterns.join() === patterns.join()) return;
    const before = this.#coming.get(name);
    if (before) this.feed.remove(before);
    this.#coming.delete(name);
    if (this.#held.get(name)?.patterns.join() === patterns.join()) return;
    const subscription = new Subscription(patterns);
    if (this.#held.get(name)?.shown) {
      this.#coming.set(name, subscription);
    } else {
      if (this.#held.has(name)) this.feed.remove(this.#held.get(name));
      this.#held.set(name, subscription);
    }
    this.feed.add(subscription);
  }

  /** Take note that a subscription changed; return whether it is on show. */
  changed(subscription) {
    for (const [name, coming] of this.#coming) {
      if (coming === subscription) {
        this.feed.remove(this.#held.get(name));
        this.#held.set(name, subscription);
        this.#coming.delete(name);
      }
    }
    return [...this.#held.values()].includes(subscription);
  }

  /** Return the rows of a view by key. */
  rows(view) {
    for (const subscription of this.#held.values()) {
      const held = subscription.views.get(view);
      if (held) return held.rows;
    }
    return NO_ROWS;
  }

  /** Return the names of the views that are held and begin with a prefix. */
  names(prefix) {
    const names = [...this.#held.values()].flatMap((subscription) => [...subscription.views.keys()]);
    return names.filter((name) => name.startsWith(prefix));
  }

  /** Say whether a name's views have come. */
  has(name) {
    return this.#held.get(name)?.shown ?? false;
  }

  /** Say whether a view is among those that were asked for, and has come if there is one. */
  holds(view) {
    return this.subscriptions.some((one) => one.shown && one.patterns.includes(view));
  }

  /** Say whether other views of a name are on their way. */
  coming(name) {
    return this.#coming.has(name);
  }

  /** Return every subscription that is on show. */
  get subscriptions() {
    return [...this.#held.values()];
  }

  /** The newest cut that is shown, and its log time in ms. */
  get newest() {
    let newest = { cut: 0, time: 0 };
    for (const { cut, time } of this.#held.values()) if (time / 1000 >= newest.time) newest = { cut, time: time / 1000 };
    return newest;
  }
}
