/** Results without the live link: what changed is fetched over HTTP, while somebody else tries to connect. */

const seen = new Map(); // view -> cut of the newest answer

async function get(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

/**
 * Fetch what changed in a subscription's views; return the names of the views that did.
 *
 * @param {import("./subscription.js").Subscription} subscription
 * @param {{cut: number, time: number}} status what the server says of itself
 */
export async function poll(subscription, status) {
  const query = subscription.patterns.map((pattern) => `match=${encodeURIComponent(pattern)}`).join("&");
  const { views } = await get(`/v1/views?${query}`);
  const newer = views.filter(({ view, cut }) => seen.get(view) !== cut);
  const fetched = await Promise.all(
    newer.map(async ({ view, cut }) => {
      const { rows } = await get(`/v1/views/${view}`);
      seen.set(view, cut);
      return [view, new Map(Object.entries(rows))];
    }),
  );
  return subscription.adopt(fetched, status.cut, status.time);
}

/** Begin anew: the live link has been there in between. */
export const forget = () => seen.clear();
