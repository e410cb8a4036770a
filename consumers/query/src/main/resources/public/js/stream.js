// The live stream, kept open: fetched and not an EventSource, because that one cannot show a token.
import { open } from './api.js';
import { Frames } from './frames.js';

const ADDRESS = 'api/v1/stream';
const FIRST_DELAY_MILLIS = 500;
const LONGEST_DELAY_MILLIS = 10_000;
/** Three signs of life that did not come. */
const SILENCE_MILLIS = 16_000;

/**
 * Calls `listener.onOpen`, `onLost`, and `on[event](data)` for each frame, for ever. After a loss it
 * goes on where it was; a `reset` frame says that it could not.
 */
export async function stream(listener) {
  let lastId = null;
  let delay = FIRST_DELAY_MILLIS;
  for (;;) {
    const silence = new AbortController();
    try {
      const response = await open(ADDRESS, {
        headers: { Accept: 'text/event-stream', ...(lastId && { 'Last-Event-ID': lastId }) },
        signal: silence.signal,
      });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      listener.onOpen();
      delay = FIRST_DELAY_MILLIS;
      for await (const frame of frames(response, silence)) {
        if (frame.data !== null) listener.on[frame.event]?.(JSON.parse(frame.data));
        if (frame.id) lastId = frame.id;
      }
    } catch (problem) {
      console.info('the stream was lost', problem);
    }
    silence.abort();
    listener.onLost();
    await new Promise((resolve) => setTimeout(resolve, delay * (0.5 + Math.random())));
    delay = Math.min(LONGEST_DELAY_MILLIS, delay * 2);
  }
}

async function* frames(response, silence) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new Frames();
  for (;;) {
    const timer = setTimeout(() => silence.abort(), SILENCE_MILLIS);
    const { value, done } = await reader.read();
    clearTimeout(timer);
    if (done) return;
    yield* parser.take(value);
  }
}
