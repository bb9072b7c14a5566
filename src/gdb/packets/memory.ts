import { malformed, noMemory } from '../errors';
import type { Handlers } from '../handlers';
import { fromHex, hexOf, numberOf } from '../hex';
import { bytesOf, MOST_BYTES } from '../packet';
import type { Session } from '../session';

/** Memory at linear addresses of the thread that `Hg` has chosen. */
export const memoryPackets: Handlers = {
  /** As much as can be read: a client asks again for the rest. */
  m: ({ world }, rest) => {
    const { address, length } = range(rest);
    const { data } = world.memory.read('gva', address, Math.min(length, MOST_BYTES / 2));
    if (data.length === 0 && length > 0) throw noMemory();
    return hexOf(data);
  },

  M: (session, rest) => {
    const [place = '', digits = ''] = split(rest);
    return write(session, place, fromHex(digits));
  },

  X: (session, rest) => {
    const [place = '', bytes = ''] = split(rest);
    return write(session, place, bytesOf(bytes));
  },
};

/** At the first colon: binary data may hold others. */
function split(text: string): [string, string] {
  const at = text.indexOf(':');
  if (at < 0) throw malformed();
  return [text.slice(0, at), text.slice(at + 1)];
}

function range(text: string): { address: bigint; length: number } {
  const [first, second, ...more] = text.split(',');
  const [address, length] = [numberOf(first), numberOf(second)];
  if (address === undefined || length === undefined || more.length > 0) throw malformed();
  return { address, length: Number(length) };
}

function write(session: Session, place: string, bytes: Uint8Array | undefined): string {
  const { address, length } = range(place);
  if (bytes?.length !== length) throw malformed();
  const { world, debuggee } = session;
  // All or nothing: who is told of an error believes that nothing was written.
  if (world.memory.read('gva', address, length).data.length < length) throw noMemory();
  const written = world.memory.write('gva', address, bytes);
  if (written > 0) debuggee.edited();
  if (written < length) throw noMemory();
  return 'OK';
}
