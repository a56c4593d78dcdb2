// What has been typed and not yet stored, kept for this tab alone (marks are confidential) until the server has it.

const PREFIX = "sheet:";

const room = (name) => PREFIX + name;

export const keep = (name, what) => {
  try {
    if (Object.keys(what.marks).length) sessionStorage.setItem(room(name), JSON.stringify(what));
    else sessionStorage.removeItem(room(name));
  } catch {
    // A browser without storage still has the page and the server.
  }
};

export const kept = (name) => {
  try {
    return JSON.parse(sessionStorage.getItem(room(name)));
  } catch {
    return null;
  }
};

export const forget = (name) => {
  try {
    sessionStorage.removeItem(room(name));
  } catch {
    // Nothing was kept.
  }
};
