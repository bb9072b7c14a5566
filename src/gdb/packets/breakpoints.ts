import { malformed } from '../errors';
import type { Handler, Handlers } from '../handlers';
import { numberOf } from '../hex';
import type { ClientBreakpoint } from '../session';

/** By the type that a client gives. Watchpoints for reading (types 3 and 4) there are none: it is told so. */
const KINDS: Readonly<Record<string, ClientBreakpoint['kind']>> = {
  0: 'swbreak',
  1: 'hwbreak',
  2: 'watch',
};

/**
 * Breakpoints and watchpoints at linear addresses. Those of software and of hardware are the same here: no guest sees
 * them, and there are as many as anybody wants.
 */
const change =
  (set: boolean): Handler =>
  (session, rest) => {
    const [type = '', place, size] = rest.split(';')[0]?.split(',') ?? [];
    if (!/^[0-4]$/.test(type)) throw malformed();
    const kind = KINDS[type];
    if (!kind) return '';
    const [address, length] = [numberOf(place), numberOf(size)];
    if (address === undefined || length === undefined) throw malformed();
    if (kind === 'watch' && (length === 0n || length > 0x10000n)) throw malformed();
    session.setBreakpoint({ kind, address, length: Number(length) }, set);
    return 'OK';
  };

export const breakpointPackets: Handlers = { Z: change(true), z: change(false) };
