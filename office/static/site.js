// Small comforts for every page. Each page works without them.

const live = (text) => {
  let line = document.getElementById("live");
  if (!line) {
    line = Object.assign(document.createElement("p"), { id: "live", className: "sr-only" });
    line.setAttribute("role", "status");
    document.body.append(line);
  }
  line.textContent = text;
};

// Printing needs a script, so its button only shows where there is one.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Copying needs a secure context.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const said = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      button.textContent = button.dataset.copied;
      live(button.dataset.copied);
      setTimeout(() => { button.textContent = said; }, 2000);
    });
  }
}

// How many characters have been written.
for (const count of document.querySelectorAll(".count-now[data-count]")) {
  const area = document.getElementById(count.dataset.count);
  area.addEventListener("input", () => { count.textContent = String([...area.value].length); });
}

// A page that comes back with a problem begins there.
document.getElementById("problem")?.focus();

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  // The answer may be a file, and then the page stays.
  setTimeout(() => { delete form.dataset.sent; }, 5000);
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Signing out leaves nothing in this browser of what was typed into score sheets.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || new URL(event.target.action).pathname !== "/sign-out") return;
  for (const name of Object.keys(sessionStorage)) if (name.startsWith("sheet:")) sessionStorage.removeItem(name);
  if ("BroadcastChannel" in window) new BroadcastChannel("yaksok").postMessage("signed-out");
});

// Tables that stick out can be scrolled with the keyboard.
const reachable = () => {
  for (const wrap of document.querySelectorAll(".table-wrap")) {
    if (wrap.scrollWidth > wrap.clientWidth + 1) {
      wrap.tabIndex = 0;
      wrap.setAttribute("role", "region");
      wrap.setAttribute("aria-label", wrap.querySelector("caption")?.textContent ?? "");
    } else {
      wrap.removeAttribute("tabindex");
      wrap.removeAttribute("role");
      wrap.removeAttribute("aria-label");
    }
  }
};
reachable();
window.addEventListener("resize", reachable);

// The menu closes with Escape and when something else is touched.
for (const menu of document.querySelectorAll(".site-menu")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
}
