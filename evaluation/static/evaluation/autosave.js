// Saves the sheet by itself: a moment after something changed, and when the page is left.  Without it the button saves.

const PAUSE = 1500;
const RETRY = 8000;

const form = document.querySelector("form[data-autosave]");
const line = document.getElementById("saved");
const count = document.getElementById("sheet-count");
const progress = document.getElementById("sheet-progress");
const clock = new Intl.DateTimeFormat("ko-KR", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Seoul" });

let timer = 0;
let changed = 0; // counts changes, so that a change made while saving is saved again
let stored = 0;
let sending = null;

const say = (text) => { if (line.textContent !== text) line.textContent = text; };

const decided = () => {
  const done = form.querySelectorAll('.grade-scale input:checked').length;
  progress.value = done;
  count.textContent = count.dataset.said.replace("{done}", done).replace("{of}", progress.max);
};

const body = () => new URLSearchParams(new FormData(form));

const save = async () => {
  clearTimeout(timer);
  if (sending || changed === stored) return;
  const what = changed;
  sending = new AbortController();
  say(form.dataset.saving);
  try {
    const answer = await fetch(form.action, {
      method: "POST", body: body(), signal: sending.signal, headers: { Accept: "application/json" },
    });
    if (answer.ok) {
      const { saved_at: at } = await answer.json();
      stored = what;
      say(form.dataset.saved.replace("{time}", clock.format(new Date(at))));
    } else if (answer.status === 401) {
      say(form.dataset.signedOut);
    } else if (answer.status < 500 && answer.status !== 429) {
      // What was typed cannot be stored as it is; the button shows where.
      stored = what;
      say((await answer.json()).detail ?? form.dataset.failed);
    } else {
      say(form.dataset.failed);
    }
  } catch (trouble) {
    if (trouble.name === "AbortError") return;
    say(form.dataset.failed);
  } finally {
    sending = null;
  }
  if (changed !== stored) timer = setTimeout(save, stored === what ? PAUSE : RETRY);
};

const note = (wait) => {
  changed += 1;
  clearTimeout(timer);
  timer = setTimeout(save, wait);
};

if (form) {
  if (!line.textContent.trim()) say(form.dataset.idle);
  form.addEventListener("input", () => { decided(); note(PAUSE); });
  form.addEventListener("change", () => note(300));
  form.addEventListener("submit", () => { clearTimeout(timer); sending?.abort(); stored = changed; });
  window.addEventListener("online", () => save());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || changed === stored) return;
    clearTimeout(timer);
    sending?.abort();
    // The page may be gone before the answer comes: `keepalive` lets the request live on.
    const what = changed;
    fetch(form.action, { method: "POST", body: body(), keepalive: true, headers: { Accept: "application/json" } })
      .then((answer) => { if (answer.ok) stored = Math.max(stored, what); })
      .catch(() => {});
  });
}
