import { OutputBuffer } from './output-buffer';

/**
 * What guests print, line by line. Where there are several, each line begins with the name of the guest; a line that
 * another one comes amid is gone on with in one more.
 */
export class GuestOutput {
  private readonly buffers = new Map<number, OutputBuffer>();
  private names: readonly string[] = [];
  /** The guest amid whose line the output stands. */
  private amid: number | undefined;

  constructor(private readonly print: (text: string) => void) {}

  /** @param names of the guests; none where there is only one, whose output is printed as it is */
  begin(names: readonly string[]): void {
    this.flush();
    this.names = names;
    this.buffers.clear();
    this.amid = undefined;
  }

  add(byte: number, guest: number): void {
    // What comes later is printed later.
    for (const [n, buffer] of this.buffers) if (n !== guest) buffer.flush();
    this.buffer(guest).add(byte);
  }

  flush(): void {
    for (const buffer of this.buffers.values()) buffer.flush();
  }

  private buffer(guest: number): OutputBuffer {
    const known = this.buffers.get(guest);
    if (known) return known;
    const buffer = new OutputBuffer((text) => {
      this.print(this.names.length > 0 ? this.labelled(text, guest) : text);
    });
    this.buffers.set(guest, buffer);
    return buffer;
  }

  private labelled(text: string, guest: number): string {
    const label = `[${this.names[guest] ?? ''}] `;
    const broken = this.amid !== undefined && this.amid !== guest ? '\n' : '';
    const begins = this.amid === guest ? '' : label;
    const whole = text.endsWith('\n');
    const lines = text.slice(0, whole ? -1 : undefined).split('\n');
    this.amid = whole ? undefined : guest;
    return `${broken}${begins}${lines.join(`\n${label}`)}${whole ? '\n' : ''}`;
  }
}
