/** Results without the live link: what changed is fetched over HTTP, while somebody else tries to connect. */

let seen = new WeakMap(); // subscription -> view -> cut of the newest answer

/** Return what the server has, never what is kept here: a stale answer would be taken for the newest. */
async function get(address) {
  const answer = await fetch(address, { cache: "no-cache", headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return { body: await answer.json(), changed: Number(answer.headers.get("Podium-Changed")) };
}

/**
 * Fetch what changed in a subscription's views; return the names of the views that did.
 *
 * @param {import("./subscription.js").Subscription} subscription
 * @param {{cut: number, time: number}} status what the server says of itself
 */
export async function poll(subscription, status) {
  const query = subscription.patterns.map((pattern) => `match=${encodeURIComponent(pattern)}`).join("&");
  const { views } = (await get(`/v1/views?${query}`)).body;
  const held = seen.get(subscription) ?? new Map();
  seen.set(subscription, held);
  const newer = views.filter(({ view, cut }) => held.get(view) !== cut);
  const fetched = await Promise.all(
    newer.map(async ({ view }) => {
      const { body, changed } = await get(`/v1/views/${view}`);
      held.set(view, changed);
      return [view, new Map(Object.entries(body.rows))];
    }),
  );
  return subscription.adopt(fetched, status.cut, status.time);
}

/** Begin anew: the live link has been there in between. */
export function forget() {
  seen = new WeakMap();
}
