// Words and numbers, and rates of counters.

const WORDS = {
  restricted: 'Restricted', confidential: 'Confidential', internal: 'Internal', public: 'Public', interactive: 'Interactive', standard: 'Standard', batch: 'Batch',
  edge_cache: 'Edge cache', private: 'Private', none: 'No answer', hit: 'Hit', stale: 'Stale', semantic: 'Other words', miss: 'Miss', bypass: 'Not asked',
};

export const SENSITIVITIES = ['restricted', 'confidential', 'internal', 'public'];
export const CLASSES = ['interactive', 'standard', 'batch'];
export const DESTINATIONS = ['edge_cache', 'private', 'public', 'none'];

export function word(name) {
  return WORDS[name] || String(name).replaceAll('_', ' ');
}

/** Of a destination: which upstreams, since a sensitivity is called public, too. */
export function place(name) {
  return name === 'private' || name === 'public' ? `${word(name)} upstreams` : word(name);
}

export function whole(n) {
  return Math.round(n).toLocaleString('en').replaceAll(',', '\u202f');
}

export function perSecond(n) {
  return `${n >= 100 ? whole(n) : n.toFixed(n >= 10 || n === 0 ? (n === 0 ? 0 : 1) : 2)}/s`;
}

export function percent(part, of) {
  return of > 0 ? `${(100 * part / of).toFixed(part === of || part === 0 ? 0 : 1)} %` : '–';
}

export function bytes(n) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (n >= 1024 && unit < units.length - 1) {
    n /= 1024;
    unit++;
  }
  return `${unit === 0 || n >= 100 ? Math.round(n) : n.toFixed(1)} ${units[unit]}`;
}

export function span(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

export function clock(iso) {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? String(iso) : at.toLocaleTimeString('en-GB') + '.' + String(at.getMilliseconds()).padStart(3, '0');
}

/**
 * Rates of counters over the last `seconds`. Counters of another run of the daemon begin anew.
 */
export class Rates {
  constructor(seconds) {
    this.window = seconds * 1000;
    this.samples = [];
    this.boot = null;
  }

  /** @param counts key -> count, as they are now */
  add(boot, ms, counts) {
    if (boot !== this.boot) {
      this.samples = [];
      this.boot = boot;
    }
    this.samples.push({ms, counts});
    while (this.samples.length > 2 && ms - this.samples[1].ms >= this.window) this.samples.shift();
  }

  /** What was added in the window. */
  delta(key) {
    const last = this.samples.at(-1);
    if (!last) return 0;
    return Math.max(0, (last.counts.get(key) || 0) - (this.samples[0].counts.get(key) || 0));
  }

  seconds() {
    return this.samples.length < 2 ? 0 : (this.samples.at(-1).ms - this.samples[0].ms) / 1000;
  }

  /** A second's part of it. */
  of(key) {
    const seconds = this.seconds();
    return seconds > 0 ? this.delta(key) / seconds : 0;
  }
}

/** The value below which `share` of what came between two cumulative histograms lies, in seconds; null if nothing came. */
export function quantile(share, before, now) {
  const old = new Map((before ? before.buckets : []).map(bucket => [bucket.le, bucket.count]));
  const count = now.count - (before ? before.count : 0);
  if (count <= 0) return null;
  let under = 0;
  let low = 0;
  for (const bucket of now.buckets) {
    const here = bucket.count - (old.get(bucket.le) || 0);
    if (here >= share * count) {
      return here > under ? low + (bucket.le - low) * (share * count - under) / (here - under) : bucket.le;
    }
    under = here;
    low = bucket.le;
  }
  return low;
}
