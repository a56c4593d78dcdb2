// Marking without a mouse: numbers choose the grade, J and K go from indicator to indicator.  Never while a text is
// being written, and switched off where it is in the way (WCAG 2.1.4); everything works by Tab as well.

const form = document.querySelector("form[data-autosave]");
const pairs = [...document.querySelectorAll(".sheet-pair")];
const dialog = document.getElementById("desk-keys");
const steps = document.getElementById("desk-steps");
const toggle = document.getElementById("desk-keys-switch");
const PREFERENCE = "desk-keys";

let here = 0;

const boxes = (pair) => [...pair.querySelectorAll('input[name^="grade-"]')];

const mark = (place) => {
  pairs[here]?.classList.remove("is-here");
  here = place;
  pairs[here].classList.add("is-here");
};

const go = (step) => {
  const place = Math.min(Math.max(here + step, 0), pairs.length - 1);
  mark(place);
  const radios = boxes(pairs[place]);
  (radios.find((radio) => radio.checked) ?? radios[0]).focus({ preventScroll: true });
  pairs[place].scrollIntoView({ block: "start" });
};

const choose = (number) => {
  const radio = boxes(pairs[here]).at(number === 0 ? -1 : number - 1);
  radio.focus({ preventScroll: true });
  if (radio.checked) return;
  radio.checked = true;
  radio.dispatchEvent(new Event("input", { bubbles: true }));
  radio.dispatchEvent(new Event("change", { bubbles: true }));
};

const writing = (target) => target.closest?.("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");

const on = () => document.body.classList.contains("keys-on");
const turn = (wanted) => {
  document.body.classList.toggle("keys-on", wanted);
  toggle.textContent = wanted ? toggle.dataset.off : toggle.dataset.on;
};

const pressed = (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || dialog.open) return false;
  if (writing(event.target)) {
    if (event.code !== "Escape") return false;
    go(0);
    return true;
  }
  // The place of the key, not its letter: with a Korean keyboard J writes ㅓ.
  const number = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  if (event.key === "?") dialog.showModal();
  else if (event.shiftKey) return false;
  else if (number) choose(Number(number[1]));
  else if (event.code === "KeyJ") go(1);
  else if (event.code === "KeyK") go(-1);
  else if (event.code === "KeyC") pairs[here].querySelector("textarea")?.focus();
  else return false;
  return true;
};

if (form && pairs.length) {
  steps.hidden = false;
  mark(0);
  let wanted = true;
  try {
    wanted = localStorage.getItem(PREFERENCE) !== "off";
  } catch {
    // Then it is on for this page.
  }
  turn(wanted);
  form.addEventListener("focusin", (event) => {
    const place = pairs.indexOf(event.target.closest(".sheet-pair"));
    if (place >= 0 && place !== here) mark(place);
  });
  for (const button of steps.querySelectorAll("[data-step]")) button.addEventListener("click", () => go(Number(button.dataset.step)));
  for (const button of document.querySelectorAll("[data-keys]")) button.addEventListener("click", () => dialog.showModal());
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  toggle.addEventListener("click", () => {
    turn(!on());
    try {
      localStorage.setItem(PREFERENCE, on() ? "on" : "off");
    } catch {
      // Then it is for this page.
    }
  });
  document.addEventListener("keydown", (event) => {
    if (on() && pressed(event)) event.preventDefault();
  });
}
