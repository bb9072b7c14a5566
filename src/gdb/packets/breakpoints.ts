import { accessOf, type ClientBreakpoint } from '../client-breakpoint';
import { malformed } from '../errors';
import type { Handler, Handlers } from '../handlers';
import { numberOf } from '../hex';

/** By the type that a client gives. */
const KINDS: Readonly<Record<string, ClientBreakpoint['kind']>> = {
  0: 'swbreak',
  1: 'hwbreak',
  2: 'watch',
  3: 'rwatch',
  4: 'awatch',
};

/**
 * Breakpoints and watchpoints at linear addresses. Those of software and of hardware are the same here: no guest sees
 * them, and there are as many as anybody wants.
 */
const change =
  (set: boolean): Handler =>
  (session, rest) => {
    const [type = '', place, size] = rest.split(';')[0]?.split(',') ?? [];
    const kind = KINDS[type];
    if (!kind) throw malformed();
    const [address, length] = [numberOf(place), numberOf(size)];
    if (address === undefined || length === undefined) throw malformed();
    if (accessOf(kind) && (length === 0n || length > 0x10000n)) throw malformed();
    session.setBreakpoint({ kind, address, length: Number(length) }, set);
    return 'OK';
  };

export const breakpointPackets: Handlers = { Z: change(true), z: change(false) };
