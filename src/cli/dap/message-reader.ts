import * as l10n from '@vscode/l10n';

/** What a reader finds in a stream of the base protocol. */
export interface Found {
  /** A message's JSON. */
  message(content: unknown): void;
  /** Something was skipped; reading goes on behind it. */
  skipped(why: string): void;
}

const END_OF_HEADER = '\r\n\r\n';
/** The length may stand behind anything: what is left of a message whose own header was wrong. */
const LENGTH = /content-length[ \t]*:[ \t]*(\d+)[ \t]*(?:\r\n|$)/i;
/** Longer headers are none. */
const LONGEST_HEADER = 8192;
/** Longer messages are refused: no request needs so much. */
const LONGEST_MESSAGE = 1 << 26;

/**
 * Cuts what a client writes into messages (DAP, "Base protocol"). Nothing that is wrong in it ends the session: it is
 * skipped, and reading goes on at the next header.
 */
export class MessageReader {
  private readonly chunks: Buffer[] = [];
  private buffered = 0;
  /** Of the message whose header has been read. */
  private length: number | undefined;

  constructor(private readonly found: Found) {}

  add(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.buffered += chunk.length;
    // Joined only when there may be something whole in it: a long message comes in many chunks.
    while (
      this.buffered >= (this.length ?? 1) &&
      (this.length === undefined ? this.header() : this.message())
    );
  }

  private get all(): Buffer {
    if (this.chunks.length > 1)
      this.chunks.splice(0, this.chunks.length, Buffer.concat(this.chunks));
    return this.chunks[0] ?? Buffer.alloc(0);
  }

  private take(bytes: number): Buffer {
    const { all } = this;
    this.chunks.splice(0, 1, all.subarray(bytes));
    this.buffered = all.length - bytes;
    return all.subarray(0, bytes);
  }

  /** @returns whether there was a whole header */
  private header(): boolean {
    const { all } = this;
    const end = all.indexOf(END_OF_HEADER);
    if (end < 0) {
      this.forgetWhatIsNoHeader(all.length);
      return false;
    }
    const text = this.take(end + END_OF_HEADER.length).toString('latin1');
    const length = Number(LENGTH.exec(text.slice(-LONGEST_HEADER))?.[1] ?? NaN);
    if (length <= LONGEST_MESSAGE) this.length = length;
    else this.found.skipped(why(length));
    return true;
  }

  private forgetWhatIsNoHeader(length: number): void {
    if (length <= 2 * LONGEST_HEADER) return;
    this.take(length - LONGEST_HEADER);
    this.found.skipped(why(NaN));
  }

  private message(): boolean {
    const text = this.take(this.length ?? 0).toString('utf8');
    this.length = undefined;
    let content: unknown;
    try {
      content = JSON.parse(text);
    } catch (error) {
      this.found.skipped(
        l10n.t(
          'a message is not JSON ({0})',
          error instanceof Error ? error.message : String(error),
        ),
      );
      return true;
    }
    this.found.message(content);
    return true;
  }
}

const why = (length: number): string =>
  Number.isNaN(length)
    ? l10n.t('a header has no Content-Length')
    : l10n.t('a message of {0} bytes is too long', length);
