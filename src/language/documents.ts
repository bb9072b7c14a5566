import type { SourceFiles } from '../program';
import { SourceText } from './text';

/** The files that the service reads: those open in the editor as they are there, the others from the host. */
export class Documents {
  private readonly open = new Map<string, SourceText>();
  private readonly onDisk = new Map<string, Promise<Uint8Array>>();
  private readonly stamps = new Map<string, number>();
  /** Counts changes of any file. */
  revision = 0;

  constructor(private readonly host: SourceFiles) {}

  /** A document was opened, or its text has changed. */
  set(file: string, text: string): void {
    if (this.open.get(file)?.text === text) return;
    this.open.set(file, new SourceText(file, text));
    this.touch(file);
  }

  close(file: string): void {
    if (this.open.delete(file)) this.touch(file);
  }

  /** A file that is not open may have changed, come or gone. */
  changedOnDisk(file: string): void {
    this.onDisk.delete(file);
    if (!this.open.has(file)) this.touch(file);
  }

  private touch(file: string): void {
    this.stamps.set(file, ++this.revision);
  }

  isOpen(file: string): boolean {
    return this.open.has(file);
  }

  get openFiles(): Iterable<string> {
    return this.open.keys();
  }

  /** A number that is another after each change of the file. */
  stamp(file: string): number {
    return this.stamps.get(file) ?? 0;
  }

  async read(file: string): Promise<Uint8Array> {
    const text = this.open.get(file);
    if (text) return new TextEncoder().encode(text.text);
    let bytes = this.onDisk.get(file);
    if (!bytes) {
      bytes = this.host.read(file);
      this.onDisk.set(file, bytes);
      bytes.catch(() => this.onDisk.delete(file));
    }
    return bytes;
  }

  /** Parts are wanted of binary files, which are not open as text. */
  get readPart(): Required<SourceFiles>['readPart'] | undefined {
    return this.host.readPart?.bind(this.host);
  }

  async text(file: string): Promise<SourceText> {
    return (
      this.open.get(file) ?? new SourceText(file, new TextDecoder().decode(await this.read(file)))
    );
  }
}
