// What a page does beyond showing: Telegram's colours inside a Mini App, copying, and finding the mark.
// Everything is readable without it.
(() => {
  "use strict";
  const root = document.documentElement;

  // Telegram writes its colours into the address of a Mini App's first page; later pages remember them.
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

  // Copying.
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
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = button.dataset.copy;
      let done = false;
      try {
        await navigator.clipboard.writeText(text);
        done = true;
      } catch {
        done = copyByHand(text);
      }
      if (done) copied(button.dataset.said);
    });
  }

  // A permanent link opens at its words, unless the address says another place.
  const open = document.querySelector(".open mark") || document.querySelector(".open");
  if (open && (!location.hash || location.hash.includes("tgWebApp"))) open.scrollIntoView({ block: "center" });
})();
