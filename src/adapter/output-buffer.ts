/** More than this is sent at once, even before the next turn. */
const LONGEST = 8192;

/** Gathers the bytes that the guest prints (UTF-8), so that not each of them becomes an event. */
export class OutputBuffer {
  private decoder = new TextDecoder();
  private bytes: number[] = [];

  constructor(private readonly print: (text: string) => void) {}

  add(byte: number): void {
    this.bytes.push(byte);
    if (this.bytes.length >= LONGEST) this.flush();
  }

  flush(): void {
    if (this.bytes.length === 0) return;
    const text = this.decoder.decode(Uint8Array.from(this.bytes), { stream: true });
    this.bytes = [];
    if (text !== '') this.print(text);
  }
}
