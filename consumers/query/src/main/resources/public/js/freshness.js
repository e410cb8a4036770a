// How current the page is, and why it may not be.
import * as api from './api.js';
import { $, text } from './dom.js';
import * as format from './format.js';

/** Asks the service and shows what it says; gives the answer, or null when none came. */
export async function readService() {
  let service;
  try {
    service = await api.service();
  } catch (problem) {
    tell('old', 'no connection', `The query service does not answer (${problem.message}). What you see is old.`);
    return null;
  }
  $('simulated').hidden = !service.simulated;
  text($('service'), `Tallyman ${service.version} · Kafka ${service.kafka}`);
  const at = format.clock(service.asOf);
  if (service.state === 'FAILED') {
    tell('old', 'failed', `The query service has failed: ${service.problem ?? 'see its log'}. What you see is old.`);
  } else if (service.state !== 'RUNNING') {
    tell('', `${service.state.toLowerCase()} …`, '');
  } else if (!service.asOf) {
    tell('', 'nothing in Kafka yet', '');
  } else if (service.stale) {
    const age = format.duration(Date.now() - Date.parse(service.asOf));
    tell('old', `as of ${at}`, `Nothing new has come from Kafka since ${at} (${age} ago). What you see is old.`);
  } else {
    tell('live', `live, as of ${at}`, '');
  }
  return service;
}

function tell(tone, words, banner) {
  const element = $('freshness');
  element.className = `freshness ${tone}`;
  text(element, words);
  $('stale').hidden = banner === '';
  text($('stale'), banner);
}
