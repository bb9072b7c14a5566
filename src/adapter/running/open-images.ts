import * as l10n from '@vscode/l10n';
import {
  hasOtherDisks,
  writableFiles,
  writtenImages,
  type BootImage,
  type Machine,
  type NamedBytes,
} from '../../session';
import type { AdapterHost, ImageFiles } from '../host';
import { RequestError } from '../request-error';

/** The image files of a session with `"writable": true`, which are written when it ends. */
export class OpenImages {
  private constructor(
    private readonly host: ImageFiles,
    private readonly image: BootImage,
    private readonly files: readonly NamedBytes[],
    private readonly machine: Machine,
  ) {}

  /** @throws RequestError where something could not be written in the end */
  static async check(
    { images }: AdapterHost,
    image: BootImage,
    files: readonly NamedBytes[],
  ): Promise<(machine: Machine) => OpenImages> {
    if (!images) throw refuse(l10n.t('"writable": files cannot be written here.'));
    if (hasOtherDisks(image, files)) {
      throw refuse(
        l10n.t(
          '"writable": a disk that is assembled or put together from parts is no file that could be written.',
        ),
      );
    }
    const writable = writableFiles(image, files);
    const seen = new Set<string>();
    for (const { name } of writable) {
      const code = await images.obstacle(name);
      if (code !== undefined)
        throw refuse(l10n.t('"writable": {0} cannot be written ({1}).', name, code));
      const identity = await images.identity(name);
      if (seen.has(identity)) throw refuse(l10n.t('"writable": {0} is in two drives.', name));
      seen.add(identity);
    }
    return (machine) => new OpenImages(images, image, writable, machine);
  }

  /** What is in the files by now. */
  private readonly present = new Map<string, Uint8Array>();

  /** Takes down what the guest has written up to now; the result writes it and gives what could not be, as sentences. */
  collect(): () => Promise<string[]> {
    const written = writtenImages(this.machine, this.image, this.files);
    return async () => {
      const troubles: string[] = [];
      for (const { name, before, after } of written) {
        const trouble = await this.replace(name, before, after);
        if (trouble !== undefined) troubles.push(trouble);
      }
      return troubles;
    };
  }

  private async replace(
    name: string,
    original: Uint8Array,
    after: Uint8Array,
  ): Promise<string | undefined> {
    const before = this.present.get(name) ?? original;
    if (sameBytes(before, after)) return undefined;
    const code = await this.host.replace(name, before, after);
    if (code === undefined) this.present.set(name, after);
    if (code === 'changed')
      return l10n.t('{0} was not written: the file has been changed in the meantime.', name);
    return code && l10n.t('{0} could not be written ({1}).', name, code);
  }
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, n) => byte === b[n]);

const refuse = (message: string): RequestError => new RequestError(message, true);
