// What `checks.py` asks of a page, in the page itself. Each function gives the faults it found, as sentences.
(() => {
  const TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const LEAST = 24;
  const box = (one) => one.getBoundingClientRect();
  const name = (one) =>
    `${one.tagName.toLowerCase()}#${one.id}.${one.className} ‘${one.innerText || ""}’`.slice(0, 90);
  const seen = (one) =>
    one.checkVisibility({ visibilityProperty: true }) && !one.closest(".hidden, .skip") && box(one).width > 1;
  const middle = (one) => [(box(one).left + box(one).right) / 2, (box(one).top + box(one).bottom) / 2];

  // In a sentence the line decides how high a link is (WCAG 2.5.8, the exception "inline").
  const inText = (one) =>
    getComputedStyle(one).display.startsWith("inline") &&
    [...one.parentElement.childNodes].some((near) => near !== one && near.nodeType === 3 && near.data.trim());

  // A small target needs a circle of 24 px around its middle that touches no other target and no other such circle.
  function targets() {
    const all = [...document.querySelectorAll(TARGETS)].filter(seen);
    const small = all.filter((one) => (box(one).width < LEAST || box(one).height < LEAST) && !inText(one));
    const crowded = (one) =>
      all.some((other) => {
        if (other === one || one.contains(other) || other.contains(one)) return false;
        const [x, y] = middle(one);
        if (small.includes(other)) return Math.hypot(x - middle(other)[0], y - middle(other)[1]) < LEAST;
        const { left, right, top, bottom } = box(other);
        return Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom)) < LEAST / 2;
      });
    return small
      .filter(crowded)
      .map((one) => `target of ${Math.round(box(one).width)}×${Math.round(box(one).height)} px: ${name(one)}`);
  }

  function focus() {
    const look = (one) => {
      const style = getComputedStyle(one);
      const outline = style.outlineStyle === "none" ? "" : style.outline;
      return [outline, style.boxShadow, style.borderColor, style.backgroundColor, style.textDecoration].join();
    };
    const covered = (one) => {
      const { left, right, top, bottom } = one.getClientRects()[0];
      const spots = [left + 3, (left + right) / 2, right - 3].flatMap((x) =>
        [top + 3, (top + bottom) / 2, bottom - 3].map((y) => document.elementFromPoint(x, y)),
      );
      return !spots.some((spot) => spot && (one.contains(spot) || spot.contains(one)));
    };
    const found = [];
    for (const one of document.querySelectorAll(TARGETS)) {
      if (!seen(one) || one.disabled || one.tabIndex < 0) continue;
      document.activeElement.blur();
      const before = look(one);
      one.focus();
      if (document.activeElement !== one) continue;
      if (look(one) === before) found.push(`no focus to be seen: ${name(one)}`);
      if (covered(one)) found.push(`focus behind something: ${name(one)}`);
    }
    document.activeElement.blur();
    window.scrollTo(0, 0);
    return found;
  }

  function sideways() {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const out = [...document.querySelectorAll("body *")].filter((one) => box(one).right > clientWidth + 1);
    return [`${scrollWidth} px in ${clientWidth} px: ${out.slice(-3).map(name).join("; ")}`];
  }

  // The policy of the pages lets no style in; a sheet made here is the driver's, as a setting of the reader would be.
  function space() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
      p { margin-bottom: 2em !important }`);
    document.adoptedStyleSheets = [sheet];
  }

  function cutOff() {
    const clips = (one) => /hidden|clip/.test(getComputedStyle(one).overflow);
    const over = (one) => one.scrollHeight > one.clientHeight + 2 || one.scrollWidth > one.clientWidth + 2;
    return [...document.querySelectorAll("body *:not(select, option, textarea, input)")]
      .filter((one) => seen(one) && one.innerText && clips(one) && over(one))
      .map((one) => `text cut off: ${name(one)}`);
  }

  function colourAlone() {
    return [...document.querySelectorAll("main ins, main del")]
      .filter((one) => !one.closest(".legend") && !one.querySelector(".hidden"))
      .map((one) => `a difference that only colour tells: ${name(one)}`);
  }

  window.checks = { targets, focus, sideways, space, cutOff, colourAlone };
})();
