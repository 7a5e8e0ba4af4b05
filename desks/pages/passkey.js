// A passkey is asked for or made: we say by what, the browser has its holder unlock it, and its answer goes to us.
// Where there is no script, or a browser that knows no passkeys, their forms stay hidden: a password does the same.

async function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  const said = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw Object.assign(new Error(), { name: said.error.code });
  return said;
}

async function unlock(options, making) {
  const made = making
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  return made.toJSON();
}

async function use(form) {
  const { path, next, making } = form.dataset;
  const credential = await unlock(await post(`${path}/options`, {}), making !== undefined);
  await post(path, { credential, cookie: true });
  const waiting = document.getElementById("waiting"); // a form that was sent, and waits for the proof
  if (waiting) waiting.submit();
  else location.assign(next);
}

function say(form, name) {
  const sentence = form.querySelector(`[data-said="${CSS.escape(name)}"]`) ?? form.querySelector('[data-said=""]');
  form.querySelector("[role=alert]").textContent = sentence.textContent;
}

for (const form of globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON ? document.querySelectorAll("[data-path]") : []) {
  form.hidden = form.closest("section").hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await use(form);
    } catch (error) {
      button.disabled = false;
      say(form, error.name);
    }
  });
}
