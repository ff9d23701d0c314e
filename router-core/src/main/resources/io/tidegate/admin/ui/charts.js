// Drawings. Each has its figures in a table beside it.

import {h, s, say} from './dom.js';

/** A line of the last values, for the eye only. */
export function spark() {
  const line = s('polyline', {fill: 'none', 'stroke-width': '1.5', 'vector-effect': 'non-scaling-stroke'});
  const area = s('polygon', {});
  const element = s('svg', {class: 'spark', viewBox: '0 0 120 28', preserveAspectRatio: 'none', 'aria-hidden': 'true'}, area, line);
  return {
    element,
    update(values) {
      const top = Math.max(...values, 1e-9);
      const step = 120 / Math.max(1, values.length - 1);
      const points = values.map((value, i) => `${(i * step).toFixed(1)},${(26 - 23 * value / top).toFixed(1)}`).join(' ');
      line.setAttribute('points', points);
      area.setAttribute('points', values.length > 1 ? `0,28 ${points} 120,28` : '');
    },
  };
}

/** A figure with its name and its last minutes. */
export function tile(name) {
  const value = h('span', {class: 'value', text: '–'});
  const note = h('span', {class: 'note'});
  const line = spark();
  const values = [];
  return {
    element: h('div', {class: 'tile'}, h('span', {class: 'label', text: name}), value, note, line.element),
    update(text, noteText, number) {
      say(value, text);
      say(note, noteText || '');
      if (number !== null && number !== undefined) {
        values.push(number);
        if (values.length > 120) values.shift();
        line.update(values);
      }
    },
  };
}

const WIDTH = 1100;
const HEIGHT = 284;
const GAP = 16;
const LEFT = 130;
const RIGHT = 930;
const BAR = 9;

/**
 * Flows from the left to the right. Bars are as high as what goes through them.
 *
 * @param left [{id, name}] from the top
 * @param right the same
 */
export function sankey(title, left, right) {
  const bands = s('g', {class: 'bands'});
  const nodes = s('g', {class: 'nodes'});
  const caption = s('title', {id: 'sankey-title', text: title});
  const element = s('svg', {class: 'sankey', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-labelledby': 'sankey-title'}, caption, bands, nodes);

  function column(side, sums, total, x, outward) {
    const room = HEIGHT - GAP * (side.length - 1) - 24;
    const least = 14;
    const spare = room - least * side.length;
    let y = 5;
    return new Map(side.map(node => {
      const sum = sums.get(node.id) || 0;
      const height = least + (total > 0 ? spare * sum / total : 0);
      const at = {x, y, height, sum, used: 0, scale: sum > 0 ? height / sum : 0};
      const bar = s('rect', {x, y, width: BAR, height, rx: 2, class: `node ${outward < 0 ? 'from' : 'to'} ${node.id}${sum > 0 ? '' : ' idle'}`});
      const textX = outward < 0 ? x - 10 : x + BAR + 10;
      const middle = y + height / 2;
      const name = s('text', {x: textX, y: middle - 3, 'text-anchor': outward < 0 ? 'end' : 'start', class: 'name', text: node.name});
      const figure = s('text', {x: textX, y: middle + 12, 'text-anchor': outward < 0 ? 'end' : 'start', class: 'figure', text: node.show(sum)});
      nodes.append(bar, name, figure);
      y += height + GAP;
      return [node.id, at];
    }));
  }

  return {
    element,
    /** @param links [{from, to, value}] @param show value -> text */
    update(links, show) {
      bands.replaceChildren();
      nodes.replaceChildren();
      const total = links.reduce((sum, link) => sum + link.value, 0);
      const outOf = new Map();
      const into = new Map();
      for (const link of links) {
        outOf.set(link.from, (outOf.get(link.from) || 0) + link.value);
        into.set(link.to, (into.get(link.to) || 0) + link.value);
      }
      const from = column(left.map(node => ({...node, show})), outOf, total, LEFT, -1);
      const to = column(right.map(node => ({...node, show})), into, total, RIGHT, 1);
      for (const a of left) {
        for (const b of right) {
          const link = links.find(each => each.from === a.id && each.to === b.id);
          if (!link || link.value <= 0) continue;
          const start = from.get(a.id);
          const end = to.get(b.id);
          const y0 = start.y + start.used;
          const y1 = end.y + end.used;
          const h0 = Math.max(1, link.value * start.scale);
          const h1 = Math.max(1, link.value * end.scale);
          start.used += link.value * start.scale;
          end.used += link.value * end.scale;
          const x0 = LEFT + BAR + 2;
          const x1 = RIGHT - 2;
          const mid = (x0 + x1) / 2;
          bands.append(s('path', {class: `band ${b.id}`,
            d: `M${x0},${y0.toFixed(1)} C${mid},${y0.toFixed(1)} ${mid},${y1.toFixed(1)} ${x1},${y1.toFixed(1)} V${(y1 + h1).toFixed(1)} `
              + `C${mid},${(y1 + h1).toFixed(1)} ${mid},${(y0 + h0).toFixed(1)} ${x0},${(y0 + h0).toFixed(1)} Z`},
          s('title', {text: `${a.name} to ${b.name}: ${show(link.value)}`})));
        }
      }
    },
  };
}
