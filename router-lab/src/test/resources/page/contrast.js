// Every visible text against what is behind it, by WCAG 2: 4.5, or 3 for large letters. Gives {texts, low: [[text, ratio, colours]], scheme}.
function parse(colour) {
  const numbers = colour.match(/[\d.]+/g).map(Number);
  return {r: numbers[0], g: numbers[1], b: numbers[2], a: numbers.length > 3 ? numbers[3] : 1};
}
function over(top, below) {
  return {r: top.r * top.a + below.r * (1 - top.a), g: top.g * top.a + below.g * (1 - top.a), b: top.b * top.a + below.b * (1 - top.a), a: 1};
}
function light({r, g, b}) {
  const [x, y, z] = [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
}
function behind(element) {
  const layers = [];
  for (let at = element; at; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour.a > 0) layers.push(colour);
    if (colour.a === 1) break;
  }
  return layers.reverse().reduce((below, top) => over(top, below), {r: 255, g: 255, b: 255, a: 1});
}
const low = [];
let texts = 0;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const element = node.parentElement;
  if (!node.data.trim() || !element.checkVisibility({visibilityProperty: true}) || element.closest('script, noscript, title, option')) continue;
  const style = getComputedStyle(element);
  const back = behind(element);
  let colour = parse(element instanceof SVGElement ? style.fill : style.color);
  let opacity = 1;
  for (let at = element; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
  colour = over({...colour, a: colour.a * opacity}, back);
  const [a, b] = [light(colour), light(back)].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
  texts++;
  if (ratio < (large ? 3 : 4.5)) low.push([node.data.trim().slice(0, 40), ratio.toFixed(2), style.color, JSON.stringify(back)]);
}
return {texts, low, scheme: document.documentElement.dataset.theme};
