// Numbers and times as people read them. What is not known is a dash, never a zero.
export const UNKNOWN = '–';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

const known = (value) => value !== null && value !== undefined && Number.isFinite(value);

export function bytes(value) {
  if (!known(value)) return UNKNOWN;
  let unit = 0;
  let scaled = value;
  while (scaled >= 1024 && unit < UNITS.length - 1) {
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

export function duration(millis) {
  if (!known(millis)) return UNKNOWN;
  const seconds = Math.max(0, Math.floor(millis / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 36000) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
}

export function clock(iso) {
  return iso ? new Date(iso).toLocaleTimeString([], { hour12: false }) : UNKNOWN;
}

export function moment(iso) {
  return iso ? new Date(iso).toLocaleString([], { hour12: false }) : UNKNOWN;
}
