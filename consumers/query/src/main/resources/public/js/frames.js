// Server-sent events out of text that comes in pieces.

/** Gives whole frames `{id, event, data}`; what is left over waits for the next piece. */
export class Frames {
  #pieces = [];

  *take(piece) {
    // A frame of a large fleet comes in many pieces: they are joined once, when its end is there.
    const last = this.#pieces.at(-1) ?? '';
    this.#pieces.push(piece);
    if (!piece.includes('\n\n') && !(last.endsWith('\n') && piece.startsWith('\n'))) return;
    const blocks = this.#pieces.join('').split('\n\n');
    this.#pieces = [blocks.pop()];
    for (const block of blocks) yield parse(block);
  }
}

function parse(block) {
  const frame = { id: null, event: 'message', data: null };
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const field = line.slice(0, colon);
    const value = line.slice(colon + 1).replace(/^ /, '');
    if (field === 'id') frame.id = value;
    else if (field === 'event') frame.event = value;
    else if (field === 'data') frame.data = frame.data === null ? value : `${frame.data}\n${value}`;
  }
  return frame;
}
