// Events as items of a list.
import { el } from '../dom.js';
import * as format from '../format.js';
import { containerAddress } from '../router.js';
import { actionName, details, tone } from './kinds.js';

/** One event; `long` tells the day too, `host` and `name` who it was. */
export function eventItem(event, { long = false, host = false, name = true, fresh = false } = {}) {
  const time = el('time', { dateTime: event.time, title: format.moment(event.time) }, long ? format.when(event.time) : format.clock(event.time));
  const what = el('span', { class: 'what' }, el('span', { class: `action ${tone(event)}` }, actionName(event)));
  if (name) {
    what.append(' ', el('a', { href: containerAddress(event.containerId, { range: '1h' }), title: format.shortId(event.containerId) }, format.nameOf(event)));
  }
  const more = [...details(event), host ? event.hostName : null].filter(Boolean).join(' · ');
  return el('li', { class: fresh ? 'new' : '', 'data-key': event.eventId }, time, what, more ? el('span', { class: 'second' }, more) : null);
}
