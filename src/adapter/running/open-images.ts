import * as l10n from '@vscode/l10n';
import {
  WritableImages,
  type BootImage,
  type Machine,
  type NamedBytes,
  type Unwritten,
  type WriteObstacle,
} from '../../session';
import type { AdapterHost } from '../host';
import { RequestError } from '../request-error';

/** The image files of a session with `"writable": true`, which are written when it ends. */
export class OpenImages {
  private constructor(
    private readonly images: WritableImages,
    private readonly machine: Machine,
  ) {}

  /** @throws RequestError where something could not be written in the end */
  static async check(
    host: AdapterHost,
    image: BootImage,
    files: readonly NamedBytes[],
  ): Promise<(machine: Machine) => OpenImages> {
    if (!host.images) throw refuse(l10n.t('"writable": files cannot be written here.'));
    const images = await WritableImages.of(image, files, host.images);
    if (!(images instanceof WritableImages)) throw refuse(refusal(images));
    return (machine) => new OpenImages(images, machine);
  }

  /** Takes down what the guest has written up to now; the result writes it and gives what could not be, as sentences. */
  collect(): () => Promise<string[]> {
    const write = this.images.collect(this.machine);
    return async () => (await write()).map(trouble);
  }
}

function refusal(obstacle: WriteObstacle): string {
  switch (obstacle.kind) {
    case 'no-file':
      return l10n.t(
        '"writable": a disk that is assembled or put together from parts is no file that could be written.',
      );
    case 'not-writable':
      return l10n.t('"writable": {0} cannot be written ({1}).', obstacle.name, obstacle.code);
    case 'two-drives':
      return l10n.t('"writable": {0} is in two drives.', obstacle.name);
  }
}

const trouble = ({ name, code }: Unwritten): string =>
  code === 'changed'
    ? l10n.t('{0} was not written: the file has been changed in the meantime.', name)
    : l10n.t('{0} could not be written ({1}).', name, code);

const refuse = (message: string): RequestError => new RequestError(message, true);
