/**
 * How the page stands with the server: connecting, live, or one of three troubles that are not the same.
 *
 * offline: this device has no connection. lost: the server answers, the live link does not. trouble: the server does not
 * answer.
 */

const PROBE = "/v1/status";
const PROBE_WITHIN = 4000; // ms
const GRACE = 1500; // ms in which a link may come back before anybody is told

export class Link {
  /**
   * @param {{onChange: Function, hurry: Function, poll: Function}} hooks
   */
  constructor({ onChange, hurry, poll }) {
    this.kind = "connecting";
    this.retryAt = 0;
    this.#onChange = onChange;
    this.#poll = poll;
    addEventListener("online", () => this.#judge().then(hurry));
    addEventListener("offline", () => this.#judge());
    document.addEventListener("visibilitychange", () => document.hidden || this.#up || hurry());
  }

  #onChange;
  #poll;
  #up = false;
  #answers = null; // whether the server answered the last probe
  #downSince = Date.now();
  #timer = 0;

  /** Take note of the feed's state. */
  feed({ up, retryAt }) {
    if (this.#up && !up) {
      this.#downSince = Date.now();
      this.#answers = null;
    }
    this.#up = up;
    this.retryAt = retryAt;
    clearTimeout(this.#timer);
    if (!up) this.#timer = setTimeout(() => this.#probe(), this.#answers === null ? 200 : GRACE);
    this.#judge();
  }

  async #judge() {
    const kind = this.#kind();
    if (kind === this.kind) return;
    this.kind = kind;
    this.#onChange();
  }

  #kind() {
    if (!navigator.onLine) return "offline";
    if (this.#up) return "live";
    if (this.#answers === false) return "trouble";
    if (this.#answers === true && Date.now() - this.#downSince > GRACE) return "lost";
    return this.kind === "offline" || this.kind === "connecting" || this.kind === "live" ? "connecting" : this.kind;
  }

  /** Ask the server over HTTP, as long as there is no link; where it answers, take the results that way. */
  async #probe() {
    clearTimeout(this.#timer);
    if (this.#up) return;
    try {
      const answer = await fetch(PROBE, { cache: "no-store", signal: AbortSignal.timeout(PROBE_WITHIN) });
      const status = await answer.json();
      this.#answers = answer.ok;
      if (answer.ok && this.kind === "lost") await this.#poll(status);
    } catch {
      this.#answers = false;
    }
    if (this.#up) return;
    this.#judge();
    this.#timer = setTimeout(() => this.#probe(), 2000 + Math.random() * 1000);
  }
}

/** What is said about a state: [shape, short words, whole sentence]. */
export const LINK_WORDS = {
  connecting: ["ring", "Connecting", "Connecting to the results"],
  live: ["dot", "Connected", "Connected: results arrive as they happen"],
  offline: ["cross", "You are offline", "This device has no connection; the results stand as they were"],
  lost: ["half", "Live link lost", "The live link is lost; results are fetched every few seconds"],
  trouble: ["alert", "Service trouble", "The results service cannot be reached; the results stand as they were"],
};
