// Searches the passages of a static site in the reader's browser, by BM25 over pairs of Chinese characters and over words
// in other letters. What it shows are slices of the passages in search.json, which are the words on the pages.
(() => {
  "use strict";
  // The constants of BM25 (Robertson and Zaragoza, 2009): how soon more occurrences stop adding, and how much long
  // passages count less. They are the same as on the server.
  const K1 = 0.9;
  const B = 0.6;
  // How much a match in the interviewer's question counts beside one in the answer.
  const QUESTION_WEIGHT = 0.5;
  // The same for what readers would ask.
  const ASKED_WEIGHT = 0.3;
  // The least share of the question's weight that a passage must have, below which only common words match, and the
  // least share of the best score.
  const LEAST_SHARE = 0.1;
  const LEAST_SCORE = 0.25;
  const MAX_RESULTS = 10;
  // An excerpt goes on with the next sentence until it has this many characters.
  const EXCERPT = 60;

  const found = document.querySelector("[data-passages]");
  const form = document.querySelector("form.search");
  const field = form.querySelector("input[type=search]");
  const only = form.querySelector("select");
  const heading = document.querySelector("h1");

  // Splits folded characters into terms, each with its range: pairs of Chinese characters (one character if it stands
  // alone), and words of other letters and digits.
  const isHan = (c) => /\p{Script=Han}/u.test(c);
  const isWord = (c) => /[\p{L}\p{N}]/u.test(c);
  const terms = (characters) => {
    const list = [];
    let at = 0;
    while (at < characters.length) {
      const han = isHan(characters[at]);
      let end = at;
      while (end < characters.length && isWord(characters[end]) && isHan(characters[end]) === han) end += 1;
      if (han && end - at > 1) {
        for (let first = at; first + 1 < end; first += 1) {
          list.push({ term: characters[first] + characters[first + 1], start: first, end: first + 2 });
        }
      } else if (end > at) {
        list.push({ term: characters.slice(at, end).join(""), start: at, end });
      }
      at = Math.max(end, at + 1);
    }
    return list;
  };

  // Sentences as ranges. A closing quotation mark or bracket belongs to the sentence that it ends.
  const sentences = (characters) => {
    const ranges = [];
    let start = 0;
    for (let at = 0; at < characters.length; at += 1) {
      if (!"。！？!?…\n".includes(characters[at])) continue;
      while (at + 1 < characters.length && "。！？!?…”’」』）)\n".includes(characters[at + 1])) at += 1;
      ranges.push({ start, end: at + 1 });
      start = at + 1;
    }
    if (start < characters.length) ranges.push({ start, end: characters.length });
    return ranges;
  };

  const count = (list, into, weight) => {
    for (const { term } of list) into.set(term, (into.get(term) ?? 0) + weight);
  };

  // Prepares the passages once: their folded characters, and how often each term occurs.
  const prepare = (data) => {
    const to = Array.from(data.fold_to);
    const table = new Map(Array.from(data.fold_from, (c, at) => [c, to[at]]));
    const fold = (text) => Array.from(text, (c) => table.get(c) ?? c);
    const questions = data.questions.map(([, text]) => terms(fold(text)));
    const frequencies = new Map();
    const passages = data.passages.map((passage) => {
      const characters = Array.from(passage.text);
      const list = terms(fold(passage.text));
      const counts = new Map();
      count(list, counts, 1);
      count(questions[passage.question], counts, QUESTION_WEIGHT);
      count(terms(Array.from(passage.asked ?? "")), counts, ASKED_WEIGHT);
      for (const term of counts.keys()) frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
      return { ...passage, characters, list, counts };
    });
    const length = passages.reduce((sum, passage) => sum + passage.list.length, 0) / Math.max(passages.length, 1);
    const phrases = [...data.question_words, ...data.names].map((word) => Array.from(word));
    // Where two begin at the same place, the longer one counts.
    phrases.sort((a, b) => b.length - a.length);
    return { data, fold, passages, frequencies, length, phrases };
  };

  // Replaces the words that say nothing of the subject by blanks. A single Chinese character may be part of any word, so
  // it only counts at the start or the end.
  const subject = (index, folded) => {
    const kept = [...folded];
    const matches = (phrase, at) => phrase.every((c, offset) => kept[at + offset] === c);
    const isPart = (c) => c !== undefined && isWord(c) && !isHan(c);
    for (let at = 0; at < kept.length; at += 1) {
      const phrase = index.phrases.find((phrase) => {
        const end = at + phrase.length;
        if (!matches(phrase, at)) return false;
        if (!isHan(phrase[0])) return !isPart(kept[at - 1]) && !isPart(kept[end]);
        const atEdge = !isWord(kept[at - 1] ?? " ") || !isWord(kept[end] ?? " ");
        return phrase.length > 1 || atEdge;
      });
      if (phrase) kept.fill(" ", at, at + phrase.length);
    }
    return kept;
  };

  const weigh = (index, text) => {
    const folded = index.fold(text);
    let list = terms(subject(index, folded));
    if (list.length === 0) list = terms(folded);
    const n = index.passages.length;
    const weights = new Map();
    for (const { term } of list) {
      const frequency = index.frequencies.get(term) ?? 0;
      weights.set(term, Math.log(1 + (n - frequency + 0.5) / (frequency + 0.5)));
    }
    return weights;
  };

  const search = (index, text, slug) => {
    const weights = weigh(index, text);
    const whole = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    const hits = [];
    for (const passage of index.passages) {
      if (slug && index.data.interviews[passage.interview].slug !== slug) continue;
      let score = 0;
      let share = 0;
      const norm = K1 * (1 - B + B * passage.list.length / index.length);
      for (const [term, weight] of weights) {
        const times = passage.counts.get(term);
        if (!times) continue;
        score += weight * times * (K1 + 1) / (times + norm);
        share += weight;
      }
      if (score > 0 && share >= LEAST_SHARE * whole) hits.push({ passage, score });
    }
    hits.sort((a, b) => b.score - a.score);
    const best = hits.filter((hit) => hit.score >= LEAST_SCORE * hits[0].score);
    return best.slice(0, MAX_RESULTS).map(({ passage }) => ({ passage, weights }));
  };

  // Returns the range of the sentence with the most weight, and of those after it while it is short.
  const excerpt = ({ passage, weights }) => {
    const ranges = sentences(passage.characters);
    const value = ({ start, end }) => {
      const within = passage.list.filter((item) => item.start >= start && item.end <= end);
      return [...new Set(within.map((item) => item.term))].reduce((sum, term) => sum + (weights.get(term) ?? 0), 0);
    };
    let best = 0;
    ranges.forEach((range, at) => { if (value(range) > value(ranges[best])) best = at; });
    let last = best;
    while (last + 1 < ranges.length && ranges[last].end - ranges[best].start < EXCERPT) last += 1;
    return { start: ranges[best]?.start ?? 0, end: ranges[last]?.end ?? 0 };
  };

  // Puts the characters from `start` to `end` into `element`, with the matching words marked.
  const write = (element, { passage, weights }, start, end) => {
    const marked = new Set();
    for (const item of passage.list) {
      if (weights.has(item.term)) for (let at = item.start; at < item.end; at += 1) marked.add(at);
    }
    let at = start;
    while (at < end) {
      let next = at;
      while (next < end && marked.has(next) === marked.has(at)) next += 1;
      const text = passage.characters.slice(at, next).join("");
      if (marked.has(at)) {
        const mark = document.createElement("mark");
        mark.textContent = text;
        element.append(mark);
      } else {
        element.append(text);
      }
      at = next;
    }
  };

  const card = (index, hit) => {
    const { passage } = hit;
    const [asker, question] = index.data.questions[passage.question];
    const interview = index.data.interviews[passage.interview];
    const view = document.getElementById("card").content.cloneNode(true);
    const { start, end } = excerpt(hit);
    view.querySelector(".speaker").textContent = asker;
    view.querySelector(".question").textContent = question;
    write(view.querySelector(".excerpt"), hit, start, end);
    write(view.querySelector(".before"), hit, 0, start);
    write(view.querySelector(".after"), hit, end, passage.characters.length);
    if (start === 0 && end === passage.characters.length) view.querySelector("details").remove();
    const link = view.querySelector(".line a");
    link.href = `i/${interview.slug}/${passage.place}.html`;
    link.textContent = `${passage.speaker} · ${interview.source}`;
    return view;
  };

  const show = (state) => {
    for (const note of found.querySelectorAll("[data-when]")) note.hidden = note.dataset.when !== state;
  };
  let index = null;
  let latest = 0;
  const title = heading.textContent;
  const answer = async () => {
    const text = field.value.trim();
    latest += 1;
    const turn = latest;
    const cards = found.querySelector(".cards");
    if (!text) {
      heading.textContent = title;
      cards.replaceChildren();
      show("");
      return;
    }
    try {
      index ??= fetch(found.dataset.passages).then((response) => {
        if (!response.ok) throw new Error(response.statusText);
        return response.json();
      }).then(prepare);
      const prepared = await index;
      // The question has changed while the passages were loaded.
      if (turn !== latest) return;
      const hits = search(prepared, text, only?.value);
      heading.textContent = found.dataset.title.replace("{question}", () => text);
      cards.replaceChildren(...hits.map((hit) => card(prepared, hit)));
      show(hits.length > 0 ? "some" : "none");
      history.replaceState(null, "", "?" + new URLSearchParams(new FormData(form)));
    } catch {
      index = null;
      show("failed");
    }
  };

  let waiting = 0;
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(answer, 200);
  };
  // While an input method composes characters, the text is not final.
  field.addEventListener("input", (event) => { if (!event.isComposing) later(); });
  field.addEventListener("compositionend", later);
  only?.addEventListener("change", answer);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    answer();
  });
  const asked = new URLSearchParams(location.search);
  field.value = asked.get("q") ?? "";
  if (only && asked.get("in")) only.value = asked.get("in");
  answer();
})();
