import { malformed } from '../errors';
import type { Handler, Handlers } from '../handlers';
import { fromHex, hexOf, numberOf } from '../hex';
import { monitorCommand } from '../monitor-commands';
import { bytesOf, MOST_BYTES, utf8 } from '../packet';
import { targetDescription } from '../target-description';
import { threadList } from './threads';

/** What client and server can do, and objects that are read in pieces. */
export const queryPackets: Handlers = {
  qSupported: (session, rest) => {
    const features = rest.slice(1).split(';');
    session.tellsBreakpoints = features.includes('swbreak+');
    const back = session.debuggee.run.recorder !== undefined;
    return [
      `PacketSize=${MOST_BYTES.toString(16)}`,
      'QStartNoAckMode+',
      'qXfer:features:read+',
      'qXfer:threads:read+',
      'vContSupported+',
      'swbreak+',
      'hwbreak+',
      `ReverseStep${back ? '+' : '-'}`,
      `ReverseContinue${back ? '+' : '-'}`,
    ].join(';');
  },

  QStartNoAckMode: (session) => {
    session.startNoAcknowledgements();
    return 'OK';
  },

  /** The machine was there before: a client that quits lets go of it and does not kill it. */
  qAttached: () => '1',

  qXfer: (session, rest) => {
    const [, object, operation, annex = '', range = ''] = rest.split(':');
    if (operation !== 'read') return '';
    if (object === 'features') {
      if (annex !== 'target.xml') throw malformed();
      return piece(targetDescription(session.width), range);
    }
    return object === 'threads' ? piece(threadList(session), range) : '';
  },

  qRcmd: (session, rest) => {
    const bytes = fromHex(rest.slice(1));
    if (!bytes) throw malformed();
    const { debuggee, target } = session;
    session.print(monitorCommand(debuggee, target, new TextDecoder().decode(bytes)));
    return 'OK';
  },
};

/** `offset,length` of a text: `m` and as much, or `l` and the last of it. */
function piece(text: string, range: string): string {
  const [first, second] = range.split(',');
  const [offset, length] = [numberOf(first), numberOf(second)];
  if (offset === undefined || length === undefined) throw malformed();
  const bytes = utf8(text);
  const [begin, end] = [Number(offset), Number(offset) + Number(length)];
  return `${end < bytes.length ? 'm' : 'l'}${bytes.slice(begin, end)}`;
}

/** Ends of a session. */
export const endPackets: Handlers = {
  D: ((session) => {
    session.letGo();
    return 'OK';
  }) satisfies Handler,
};

export const textPacket = (text: string): string => `O${hexOf(bytesOf(utf8(text)))}`;
