/**
 * An error that a client has made, or that the debuggee makes: the protocol has a number for it, by GDB's own list
 * that of errno.
 */
export class PacketError extends Error {
  override name = 'PacketError';

  constructor(
    readonly number: number,
    message: string,
  ) {
    super(message);
  }
}

const EFAULT = 14;
const EINVAL = 22;
const ESRCH = 3;

/** What was asked makes no sense. */
export const malformed = (): PacketError => new PacketError(EINVAL, 'malformed packet');
/** The registers take no such value. */
export const refused = (why: string): PacketError => new PacketError(EINVAL, why);
export const noMemory = (): PacketError => new PacketError(EFAULT, 'no memory there');
export const noThread = (): PacketError => new PacketError(ESRCH, 'no such thread');
