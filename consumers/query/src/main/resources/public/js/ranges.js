// Stretches of time that have names. All are local: a night is the reader's night.
const HOUR = 3_600_000;
const NIGHT_BEGINS = 22;
const NIGHT_ENDS = 6;

const at = (now, hour, days = 0) => {
  const date = new Date(now);
  date.setDate(date.getDate() + days);
  date.setHours(hour, 0, 0, 0);
  return date;
};
const hours = (count) => (now) => ({ from: new Date(now - count * HOUR), to: null });

/** From ten in the evening to six; before six it is the night that is going on. */
function lastNight(now) {
  const to = at(now, NIGHT_ENDS);
  return { from: at(now, NIGHT_BEGINS, -1), to: to.getTime() > now ? null : to };
}

/** Each gives `from` and `to`; no `to` means up to now. */
export const RANGES = {
  '15m': { name: '15 min', of: hours(0.25) },
  '1h': { name: '1 h', of: hours(1) },
  '6h': { name: '6 h', of: hours(6) },
  '24h': { name: '24 h', of: hours(24) },
  '7d': { name: '7 days', of: hours(7 * 24) },
  today: { name: 'Today', of: (now) => ({ from: at(now, 0), to: null }) },
  night: { name: 'Last night', of: lastNight },
};

export const options = (...keys) => keys.map((key) => [key, RANGES[key].name]);

export const range = (key, now = Date.now()) => RANGES[key].of(now);

/** The range as parameters of a request. */
export function parameters(key, now = Date.now()) {
  const { from, to } = range(key, now);
  return { from: from.toISOString(), ...(to && { to: to.toISOString() }) };
}
