// Numbers and times as people read them. What is not known is a dash, never a zero.
export const UNKNOWN = '–';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const DAY_MILLIS = 86_400_000;

export const known = (value) => value !== null && value !== undefined && Number.isFinite(value);

export function bytes(value) {
  if (!known(value)) return UNKNOWN;
  let unit = 0;
  let scaled = value;
  while (scaled >= 1000 && unit < UNITS.length - 1) {
    scaled /= 1024;
    unit++;
  }
  const digits = unit === 0 || scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2;
  return `${scaled.toFixed(digits)} ${UNITS[unit]}`;
}

export function rate(bytesPerSecond) {
  return known(bytesPerSecond) ? `${bytes(bytesPerSecond)}/s` : UNKNOWN;
}

export function percent(value) {
  if (!known(value)) return UNKNOWN;
  return `${value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2)} %`;
}

export function count(value) {
  return known(value) ? String(value) : UNKNOWN;
}

/** How long something took or has been going on. */
export function duration(millis) {
  if (!known(millis)) return UNKNOWN;
  const seconds = Math.max(0, Math.floor(millis / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 36000) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
}

/** Time that CPUs were busy. */
export function cpuTime(nanos) {
  if (!known(nanos)) return UNKNOWN;
  const seconds = nanos / 1e9;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function clock(iso) {
  return iso ? new Date(iso).toLocaleTimeString([], { hour12: false }) : UNKNOWN;
}

export function moment(iso) {
  return iso ? new Date(iso).toLocaleString([], { hour12: false }) : UNKNOWN;
}

/** The time alone for today, else with its day. */
export function when(iso, now = Date.now()) {
  if (!iso) return UNKNOWN;
  const date = new Date(iso);
  const time = date.toLocaleTimeString([], { hour12: false });
  if (date.toDateString() === new Date(now).toDateString()) return time;
  if (Math.abs(now - date.getTime()) < 6 * DAY_MILLIS) return `${date.toLocaleDateString([], { weekday: 'short' })} ${time}`;
  return `${date.toLocaleDateString([], { day: 'numeric', month: 'short' })} ${time}`;
}

export const shortId = (id) => id.slice(0, 12);

export const nameOf = (item) => item.containerName ?? shortId(item.containerId);
