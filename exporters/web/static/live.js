// Keeps the status page live: replaces what changed, counts times on, and says so when nothing is heard any more.
"use strict";
(() => {
  const SILENCE = 25000; // two beats and a half
  const AGAIN = 20000;
  const root = document.documentElement;
  const words = document.body.dataset;
  const at = (id) => document.getElementById(id);
  let heard = Date.now();
  let ahead = Number(words.now) - heard; // of the server's clock before ours
  let clock = at("clock").textContent;
  let title = document.title;
  let source = null;

  const length = (ms) => {
    const all = Math.floor(Math.max(0, ms) / 1000);
    const [days, hours, minutes] = [Math.floor(all / 86400), Math.floor(all / 3600) % 24, Math.floor(all / 60) % 60];
    const part = (number, unit) => number + "\u202f" + unit;
    if (days) return part(days, words.day) + "\u00a0" + part(hours, "h");
    if (hours) return part(hours, "h") + "\u00a0" + part(minutes, "min");
    return minutes ? part(minutes, "min") : part(all % 60, "s");
  };

  const write = (element, text) => {
    if (element.textContent !== text) element.textContent = text;
  };

  const count = () => {
    // What was heard is what is shown: while nothing is heard, times stand still.
    const now = (root.classList.contains("silent") ? heard : Date.now()) + ahead;
    for (const each of document.querySelectorAll("[data-since]")) write(each, length(now - Number(each.dataset.since)));
    for (const each of document.querySelectorAll("[data-zero]")) {
      // Covered time: it counts until the covered hours end.
      const left = Number(each.dataset.zero) - Math.min(now, Number(each.dataset.stops || Infinity));
      write(each, left > 0 ? length(left) : words.late);
      each.classList.toggle("near", left < 900000);
    }
  };

  const show = (fresh) => {
    root.classList.add("scripted");
    root.classList.toggle("silent", !fresh);
    const sign = at("sign-words");
    write(sign, fresh ? sign.dataset.live : sign.dataset.lost);
    write(at("sign"), fresh ? "●" : "⚠");
    write(at("clock"), clock);
    document.title = (fresh ? "" : "⚠ ") + title;
    if (!fresh) write(at("lost-words"), words.lost + " " + clock + ".");
  };

  const hear = (event) => {
    const told = JSON.parse(event.data);
    heard = Date.now();
    ahead = told.now - heard;
    clock = told.clock;
    for (const [name, html] of Object.entries(told.sections || {})) {
      const section = at(name);
      if (section) section.innerHTML = html; // drawn by the server from the page's own templates, all values escaped
    }
    if (told.title && title !== told.title + " — netmon") {
      title = told.title + " — netmon";
      write(at("said"), told.title);
    }
    show(true);
    count();
  };

  const listen = () => {
    source = new EventSource(words.events);
    source.addEventListener("state", hear);
    source.addEventListener("beat", hear);
    source.addEventListener("error", () => {
      show(false);
      count();
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN * (1 + Math.random()));
    });
  };

  setInterval(() => {
    if (Date.now() - heard > SILENCE) show(false);
    count();
  }, 1000);
  document.addEventListener("visibilitychange", () => {
    if (Date.now() - heard > SILENCE) show(false);
  });
  count();
  listen();
})();
