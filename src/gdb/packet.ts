/**
 * Framing of the GDB remote serial protocol: `$payload#checksum`, one byte of acknowledgement for each, and the byte
 * 03H, by which a client asks for a pause (the GDB manual, "Overview" and "Packet Acknowledgment" of its appendix on
 * the protocol). A payload is kept as a string of which each character is one byte.
 */

/** What a client has sent. */
export type Received =
  /** `intact`: its checksum was right. */
  | { readonly kind: 'packet'; readonly text: string; readonly intact: boolean }
  /** More than anybody may send in one packet: its bytes were not kept. */
  | { readonly kind: 'too-long' }
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'not-acknowledged' }
  | { readonly kind: 'interrupt' };

/** The most bytes of a packet's payload, as it is sent. */
export const MOST_BYTES = 0x4000;

const BEGIN = 0x24; // $
const END = 0x23; // #
const ESCAPE = 0x7d; // }
const ESCAPED = 0x20;
const INTERRUPT = 0x03;

/** Takes a stream of bytes apart. Bytes between packets that mean nothing are skipped. */
export class PacketReader {
  private state: 'between' | 'payload' | 'first digit' | 'second digit' = 'between';
  private payload: number[] = [];
  private isTooLong = false;
  private sum = 0;
  private firstDigit = 0;

  /** What became complete with these bytes. */
  read(bytes: Uint8Array): Received[] {
    return [...bytes].flatMap((byte) => this.take(byte) ?? []);
  }

  private take(byte: number): Received | undefined {
    switch (this.state) {
      case 'between':
        return this.between(byte);
      case 'payload':
        this.inPayload(byte);
        return undefined;
      case 'first digit':
        this.firstDigit = byte;
        this.state = 'second digit';
        return undefined;
      case 'second digit':
        this.state = 'between';
        return this.complete(byte);
    }
  }

  private between(byte: number): Received | undefined {
    if (byte === BEGIN) this.begin();
    else if (byte === INTERRUPT) return { kind: 'interrupt' };
    else if (byte === 0x2b) return { kind: 'acknowledged' };
    else if (byte === 0x2d) return { kind: 'not-acknowledged' };
    return undefined;
  }

  private begin(): void {
    this.state = 'payload';
    this.payload = [];
    this.isTooLong = false;
    this.sum = 0;
  }

  private inPayload(byte: number): void {
    if (byte === END) this.state = 'first digit';
    // It never stands within a payload: what came before was broken off.
    else if (byte === BEGIN) this.begin();
    else if (this.payload.length === MOST_BYTES) this.isTooLong = true;
    else {
      this.payload.push(byte);
      this.sum = (this.sum + byte) & 0xff;
    }
  }

  private complete(secondDigit: number): Received {
    if (this.isTooLong) return { kind: 'too-long' };
    const digits = String.fromCharCode(this.firstDigit, secondDigit);
    const intact = /^[0-9a-f]{2}$/i.test(digits) && parseInt(digits, 16) === this.sum;
    return { kind: 'packet', text: unescaped(this.payload), intact };
  }
}

function unescaped(bytes: readonly number[]): string {
  let text = '';
  for (let n = 0; n < bytes.length; n++) {
    const byte = bytes[n] ?? 0;
    text += String.fromCharCode(byte === ESCAPE ? (bytes[++n] ?? 0) ^ ESCAPED : byte);
  }
  return text;
}

/** A packet as it is sent, with what stands for something in the framing escaped. */
export function packetOf(payload: string): Uint8Array {
  const escaped = payload.replace(
    /[#$}*]/g,
    (special) => `}${String.fromCharCode(special.charCodeAt(0) ^ ESCAPED)}`,
  );
  let sum = 0;
  for (let n = 0; n < escaped.length; n++) sum = (sum + escaped.charCodeAt(n)) & 0xff;
  return bytesOf(`$${escaped}#${sum.toString(16).padStart(2, '0')}`);
}

/** The bytes of a string of which each character is one. */
export const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));

/** A string of which each character is one byte of a text's UTF-8. */
export const utf8 = (text: string): string =>
  String.fromCharCode(...new TextEncoder().encode(text));
