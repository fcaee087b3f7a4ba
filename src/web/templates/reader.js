// Enhances the pages, all of which work without it: takes over Telegram's colours inside a Mini App, copies quotations,
// scrolls to the marked words, opens the table of contents on wide screens, and searches while the reader types.
(() => {
  "use strict";
  const root = document.documentElement;

  // Telegram puts its colours into the address of a Mini App's first page. Later pages take them from the session storage.
  const theme = () => {
    const told = new URLSearchParams(location.hash.slice(1)).get("tgWebAppThemeParams");
    try {
      if (told) sessionStorage.setItem("theme", told);
      return JSON.parse(told || sessionStorage.getItem("theme") || "{}");
    } catch {
      return {};
    }
  };
  const names = {
    bg_color: "--paper", secondary_bg_color: "--sheet", text_color: "--ink", hint_color: "--soft",
    link_color: "--seal", section_separator_color: "--line",
  };
  const colours = theme();
  for (const [theirs, ours] of Object.entries(names)) {
    if (/^#[0-9a-f]{6}$/i.test(colours[theirs])) root.style.setProperty(ours, colours[theirs]);
  }
  if (/^#[0-9a-f]{6}$/i.test(colours.bg_color)) {
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colours.bg_color.slice(at, at + 2), 16));
    const dark = 0.299 * red + 0.587 * green + 0.114 * blue < 128;
    root.style.colorScheme = dark ? "dark" : "light";
    root.style.setProperty("--mark", dark ? "#5c4610" : "#ffe7a3");
    root.style.setProperty("--mend", dark ? "#ff9d8f" : "#b3261e");
  }

  // Copies quotations and citations.
  const said = document.querySelector(".said");
  const copied = (text) => {
    said.textContent = text;
    setTimeout(() => { said.textContent = ""; }, 2000);
  };
  const copyByHand = (text) => {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };
  const showCopyButtons = () => {
    for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  };
  showCopyButtons();
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    let done = false;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      done = true;
    } catch {
      done = copyByHand(button.dataset.copy);
    }
    if (done) copied(button.dataset.said);
  });

  // The style sheet puts the table of contents beside the text on wide screens, where it should be open.
  const contents = document.querySelector(".whole .asked");
  if (contents && matchMedia("(min-width:72rem)").matches) contents.open = true;

  // The key `/` leads to the search field, and results appear after a pause in typing.
  const form = document.querySelector("form.search");
  const field = form.querySelector("input[type=search]");
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, select, textarea, [contenteditable]");
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
  // A static site has no server that could search; its search page has a script of its own.
  const isServed = !("static" in form.dataset);
  const main = document.getElementById("main");
  let waiting = 0;
  let request = null;
  const search = async () => {
    const address = form.action + "?" + new URLSearchParams(new FormData(form));
    request?.abort();
    request = new AbortController();
    try {
      const response = await fetch(address, { signal: request.signal });
      if (!response.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      main.replaceChildren(...page.getElementById("main").childNodes);
      document.title = page.title;
      history.replaceState(null, "", address);
      showCopyButtons();
      said.textContent = main.querySelector("h1")?.textContent ?? "";
      setTimeout(() => { said.textContent = ""; }, 2000);
    } catch {
      // The search was aborted by a newer one, or the server cannot be reached. The button still works.
    }
  };
  field.addEventListener("input", (event) => {
    clearTimeout(waiting);
    // While an input method composes characters, the text is not final.
    if (!isServed || event.isComposing || field.value.trim().length < 2) return;
    waiting = setTimeout(search, 350);
  });
  field.addEventListener("compositionend", () => {
    clearTimeout(waiting);
    if (isServed && field.value.trim().length >= 2) waiting = setTimeout(search, 350);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));

  // A permanent link scrolls to its words, unless the address has a fragment of its own.
  const open = document.querySelector(".open mark") || document.querySelector(".open");
  if (open && (!location.hash || location.hash.includes("tgWebApp"))) open.scrollIntoView({ block: "center" });
})();
