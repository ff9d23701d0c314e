// Elements out of data. Text is only ever text: nothing here, or anywhere in this page, makes markup of a string.

const SVG = 'http://www.w3.org/2000/svg';

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'on') {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (name === 'text') {
      element.textContent = value;
    } else {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

/** An HTML element. A child is a node, or a string that stays one. */
export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

export function s(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

/** Sets a text if it is another: an unchanged one must not disturb a reader. */
export function say(element, text) {
  const value = String(text);
  if (element.textContent !== value) element.textContent = value;
}

/** A word with a mark before it: the mark has a shape, so that colour is never all there is. */
export function badge(kind, text) {
  return h('span', {class: `badge ${kind}`}, h('i', {'aria-hidden': 'true'}), text);
}

/** A bar for a part of a whole; the numbers beside it say the same. */
export function meter(part, whole) {
  const bar = h('b');
  const share = whole > 0 ? Math.min(1, part / whole) : 0;
  bar.style.width = `${Math.round(share * 100)}%`;
  return h('span', {class: share >= 1 ? 'meter full' : share >= 0.8 ? 'meter high' : 'meter', 'aria-hidden': 'true'}, bar);
}

export function panel(title, ...children) {
  const heading = h('h2', {text: title});
  return h('section', {class: 'panel'}, h('div', {class: 'head'}, heading), ...children);
}

export function facts() {
  const list = h('dl', {class: 'facts'});
  const known = new Map();
  return {
    element: list,
    /** @param value a text or a node; null takes the line away @param wide over two columns */
    set(name, value, wide) {
      let line = known.get(name);
      if (!line) {
        if (value === null || value === undefined) return;
        line = {term: h('dt', {text: name}), detail: h('dd')};
        known.set(name, line);
        list.append(h('div', {class: wide ? 'wide' : null}, line.term, line.detail));
      }
      line.term.parentElement.hidden = value === null || value === undefined;
      if (value instanceof Node) line.detail.replaceChildren(value);
      else if (value !== null && value !== undefined) say(line.detail, value);
    },
  };
}

/**
 * A table that is updated in place: a row keeps its element as long as its key stays, so that focus and a reader's place are kept.
 * Columns: {name, of(row) -> text or node, number, once}. `once`: made when the row is, for buttons.
 */
export function table(caption, columns, nothing) {
  const body = h('tbody');
  const empty = h('p', {class: 'nothing', text: nothing ?? 'Nothing yet.'});
  const grid = h('table', {}, h('caption', {text: caption}),
    h('thead', {}, h('tr', {}, columns.map(column => h('th', {scope: 'col', class: column.number ? 'number' : null, text: column.name})))), body);
  const scroll = h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption}, grid);
  const rows = new Map();
  const element = h('div', {class: 'table'}, scroll, empty);

  function make(row) {
    const cells = columns.map((column, index) => {
      const cell = h(index === 0 ? 'th' : 'td', {scope: index === 0 ? 'row' : null, class: [column.number ? 'number' : '', column.kind || ''].join(' ').trim() || null});
      if (column.once) cell.append(column.of(row));
      return cell;
    });
    return {element: h('tr', {}, cells), cells, shown: ''};
  }

  return {
    element,
    update(data, keyOf) {
      const left = new Set(rows.keys());
      let before = null;
      for (const row of data) {
        const key = keyOf(row);
        left.delete(key);
        let known = rows.get(key);
        if (!known) {
          known = make(row);
          rows.set(key, known);
        }
        const shown = JSON.stringify(row);
        if (shown !== known.shown) {
          known.shown = shown;
          columns.forEach((column, index) => {
            if (column.once) return;
            const value = column.of(row);
            if (value instanceof Node) known.cells[index].replaceChildren(value);
            else say(known.cells[index], value ?? '');
          });
        }
        const place = before ? before.nextSibling : body.firstChild;
        if (place !== known.element) body.insertBefore(known.element, place);
        before = known.element;
      }
      for (const key of left) {
        rows.get(key).element.remove();
        rows.delete(key);
      }
      scroll.hidden = data.length === 0;
      empty.hidden = data.length > 0 || nothing === '';
    },
  };
}
