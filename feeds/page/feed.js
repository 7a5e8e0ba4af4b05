/**
 * The connection to the feed: it says hello, keeps the subscriptions, and comes back by itself. No DOM.
 *
 * It resumes where it was; where the server cannot, or what comes does not fit, it begins anew with an image. Reconnects
 * wait a random part of a delay that doubles (full jitter), so that a crowd does not come back at once.
 */

import { Broken } from "./subscription.js";

const VERSION = 1;
const HEARTBEAT = 5000; // ms
const PATIENCE = 2.5; // heartbeats that may be missed
const SHORTEST = 800; // ms: the first delay is a random part of this
const LONGEST = 20000;
const STEADY = 10000; // ms: a link that held this long was a good one
const MOST_BROKEN = 5; // images in a minute, before the connection is given up

export class Feed {
  /**
   * @param {string} url
   * @param {{onState?: Function, onHello?: Function, onChange?: Function, onEpoch?: Function}} hooks
   */
  constructor(url, hooks = {}, { random = Math.random } = {}) {
    this.url = url;
    this.hooks = hooks;
    this.random = random;
    this.subscriptions = new Set();
    this.up = false;
    this.epoch = "";
    this.retryAt = 0; // ms of Date.now(), while it waits
    this.#heartbeat = HEARTBEAT;
  }

  #socket = null;
  #heartbeat;
  #heard = 0;
  #since = 0;
  #attempt = 0;
  #timer = 0;
  #watch = 0;
  #lastId = 0;
  #broken = [];

  /** Connect, and never stop trying. */
  start() {
    this.#watch = setInterval(() => this.#listen(), 1000);
    this.#connect();
  }

  /** End it. */
  stop() {
    clearInterval(this.#watch);
    clearTimeout(this.#timer);
    this.#drop();
  }

  /** Try at once, where it waits. */
  hurry() {
    if (this.#socket === null) this.#connect();
  }

  /** Keep a subscription, on this connection and all that follow. */
  add(subscription) {
    this.subscriptions.add(subscription);
    if (this.up) this.#ask(subscription);
  }

  /** Keep it no more. */
  remove(subscription) {
    this.subscriptions.delete(subscription);
    if (this.up && subscription.id) this.#say({ op: "unsub", id: subscription.id });
  }

  #connect() {
    clearTimeout(this.#timer);
    this.retryAt = 0;
    this.#heard = Date.now();
    const socket = (this.#socket = new WebSocket(this.url));
    socket.onopen = () => this.#say({ op: "hello", v: VERSION, hb_ms: HEARTBEAT });
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = (event) => this.#lost(event.code, event.reason);
    this.#tell();
  }

  #say(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #tell() {
    this.hooks.onState?.({ up: this.up, retryAt: this.retryAt, attempt: this.#attempt });
  }

  /** Let go of the connection, without waiting for its end. */
  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    this.up = false;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }

  #lost(code, reason = "") {
    if (this.up && Date.now() - this.#since > STEADY) this.#attempt = 0;
    this.#drop();
    const most = Math.min(LONGEST, SHORTEST * 2 ** this.#attempt);
    const least = code >= 4400 ? LONGEST / 2 : 0; // we were refused: that will not change at once
    const told = /retry_ms=(\d+)$/.exec(reason); // the edge goes away, and tells each its own moment
    const delay = told ? Number(told[1]) : least + this.random() * most;
    this.#attempt += 1;
    this.retryAt = Date.now() + delay;
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.#tell();
  }

  #listen() {
    if (this.#socket && Date.now() - this.#heard > PATIENCE * this.#heartbeat) this.#lost(0);
  }

  #receive(data) {
    this.#heard = Date.now();
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return; // not a message: nothing can be said about it
    }
    if (typeof message !== "object" || message === null) return;
    if (message.op === "hello") this.#hello(message);
    else if (message.op === "err") this.#refused(message);
    else if (Number.isInteger(message.id)) this.#deliver(message);
  }

  #hello(message) {
    this.up = true;
    this.#since = Date.now();
    if (Number.isFinite(message.hb_ms)) this.#heartbeat = message.hb_ms;
    this.#enter(String(message.epoch ?? ""));
    this.hooks.onHello?.(message);
    for (const subscription of this.subscriptions) this.#ask(subscription);
    this.#tell();
  }

  /** Another epoch, other numbers: nothing that is held can be continued. */
  #enter(epoch) {
    if (this.epoch && epoch !== this.epoch) {
      for (const subscription of this.subscriptions) subscription.forget();
      this.hooks.onEpoch?.();
    }
    this.epoch = epoch;
  }

  #ask(subscription) {
    this.#lastId = (this.#lastId % 60000) + 1;
    subscription.id = this.#lastId;
    subscription.complete = false;
    subscription.staged = null;
    const message = { op: "sub", id: subscription.id, views: subscription.patterns };
    if (subscription.resume) message.resume = subscription.resume;
    this.#say(message);
  }

  #refused({ id, code }) {
    console.warn("feed: refused", code);
    for (const subscription of this.subscriptions) if (subscription.id === id) subscription.forget();
  }

  #deliver(message) {
    for (const subscription of this.subscriptions) {
      if (subscription.id !== message.id) continue;
      try {
        const changed = subscription.take(message);
        if (message.op === "reset" && message.why === "epoch") this.hooks.onEpoch?.();
        if (changed) this.hooks.onChange?.(subscription, changed);
      } catch (error) {
        if (!(error instanceof Broken)) throw error;
        this.#mend(subscription, error);
      }
      return;
    }
  }

  /** Ask for a new image; a server that never fits is left alone for a while. */
  #mend(subscription, error) {
    console.warn("feed: begins anew,", error.message);
    this.#broken = [...this.#broken.filter((at) => at > Date.now() - 60000), Date.now()];
    if (this.#broken.length > MOST_BROKEN) return this.#lost(4400);
    this.#say({ op: "unsub", id: subscription.id });
    subscription.forget();
    this.#ask(subscription);
  }
}
