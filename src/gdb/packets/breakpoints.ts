import { malformed } from '../errors';
import type { Handler, Handlers } from '../handlers';
import { numberOf } from '../hex';

/**
 * Breakpoints at linear addresses. Those of software and of hardware are the same here: marks that no guest sees. There
 * are no watchpoints (types 2 to 4): a client then steps, and compares.
 */
const change =
  (set: boolean): Handler =>
  (session, rest) => {
    const [type = '', place, kind] = rest.split(';')[0]?.split(',') ?? [];
    if (!/^[0-4]$/.test(type)) throw malformed();
    if (type !== '0' && type !== '1') return '';
    const address = numberOf(place);
    if (address === undefined || numberOf(kind) === undefined) throw malformed();
    session.setBreakpoint(type === '0' ? 'swbreak' : 'hwbreak', address, set);
    return 'OK';
  };

export const breakpointPackets: Handlers = { Z: change(true), z: change(false) };
