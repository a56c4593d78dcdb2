// Saves the sheet by itself: while typing, when a field is left, and when the page is.  Without it the button saves.
// What cannot be stored is kept in this tab and sent again; what somebody else stored first is never overwritten.

import { forget, keep, kept } from "./drafts.js";

const PAUSE = 800;
const RETRY = 5000;
const NAMES = ["grade", "strength", "weakness", "recommendation", "reason"];

const form = document.querySelector("form[data-autosave]");
const line = document.getElementById("saved");
const count = document.getElementById("sheet-count");
const progress = document.getElementById("sheet-progress");
const rest = document.getElementById("sheet-rest"); // all sheets together; the second round has none
const clock = new Intl.DateTimeFormat("ko-KR", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Seoul" });

const start = () => {
  const room = form.dataset.autosave;
  const own = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const versions = [...form.querySelectorAll("input[name^='version-']")];
  const codes = versions.map((field) => field.name.slice("version-".length));
  const version = Object.fromEntries(codes.map((code, place) => [code, versions[place]]));
  const changed = new Map(); // indicator → number of the change that is not stored yet
  const conflicts = new Map(); // indicator → what somebody else stored
  let changes = 0;
  let sequence = 0;
  let earlier = ""; // the page of this tab that typed what was restored
  let timer = 0;
  let sending = false;
  let failing = false;
  let closed = false;

  const say = (text, state = "well") => {
    line.dataset.state = state;
    if (line.textContent !== text) line.textContent = text;
  };

  const offer = (text, address, words) => {
    say(`${text} `, "trouble");
    const link = document.createElement("a");
    link.href = address;
    link.textContent = words;
    line.append(link);
  };

  const offerSignIn = () => offer(form.dataset.signedOut, `/sign-in?next=${encodeURIComponent(location.pathname)}`, form.dataset.signIn);

  const askWhich = () => offer(form.dataset.conflict, `#mark-${[...conflicts.keys()][0]}`, form.dataset.go);

  const field = (name, code) => form.elements[`${name}-${code}`];

  const said = (code) => {
    const values = {};
    for (const name of NAMES) {
      const found = field(name, code);
      if (found) values[name] = found.value;
    }
    return values;
  };

  const put = (code, values) => {
    for (const name of NAMES) {
      const found = field(name, code);
      if (!found || values[name] === undefined) continue;
      if (found instanceof RadioNodeList) for (const box of found) box.checked = box.value === values[name];
      else found.value = values[name];
      if (found instanceof HTMLTextAreaElement) count.ownerDocument.querySelectorAll(`[data-count="${found.id}"]`).forEach((number) => { number.textContent = String([...found.value].length); });
    }
    form.dispatchEvent(new CustomEvent("restored"));
  };

  const decided = () => {
    const done = form.querySelectorAll('input[name^="grade-"]:checked').length;
    progress.value = done;
    count.textContent = count.dataset.said.replace("{done}", done).replace("{of}", progress.max);
    if (rest) rest.textContent = rest.dataset.said.replace("{decided}", Number(rest.dataset.elsewhere) + done);
  };

  const remember = () => {
    const marks = {};
    for (const code of changed.keys()) marks[code] = { version: version[code].value, fields: said(code) };
    keep(room, { window: own, marks });
  };

  const ready = () => [...changed.keys()].filter((code) => !conflicts.has(code));

  const body = () => {
    const sent = new FormData();
    sequence += 1;
    sent.set("_csrf_token", form.elements["_csrf_token"].value);
    sent.set("window", own);
    sent.set("sequence", String(sequence));
    if (earlier) sent.set("earlier", earlier);
    for (const code of ready()) {
      sent.set(`version-${code}`, version[code].value);
      for (const [name, value] of Object.entries(said(code))) if (name !== "grade" || value) sent.set(`${name}-${code}`, value);
    }
    return sent;
  };

  const post = (keepalive) => fetch(form.action, {
    method: "POST", body: body(), keepalive,
    headers: { Accept: "application/json", "X-CSRFToken": form.elements["_csrf_token"].value },
  });

  const taken = (numbers, answer) => {
    for (const [code, number] of numbers) {
      const theirs = answer.conflicts[code];
      if (theirs) {
        conflicts.set(code, theirs);
        show(code, theirs);
        continue;
      }
      version[code].value = Math.max(version[code].value, answer.versions[code]);
      if (changed.get(code) === number) changed.delete(code);
    }
    remember();
    if (conflicts.size) askWhich();
    else if (!changed.size) say(form.dataset.saved.replace("{time}", clock.format(new Date(answer.saved_at))));
  };

  // The page's own token may be older than the one the browser holds now.
  const renew = async () => {
    const page = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    const token = new DOMParser().parseFromString(await page.text(), "text/html").querySelector(`form[data-autosave] input[name="_csrf_token"]`);
    if (!token) return false;
    form.elements["_csrf_token"].value = token.value;
    return true;
  };

  const save = async () => {
    clearTimeout(timer);
    if (sending || closed || !ready().length) return;
    const numbers = ready().map((code) => [code, changed.get(code)]);
    sending = true;
    failing = false;
    let again = PAUSE;
    say(form.dataset.saving, "waiting");
    try {
      let answer = await post(false);
      if (answer.status === 403 && await renew()) answer = await post(false);
      if (answer.ok) {
        taken(numbers, await answer.json());
      } else if (answer.status === 401 || answer.status === 403) {
        failing = true;
        again = RETRY;
        offerSignIn();
      } else if (answer.status < 500 && answer.status !== 429) {
        // It cannot be stored as it is; the sentence says why, and the next change tries again.
        failing = true;
        again = 0;
        closed = answer.status === 409 || answer.status === 404;
        say((await answer.json()).detail ?? form.dataset.failed, "trouble");
      } else {
        throw new Error(String(answer.status));
      }
    } catch {
      failing = true;
      again = RETRY;
      say(form.dataset.failed, "trouble");
    } finally {
      sending = false;
    }
    if (again && ready().length) timer = setTimeout(save, again);
  };

  const note = (target, wait) => {
    const code = codes.find((each) => NAMES.some((name) => target.name === `${name}-${each}`));
    if (!code) return;
    changed.set(code, changes += 1);
    remember();
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };

  // Everything now, whatever is under way; true once the server has it all.
  const flush = async () => {
    for (let tries = 0; tries < 50 && (sending || (ready().length && !failing && !closed)); tries += 1) {
      if (!sending) await save();
      else await new Promise((done) => { setTimeout(done, 100); });
    }
    return !changed.size;
  };

  const show = (code, theirs) => {
    const at = document.getElementById(`mark-${code}`);
    at.querySelector(".desk-conflict")?.remove();
    const template = document.getElementById("desk-conflict");
    const box = template.content.firstElementChild.cloneNode(true);
    const words = (value, name) => (name === "grade" && value === "absent" ? template.dataset.leftOut : value) || template.dataset.none;
    const mine = said(code);
    for (const [side, values] of [["theirs", theirs], ["mine", mine]]) {
      for (const row of box.querySelectorAll(`[data-${side}] [data-field]`)) {
        const name = row.dataset.field;
        row.hidden = (theirs[name] ?? "") === (mine[name] ?? "");
        row.querySelector("dd").textContent = words(values[name] ?? "", name);
      }
    }
    box.addEventListener("click", (event) => {
      const choice = event.target.dataset?.keep;
      if (!choice) return;
      // Everything is settled before the box goes: removing the pressed button moves the focus, and that saves.
      version[code].value = theirs.version;
      if (choice === "theirs") {
        put(code, theirs);
        changed.delete(code);
      } else {
        changed.set(code, changes += 1);
      }
      conflicts.delete(code);
      box.remove();
      decided();
      remember();
      if (choice === "mine") save();
      else if (!changed.size) say(form.dataset.idle, "waiting");
      (at.querySelector('input[type="radio"]:checked') ?? at.querySelector('input[type="radio"]')).focus();
    });
    at.prepend(box);
  };

  const restore = () => {
    const found = kept(room);
    if (!found) return;
    earlier = found.window;
    for (const [code, mark] of Object.entries(found.marks)) {
      if (!version[code]) continue;
      const stored = said(code);
      if (NAMES.every((name) => mark.fields[name] === undefined || mark.fields[name] === "" && name === "grade" || mark.fields[name] === stored[name])) continue;
      const mineBefore = mark.version === version[code].value || version[code].dataset.window === found.window;
      put(code, mark.fields);
      changed.set(code, changes += 1);
      if (!mineBefore) {
        conflicts.set(code, { ...stored, version: version[code].value });
        show(code, conflicts.get(code));
      }
    }
    remember();
    decided();
    if (conflicts.size) askWhich();
    else if (changed.size) say(form.dataset.restored);
    if (changed.size) timer = setTimeout(save, PAUSE);
  };

  if (!line.textContent.trim()) say(form.dataset.idle, "waiting");
  form.addEventListener("input", (event) => { decided(); note(event.target, PAUSE); });
  form.addEventListener("change", (event) => note(event.target, 200));
  form.addEventListener("focusout", () => { if (ready().length && !failing) save(); });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const then = event.submitter?.value;
    failing = false;
    if (!await flush()) {
      const open = form.querySelector(".desk-conflict");
      open?.scrollIntoView({ block: "center" });
      open?.focus();
      return;
    }
    if (then === "file") location.assign(`${new URL(form.action).pathname}/file`);
    else if (!line.textContent.trim()) say(form.dataset.idle, "waiting");
  });
  window.addEventListener("online", () => { failing = false; save(); });
  window.addEventListener("focus", () => { if (failing) save(); });
  // The page may be gone before the answer comes: `keepalive` lets the request live on.
  const leave = () => {
    if (closed || !ready().length) return;
    clearTimeout(timer);
    const numbers = ready().map((code) => [code, changed.get(code)]);
    post(true).then(async (answer) => { if (answer.ok) taken(numbers, await answer.json()); }).catch(() => {});
  };
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
  window.addEventListener("pagehide", leave);
  window.addEventListener("beforeunload", (event) => { if (changed.size && failing) event.preventDefault(); });

  // Signing out on purpose: first everything is stored, then nothing stays in this tab.
  document.addEventListener("submit", async (event) => {
    const leaving = event.target;
    if (new URL(leaving.action).pathname !== "/sign-out") return;
    if (!changed.size) return forget(room);
    event.preventDefault();
    event.stopImmediatePropagation();
    failing = false;
    if (!await flush() && !window.confirm(form.dataset.leave)) return;
    changed.clear();
    forget(room);
    leaving.submit();
  }, { capture: true });
  if ("BroadcastChannel" in window) {
    new BroadcastChannel("yaksok").addEventListener("message", (event) => { if (event.data === "signed-out") forget(room); });
  }
  restore();
};

if (form) start();
// A sheet that is filed or closed: nothing that was typed into it stays in this tab.
for (const done of document.querySelectorAll("[data-forget]")) forget(done.dataset.forget);
