import type { Session } from './session';

/**
 * Answers a packet: the payload of the answer, without framing; empty for what is not understood.
 *
 * @param rest what follows the name of the packet
 * @throws PacketError for what cannot be done
 */
export type Handler = (session: Session, rest: string) => string | Promise<string>;

/** Handlers by the names of their packets. */
export type Handlers = Readonly<Record<string, Handler>>;
