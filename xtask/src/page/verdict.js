// Reads a page as it is laid out: what scrolls sideways, what text covers other text, what is hard to read. It is put at the end
// of a copy of the page, which stands in a frame as wide as the window is to be, and leaves what it found in the outer page.
(() => {
  const problems = [];
  const name = (element) => `<${element.tagName.toLowerCase()}> "${element.textContent.trim().slice(0, 40)}"`;
  const box = (element) => element.getBoundingClientRect();
  const shown = (element) => element.getClientRects().length > 0 && box(element).width > 0;
  const own = (element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== "");
  const every = [...document.querySelectorAll("body *")].filter(shown);
  const texts = every.filter((element) => own(element) && !["SCRIPT", "STYLE", "title", "desc"].includes(element.tagName));

  const width = document.documentElement.scrollWidth;
  if (width > innerWidth) problems.push(`scroll: the page is ${width} wide in a window of ${innerWidth}`);
  for (const element of every) {
    if (box(element).right > innerWidth + 1) problems.push(`edge: ${name(element)} ends at ${box(element).right}`);
  }

  const meet = (a, b) => a.left + 0.5 < b.right && b.left + 0.5 < a.right && a.top + 0.5 < b.bottom && b.top + 0.5 < a.bottom;
  const charts = every.filter((element) => element.tagName === "svg");
  for (const chart of charts) {
    const labels = [...chart.querySelectorAll("text")];
    labels.forEach((label, i) => {
      for (const other of labels.slice(i + 1)) {
        if (meet(box(label), box(other))) problems.push(`overlap: ${name(label)} and ${name(other)}`);
      }
      const [inside, outside] = [box(label), box(chart)];
      if (inside.left < outside.left - 1 || inside.right > outside.right + 1) problems.push(`outside: ${name(label)}`);
      const size = parseFloat(getComputedStyle(label).fontSize) * (outside.width / chart.viewBox.baseVal.width);
      if (size < 10.5) problems.push(`small: ${name(label)} is ${size.toFixed(1)} px`);
    });
    // What is drawn below text makes it hard to read, whatever its contrast is.
    const places = (path, form) => [...(path.getAttribute("d") ?? "").matchAll(form)].map((found) => found.slice(1).map(Number));
    const unit = box(chart).width / chart.viewBox.baseVal.width;
    const across = (x, y) => ({ left: box(chart).left + x * unit, top: box(chart).top + y * unit });
    for (const label of labels) {
      const inside = box(label);
      const under = ({ top }) => inside.top + 2 < top && top < inside.bottom - 2;
      const dots = [...chart.querySelectorAll("path.dots")].flatMap((path) => places(path, /M([-\d.]+) ([-\d.]+)h0/g));
      const covered = ({ left, top }) => inside.left < left && left < inside.right && under({ top });
      if (dots.some(([x, y]) => covered(across(x, y)))) problems.push(`dots: below ${name(label)}`);
      const lines = [...chart.querySelectorAll("path.grid")].flatMap((path) => places(path, /M([-\d.]+) ([-\d.]+)H([-\d.]+)/g));
      const crosses = ([from, y, to]) => {
        const [start, end] = [across(from, y), across(to, y)];
        return under(start) && start.left < inside.right && inside.left < end.left;
      };
      if (lines.some(crosses)) problems.push(`grid: below ${name(label)}`);
    }
    if (box(chart).width < 200 || labels.length < 4) problems.push(`empty: ${name(chart)}`);
  }

  const parts = (color) => color.match(/[\d.]+/g).map(Number);
  const clear = (color) => color === "none" || (parts(color).length > 3 && parts(color)[3] === 0);
  // Relative luminance and contrast of WCAG 2.
  const light = (color) => {
    const [r, g, b] = parts(color).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const behind = (element) => {
    const place = box(element);
    const [x, y] = [place.left + place.width / 2, place.top + place.height / 2];
    const holds = (rect) => box(rect).left <= x && x <= box(rect).right && box(rect).top <= y && y <= box(rect).bottom;
    const under = element.tagName === "text" ? [...element.ownerSVGElement.querySelectorAll("rect")].filter(holds) : [];
    if (under.length > 0) return getComputedStyle(under[under.length - 1]).fill;
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (!clear(color)) return color;
    }
    return "rgb(255, 255, 255)";
  };
  for (const element of texts) {
    const style = getComputedStyle(element);
    const ink = element.tagName === "text" ? style.fill : style.color;
    const ratio = contrast(ink, behind(element));
    if (ratio < 4.5) problems.push(`contrast: ${name(element)} has ${ratio.toFixed(2)}`);
  }

  const ground = light(getComputedStyle(document.body).backgroundColor);
  const found = { problems, width: innerWidth, dark: ground < 0.2, charts: charts.length, texts: texts.length };
  const verdict = parent.document.createElement("pre");
  verdict.className = "verdict";
  verdict.textContent = JSON.stringify(found);
  parent.document.body.append(verdict);
})();
